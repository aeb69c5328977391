// Document 003, many to many: posts have many tags, and tags have many posts.
import { check, equal } from "../checks.mjs";
import { DataStore, create, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, PostTag, Tag } = models;

for (const id of ["YOUR_POST_ID", "another"]) await create("Post", { id, body: id });
for (const id of ["first", "second"]) await create("Tag", { id, label: id });
await create("PostTag", { id: "one", post: "YOUR_POST_ID", tag: "first" });
await create("PostTag", { id: "two", post: "YOUR_POST_ID", tag: "second" });
await create("PostTag", { id: "three", post: "another", tag: "first" });
await start();

async function save() {
const post = await DataStore.save(new Post({ body: "How to build deploy a web app on AWS Amplify" }))
const tag = await DataStore.save(new Tag({ label: "static-web-hosting" }))

const postTag = await DataStore.save(new PostTag({
  post: post,
  tag: tag
}))
  return postTag;
}

check("create: a post and a tag are saved to a record that joins them", async () => {
  const { id } = await save();
  await sent();
  const joins = await stored("PostTag", "post { body } tag { label }");
  const post = { body: "How to build deploy a web app on AWS Amplify" };
  equal(joins.filter((each) => each.id === id), [{ id, post, tag: { label: "static-web-hosting" } }]);
});

async function query() {
const tags = (await DataStore.query(PostTag))
  .filter(pt => pt.post.id === "YOUR_POST_ID")
  .map(pt => pt.tag)
  return tags;
}

check("query: the tags of a post", async () => {
  const tags = await query();
  equal(tags.map(({ label }) => label).sort(), ["first", "second"]);
});

async function removeJoin(toBeDeletedPostTag) {
await DataStore.delete(toBeDeletedPostTag)
}

check("delete: a record that joins goes, its post and tag stay", async () => {
  const [posts, tags] = [await stored("Post"), await stored("Tag")];
  await removeJoin(await DataStore.query(PostTag, "two"));
  await sent();
  equal(ids(await query()), ["first"], "tags of the post in the app");
  equal((await stored("PostTag")).filter(({ id }) => id === "two"), [], "record that joins at the server");
  equal([await stored("Post"), await stored("Tag")], [posts, tags], "posts and tags at the server");
});

async function remove(toBeDeletedTag) {
await DataStore.delete(toBeDeletedTag)
}

check("delete: a tag goes with the records that join it, its posts stay", async () => {
  const posts = await stored("Post");
  const kept = (await stored("PostTag", "tag { id }")).filter(({ tag }) => tag.id !== "first");
  await remove(await DataStore.query(Tag, "first"));
  await sent();
  equal(await query(), [], "tags of the post in the app");
  equal(await DataStore.query(Tag, "first"), undefined, "tag in the app");
  equal((await stored("Tag")).filter(({ id }) => id === "first"), [], "tag at the server");
  equal(await stored("PostTag", "tag { id }"), kept, "records that join at the server");
  equal(kept.length, 1, "records that join other tags");
  equal(await stored("Post"), posts, "posts at the server");
});

await tell();
