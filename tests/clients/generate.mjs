// The models of many schemas. usage: node generate.mjs FILE; takes and prints JSON, by the name of each schema.
import { readFileSync } from "node:fs";
import { generate } from "./codegen.mjs";

const jobs = Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")));
console.log(JSON.stringify(Object.fromEntries(await Promise.all(jobs.map(async ([name, job]) => [name, await generate(job)])))));
