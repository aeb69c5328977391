// node run.mjs SCRIPT OUTPUTS: run a script's checks and print what each found, as JSON.
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';

// Node 22 has a WebSocket of its own.
globalThis.WebSocket ??= WebSocket;

const [script, outputs] = process.argv.slice(2);
const { run } = await import(`./${script}`);
console.log(JSON.stringify(await run(JSON.parse(readFileSync(outputs, 'utf8')))));
process.exit(0);
