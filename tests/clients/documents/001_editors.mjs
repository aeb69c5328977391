// Document 001: posts and their editors, joined by the model that `@manyToMany` makes, in today's DataStore.
import { check, equal } from "../checks.mjs";
import { DataStore, create, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, PostEditor, User } = models;

for (const id of ["123", "456"]) await create("Post", { id, title: `Post ${id}` });
for (const id of ["their", "other"]) await create("User", { id, username: id });
await create("PostEditor", { id: "one", post: "123", user: "their" });
await create("PostEditor", { id: "two", post: "123", user: "other" });
await create("PostEditor", { id: "three", post: "456", user: "their" });
await start();

const joins = () => stored("PostEditor", "post { id } user { id }");

check("many-to-many: each side is saved, then what joins them", async () => {
  const post = await DataStore.save(new Post({ title: "My first post" }));
  const user = await DataStore.save(new User({ username: "Nadia" }));
  const join = await DataStore.save(new PostEditor({ post, user }));
  await sent();
  equal((await joins()).filter(({ id }) => id === join.id), [{ id: join.id, post: { id: post.id }, user: { id: user.id } }]);
});

check("many-to-many: the editors of a post, and the posts of an editor", async () => {
  equal(ids(await DataStore.query(User, (user) => user.posts.post.id.eq("123"))), ["other", "their"]);
  equal(ids(await DataStore.query(Post, (post) => post.editors.user.id.eq("their"))), ["123", "456"]);
  const links = await (await DataStore.query(Post, "123")).editors.toArray();
  equal(ids(await Promise.all(links.map((link) => link.user))), ["other", "their"]);
});

check("many-to-many: what joins is deleted before a side, and the other side stays", async () => {
  await DataStore.delete(await DataStore.query(PostEditor, "three"));
  await DataStore.delete(await DataStore.query(Post, "456"));
  await sent();
  equal(ids(await stored("Post")).includes("456"), false, "post at the server");
  equal(ids(await stored("User")).includes("their"), true, "user at the server");
  equal(ids(await joins()).filter((id) => ["one", "two", "three"].includes(id)), ["one", "two"], "joins");
});

check("deleting relations: in a many-to-many a side takes what joins it along, and nothing else", async () => {
  const users = await stored("User");
  await DataStore.delete(await DataStore.query(Post, "123"));
  await sent();
  equal(await DataStore.query(User, (user) => user.posts.post.id.eq("123")), [], "editors in the app");
  equal((await joins()).length, 1, "joins at the server");
  equal(await stored("User"), users, "users at the server");
});

await tell();
