// Runs data client snippets in the stock client against a server, whose schema is active already.
// usage: node snippets_data.mjs JOB.json; prints one JSON line per relationship.
import { readFileSync } from "node:fs";
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/data";
import { Play, expect } from "./snippets.mjs";

class DataPlay extends Play {
  constructor(story, client) {
    super(story, { values: { client: watched(client) } });
    this.client = client;
  }

  // Whether the record is there: asked with the schema's own query, which the client may not know.
  async exists(variable) {
    const { model, key, get } = this.story.records[variable];
    if (!get) return undefined;
    const { data } = await this.client.models[model].get(this.known[variable], { selectionSet: key });
    return data !== null;
  }

  async checkUnlink() {
    const { child } = this.story.roles;
    for (const snippet of this.of("unlink")) {
      await this.run(snippet);
      expect((await this.exists(child)) !== false, "Unlinking deleted the record.");
      for (const query of this.of("query").filter((each) => each.finds.includes(child))) {
        expect(!this.holds(await this.find(query), child), `Still linked:\n${query.code}`);
      }
      await this.again();
    }
  }

  // Keys that the snippets choose must be free again: the records go, children first.
  async clear() {
    for (const [variable, key] of Object.entries(this.known).reverse()) {
      const { model, remove } = this.story.records[variable];
      if (remove) await this.client.models[model].delete(key, { selectionSet: this.story.records[variable].key });
    }
    this.known = {};
  }

  async again() {
    await this.clear();
    await this.create();
  }

  async checkDeleteOfChild() {
    const { child, parent, far } = this.story.roles;
    for (const snippet of this.of("delete", child)) {
      await this.run(snippet);
      expect(!(await this.exists(child)), "The record was not deleted.");
      expect((await this.exists(parent)) !== false, "The parent is gone.");
      expect(!far || (await this.exists(far)) !== false, "The other side is gone.");
      await this.again();
    }
  }

  async checkDeleteOfParent() {
    const { child, parent } = this.story.roles;
    for (const snippet of this.of("delete", parent)) {
      const [said] = snippet.says;
      if (said.includes("Refused")) {
        const refusal = await this.run(snippet).catch((error) => error);
        expect(String(refusal.message).includes("RelatedRecordsExist"), `Not refused: ${refusal.message}`);
        expect((await this.exists(parent)) !== false, "The parent is gone.");
        continue;
      }
      await this.run(snippet);
      expect(!(await this.exists(parent)), "The parent was not deleted.");
      const isThere = await this.exists(child);
      expect(isThere === undefined || isThere !== said.includes("deleted too"), `Not what is said:\n${snippet.code}`);
    }
  }

  async check() {
    await this.create();
    await this.checkQueries();
    await this.checkUnlink();
    await this.checkDeleteOfChild();
    await this.checkDeleteOfParent();
    await this.clear();
  }
}

// The client answers errors instead of throwing them; here they are to be seen.
function watched(client) {
  const call = (operation) => async (...args) => {
    const answer = await operation(...args);
    expect(!answer.errors?.length, JSON.stringify(answer.errors));
    return answer;
  };
  const wrap = (model) => new Proxy(model, { get: (held, name) => (typeof held[name] === "function" ? call(held[name].bind(held)) : held[name]) });
  return { models: new Proxy({}, { get: (_, name) => wrap(client.models[name]) }) };
}

const { outputs, stories } = JSON.parse(readFileSync(process.argv[2], "utf8"));
Amplify.configure(outputs);
const client = generateClient();
for (const story of stories) {
  const answer = { link: story.link };
  try {
    await new DataPlay(story, client).check();
  } catch (error) {
    answer.error = String(error.message ?? error);
  }
  console.log(JSON.stringify(answer));
}
process.exit();
