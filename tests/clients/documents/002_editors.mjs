// Documents 000 and 002: a post and its editors, joined by a model that the schema writes out.
import { check, equal } from "../checks.mjs";
import { DataStore, create, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, PostEditor, User } = models;

for (const id of ["123", "456"]) await create("Post", { id, title: `Post ${id}` });
for (const id of ["their", "other"]) await create("User", { id, username: id });
await create("PostEditor", { id: "one", post: "123", editor: "their" });
await create("PostEditor", { id: "two", post: "123", editor: "other" });
await create("PostEditor", { id: "three", post: "456", editor: "their" });
await start();

async function save() {
const post =  await DataStore.save(
  new Post({
    title: `My first post`,
  })
);

const editor =  await DataStore.save(
  new User({
    username: `Nadia`,
  })
);

await DataStore.save(
  new PostEditor({
    post,
    editor
  })
);
  return { post, editor };
}

check("many-to-many: each side is saved, then what joins them", async () => {
  const { post, editor } = await save();
  await sent();
  const joins = await stored("PostEditor", "postID editorID post { title } editor { username }");
  equal(joins.filter(({ postID }) => postID === post.id).map(({ id: _id, ...join }) => join), [
    { postID: post.id, editorID: editor.id, post: { title: "My first post" }, editor: { username: "Nadia" } },
  ]);
});

const joins = () => DataStore.query(PostEditor);
const editorsOf = async (id) => (await joins()).filter(({ post }) => post.id === id).map(({ editor }) => editor.username);
const postsOf = async (id) => (await joins()).filter(({ editor }) => editor.id === id).map(({ post }) => post.title);

check("many-to-many: the records that join have both sides", async () => {
  equal((await editorsOf("123")).sort(), ["other", "their"]);
  equal((await postsOf("their")).sort(), ["Post 123", "Post 456"]);
});

check("deleting relations: in a many-to-many the far side stays", async () => {
  const users = await stored("User");
  await DataStore.delete(await DataStore.query(Post, "123"));
  await sent();
  equal(await editorsOf("123"), [], "editors in the app");
  equal(await stored("User"), users, "users at the server");
  equal((await stored("PostEditor", "postID")).filter(({ postID }) => postID === "123"), [], "joins at the server");
  equal(await postsOf("their"), ["Post 456"], "what joins the other post");
});

check("deleting relations: in a many-to-many each is deleted explicitly", async () => {
  const [join] = (await joins()).filter(({ post }) => post.id === "456");
  await DataStore.delete(join);
  await sent();
  equal([ids(await stored("Post")).includes("456"), ids(await stored("User")).includes("their")], [true, true]);
  await DataStore.delete(await DataStore.query(Post, "456"));
  await DataStore.delete(await DataStore.query(User, "their"));
  await sent();
  equal(ids(await stored("Post")).includes("456"), false, "post at the server");
  equal(ids(await stored("User")).includes("their"), false, "user at the server");
  equal(await DataStore.query(User, "their"), undefined, "user in the app");
});

await tell();
