// Document 002: a post and its comments.
import { check, equal } from "../checks.mjs";
import { until } from "../store.mjs";
import { DataStore, create, enums, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, Comment } = models;
const { PostStatus } = enums;

await create("Post", { id: "123", title: "A post", rating: 1, status: "ACTIVE" });
await create("Post", { id: "456", title: "Another post", rating: 1, status: "ACTIVE" });
await create("Comment", { id: "first", content: "First", post: "123" });
await create("Comment", { id: "second", content: "Second", post: "123" });
await create("Comment", { id: "other", content: "Other", post: "456" });
await start();

async function save() {
const post =  await DataStore.save(
    new Post({
      title: `My Post with comments`,
      rating: 10,
      status: PostStatus.ACTIVE
    })
  );

await DataStore.save(
  new Comment({
    content: "Loving Amplify DataStore!",
    post
  })
);
  return post;
}

check("saving relations: a comment is saved with its post", async () => {
  const post = await save();
  await sent();
  const comments = await stored("Comment", "content post { id title rating status }");
  const saved = comments.filter(({ content }) => content === "Loving Amplify DataStore!").map((each) => each.post);
  equal(saved, [{ id: post.id, title: "My Post with comments", rating: 10, status: "ACTIVE" }]);
});

async function query() {
const comments = (await DataStore.query(Comment)).filter(c => c.post.id === "123");
  return comments;
}

check("querying relations: the comments of a post", async () => {
  equal(ids(await query()), ["first", "second"]);
});

async function queryAlternatively() {
const post = await DataStore.query(Post, "123");
const comments = (await DataStore.query(Comment)).filter(c => c.post.id === post.id);
  return comments;
}

check("querying relations: the comments of a post that was queried", async () => {
  equal(ids(await queryAlternatively()), ["first", "second"]);
});

// The document reads an undeclared `c` where a message's element is meant.
function observe(console) {
const subscription = DataStore.observe(Comment)
  .subscribe(msg => {
    const c = msg.element;
    if(c.post.id === "123") {
      console.log(msg.model, msg.opType, msg.element);
    }
  });
  return subscription;
}

check("observing relations: what becomes of the comments of a post", async () => {
  const told = [];
  const subscription = observe({ log: (model, change, { id }) => told.push([model === Comment, change, id]) });
  await create("Comment", { id: "elsewhere", content: "Elsewhere", post: "456" });
  await create("Comment", { id: "theirs", content: "Theirs", post: "123" });
  await until(() => told.length, "their comment");
  const mine = await DataStore.save(new Comment({ content: "Mine", post: await DataStore.query(Post, "123") }));
  await sent();
  await until(() => told.some(([, , id]) => id === mine.id), "my comment");
  subscription.unsubscribe();
  equal(told.slice(0, 2), [
    [true, "INSERT", "theirs"],
    [true, "INSERT", mine.id],
  ]);
  equal(told.filter(([, , id]) => id === "elsewhere"), []);
});

async function remove() {
const todelete = await DataStore.query(Post, "123");
DataStore.delete(todelete);
}

check("deleting relations: the comments go with their post", async () => {
  const kept = (await stored("Post")).filter(({ id }) => id !== "123");
  await remove();
  await until(async () => !(await DataStore.query(Post, "123")), "the delete");
  await sent();
  equal(await query(), [], "comments in the app");
  equal(ids(await stored("Post")), ids(kept), "posts at the server");
  const comments = await stored("Comment", "post { id }");
  equal(comments.filter(({ post }) => post.id === "123"), [], "comments at the server");
  equal(ids(comments.filter(({ post }) => post.id === "456")), ["elsewhere", "other"], "other comments");
});

await tell();
