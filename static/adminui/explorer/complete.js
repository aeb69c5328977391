// What may stand where the cursor is, by the API's schema.
"use strict";

(() => {
  const { tokensOf } = window.joinery.explorer;
  const base = (type) => type.replace(/[[\]!]/g, "");
  const isComposite = (type) => ["type", "interface", "union"].includes(type?.kind);
  const TYPENAME = { __typename: { type: "String!", about: "The name of the object's type." } };
  const META = {
    __schema: { type: "__Schema!", about: "What the API consists of." },
    __type: { type: "__Type", args: { name: { type: "String!" } }, about: "One type of the API." },
  };

  class Found extends Error {
    constructor(context) {
      super();
      this.context = context;
    }
  }

  // Reads a document up to the cursor and throws what is expected there.
  class Walker {
    constructor(schema, tokens, fragments) {
      this.schema = schema;
      this.tokens = tokens;
      this.fragments = fragments;
      this.at = 0;
      this.variables = {};
    }

    type(name) { return this.schema.types[name ?? ""]; }

    fieldsOf(name) {
      const type = this.type(name);
      if (!isComposite(type)) return {};
      const own = { ...type.fields, ...TYPENAME };
      return name === this.schema.roots.query ? { ...own, ...META } : own;
    }

    expect(context) {
      if (this.at >= this.tokens.length) throw new Found({ variables: this.variables, ...context });
    }

    peek(context) {
      this.expect(context);
      return this.tokens[this.at];
    }

    next(context) {
      const token = this.peek(context);
      this.at += 1;
      return token;
    }

    document() {
      for (;;) {
        this.variables = {};
        const token = this.next({ kind: "definition" });
        if (token.value === "{") this.selection(this.schema.roots.query);
        else if (token.value === "fragment") this.fragment();
        else if (["query", "mutation", "subscription"].includes(token.value)) this.operation(token.value);
      }
    }

    operation(kind) {
      const after = { kind: "header", place: kind.toUpperCase() };
      if (this.peek({ kind: "none" }).kind === "name") this.at += 1;
      if (this.peek(after).value === "(") this.definitions();
      this.directives(kind.toUpperCase(), after);
      if (this.peek(after).value === "{") {
        this.at += 1;
        this.selection(this.schema.roots[kind]);
      }
    }

    definitions() {
      this.at += 1;
      for (;;) {
        const token = this.next({ kind: "none" });
        if (token.value === ")") return;
        if (token.kind !== "variable") continue;
        if (this.peek({ kind: "none" }).value !== ":") continue;
        this.at += 1;
        let type = "";
        while (this.peek({ kind: "inputType" }).value === "[") type += this.tokens[this.at++].value;
        if (this.peek({ kind: "inputType" }).kind === "name") type += this.tokens[this.at++].value;
        const done = { kind: "none" };
        this.variables[token.value.slice(1)] = type;
        while (["]", "!"].includes(this.peek(done).value)) {
          type += this.tokens[this.at++].value;
          this.variables[token.value.slice(1)] = type;
        }
        if (this.peek(done).value === "=") {
          this.at += 1;
          this.value(type, false);
        }
        this.directives("VARIABLE_DEFINITION", done);
      }
    }

    fragment() {
      this.next({ kind: "none" });
      if (this.peek({ kind: "word", words: ["on"] }).value !== "on") return;
      this.at += 1;
      const type = this.next({ kind: "condition" }).value;
      const after = { kind: "header", place: "FRAGMENT_DEFINITION" };
      this.directives("FRAGMENT_DEFINITION", after);
      if (this.peek(after).value !== "{") return;
      this.at += 1;
      // A fragment knows the variables of those who use it.
      this.variables = null;
      this.selection(type);
    }

    selection(type) {
      const here = { kind: "field", type, fields: this.fieldsOf(type) };
      for (;;) {
        const token = this.next(here);
        if (token.value === "}") return;
        if (token.value === "...") this.spread(type, here);
        else if (token.kind === "name") this.field(token.value, here);
        else if (token.value === "{") this.selection(undefined);
      }
    }

    field(name, here) {
      if (this.peek(here).value === ":") {
        this.at += 1;
        name = this.next(here).value;
      }
      const field = here.fields[name];
      if (this.peek(here).value === "(") this.args(field?.args ?? {});
      this.directives("FIELD", here);
      if (this.peek(here).value === "{") {
        this.at += 1;
        this.selection(field && base(field.type));
      }
    }

    spread(type, here) {
      const token = this.peek({ kind: "spread", type });
      let inner = type;
      if (token.value === "on") {
        this.at += 1;
        inner = this.next({ kind: "condition", type }).value;
      } else if (token.kind === "name") {
        this.at += 1;
        this.directives("FRAGMENT_SPREAD", here);
        return;
      }
      this.directives("INLINE_FRAGMENT", here);
      if (this.peek(here).value === "{") {
        this.at += 1;
        this.selection(inner);
      }
    }

    directives(place, after) {
      while (this.peek(after).kind === "directive" || this.peek(after).value === "@") {
        const token = this.next(after);
        if (token.value === "@") this.expect({ kind: "directive", place });
        const directive = this.schema.directives[token.value.slice(1)];
        if (this.peek(after).value === "(") this.args(directive?.args ?? {});
      }
    }

    args(known) {
      this.at += 1;
      this.members(known, ")", "argument");
    }

    members(known, closing, kind) {
      const used = new Set();
      for (;;) {
        const token = this.next({ kind, known, used });
        if (token.value === closing) return;
        if (token.kind !== "name") continue;
        used.add(token.value);
        if (this.peek({ kind: "none" }).value !== ":") continue;
        this.at += 1;
        this.value(known[token.value]?.type);
      }
    }

    value(type, hasVariables = true) {
      const here = { kind: "value", type, hasVariables };
      const token = this.next(here);
      const inner = type?.replace(/!$/, "");
      if (token.value === "[") {
        const item = inner?.startsWith("[") ? inner.slice(1, -1) : undefined;
        while (this.peek({ kind: "value", type: item, hasVariables }).value !== "]") {
          const before = this.at;
          this.value(item, hasVariables);
          if (this.at === before) this.at += 1;
        }
        this.at += 1;
      } else if (token.value === "{") {
        this.members(this.type(type && base(type))?.fields ?? {}, "}", "input");
      } else if (token.value === "$") {
        this.expect({ kind: "variable", type });
      } else if (["}", ")", "]"].includes(token.value)) {
        this.at -= 1;
      }
    }
  }

  const fragmentsOf = (tokens) => {
    const found = {};
    tokens.forEach((token, index) => {
      if (token.value === "fragment" && tokens[index + 2]?.value === "on" && tokens[index + 3]) {
        found[tokens[index + 1].value] = tokens[index + 3].value;
      }
    });
    return found;
  };

  const possible = (schema, name) => {
    const type = schema.types[name ?? ""];
    if (type?.kind === "type") return new Set([name, ...(type.interfaces ?? [])]);
    return new Set([name, ...(type?.possible ?? [])]);
  };

  // Whether objects of one type may be of the other.
  const overlap = (schema, one, other) => {
    if (!one || !other) return true;
    const objects = (name) => (schema.types[name]?.kind === "type" ? [name] : schema.types[name]?.possible ?? []);
    const others = new Set(objects(other));
    return objects(one).some((name) => others.has(name));
  };

  const fits = (variable, wanted) =>
    base(variable) === base(wanted) && (variable.startsWith("[") === wanted.startsWith("["));

  const fieldText = (schema, field) => {
    if (Object.values(field.args ?? {}).some((arg) => arg.type.endsWith("!") && arg.default === undefined)) return "args";
    return isComposite(schema.types[base(field.type)]) ? "body" : "";
  };

  const directiveItems = (schema, place) => Object.entries(schema.directives)
    .filter(([, directive]) => directive.places.includes(place))
    .map(([name, directive]) => ({
      label: `@${name}`, insert: `@${name}`, about: directive.about, kind: "directive",
      ending: Object.values(directive.args ?? {}).some((arg) => arg.type.endsWith("!")) ? "args" : "",
    }));

  const variableItems = (context, type) => Object.entries(context.variables ?? {})
    .filter(([, variable]) => !type || fits(variable, type))
    .map(([name, variable]) => ({ label: `$${name}`, insert: `$${name}`, detail: variable, kind: "variable" }));

  const valueItems = (schema, context) => {
    const named = schema.types[base(context.type ?? "")];
    const variables = context.hasVariables === false ? [] : variableItems(context, context.type);
    if (!context.type) return variables;
    const items = [...variables];
    if (context.type.replace(/!$/, "").startsWith("[")) items.push({ label: "[…]", insert: "[", after: "]", detail: context.type, kind: "value" });
    if (named?.kind === "enum") {
      for (const [name, value] of Object.entries(named.values)) items.push({ label: name, insert: name, about: value.about, kind: "enum" });
    } else if (named?.kind === "input") {
      items.push({ label: "{…}", insert: "{ ", after: " }", detail: base(context.type), kind: "value" });
    } else if (base(context.type) === "Boolean") {
      items.push({ label: "true", insert: "true", kind: "value" }, { label: "false", insert: "false", kind: "value" });
    }
    if (!context.type.endsWith("!")) items.push({ label: "null", insert: "null", kind: "value" });
    return items;
  };

  const memberItems = (context) => Object.entries(context.known)
    .filter(([name]) => !context.used.has(name))
    .map(([name, given]) => ({ label: name, insert: `${name}: `, detail: given.type, about: given.about, kind: context.kind }));

  const typeItems = (names, schema, kind = "type") => names
    .map((name) => ({ label: name, insert: name, about: schema.types[name].about, detail: schema.types[name].kind, kind }));

  const isInput = (type) => ["input", "enum", "scalar"].includes(type.kind);
  const isMeta = (name) => name.startsWith("__");

  const itemsOf = (schema, context, fragments) => {
    switch (context.kind) {
      case "definition":
        return [...Object.keys(schema.roots), "fragment"].map((word) => ({ label: word, insert: `${word} `, kind: "keyword" }));
      case "word":
        return context.words.map((word) => ({ label: word, insert: `${word} `, kind: "keyword" }));
      case "header":
        return directiveItems(schema, context.place);
      case "directive":
        return directiveItems(schema, context.place).map((item) => ({ ...item, insert: item.insert.slice(1) }));
      case "field":
        return Object.entries(context.fields).map(([name, field]) => ({
          label: name, insert: name, detail: field.type, about: field.about, kind: "field", ending: fieldText(schema, field),
        }));
      case "spread":
        return [
          { label: "on", insert: "on ", about: "A fragment written here, for one type.", kind: "keyword" },
          ...Object.entries(fragments).filter(([, type]) => overlap(schema, context.type, type))
            .map(([name, type]) => ({ label: name, insert: name, detail: type, kind: "fragment" })),
        ];
      case "condition":
        return typeItems(Object.keys(schema.types).filter((name) => !isMeta(name) && isComposite(schema.types[name]) &&
          overlap(schema, context.type, name)), schema);
      case "inputType":
        return typeItems(Object.keys(schema.types).filter((name) => !isMeta(name) && isInput(schema.types[name])), schema);
      case "argument":
      case "input":
        return memberItems(context);
      case "value":
        return valueItems(schema, context);
      case "variable":
        return variableItems(context, context.type).map((item) => ({ ...item, insert: item.insert.slice(1) }));
      default:
        return [];
    }
  };

  // What is being written at an offset of a document: the word so far, and the context that it stands in.
  const contextAt = (schema, text, offset) => {
    const tokens = tokensOf(text);
    const around = tokens.find((token) => token.start < offset && offset <= token.end);
    const isOpen = around && (around.kind === "comment" || (around.kind === "string" &&
      (offset < around.end || !/^("""[^]*"""|"[^]*")$/.test(around.value) || around.value === '"')));
    if (isOpen) return null;
    if (around?.kind === "number") return null;
    const start = offset - text.slice(0, offset).match(/[$@]?\w*$/)[0].length;
    const before = tokens.filter((token) => token.end <= start && token.kind !== "comment");
    const sign = /[$@]/.test(text[start] ?? "") && start < offset ? text[start] : "";
    const walker = new Walker(schema, before, fragmentsOf(tokens));
    try {
      walker.document();
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      return { context: error.context, fragments: walker.fragments, start, word: text.slice(start, offset), sign };
    }
    return null;
  };

  const score = (label, word) => {
    const [here, wanted] = [label.toLowerCase(), word.toLowerCase()];
    if (label.startsWith(word)) return 0;
    if (here.startsWith(wanted)) return 1;
    return here.includes(wanted) ? 2 : -1;
  };

  // The suggestions at an offset, those that begin with the word first.
  const suggest = (schema, text, offset) => {
    const found = contextAt(schema, text, offset);
    if (!found) return { items: [], start: offset, word: "" };
    let items = itemsOf(schema, found.context, found.fragments);
    if (found.sign === "@" && ["field", "header", "none", "argument", "input"].includes(found.context.kind)) {
      items = directiveItems(schema, found.context.place ?? (found.context.kind === "field" ? "FIELD" : ""));
    } else if (found.sign === "$") {
      items = items.filter((item) => item.kind === "variable");
    }
    const word = found.word;
    const rated = items.map((item) => ({ item, score: score(item.label, word) })).filter((one) => one.score >= 0);
    rated.sort((a, b) => a.score - b.score);
    return { items: rated.map((one) => one.item), start: found.start, word };
  };

  Object.assign(window.joinery.explorer, { base, isComposite, suggest, possible });
})();
