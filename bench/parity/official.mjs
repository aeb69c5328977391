// Answers questions about the official Amplify packages: one JSON request a line in, one JSON answer a line out.
//   node official.mjs ORACLE        ORACLE: a folder with lib.mjs, walk.mjs and fuzz.mjs, and their packages installed
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const oracle = path.resolve(process.argv[2]);
const load = (name) => import(pathToFileURL(path.join(oracle, name)).href);
const { transformFile, introspectFile } = await load('lib.mjs');
const { members } = await load('walk.mjs');
// Officially emitted, never used: the oracle's own comparison leaves it out too.
const IGNORED = { ignore: ['AmplifyAIConversationTurnErrorInput'] };

// The generator of random schemas is everything in fuzz.mjs between its imports and its loop.
// From one seed it soon repeats itself: take a few schemas of each, and only those not seen before.
const PER_SEED = 10;
const randomSchemas = ({ dialect, count, seed, names }) => {
  const source = fs.readFileSync(path.join(oracle, 'fuzz.mjs'), 'utf8');
  const begin = source.indexOf('const args =');
  const end = source.indexOf('const tmp =');
  if (begin < 0 || end < begin) throw new Error('fuzz.mjs has another form than this script knows.');
  const body = new Function('process', `${source.slice(begin, end)}; return make;`);
  const texts = new Set();
  for (let number = seed; texts.size < count; number += 1) {
    const given = ['node', 'fuzz.mjs', dialect, '0', String(number * 7919), ...(names === 'capital' ? ['--capital'] : [])];
    const make = body({ argv: given });
    for (let i = 0; i < PER_SEED; i += 1) texts.add(make());
  }
  return [...texts].slice(0, count);
};

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

const asFile = ({ text, file }) => {
  if (file) return file;
  const made = path.join(scratch, 'schema.graphql');
  fs.writeFileSync(made, text);
  return made;
};

const compare = ({ official, ours }) => {
  const a = members(official, IGNORED);
  const b = members(ours, IGNORED);
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  const differing = names.filter((name) => a.get(name) !== b.get(name));
  return {
    total: names.length,
    differences: differing.map((name) => `${name}: official ${a.get(name)}, ours ${b.get(name)}`),
  };
};

const answers = {
  random: randomSchemas,
  sdl: async (request) => (await transformFile(request.dialect, asFile(request), { sync: request.sync, set: request.set })).sdl,
  introspection: async (request) => JSON.parse(await introspectFile(request.dialect, asFile(request))),
  compare,
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { value: await answers[request.ask](request) };
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
