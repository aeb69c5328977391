// Document 000: a post and its comments, which are connected by the post's id.
import { check, equal } from "../checks.mjs";
import { DataStore, create, enums, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Post, Comment } = models;
const { PostStatus } = enums;

for (const id of ["123", "456"]) await create("Post", { id, title: `Post ${id}`, rating: 1, status: "ACTIVE" });
for (const id of ["first", "second"]) await create("Comment", { id, content: id, postID: "123" });
await create("Comment", { id: "other", content: "other", postID: "456" });
await start();

const rating = 10;

check("saving relations: the id of the post is passed", async () => {
  const post = await DataStore.save(new Post({ title: "My post", rating, status: PostStatus.ACTIVE }));
  const comment = await DataStore.save(new Comment({ content: "Loving it", postID: post.id }));
  await sent();
  const comments = await stored("Comment", "content postID");
  equal(comments.filter(({ id }) => id === comment.id), [{ id: comment.id, content: "Loving it", postID: post.id }]);
  const posts = await stored("Post", "rating status comments { items { id } }");
  equal(posts.filter(({ id }) => id === post.id), [
    { id: post.id, rating, status: "ACTIVE", comments: { items: [{ id: comment.id }] } },
  ]);
});

const commentsOf = async (id) => (await DataStore.query(Comment)).filter(({ post }) => post.id === id);

check("querying relations: the comments of a post", async () => {
  const post = await DataStore.query(Post, "123");
  equal(ids(await commentsOf(post.id)), ["first", "second"]);
});

check("deleting relations: the comments go with their post", async () => {
  await DataStore.delete(await DataStore.query(Post, "123"));
  equal(await commentsOf("123"), [], "comments in the app");
  await sent();
  equal((await stored("Post")).some(({ id }) => id === "123"), false, "post at the server");
  const comments = await stored("Comment", "postID");
  equal(comments.filter(({ postID }) => postID === "123"), [], "comments at the server");
  equal(ids(comments).includes("other"), true, "other comments");
});

await tell();
