// The API's documentation, from its schema: root fields and types, searched, and walked through by clicking.
"use strict";

(() => {
  const { base, isComposite, element } = window.joinery.explorer;
  const MOST_FOUND = 60;
  const KINDS = { type: "Object", interface: "Interface", union: "Union", input: "Input", enum: "Enum", scalar: "Scalar" };
  const ROOTS = { query: "Queries", mutation: "Mutations", subscription: "Subscriptions" };

  const made = (name, className, text) => {
    const found = element(name, className);
    if (text !== undefined) found.textContent = text;
    return found;
  };

  const button = (className, text, act) => {
    const found = made("button", className, text);
    found.type = "button";
    found.addEventListener("click", act);
    return found;
  };

  // A document for a root field: its arguments as variables, the plain fields of what it answers.
  const exampleOf = (schema, kind, name) => {
    const field = schema.types[schema.roots[kind]].fields[name];
    const args = Object.entries(field.args ?? {}).filter(([, arg]) => arg.type.endsWith("!") || arg.type === "Int");
    const wanted = args.filter(([given, arg]) => arg.type.endsWith("!") || given === "limit");
    const head = wanted.map(([given, arg]) => `$${given}: ${arg.type}`).join(", ");
    const call = wanted.map(([given]) => `${given}: $${given}`).join(", ");
    const title = name[0].toUpperCase() + name.slice(1);
    const body = selectionOf(schema, base(field.type), "    ", 3);
    const document = `${kind} ${title}${head && `(${head})`} {\n  ${name}${call && `(${call})`}${body && ` {\n${body}\n  }`}\n}\n`;
    const variables = Object.fromEntries(wanted.map(([given, arg]) => [given, valueOf(schema, given, arg.type)]));
    return { document, variables: wanted.length ? JSON.stringify(variables, null, 2) : "" };
  };

  const selectionOf = (schema, name, indent, depth) => {
    const type = schema.types[name];
    if (!isComposite(type)) return "";
    const fields = Object.entries(type.fields ?? {});
    const lines = fields.filter(([, field]) => !isComposite(schema.types[base(field.type)])).slice(0, 8)
      .map(([field]) => `${indent}${field}`);
    if (type.fields?.items && depth > 0) {
      const inner = selectionOf(schema, base(type.fields.items.type), `${indent}  `, depth - 1);
      lines.unshift(`${indent}items {\n${inner}\n${indent}}`);
    }
    return lines.length ? lines.join("\n") : `${indent}__typename`;
  };

  const valueOf = (schema, name, type, depth = 3) => {
    const plain = type.replace(/!$/, "");
    if (plain.startsWith("[")) return [];
    const named = schema.types[plain];
    if (named.kind === "enum") return Object.keys(named.values)[0];
    if (named.kind === "input") {
      const needed = Object.entries(named.fields).filter(([, field]) => field.type.endsWith("!"));
      return depth ? Object.fromEntries(needed.map(([key, field]) => [key, valueOf(schema, key, field.type, depth - 1)])) : {};
    }
    if (name === "limit") return 10;
    return { Int: 1, Float: 1.5, Boolean: true }[plain] ?? "";
  };

  const makeDocumentation = (pane, { insert }) => {
    let schema = null;
    let path = [];
    const search = made("input", "in doc-search");
    search.type = "search";
    search.placeholder = "Search types and fields";
    search.setAttribute("aria-label", "Search types and fields");
    const content = made("div", "doc");
    pane.append(search, content);

    const go = (name) => {
      path = path.includes(name) ? path.slice(0, path.indexOf(name) + 1) : [...path, name];
      search.value = "";
      show(true);
    };

    const typeLink = (type) => {
      const span = made("span");
      const [before, after] = type.split(base(type));
      span.append(before, button("type", base(type), () => go(base(type))), after);
      return span;
    };

    const given = (args) => Object.entries(args ?? {}).map(([name, arg]) => {
      const line = made("span", "arg", `${name}: `);
      line.append(typeLink(arg.type));
      if (arg.default !== undefined) line.append(` = ${arg.default}`);
      return line;
    });

    const signature = (name, field) => {
      const code = made("span", "signature");
      code.append(made("span", "name", name));
      const args = given(field.args);
      if (args.length) code.append("(", ...args, ")");
      if (field.type) code.append(": ", typeLink(field.type));
      if (field.default !== undefined) code.append(` = ${field.default}`);
      return code;
    };

    const member = (name, field, root) => {
      const item = made("li");
      const line = made("div", "line");
      line.append(signature(name, field));
      if (root) {
        const act = button("btn quiet small", "Insert", () => insert(exampleOf(schema, root, name)));
        act.setAttribute("aria-label", `Insert an example of ${name}`);
        line.append(act);
      }
      item.append(line);
      if (field.about) item.append(made("p", "about-it", field.about));
      return item;
    };

    const members = (fields, root) => {
      const list = made("ul", "members");
      list.append(...Object.entries(fields).map(([name, field]) => member(name, field, root)));
      return list;
    };

    const links = (names) => {
      const list = made("ul", "members");
      list.append(...names.map((name) => {
        const item = made("li");
        item.append(button("type", name, () => go(name)));
        return item;
      }));
      return list;
    };

    const section = (title, list) => [made("h3", "", title), list];

    const home = () => {
      const parts = [];
      for (const [kind, name] of Object.entries(schema.roots)) {
        parts.push(...section(ROOTS[kind], members(schema.types[name].fields, kind)));
      }
      const roots = new Set(Object.values(schema.roots));
      const names = Object.keys(schema.types).filter((name) => !name.startsWith("__") && !roots.has(name));
      for (const [kind, words] of Object.entries({ type: "Types", interface: "Interfaces", union: "Unions", enum: "Enums", scalar: "Scalars", input: "Inputs" })) {
        const found = names.filter((name) => schema.types[name].kind === kind);
        if (found.length) parts.push(...section(words, links(found)));
      }
      return parts;
    };

    const usersOf = (name) => Object.entries(schema.types).filter(([other, type]) => !other.startsWith("__") &&
      Object.values(type.fields ?? {}).some((field) => base(field.type) === name ||
        Object.values(field.args ?? {}).some((arg) => base(arg.type) === name))).map(([other]) => other);

    const typePage = (name) => {
      const type = schema.types[name];
      const root = Object.keys(schema.roots).find((kind) => schema.roots[kind] === name);
      const heading = made("h2", "", `${name} `);
      heading.tabIndex = -1;
      heading.append(made("small", "", KINDS[type.kind]));
      const parts = [heading];
      if (type.about) parts.push(made("p", "about-it", type.about));
      if (type.fields) parts.push(...section("Fields", members(type.fields, root)));
      if (type.values) parts.push(...section("Values", members(type.values)));
      if (type.interfaces) parts.push(...section("Implements", links(type.interfaces)));
      if (type.possible) parts.push(...section("Is one of", links(type.possible)));
      const users = usersOf(name);
      if (users.length) parts.push(...section("Used by", links(users)));
      return parts;
    };

    const results = (text) => {
      const wanted = text.toLowerCase();
      const found = [];
      const roots = new Map(Object.entries(schema.roots).map(([kind, name]) => [name, kind]));
      for (const [name, type] of Object.entries(schema.types)) {
        if (name.startsWith("__")) continue;
        const isIt = name.toLowerCase() === wanted;
        if (name.toLowerCase().includes(wanted) && !roots.has(name)) found.push({ rank: isIt ? -1 : 1, name, type: name });
        for (const [field, told] of Object.entries(type.fields ?? type.values ?? {})) {
          if (field.toLowerCase().includes(wanted)) {
            found.push({ rank: roots.has(name) ? 0 : 2, name: `${name}.${field}`, type: name, field, told, root: roots.get(name) });
          }
        }
      }
      found.sort((one, other) => one.rank - other.rank || one.name.length - other.name.length);
      const list = made("ul", "members");
      list.append(...found.slice(0, MOST_FOUND).map((each) => {
        if (each.root) return member(each.field, each.told, each.root);
        const item = made("li");
        item.append(button("member", each.name, () => go(each.type)));
        return item;
      }));
      const words = found.length ? `${found.length} found${found.length > MOST_FOUND ? `, the first ${MOST_FOUND} shown` : ""}` : "Nothing has that in its name.";
      return [made("p", "about-it", words), list];
    };

    const crumbs = () => {
      const list = made("ol", "doc-path");
      ["Schema", ...path].forEach((name, index) => {
        const item = made("li");
        if (index === path.length) item.textContent = name;
        else {
          item.append(button("linkbtn", name, () => {
            path = path.slice(0, index);
            show(true);
          }));
        }
        list.append(item);
      });
      const nav = made("nav");
      nav.setAttribute("aria-label", "Where you are in the documentation");
      nav.append(list);
      return nav;
    };

    const show = (isMove = false) => {
      if (!schema) return;
      const text = search.value.trim();
      const name = path.at(-1);
      const parts = text ? results(text) : name ? [crumbs(), ...typePage(name)] : home();
      content.replaceChildren(...parts);
      if (!isMove) return;
      pane.scrollTop = 0;
      (content.querySelector("h2") ?? search).focus({ preventScroll: true });
    };

    search.addEventListener("input", () => show());
    content.append(made("p", "about-it", "Loading…"));
    return {
      use(loaded) {
        schema = loaded;
        path = path.filter((name) => schema.types[name]);
        show();
      },
      fail(message) {
        if (!schema) content.replaceChildren(made("p", "wrong", message));
      },
    };
  };

  Object.assign(window.joinery.explorer, { makeDocumentation, exampleOf });
})();
