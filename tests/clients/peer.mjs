// A second app, in a process of its own: does what the first one asks it to.
import { open } from "./store.mjs";

const client = await open(JSON.parse(process.argv[2]));
const { DataStore, models } = client;
await client.start();

const works = {
  save: async ({ model, values }) => {
    const saved = await DataStore.save(new models[model](values));
    await client.drained();
    return { id: saved.id };
  },
  edit: async ({ model, id, changes }) => {
    await client.edit(models[model], id, changes);
    await client.drained();
  },
  remove: async ({ model, id }) => {
    await DataStore.delete(await DataStore.query(models[model], id));
    await client.drained();
  },
  find: async ({ model, id }) => {
    const found = await DataStore.query(models[model], id);
    return found ? { title: found.title, rating: found.rating, content: found.content } : null;
  },
  errors: async () => client.errors,
};

process.on("message", async ({ number, work, given }) => {
  try {
    process.send({ number, value: (await works[work](given)) ?? null });
  } catch (error) {
    process.send({ number, error: String(error?.stack ?? error) });
  }
});
process.send({ number: 0, value: "ready" });
