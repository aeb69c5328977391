// An operation as code that others run: with the server's address, and a word in place of the API key.
"use strict";

(() => {
  const KEY = "YOUR-API-KEY";

  const shell = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const template = (text) => `\`${text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${")}\``;
  const indented = (text, indent) => text.split("\n").join(`\n${indent}`);

  const payload = ({ document, variables, operation }) => ({
    query: document,
    ...(variables === null ? {} : { variables }),
    ...(operation ? { operationName: operation } : {}),
  });

  const python = (value, indent = "") => {
    const inner = `${indent}    `;
    if (value === null) return "None";
    if (value === true) return "True";
    if (value === false) return "False";
    if (Array.isArray(value)) return `[${value.map((each) => python(each, inner)).join(", ")}]`;
    if (typeof value === "object") {
      const lines = Object.entries(value).map(([name, each]) => `${inner}${JSON.stringify(name)}: ${python(each, inner)},`);
      return lines.length ? `{\n${lines.join("\n")}\n${indent}}` : "{}";
    }
    // Escapes of JSON mean the same in Python, but for pairs of surrogates, which stay as they are written.
    return JSON.stringify(value);
  };

  const pythonText = (text) => {
    const escaped = text.replaceAll("\\", "\\\\");
    const isPlain = !escaped.includes('""') && !escaped.endsWith('"');
    return `"""${isPlain ? escaped : escaped.replaceAll('"', '\\"')}"""`;
  };

  const writers = {
    curl: (endpoint, asked) => [
      `curl ${shell(endpoint)} \\`,
      "  -H 'content-type: application/json' \\",
      `  -H 'x-api-key: ${KEY}' \\`,
      `  --data-binary ${shell(JSON.stringify(payload(asked), null, 2))}`,
      "",
    ].join("\n"),

    javascript: (endpoint, asked) => [
      `const response = await fetch(${JSON.stringify(endpoint)}, {`,
      '  method: "POST",',
      `  headers: { "content-type": "application/json", "x-api-key": "${KEY}" },`,
      "  body: JSON.stringify({",
      `    query: ${template(asked.document.trimEnd())},`,
      ...(asked.variables === null ? [] : [`    variables: ${indented(JSON.stringify(asked.variables, null, 2), "    ")},`]),
      ...(asked.operation ? [`    operationName: ${JSON.stringify(asked.operation)},`] : []),
      "  }),",
      "});",
      "const { data, errors } = await response.json();",
      "",
    ].join("\n"),

    python: (endpoint, asked) => [
      "import json",
      "import urllib.request",
      "",
      `query = ${pythonText(asked.document.trimEnd())}`,
      "body = {",
      '    "query": query,',
      ...(asked.variables === null ? [] : [`    "variables": ${python(asked.variables, "    ")},`]),
      ...(asked.operation ? [`    "operationName": ${JSON.stringify(asked.operation)},`] : []),
      "}",
      "request = urllib.request.Request(",
      `    ${JSON.stringify(endpoint)},`,
      "    json.dumps(body).encode(),",
      `    {"content-type": "application/json", "x-api-key": "${KEY}"},`,
      ")",
      "with urllib.request.urlopen(request) as response:",
      "    print(json.load(response))",
      "",
    ].join("\n"),
  };

  // A subscription is listened to over a WebSocket; `graphql-transport-ws` needs no library.
  const listening = (endpoint, asked) => [
    `const socket = new WebSocket(${JSON.stringify(endpoint.replace(/^http/, "ws"))}, "graphql-transport-ws");`,
    "const send = (message) => socket.send(JSON.stringify(message));",
    `socket.onopen = () => send({ type: "connection_init", payload: { "x-api-key": "${KEY}" } });`,
    "socket.onmessage = (event) => {",
    "  const message = JSON.parse(event.data);",
    '  if (message.type === "ping") send({ type: "pong" });',
    '  if (message.type === "next") console.log(message.payload);',
    '  if (message.type === "error") console.error(message.payload);',
    '  if (message.type === "connection_ack") {',
    "    send({",
    '      id: "1",',
    '      type: "subscribe",',
    "      payload: {",
    `        query: ${template(asked.document.trimEnd())},`,
    ...(asked.variables === null ? [] : [`        variables: ${indented(JSON.stringify(asked.variables, null, 2), "        ")},`]),
    ...(asked.operation ? [`        operationName: ${JSON.stringify(asked.operation)},`] : []),
    "      },",
    "    });",
    "  }",
    "};",
    "",
  ].join("\n");

  const codeOf = (language, endpoint, asked, isSubscription) => {
    if (!isSubscription) return writers[language](endpoint, asked);
    if (language === "javascript") return listening(endpoint, asked);
    return `# A subscription is listened to over a WebSocket: see JavaScript.\n`;
  };

  Object.assign(window.joinery.explorer, { codeOf });
})();
