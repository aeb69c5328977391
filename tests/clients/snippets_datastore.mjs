// Runs DataStore snippets in the stock DataStore, one schema per worker (a process knows one schema only).
// usage: node snippets_datastore.mjs JOBS.json; prints one JSON line per relationship.
//
// Without `server` in a job DataStore keeps everything to itself, as an app does that is offline. With it
// ({url, apiKey}) it syncs, and deletes do on the server what the snippets' comments say.
import "./shim.mjs";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { generate } from "./codegen.mjs";
import { Play, expect } from "./snippets.mjs";

const WORKERS = 2;
const WAIT_MS = 20000;
const require = createRequire(import.meta.url);

async function open({ schema, server }) {
  const { Amplify } = require("aws-amplify");
  const { Hub } = require("aws-amplify/utils");
  const { ConsoleLogger } = require("@aws-amplify/core");
  const { DataStore, initSchema } = require("aws-amplify/datastore");
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const errors = [];
  DataStore.configure({ errorHandler: (error) => errors.push(error.message) });
  const state = { isReady: !server, isEmpty: true };
  if (server) {
    Amplify.configure({
      version: "1.4",
      data: { url: server.url, aws_region: "us-east-1", api_key: server.apiKey, default_authorization_type: "API_KEY" },
    });
    Hub.listen("datastore", ({ payload: { event, data } }) => {
      if (event === "ready") state.isReady = true;
      if (event === "outboxStatus") state.isEmpty = data.isEmpty;
      if (event === "outboxMutationEnqueued") state.isEmpty = false;
    });
  }
  const models = { ...initSchema(schema), ...enumsOf(schema) };
  return { DataStore, models, errors, state, server };
}

function enumsOf(schema) {
  return Object.fromEntries(
    Object.values(schema.enums).map(({ name, values }) => [name, Object.fromEntries(values.map((each) => [each, each]))]),
  );
}

async function until(isSo, what) {
  const end = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    expect(Date.now() < end, `timed out waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

class DataStorePlay extends Play {
  constructor(story, client) {
    const imports = story.snippets.find((each) => each.action === "setup").code;
    const names = imports.match(/import \{([^}]*)\} from ".\/models"/)[1];
    super(story, { values: { DataStore: client.DataStore, models: client.models }, prelude: `const {${names}} = models;` });
    for (const name of names.split(",").map((each) => each.trim()).filter(Boolean)) {
      expect(client.models[name], `The generated models have no '${name}'.`);
    }
    this.client = client;
  }

  // Wait until the server has everything, where there is one.
  async settle() {
    if (!this.client.server) return;
    await new Promise((done) => setTimeout(done, 50));
    await until(() => this.client.state.isEmpty, "an empty outbox");
    expect(this.client.errors.length === 0, this.client.errors.join("; "));
  }

  async start() {
    await this.client.DataStore.clear();
    this.client.state.isReady = !this.client.server;
    await this.client.DataStore.start();
    await until(() => this.client.state.isReady, "DataStore");
    await this.create();
    await this.settle();
  }

  async exists(variable) {
    const { model, key } = this.story.records[variable];
    const known = this.known[variable];
    const found = await this.client.DataStore.query(this.client.models[model], key.length === 1 ? known[key[0]] : known);
    return found !== undefined && found !== null;
  }

  async checkUnlink() {
    const { child } = this.story.roles;
    for (const snippet of this.of("unlink")) {
      await this.run(snippet);
      await this.settle();
      expect(await this.exists(child), "Unlinking deleted the record.");
      for (const query of this.of("query").filter((each) => each.finds.includes(child))) {
        expect(!this.holds(await this.find(query), child), `Still linked:\n${query.code}`);
      }
      await this.start();
    }
  }

  async checkDeleteOfChild() {
    const { child, parent, far } = this.story.roles;
    for (const snippet of this.of("delete", child)) {
      await this.run(snippet);
      await this.settle();
      const goesAlong = snippet.says[0].startsWith("DataStore deletes");
      expect(!(await this.exists(child)), "The record was not deleted.");
      expect((await this.exists(parent)) !== goesAlong, `The parent does not do what is said:\n${snippet.code}`);
      expect(!far || (await this.exists(far)), "The other side is gone.");
      await this.start();
    }
  }

  // What DataStore holds goes by its own rules, and the comment says which.
  async checkDeleteOfParent() {
    const { child, parent } = this.story.roles;
    for (const snippet of this.of("delete", parent)) {
      const [said] = snippet.says;
      const goesAlong = !said.startsWith("On the server:") || (this.client.server && said.includes("deleted too"));
      await this.run(snippet);
      await this.settle();
      expect(!(await this.exists(parent)), "The parent was not deleted.");
      if (this.client.server && goesAlong) await until(async () => !(await this.exists(child)), "the server's delete");
      expect((await this.exists(child)) !== goesAlong, `The child does not do what is said:\n${snippet.code}`);
    }
  }

  async check() {
    await this.start();
    await this.checkQueries();
    await this.checkUnlink();
    await this.checkDeleteOfChild();
    await this.checkDeleteOfParent();
  }
}

async function runJob({ name, schema, stories, server }) {
  const client = await open({ schema, server });
  for (const story of stories) {
    const answer = { schema: name, link: story.link };
    try {
      await new DataStorePlay(story, client).check();
    } catch (error) {
      answer.error = String(error.message ?? error);
    }
    parentPort.postMessage(answer);
  }
  await client.DataStore.stop();
}

async function runAll(file) {
  const jobs = JSON.parse(readFileSync(file, "utf8"));
  for (const job of jobs) job.schema = await generate(job);
  const runNext = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      await new Promise((done) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: job });
        worker.on("message", (answer) => console.log(JSON.stringify(answer)));
        worker.on("error", (error) => console.log(JSON.stringify({ schema: job.name, link: "", error: String(error.stack) })));
        worker.on("exit", done);
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, runNext));
}

if (isMainThread) await runAll(process.argv[2]);
else {
  await runJob(workerData);
  process.exit();
}
