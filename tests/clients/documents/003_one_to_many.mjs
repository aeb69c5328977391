// Document 003, one to many: a publication has many articles.
import { check, equal } from "../checks.mjs";
import { DataStore, create, ids, models, sent, start, stored, tell } from "./app.mjs";

const { Article, Publication } = models;

for (const id of ["YOUR_PUBLICATION_ID", "another"]) await create("Publication", { id, name: id });
for (const id of ["first", "second"]) await create("Article", { id, title: id, publicationID: "YOUR_PUBLICATION_ID" });
await create("Article", { id: "elsewhere", title: "elsewhere", publicationID: "another" });
await start();

async function save() {
const publication = await DataStore.save(new Publication({ name: "Amplify Weekly" }))
const article = await DataStore.save(new Article({
  title: "Add auth to your app in 3 steps",
  publicationID: publication.id
}))
  return { publication, article };
}

check("create: the id of the publication is saved to the article", async () => {
  const { publication, article } = await save();
  await sent();
  const articles = await stored("Article", "title publicationID");
  equal(articles.filter(({ id }) => id === article.id), [
    { id: article.id, title: "Add auth to your app in 3 steps", publicationID: publication.id },
  ]);
  const publications = await stored("Publication", "name articles { items { id } }");
  equal(publications.filter(({ id }) => id === publication.id), [
    { id: publication.id, name: "Amplify Weekly", articles: { items: [{ id: article.id }] } },
  ]);
});

async function query() {
const articles = (await DataStore.query(Article))
  .filter(a => a.publicationID === "YOUR_PUBLICATION_ID");
  return articles;
}

check("query: the articles of a publication", async () => {
  equal(ids(await query()), ["first", "second"]);
});

async function remove(toBeDeletedPublication) {
await DataStore.delete(toBeDeletedPublication)
}

check("delete: the articles go with their publication", async () => {
  const kept = (await stored("Article", "publicationID")).filter((each) => each.publicationID !== "YOUR_PUBLICATION_ID");
  await remove(await DataStore.query(Publication, "YOUR_PUBLICATION_ID"));
  equal(await DataStore.query(Publication, "YOUR_PUBLICATION_ID"), undefined, "publication in the app");
  equal(await query(), [], "articles in the app");
  await sent();
  equal((await stored("Publication")).some(({ id }) => id === "YOUR_PUBLICATION_ID"), false, "publication at the server");
  equal(await stored("Article", "publicationID"), kept, "articles at the server");
  equal(kept.length, 2, "other articles");
});

await tell();
