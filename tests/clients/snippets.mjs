// Runs a snippet as an app would: as the body of an async function, with real keys in place of the placeholders.
const AsyncFunction = (async () => {}).constructor;
const DECLARED = /^const (?:\{ data: (\w+) \}|(\w+)) =/gm;

export class Play {
  // `story` comes from Joinery: the snippets of one relationship, and the records they are about.
  constructor(story, scope) {
    this.story = story;
    this.scope = scope;
    this.known = {};
  }

  of(action, subject) {
    return this.story.snippets.filter((each) => each.action === action && (!subject || each.subject === subject));
  }

  // Put the keys of the records that exist in place of what stands for them.
  fill(code) {
    return Object.entries(this.story.placeholders).reduce(
      (text, [placeholder, [variable, name]]) =>
        variable in this.known ? text.replaceAll(`"${placeholder}"`, JSON.stringify(this.known[variable][name])) : text,
      code,
    );
  }

  // Run the code; answer the values of everything it declares.
  async run(snippet) {
    const code = this.fill(snippet.code);
    const names = [...code.matchAll(DECLARED)].map(([, data, plain]) => data ?? plain);
    const body = `${this.scope.prelude ?? ""}\n${code}\nreturn { ${names.join(", ")} };`;
    try {
      return await new AsyncFunction(...Object.keys(this.scope.values), body)(...Object.values(this.scope.values));
    } catch (error) {
      throw new Error(`${snippet.title}: ${error.message}\n${code}`);
    }
  }

  keyOf(variable, record) {
    return Object.fromEntries(this.story.records[variable].key.map((name) => [name, record[name]]));
  }

  async create() {
    this.known = {};
    for (const snippet of this.of("create")) {
      for (const [variable, record] of Object.entries(await this.run(snippet))) {
        expect(record, `${variable} was not created:\n${snippet.code}`);
        this.known[variable] = this.keyOf(variable, record);
      }
    }
  }

  async find(snippet) {
    return (await this.run(snippet))[snippet.result];
  }

  // Whether a record is in an answer, however deep.
  holds(answer, variable) {
    const key = Object.entries(this.known[variable]);
    const seen = new Set();
    const look = (value) => {
      if (value === null || typeof value !== "object" || seen.has(value)) return false;
      seen.add(value);
      return (!Array.isArray(value) && key.every(([name, held]) => value[name] === held)) || Object.values(value).some(look);
    };
    return look(answer);
  }

  async checkQueries() {
    for (const snippet of this.of("query")) {
      const answer = await this.find(snippet);
      for (const variable of snippet.finds) {
        expect(this.holds(answer, variable), `${variable} is not in the answer of:\n${this.fill(snippet.code)}\n${show(answer)}`);
      }
    }
  }

  get hasFar() {
    return "far" in this.story.roles;
  }
}

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

function show(value) {
  return JSON.stringify(value)?.slice(0, 500);
}
