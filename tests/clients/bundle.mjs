// node bundle.mjs SCRIPT OUTPUTS TARGET: bundle a script with its configuration for a page, as an app's build does.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [script, outputs, target] = process.argv.slice(2);
const entry = `
  import outputs from ${JSON.stringify(resolve(outputs))};
  import { run } from './${script}';
  run(outputs).then((results) => { window.results = results; }, (error) => { window.results = [{ name: 'the page', error: String(error) }]; });
`;
await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
  bundle: true,
  format: 'iife',
  platform: 'browser',
  outfile: target,
  define: { global: 'globalThis' },
  logLevel: 'error',
});
