// GraphQL and JSON as texts: their tokens, where JSON breaks, how a document is laid out.
"use strict";

(() => {
  const GRAPHQL = new RegExp([
    /(?<comment>#[^\n]*)/,
    /(?<string>"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?)/,
    /(?<variable>\$[A-Za-z_]\w*)/,
    /(?<directive>@[A-Za-z_]\w*)/,
    /(?<number>-?\d[\d.eE+-]*)/,
    /(?<name>[A-Za-z_]\w*)/,
    /(?<mark>\.\.\.|[!()[\]{}:=|&$@])/,
    /(?<space>[\s,\uFEFF]+)/,
    /(?<wrong>[^])/,
  ].map((part) => part.source).join("|"), "gu");
  const JSON_TOKEN = new RegExp([
    /(?<comment>#[^\n]*)/,
    /(?<key>"(?:\\.|[^"\\\n])*"(?=\s*:))/,
    /(?<string>"(?:\\.|[^"\\\n])*"?)/,
    /(?<number>-?\d[\d.eE+-]*)/,
    /(?<keyword>\b(?:true|false|null)\b)/,
    /(?<mark>[[\]{}:,])/,
    /(?<space>\s+)/,
    /(?<wrong>[^])/,
  ].map((part) => part.source).join("|"), "gu");
  const KEYWORDS = new Set(["query", "mutation", "subscription", "fragment", "on", "true", "false", "null"]);
  const OPENING = { "{": "}", "(": ")", "[": "]" };
  const WIDTH = 80;

  const lex = (pattern, text) => {
    const found = [];
    for (const match of text.matchAll(pattern)) {
      const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
      found.push({ kind, value: match[0], start: match.index, end: match.index + match[0].length });
    }
    return found;
  };

  // All of the text, in pieces with the class that colours each.
  const paintGraphql = (text) => lex(GRAPHQL, text).map((token) => {
    if (token.kind === "name") {
      token.kind = KEYWORDS.has(token.value) ? "keyword" : /^[A-Z]/.test(token.value) ? "type" : "";
    }
    return token;
  });
  const paintJson = (text) => lex(JSON_TOKEN, text);
  const tokensOf = (text) => lex(GRAPHQL, text).filter((token) => token.kind !== "space");

  const place = (text, offset) => {
    const before = text.slice(0, offset).split("\n");
    return { line: before.length, column: before.at(-1).length + 1 };
  };

  const offsetOf = (text, line, column) => {
    const lines = text.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    return Math.min(before + column - 1, text.length);
  };

  // The operations of a document, whether it is valid or not.
  const operationsOf = (text) => {
    const found = [];
    let depth = 0;
    const tokens = tokensOf(text).filter((token) => token.kind !== "comment");
    tokens.forEach((token, index) => {
      if (depth === 0 && token.kind === "name" && ["query", "mutation", "subscription"].includes(token.value)) {
        const next = tokens[index + 1];
        found.push({ kind: token.value, name: next?.kind === "name" ? next.value : "", start: token.start });
      } else if (depth === 0 && token.value === "{" && !isBody(tokens, index)) {
        found.push({ kind: "query", name: "", start: token.start });
      }
      if (OPENING[token.value]) depth += 1;
      else if (token.kind === "mark" && "})]".includes(token.value)) depth = Math.max(0, depth - 1);
    });
    return found;
  };

  // Whether a brace at the top opens what a keyword before it began.
  const isBody = (tokens, index) => {
    for (let depth = 0, at = index - 1; at >= 0; at--) {
      const value = tokens[at].value;
      if (tokens[at].kind === "mark" && "})]".includes(value)) {
        if (value === "}" && depth === 0) return false;
        depth += 1;
      } else if (OPENING[value]) depth -= 1;
      else if (depth === 0 && ["query", "mutation", "subscription", "fragment"].includes(value)) return true;
    }
    return false;
  };

  // JSON: the value, or what is wrong and where.

  class Broken extends Error {
    constructor(message, offset) {
      super(message);
      this.offset = offset;
    }
  }

  const readJson = (text) => {
    try {
      return { value: JSON.parse(text) };
    } catch {
      try {
        findBreak(text);
      } catch (error) {
        if (error instanceof Broken) return { message: error.message, offset: error.offset };
        return { message: "This is nested too deeply.", offset: 0 };
      }
      return { message: "This is not JSON.", offset: 0 };
    }
  };

  const findBreak = (text) => {
    const tokens = lex(JSON_TOKEN, text).filter((token) => token.kind !== "space");
    let at = 0;
    const seen = () => {
      const value = tokens[at]?.value;
      return value === undefined ? "the end" : `'${value.length > 20 ? `${value.slice(0, 20)}…` : value}'`;
    };
    const fail = (message) => { throw new Broken(message, tokens[at]?.start ?? text.length); };
    const members = (closing, what, member) => {
      at += 1;
      if (tokens[at]?.value === closing) return void (at += 1);
      for (;;) {
        member();
        if (tokens[at]?.value === closing) return void (at += 1);
        if (tokens[at]?.value !== ",") fail(`A comma or '${closing}' is missing before ${seen()}.`);
        at += 1;
        if (tokens[at]?.value === closing) fail(`There is a comma too much before '${closing}'.`);
      }
    };
    const value = () => {
      const token = tokens[at];
      if (!token) fail("A value is missing at the end.");
      if (token.value === "{") {
        return members("}", "name", () => {
          if (!["key", "string"].includes(tokens[at]?.kind)) fail(`A name in double quotes is missing before ${seen()}.`);
          text_();
          if (tokens[at]?.value !== ":") fail(`A colon is missing before ${seen()}.`);
          at += 1;
          value();
        });
      }
      if (token.value === "[") return members("]", "value", value);
      if (token.kind === "string" || token.kind === "key") return text_();
      if (token.kind === "keyword") return void (at += 1);
      if (token.kind === "number") {
        if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token.value)) fail(`${seen()} is not a number of JSON.`);
        return void (at += 1);
      }
      if (token.value === "'") fail("Texts stand in double quotes.");
      return fail(`${seen()} is not a value. Texts stand in double quotes.`);
    };
    const text_ = () => {
      const token = tokens[at];
      if (token.value.length < 2 || !token.value.endsWith('"')) fail("A double quote is missing at the end of this text.");
      try {
        JSON.parse(token.value);
      } catch {
        fail("This text holds a character or an escape that JSON does not have.");
      }
      at += 1;
    };
    value();
    if (at < tokens.length) fail(`Nothing is expected after the end, but here is ${seen()}.`);
  };

  // JSON on lines of its own, its numbers and texts as they were sent.
  const layJson = (text) => {
    let [result, indent] = ["", "\n"];
    const tokens = lex(JSON_TOKEN, text).filter((token) => token.kind !== "space");
    tokens.forEach(({ value }, index) => {
      const next = tokens[index + 1]?.value;
      if (value === "{" || value === "[") {
        if (next === "}" || next === "]") return void (result += value);
        indent += "  ";
        result += value + indent;
      } else if (value === "}" || value === "]") {
        if (!"{[".includes(tokens[index - 1]?.value)) {
          indent = indent.slice(0, -2);
          result += indent;
        }
        result += value;
      } else if (value === ",") result += value + indent;
      else result += value === ":" ? ": " : value;
    });
    return result;
  };

  // Layout: one selection a line, arguments on the line where they fit. Comments stay.

  const group = (tokens) => {
    const root = [];
    const open = [root];
    for (const token of tokens) {
      if (token.kind === "mark" && OPENING[token.value]) {
        const inner = { kind: "group", value: token.value, closing: OPENING[token.value], items: [] };
        open.at(-1).push(inner);
        open.push(inner.items);
      } else if (token.kind === "mark" && "})]".includes(token.value)) {
        if (open.length === 1) return null;
        open.pop();
        if (open.at(-1).at(-1).closing !== token.value) return null;
      } else open.at(-1).push(token);
    }
    return open.length === 1 ? root : null;
  };

  const hasComment = (items) => items.some((item) => item.kind === "comment" || (item.items && hasComment(item.items)));

  // Items on one line: `(id: $id, input: { a: [1, 2] }) @include(if: $x)`.
  const inline = (items) => {
    let line = "";
    items.forEach((item, index) => {
      const before = items[index - 1];
      const text = item.items ? inlineGroup(item) : item.value;
      const isTight = !before || item.value === ":" || item.value === "!" || item.value === "(" || before.value === "...";
      const isSpread = before?.value === "..." && ["on", "@", "{"].some((word) => item.value === word || item.kind === "directive");
      line += (isTight && !isSpread ? "" : " ") + text;
    });
    return line;
  };

  const separated = (items) => {
    const parts = [[]];
    items.forEach((item, index) => {
      if (index && startsArgument(items, index)) parts.push([]);
      parts.at(-1).push(item);
    });
    return parts.filter((part) => part.length);
  };

  // In lists and objects each value or `name:` begins anew.
  const startsArgument = (items, index) => {
    const item = items[index];
    const before = items[index - 1];
    if ([":", "=", "!", "|", "&"].includes(item.value) || item.kind === "directive" || item.value === "(") return false;
    return ![":", "=", "|", "&"].includes(before.value);
  };

  const inlineGroup = (item) => {
    const inside = separated(item.items).map(inline).join(", ");
    return item.value === "{" ? (inside ? `{ ${inside} }` : "{}") : `${item.value}${inside}${item.closing}`;
  };

  const broken = (item, indent) => {
    const inner = `${indent}  `;
    const lines = separated(item.items).map((part) => inner + laid(part, inner));
    return `${item.value}\n${lines.join("\n")}\n${indent}${item.closing}`;
  };

  // Items that may break over lines where they are long or hold comments.
  const laid = (items, indent) => {
    const short = inline(items);
    if (!hasComment(items) && indent.length + short.length <= WIDTH) return short;
    let text = "";
    items.forEach((item, index) => {
      const before = items[index - 1];
      const isTight = !before || [":", "!", "("].includes(item.value);
      const piece = item.items && item.items.length ? broken(item, indent) : item.items ? inlineGroup(item) : item.value;
      if (item.kind === "comment") text += `${text && !text.endsWith("\n") ? " " : ""}${piece}\n${indent}`;
      else text += (isTight || /\n *$/.test(text) ? "" : before.value === "..." && item.kind === "name" && item.value !== "on" ? "" : " ") + piece;
    });
    return text.trimEnd();
  };

  const startsSelection = (items, index) => {
    const item = items[index];
    const before = items[index - 1];
    if (item.value === "...") return true;
    if (item.kind !== "name") return false;
    if (before.value === ":" || before.value === "...") return false;
    return !(before.value === "on" && items[index - 2]?.value === "...");
  };

  const selections = (items) => {
    const parts = [];
    items.forEach((item, index) => {
      const isComment = item.kind === "comment";
      if (!parts.length || isComment || parts.at(-1).isComment || startsSelection(items, index)) {
        parts.push(Object.assign([], { isComment }));
      }
      parts.at(-1).push(item);
    });
    return parts;
  };

  const body = (item, indent) => {
    const inner = `${indent}  `;
    const lines = selections(item.items).map((part) => inner + definition(part, inner));
    return lines.length ? `{\n${lines.join("\n")}\n${indent}}` : "{\n}";
  };

  // A definition or a selection: its head, and its braces below.
  const definition = (items, indent) => {
    const last = items.at(-1);
    if (last?.value !== "{" || !last.items) return laid(items, indent);
    const head = laid(items.slice(0, -1), indent);
    return `${head}${head ? " " : ""}${body(last, indent)}`;
  };

  // The document laid out anew, null where its brackets do not match.
  const prettify = (text) => {
    const tokens = tokensOf(text);
    const items = group(tokens);
    if (items === null || tokens.some((token) => token.kind === "wrong")) return null;
    const definitions = [[]];
    for (const item of items) {
      const isComment = item.kind === "comment";
      definitions.at(-1).push(item);
      if (isComment || item.value === "{") definitions.push([]);
    }
    let result = "";
    for (const each of definitions.filter((part) => part.length)) {
      const isComment = each.length === 1 && each[0].kind === "comment";
      result += definition(each, "") + (isComment ? "\n" : "\n\n");
    }
    return `${result.trimEnd()}\n`;
  };

  window.joinery.explorer = { lex, paintGraphql, paintJson, tokensOf, operationsOf, place, offsetOf, readJson, layJson, prettify };
})();
