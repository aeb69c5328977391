// Document 001: a post and its comments, in today's DataStore, where relations are loaded when they are asked for.
import { check, equal } from "../checks.mjs";
import { DataStore, create, enums, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, Comment } = models;
const { PostStatus } = enums;

for (const id of ["123", "456"]) await create("Post", { id, title: `Post ${id}`, rating: 1, status: "ACTIVE" });
for (const id of ["first", "second"]) await create("Comment", { id, content: id, post: "123" });
await create("Comment", { id: "other", content: "other", post: "456" });
await start();

const mine = new Post({ title: "My post", rating: 10, status: PostStatus.ACTIVE });

async function checkSaved(comment) {
  await sent();
  const comments = await stored("Comment", "content post { id title rating status }");
  equal(comments.filter(({ id }) => id === comment.id), [
    { id: comment.id, content: comment.content, post: { id: mine.id, title: "My post", rating: 10, status: "ACTIVE" } },
  ]);
  equal((await (await DataStore.query(Comment, comment.id)).post).id, mine.id, "post in the app");
}

check("saving relations: the post is passed", async () => {
  const post = await DataStore.save(mine);
  await checkSaved(await DataStore.save(new Comment({ content: "Loving it", post })));
});

check("saving relations: the id of the post is passed", async () => {
  await checkSaved(await DataStore.save(new Comment({ content: "Still loving it", postID: mine.id })));
});

check("querying relations: the comments of a post, by what is asked of its id", async () => {
  equal(ids(await DataStore.query(Comment, (comment) => comment.post.id.eq("123"))), ["first", "second"]);
});

check("querying relations: the comments of a post, from the post", async () => {
  const post = await DataStore.query(Post, "123");
  equal(ids(await post.comments.toArray()), ["first", "second"]);
  const found = [];
  for await (const comment of post.comments) found.push(comment);
  equal(ids(found), ["first", "second"]);
});

check("deleting relations: the comments go with their post", async () => {
  await DataStore.delete(await DataStore.query(Post, "123"));
  equal(await DataStore.query(Comment, "first"), undefined, "comment in the app");
  await sent();
  equal((await stored("Post")).some(({ id }) => id === "123"), false, "post at the server");
  const comments = ids(await stored("Comment"));
  equal(["first", "second", "other"].filter((id) => comments.includes(id)), ["other"], "comments at the server");
});

await tell();
