// Named checks, in Node and in a page alike: `check` notes them, `run` runs them in order and tells what each found.

const checks = [];

export const check = (name, work) => checks.push({ name, work });

export async function run(context) {
  const results = [];
  for (const { name, work } of checks) {
    try {
      await work(context);
      results.push({ name, error: null });
    } catch (error) {
      results.push({ name, error: String(error?.message ?? JSON.stringify(error)).slice(0, 2000) });
    }
  }
  return results;
}

export function equal(found, expected, what = '') {
  const [a, b] = [found, expected].map((value) => JSON.stringify(sorted(value)) ?? 'undefined');
  if (a !== b) throw new Error(`${what || 'value'} is ${a}, not ${b}`);
}

export function matches(text, pattern) {
  if (!pattern.test(text)) throw new Error(`${JSON.stringify(text)} does not match ${pattern}`);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
