// An app as a document has it: the models of the document's schema in a stock DataStore, and a look at the server.
// Every script beside this one is run with a file of settings, and prints what each of its checks found, as JSON.
import { readFileSync } from "node:fs";
import { run } from "../checks.mjs";
import { open } from "../store.mjs";

const { url, apiKey, generation, schema } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const client = await open({ generation, schema, url, apiKey });

export const { DataStore, models, start } = client;

export const enums = Object.fromEntries(
  Object.values(schema.enums).map(({ name, values }) => [name, Object.fromEntries(values.map((each) => [each, each]))]),
);

// What another app does meanwhile, or did before.
export async function ask(query, variables = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

// What an input calls the reference of a relation.
function nameOf(model, field) {
  const { association } = schema.models[model].fields[field] ?? {};
  return association ? (association.targetNames?.[0] ?? association.targetName) : field;
}

// Create a record; a relation is given by the id of its record.
export async function create(model, values) {
  const input = Object.fromEntries(Object.entries(values).map(([field, value]) => [nameOf(model, field), value]));
  const query = `mutation($input: Create${model}Input!) { create${model}(input: $input) { id } }`;
  return (await ask(query, { input }))[`create${model}`];
}

// Every record the server has of a model, each with its key and what else is asked for.
export async function stored(model, fields = "") {
  const operation = `sync${schema.models[model].pluralName}`;
  const { items } = (await ask(`{ ${operation} { items { id _deleted ${fields} } } }`))[operation];
  return items.filter(({ _deleted }) => !_deleted).map(({ _deleted, ...record }) => record);
}

export const ids = (records) => records.map(({ id }) => id).sort();

// Until the server has what the app did. It must have taken all of it.
export async function sent() {
  await client.drained();
  if (client.errors.length) throw new Error(client.errors.splice(0).join("; "));
}

export async function tell() {
  console.log(JSON.stringify(await run()));
  process.exit(0);
}
