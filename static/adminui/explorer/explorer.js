// The explorer's page: runs operations, marks problems, keeps a history in this browser.
"use strict";

(() => {
  const root = document.getElementById("explorer");
  if (!root) return;
  const tools = window.joinery.explorer;
  const { element } = tools;
  const byId = (id) => document.getElementById(id);
  const CHECK_MS = 400;
  const COLOURED_CHARACTERS = 300_000;
  const SHOWN_CHARACTERS = 2_000_000;
  const MOST_EVENTS = 50;
  const MOST_KEPT = 50;
  const MOST_KEPT_CHARACTERS = 200_000;
  const token = () => document.querySelector("#operation-form [name=csrfmiddlewaretoken]").value;

  // The schema, fetched once per version: its address holds its key.

  let schema = null;
  let schemaKey = root.dataset.schemaKey;
  const loadSchema = async () => {
    try {
      const response = await fetch(`${root.dataset.schema}?v=${schemaKey}`, { redirect: "manual" });
      if (!response.ok) throw new Error(String(response.status));
      schema = await response.json();
      documentation.use(schema);
    } catch {
      documentation.fail("The schema could not be loaded. Reload the page to try again.");
    }
  };

  // What is asked.

  const variablesProblem = byId("variables-problem");
  const readVariables = () => {
    const text = variables.text;
    if (!text.trim()) return { value: null };
    const read = tools.readJson(text);
    if (read.message) return { problem: read.message, offset: read.offset, ...tools.place(text, read.offset) };
    const isObject = read.value === null || (typeof read.value === "object" && !Array.isArray(read.value));
    return isObject ? { value: read.value } : { problem: "Variables are a JSON object: { … }.", offset: 0, line: 1, column: 1 };
  };

  const showVariables = () => {
    const read = readVariables();
    variablesProblem.hidden = !read.problem;
    if (read.problem) {
      variables.area.setAttribute("aria-invalid", "true");
      variablesProblem.querySelector("span").textContent = `Line ${read.line}, column ${read.column}: ${read.problem}`;
      variables.mark([read]);
    } else {
      variables.area.removeAttribute("aria-invalid");
      variables.mark([]);
    }
    return read;
  };

  const chooser = byId("chooser");
  const chosen = element("select", "in small", { id: "operation", "aria-label": "Operation to run" });
  byId("operation").replaceWith(chosen);
  const drawChooser = () => {
    const named = tools.operationsOf(operation.text).filter((each) => each.name);
    const names = named.map((each) => each.name);
    const kept = chosen.value;
    if ([...chosen.options].map((option) => option.value).join() !== names.join()) {
      chosen.replaceChildren(...named.map((each) => new Option(`${each.kind} ${each.name}`, each.name)));
      if (names.includes(kept)) chosen.value = kept;
    }
    chooser.hidden = names.length < 2;
  };
  const chosenName = () => (chooser.hidden ? "" : chosen.value);
  const isSubscription = () => {
    const found = tools.operationsOf(operation.text);
    const one = chosenName() ? found.find((each) => each.name === chosenName()) : found[0];
    return one?.kind === "subscription";
  };

  // Problems: beside the text, each leads to its place.

  const list = byId("document-problems");
  const showProblems = (entries) => {
    const found = entries.map((entry) => {
      const at = entry.locations?.[0];
      return { message: entry.message, ...at, offset: at && tools.offsetOf(operation.text, at.line, at.column) };
    });
    operation.mark(found);
    list.replaceChildren(...found.map((problem) => {
      const item = element("li");
      if (problem.line) {
        const go = element("button", "", { type: "button", "aria-label": `Go to line ${problem.line}, column ${problem.column}` });
        go.textContent = `${problem.line}:${problem.column}`;
        go.addEventListener("click", () => {
          const word = operation.text.slice(problem.offset).match(/^[$@]?\w+|^\S/)?.[0] ?? "";
          operation.select(problem.offset, problem.offset + word.length);
        });
        item.append(go);
      }
      const words = element("span");
      words.textContent = problem.message;
      item.append(words);
      return item;
    }));
    list.hidden = !found.length;
  };

  let checking = null;
  let checkTimer = 0;
  const check = async () => {
    checking?.abort();
    checking = new AbortController();
    const text = operation.text;
    try {
      const response = await fetch(root.dataset.check, {
        method: "POST", body: new URLSearchParams({ document: text }), headers: { "X-CSRFToken": token() },
        redirect: "manual", signal: checking.signal,
      });
      if (!response.ok) return;
      const told = await response.json();
      if (operation.text === text) showProblems(told.problems);
      if (told.schema !== schemaKey) {
        schemaKey = told.schema;
        window.joinery.say("info", "Another schema version is active now. Completion and documentation follow it.");
        loadSchema();
      }
    } catch {
      // Away or aborted: running says what is wrong, typing goes on.
    }
  };

  // Running.

  const busy = byId("busy");
  const run = byId("run");
  const answerText = byId("answer-text");
  const figures = byId("figures");
  let running = null;

  const figure = (name, text, className) => {
    const made = element(name, className);
    made.textContent = text;
    return made;
  };
  const sizeOf = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const showAnswer = (text, parts, isJson) => {
    figures.replaceChildren(...parts.flatMap((part, index) => (index ? [" ", part] : [part])));
    if (isJson && text.length <= COLOURED_CHARACTERS) {
      const fragment = document.createDocumentFragment();
      for (const piece of tools.paintJson(text)) {
        if (piece.kind === "space" || piece.kind === "mark") fragment.append(piece.value);
        else fragment.append(figure("span", piece.value, `t-${piece.kind}`));
      }
      answerText.replaceChildren(fragment);
    } else answerText.textContent = text.slice(0, SHOWN_CHARACTERS);
    if (text.length > SHOWN_CHARACTERS) figures.append(" ", figure("small", "its beginning"));
    answerText.hidden = false;
    answerText.scrollTop = 0;
    byId("nothing").hidden = true;
  };

  const say = (message) => showAnswer(message, [], false);

  const setRunning = (isRunning) => {
    busy.hidden = !isRunning;
    byId("answer").setAttribute("aria-busy", String(isRunning));
    run.querySelector("span").textContent = isRunning ? "Stop" : "Run";
    for (const part of run.querySelectorAll("svg, kbd")) part.classList.toggle("off", isRunning);
  };

  const runNow = async () => {
    operation.close();
    if (running) return running.abort();
    const read = showVariables();
    if (read.problem) {
      window.joinery.announce("The variables are not JSON.");
      return variables.select(read.offset);
    }
    const asked = { document: operation.text, variables: read.value, operation: chosenName() };
    if (!asked.document.trim()) return say("There is no operation to run.");
    keep(asked);
    running = new AbortController();
    setRunning(true);
    if (isSubscription()) return listen(asked, running.signal);
    const began = performance.now();
    try {
      const response = await fetch(root.dataset.run, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "X-Joinery-Scope": byId("scope").value },
        body: JSON.stringify({ query: asked.document, variables: asked.variables, operationName: asked.operation || null }),
        redirect: "manual",
        signal: running.signal,
      });
      const body = await response.text();
      answered(response, body, Math.round(performance.now() - began));
    } catch (error) {
      say(error.name === "AbortError"
        ? "Stopped. What the server had begun it may have finished."
        : "The server did not answer. Check the connection and try again.");
    } finally {
      running = null;
      setRunning(false);
    }
    return undefined;
  };

  const answered = (response, body, milliseconds) => {
    if (response.type === "opaqueredirect") {
      return say("The sign-in has ended. Open the sign-in page in another tab, then run this again; nothing typed is lost.");
    }
    let content = null;
    try {
      content = JSON.parse(body);
    } catch {
      return say(response.status === 403
        ? "The sign-in has changed, or the browser sent no cookies. Reload the page and run this again; nothing typed is lost."
        : `The server answered ${response.status}, and not with JSON.`);
    }
    const errors = content.errors ?? [];
    const bytes = new TextEncoder().encode(body).length;
    const isGood = response.ok && !errors.length;
    const words = errors.length === 1 ? "1 error" : `${errors.length} errors`;
    showAnswer(body.length <= SHOWN_CHARACTERS ? tools.layJson(body) : JSON.stringify(content, null, 2), [
      figure("span", String(response.status), `tag ${isGood ? "on" : "bad"}`),
      ...(errors.length ? [figure("small", words)] : []),
      figure("small", `${milliseconds.toLocaleString("en")} ms`),
      figure("small", sizeOf(bytes)),
    ], true);
    showProblems(errors.filter((error) => error.locations?.length));
    window.joinery.announce(`Answered ${response.status} in ${milliseconds} ms, ${sizeOf(bytes)}${errors.length ? `, ${words}` : ""}.`);
    return undefined;
  };

  // Listening: a subscription's events, the latest first, until it is stopped.

  const listen = (asked, signal) => {
    const address = new URL(root.dataset.listen, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, "graphql-transport-ws");
    const events = [];
    let count = 0;
    let ending = "";
    const send = (message) => socket.send(JSON.stringify(message));
    const show = (state) => {
      const words = count === 1 ? "1 event" : `${count} events`;
      const rest = count ? "" : "Listening. An event shows here as soon as somebody changes a record, on the site or through the API.";
      const text = events.map((event) => `# ${event.at}\n${JSON.stringify(event.payload, null, 2)}`).join("\n\n");
      showAnswer(text || rest, [figure("span", state, `tag ${state === "listening" ? "on" : ""}`), figure("small", words)], true);
    };
    const told = {
      connection_ack: () => send({
        id: "1", type: "subscribe",
        payload: { query: asked.document, variables: asked.variables, operationName: asked.operation || null },
      }),
      listening: () => {
        busy.hidden = true;
        byId("answer").setAttribute("aria-busy", "false");
        show("listening");
        window.joinery.announce("Listening.");
      },
      ping: () => send({ type: "pong" }),
      next: ({ payload }) => {
        count += 1;
        events.unshift({ at: new Date().toLocaleTimeString(), payload });
        events.length = Math.min(events.length, MOST_EVENTS);
        show("listening");
        window.joinery.announce(count === 1 ? "1 event." : `${count} events.`);
      },
      error: ({ payload }) => {
        ending = "refused";
        showAnswer(JSON.stringify({ errors: payload }, null, 2), [figure("span", "refused", "tag bad")], true);
        showProblems(payload.filter((error) => error.locations?.length));
        socket.close();
      },
    };
    signal.addEventListener("abort", () => {
      ending = "stopped";
      socket.close();
    });
    socket.addEventListener("open", () => send({ type: "connection_init", payload: { csrf: token(), scope: byId("scope").value } }));
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      told[message.type]?.(message);
    });
    socket.addEventListener("close", (event) => {
      running = null;
      setRunning(false);
      if (ending === "stopped") show("stopped");
      else if (!ending) {
        say({
          1012: "The schema was changed. Run the subscription again to listen with the new one.",
          1013: "The server is full, or this page did not keep up. Try again in a moment.",
          4403: "The sign-in has changed. Reload the page and run this again; nothing typed is lost.",
        }[event.code] ?? "The connection ended. Sign in again if need be, and run the subscription again.");
      }
    });
  };

  // What this browser keeps: documents and variables, never answers or keys.

  const KEPT = `joinery.explorer.${root.dataset.person}`;
  const readKept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT));
      return Array.isArray(found?.past) ? found : { past: [] };
    } catch {
      return { past: [] };
    }
  };
  const writeKept = (kept) => {
    while (kept.past.length > MOST_KEPT || (kept.past.length && JSON.stringify(kept).length > MOST_KEPT_CHARACTERS)) kept.past.pop();
    try {
      localStorage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // Storage is full or switched off: there is no history then.
    }
  };
  const keep = ({ document: text, operation: name }) => {
    const entry = { document: text, variables: variables.text, operation: name, at: Date.now() };
    const kept = readKept();
    const isSame = (each) => each.document === text && each.variables === entry.variables && each.operation === name;
    kept.past = [entry, ...kept.past.filter((each) => !isSame(each))];
    writeKept(kept);
    drawHistory();
  };
  const keepDraft = () => {
    const kept = readKept();
    kept.draft = { document: operation.text, variables: variables.text };
    writeKept(kept);
  };

  const historyPane = byId("pane-history");
  const titleOf = (entry) => {
    const found = tools.operationsOf(entry.document);
    const one = found.find((each) => each.name && each.name === entry.operation) ?? found[0];
    const first = entry.document.replace(/\s+/g, " ").trim().slice(0, 60);
    return one?.name ? `${one.kind} ${one.name}` : first;
  };
  const drawHistory = () => {
    const { past } = readKept();
    if (!past.length) {
      historyPane.replaceChildren(figure("p", "Operations that you run are kept in this browser, with their variables; answers are not."));
      return;
    }
    const items = element("ul", "past");
    past.forEach((entry, index) => {
      const item = element("li");
      const again = element("button", "again", { type: "button" });
      const told = entry.variables.replace(/\s+/g, " ").trim();
      again.append(figure("b", titleOf(entry)), figure("small", `${new Date(entry.at).toLocaleString()}${told ? ` · ${told}` : ""}`));
      again.addEventListener("click", () => put(entry));
      const remove = element("button", "x", { type: "button", "aria-label": `Delete ${titleOf(entry)} from the history` });
      remove.textContent = "×";
      remove.addEventListener("click", () => forget(index));
      item.append(again, remove);
      items.append(item);
    });
    const foot = element("div", "foot-line");
    const all = figure("button", "Delete all", "btn small");
    all.type = "button";
    all.addEventListener("click", () => {
      writeKept({ ...readKept(), past: [] });
      drawHistory();
      byId("tab-history").focus();
      window.joinery.announce("The history is empty.");
    });
    foot.append(figure("small", "Kept in this browser only."), all);
    historyPane.replaceChildren(items, foot);
  };
  const forget = (index) => {
    const kept = readKept();
    kept.past.splice(index, 1);
    writeKept(kept);
    drawHistory();
    (historyPane.querySelectorAll(".x")[Math.min(index, kept.past.length - 1)] ?? byId("tab-history")).focus();
    window.joinery.announce("Deleted from the history.");
  };

  // Put into the editor; what was there can be had again by undo.
  const put = ({ document: text, variables: told, operation: name = "" }) => {
    variables.replace(told ?? "");
    operation.replace(text);
    drawChooser();
    if (name) chosen.value = name;
    operation.area.focus();
  };

  // Code.

  let language = "curl";
  const showCode = (wanted = language) => {
    language = wanted;
    for (const button of root.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    const read = readVariables();
    const asked = { document: operation.text, variables: read.problem ? null : read.value, operation: chosenName() };
    byId("code-text").textContent = tools.codeOf(language, root.dataset.endpoint, asked, isSubscription());
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-language]");
    if (button) showCode(button.dataset.language);
    const example = event.target.closest("a[data-document]");
    if (example && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      put({ document: example.dataset.document, variables: example.dataset.variables });
    }
  });

  // Tabs.

  const tabs = [...root.querySelectorAll('[role="tab"]')];
  const choose = (tab) => {
    for (const each of tabs) {
      const isChosen = each === tab;
      each.setAttribute("aria-selected", String(isChosen));
      each.tabIndex = isChosen ? 0 : -1;
      byId(each.getAttribute("aria-controls")).hidden = !isChosen;
    }
    if (tab.id === "tab-code") showCode();
  };
  for (const tab of tabs) {
    const pane = byId(tab.getAttribute("aria-controls"));
    pane.setAttribute("role", "tabpanel");
    pane.setAttribute("aria-labelledby", tab.id);
    pane.tabIndex = 0;
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const wanted = { Home: tabs[0], End: tabs.at(-1) }[event.key] ?? (step && tabs.at((tabs.indexOf(tab) + step) % tabs.length));
      if (!wanted) return;
      event.preventDefault();
      choose(wanted);
      wanted.focus();
    });
  }
  root.querySelector('[role="tablist"]').hidden = false;

  // Begin.

  // What was being written comes back, unless an example or an answer is asked for by the address.
  const { draft } = readKept();
  const isAskedFor = new URLSearchParams(location.search).has("example") || figures.childElementCount > 0;
  if (draft?.document && !isAskedFor) {
    byId("document").value = draft.document;
    byId("variables").value = draft.variables ?? "";
  }

  let draftTimer = 0;
  const changed = () => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(keepDraft, CHECK_MS);
    if (!byId("pane-code").hidden) showCode();
  };
  const operation = tools.makeEditor(byId("document"), {
    paint: tools.paintGraphql,
    suggest: (text, offset) => (schema ? tools.suggest(schema, text, offset) : { items: [], start: offset, word: "" }),
    onChange: () => {
      drawChooser();
      changed();
      clearTimeout(checkTimer);
      checkTimer = setTimeout(check, CHECK_MS);
    },
  });
  const variables = tools.makeEditor(byId("variables"), {
    paint: tools.paintJson,
    onChange: () => {
      changed();
      showVariables();
    },
  });
  const documentation = tools.makeDocumentation(byId("pane-documentation"), { insert: put });

  window.addEventListener("pagehide", keepDraft);
  chosen.addEventListener("change", () => changed());
  byId("operation-form").addEventListener("submit", (event) => {
    event.preventDefault();
    runNow();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    if (!running) runNow();
  });
  const prettify = byId("prettify");
  prettify.hidden = false;
  prettify.addEventListener("click", () => {
    const pretty = tools.prettify(operation.text);
    const read = readVariables();
    if (read.value) variables.replace(JSON.stringify(read.value, null, 2));
    if (pretty !== null) operation.replace(pretty);
    window.joinery.announce(pretty === null ? "A bracket is missing; the operation stays as it is." : "Laid out anew.");
    if (pretty === null) window.joinery.say("warning", "The operation stays as it is: a bracket is missing, or a character has no place in GraphQL.");
  });

  drawChooser();
  drawHistory();
  choose(tabs[0]);
  loadSchema();
  check();
})();
