// A stock DataStore of either generation, in a process of its own: `open` configures and starts it.
import "./shim.mjs";
import { createRequire } from "node:module";

const PATIENCE_MS = 20000;
const QUIET_MS = 120;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(isSo, what, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await isSo();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await sleep(40);
  }
}

// The older generation takes a process that calls itself Node for a server, where nothing is live.
async function passForBrowser() {
  // What Node itself loads late still needs to know its version.
  void new Response("x");
  void new FormData();
  await fetch("http://localhost:1/").catch(() => {});
  const { node: _hidden, ...others } = process.versions;
  Object.defineProperty(process, "versions", { value: others, configurable: true });
}

async function load(generation, { url, apiKey }) {
  if (generation === "v4") {
    await passForBrowser();
    const require = createRequire(new URL("./v4/package.json", import.meta.url));
    const { Amplify, Hub } = require("@aws-amplify/core");
    Amplify.configure({
      aws_project_region: "us-east-1",
      aws_appsync_region: "us-east-1",
      aws_appsync_graphqlEndpoint: url,
      aws_appsync_authenticationType: "API_KEY",
      aws_appsync_apiKey: apiKey,
      aws_appsync_dangerously_connect_to_http_endpoint_for_testing: true,
    });
    return { Hub, ...require("@aws-amplify/datastore") };
  }
  const require = createRequire(import.meta.url);
  const { Amplify } = require("aws-amplify");
  const { Hub } = require("aws-amplify/utils");
  Amplify.configure({
    version: "1.4",
    data: {
      url: url.replace("http://", "HTTP://"),
      aws_region: "us-east-1",
      api_key: apiKey,
      default_authorization_type: "API_KEY",
    },
  });
  return { Hub, ...require("aws-amplify/datastore") };
}

export async function open({ generation, schema, url, apiKey }) {
  const { DataStore, Hub, initSchema } = await load(generation, { url, apiKey });
  const errors = [];
  const state = { isReady: false, isEmpty: true, isOnline: null };
  DataStore.configure({ errorHandler: (error) => errors.push(`${error.errorType}: ${error.message}`) });
  const models = initSchema(schema);
  Hub.listen("datastore", ({ payload: { event, data } }) => {
    if (event === "ready") state.isReady = true;
    if (event === "outboxStatus") state.isEmpty = data.isEmpty;
    if (event === "outboxMutationEnqueued") state.isEmpty = false;
    if (event === "networkStatus") state.isOnline = data.active;
  });
  const start = async () => {
    state.isReady = false;
    await DataStore.start();
    await until(() => state.isReady, "DataStore");
  };
  // Until the server has everything that was saved here.
  const drained = async () => {
    await sleep(QUIET_MS);
    await until(() => state.isEmpty, "an empty outbox", 40000);
    await sleep(QUIET_MS);
  };
  const setOnline = (isOnline) => {
    Object.defineProperty(globalThis, "navigator", {
      value: { ...globalThis.navigator, onLine: isOnline },
      configurable: true,
    });
    dispatchEvent(new Event(isOnline ? "online" : "offline"));
  };
  const edit = async (model, id, changes) => {
    const found = await DataStore.query(model, id);
    return DataStore.save(model.copyOf(found, (draft) => Object.assign(draft, changes)));
  };
  return { DataStore, models, errors, state, start, drained, setOnline, edit };
}
