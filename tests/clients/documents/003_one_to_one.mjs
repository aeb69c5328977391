// Document 003, one to one: a post has one author.
import { check, equal } from "../checks.mjs";
import { until } from "../store.mjs";
import { DataStore, create, models, sent, start, stored, tell } from "./app.mjs";

const { Author, Post } = models;

await create("Author", { id: "their author", name: "Nadia" });
await create("Post", { id: "YOUR_POST_ID", title: "Their post", author: "their author" });
await start();

async function save() {
const newAuthor = await DataStore.save(new Author({ name: "Rene Brandel" }))
const post = await DataStore.save(
  new Post({
    title: "My first post!",
    content: "Lorem ipsum ",
    author: newAuthor
  })
);
  return post;
}

check("create: the author is saved to the post's field", async () => {
  const { id } = await save();
  await sent();
  const posts = await stored("Post", "title content author { name }");
  equal(posts.filter((each) => each.id === id), [
    { id, title: "My first post!", content: "Lorem ipsum ", author: { name: "Rene Brandel" } },
  ]);
});

async function query() {
const post = await DataStore.query(Post, "YOUR_POST_ID")
const author = post.author
  return author;
}

check("query: the author is read through the post's field", async () => {
  const { id, name } = await query();
  equal([id, name], ["their author", "Nadia"]);
});

async function remove() {
const post = await DataStore.query(Post, "YOUR_POST_ID")
await DataStore.delete(post.author)
}

check("delete: the author goes and the post's field is cleared", async () => {
  await remove();
  equal(await DataStore.query(Author, "their author"), undefined, "author in the app");
  await sent();
  await until(async () => !(await query()), "the post without its author in the app");
  equal((await stored("Author")).filter(({ id }) => id === "their author"), [], "author at the server");
  const posts = await stored("Post", "title author { id }");
  equal(posts.filter(({ id }) => id === "YOUR_POST_ID"), [{ id: "YOUR_POST_ID", title: "Their post", author: null }]);
  equal(posts.length, 2, "number of posts");
});

await tell();
