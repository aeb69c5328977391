// DataStore is made for browsers: it reads `window`, listens for online and offline, and stores in IndexedDB.
// This gives it just that much of one. Import it before any Amplify module.
import { createRequire } from "node:module";
import WebSocketImpl from "ws";

const events = new EventTarget();
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
  globalThis[name] = events[name].bind(events);
}
globalThis.window = globalThis;
globalThis.self = globalThis;
globalThis.document = {
  hidden: false,
  visibilityState: "visible",
  addEventListener() {},
  removeEventListener() {},
  querySelector: () => null,
  querySelectorAll: () => [],
  getElementById: () => null,
  getElementsByTagName: () => [],
  documentElement: {},
  body: {},
};
globalThis.WebSocket ??= WebSocketImpl;
Object.defineProperty(globalThis, "navigator", {
  value: { onLine: true, userAgent: "node", product: "Gecko", platform: "node", language: "en" },
  configurable: true,
});
globalThis.location ??= new URL("http://localhost:3000/");
const kept = new Map();
globalThis.localStorage ??= {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, String(value)),
  removeItem: (key) => kept.delete(key),
  clear: () => kept.clear(),
  key: (index) => [...kept.keys()][index] ?? null,
  get length() {
    return kept.size;
  },
};
globalThis.sessionStorage ??= globalThis.localStorage;
createRequire(import.meta.url)("fake-indexeddb/auto");
