// An editor over a textarea: colours and marks beneath it, line numbers beside it, suggestions at the cursor.
"use strict";

(() => {
  const PAINTED_CHARACTERS = 40_000;
  const SHOWN_ITEMS = 100;
  let editors = 0;

  const element = (name, className, attributes = {}) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Text as coloured pieces, with a mark on those that a problem begins in.
  const piecesOf = (text, paint, problems) => {
    if (text.length > PAINTED_CHARACTERS) return [{ look: "", value: text }];
    const starts = problems.map((problem) => problem.offset).filter((offset) => offset !== undefined);
    return paint(text).map(({ kind, value, start, end }) => {
      const isMarked = starts.some((offset) => start <= offset && offset < end);
      const isPlain = !kind || kind === "space";
      return { value, look: isMarked ? `t-${kind || "name"} marked` : isPlain ? "" : `t-${kind}` };
    });
  };

  // The lines of some pieces, each with its line break: a change then concerns a line, not all of the text.
  const linesOf = (pieces) => {
    const lines = [[]];
    for (const { look, value } of pieces) {
      const parts = value.split("\n");
      parts.forEach((part, index) => {
        if (index) lines.push([]);
        const text = index < parts.length - 1 ? `${part}\n` : part;
        if (text) lines.at(-1).push({ look, value: text });
      });
    }
    return lines.map((line) => ({ pieces: line, key: line.map(({ look, value }) => `${look}\t${value}`).join("\t") }));
  };

  const lineNode = ({ pieces }) => {
    const node = element("div");
    node.append(...pieces.map(({ look, value }) => {
      if (!look) return value;
      const span = element("span", look);
      span.textContent = value;
      return span;
    }));
    return node;
  };

  // What draws lines into an element again and again: only those that changed are made anew.
  const makePainter = (target) => {
    let shown = [];
    return (lines) => {
      const most = Math.min(shown.length, lines.length);
      let [before, after] = [0, 0];
      while (before < most && shown[before].key === lines[before].key) before += 1;
      while (after < most - before && shown.at(-1 - after).key === lines.at(-1 - after).key) after += 1;
      const next = target.children[shown.length - after] ?? null;
      for (let count = shown.length - after - before; count > 0; count--) target.children[before].remove();
      const made = document.createDocumentFragment();
      for (const line of lines.slice(before, lines.length - after)) made.append(lineNode(line));
      target.insertBefore(made, next);
      shown = lines;
    };
  };

  const makeEditor = (area, { paint, suggest = null, onChange = () => {} }) => {
    const id = `editor-${(editors += 1)}`;
    const frame = area.parentElement;
    const gutter = element("div", "gutter", { "aria-hidden": "true" });
    const numbers = element("div");
    const field = element("div", "area");
    const paintFrame = element("div", "paint-frame", { "aria-hidden": "true" });
    const painted = element("div", "paint");
    frame.classList.add("live");
    area.replaceWith(gutter, field);
    gutter.append(numbers);
    paintFrame.append(painted);
    field.append(paintFrame, area);
    const repaint = makePainter(painted);
    const renumber = makePainter(numbers);
    let problems = [];
    let isInserting = false;

    const follow = () => {
      painted.style.transform = `translate(${-area.scrollLeft}px, ${-area.scrollTop}px)`;
      numbers.style.transform = `translateY(${-area.scrollTop}px)`;
    };

    const draw = () => {
      // A line break at the end gives the last line its height where it is empty.
      repaint(linesOf([...piecesOf(area.value, paint, problems), { look: "", value: "\n" }]).slice(0, -1));
      const wrong = new Set(problems.map((problem) => problem.line));
      renumber(linesOf(area.value.split("\n").map((_, index) => ({
        look: wrong.has(index + 1) ? "at-fault" : "", value: `${index + 1}\n`,
      }))).slice(0, -1));
      follow();
    };

    // Typing through the browser keeps its undo.
    const insert = (start, end, text) => {
      area.focus();
      area.setSelectionRange(start, end);
      isInserting = true;
      const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
      if (!isDone) area.setRangeText(text, start, end, "end");
      isInserting = false;
      changed();
    };

    const changed = () => {
      problems = [];
      draw();
      onChange(area.value);
    };

    const select = (start, end = start) => {
      area.focus();
      area.setSelectionRange(start, end);
      const line = area.value.slice(0, start).split("\n").length;
      const height = painted.firstElementChild.offsetHeight;
      area.scrollTop = Math.max(0, height * (line - 4));
    };

    const popup = suggest ? makePopup(area, field, painted, suggest, insert, id) : null;

    area.addEventListener("scroll", () => {
      follow();
      popup?.close();
    });
    area.addEventListener("input", (event) => {
      if (isInserting) return;
      changed();
      popup?.typed(event);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (popup?.key(event)) event.preventDefault();
      else if (indent(event)) event.preventDefault();
    });
    area.addEventListener("blur", () => popup?.close());
    area.addEventListener("click", () => popup?.close());
    window.addEventListener("resize", () => popup?.close());

    const isUnclosed = (text) => text.split("{").length > text.split("}").length;

    // A new line begins where the one before did; a brace that closes goes back, one that is missing is added.
    const indent = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
      const { selectionStart: start, selectionEnd: end, value } = area;
      const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
      const blank = line.match(/^[ \t]*/)[0];
      if (event.key === "Enter") {
        const opens = /[{([]\s*$/.test(line);
        const closes = /^\s*[})\]]/.test(value.slice(end).split("\n")[0]);
        const inner = opens ? `${blank}  ` : blank;
        const isMissing = line.trimEnd().endsWith("{") && !closes && isUnclosed(value);
        const below = opens && closes ? `\n${blank}` : isMissing ? `\n${blank}}` : "";
        insert(start, end, `\n${inner}${below}`);
        area.setSelectionRange(start + 1 + inner.length, start + 1 + inner.length);
        return true;
      }
      if (event.key === "}" && line.length >= 2 && blank === line && start === end) {
        insert(start - 2, start, "}");
        return true;
      }
      return false;
    };

    draw();
    return {
      area,
      get text() { return area.value; },
      replace(text) {
        insert(0, area.value.length, text);
        area.setSelectionRange(0, 0);
        area.scrollTop = 0;
      },
      mark(found) {
        problems = found;
        draw();
      },
      select,
      close: () => popup?.close(),
    };
  };

  // The suggestions: a list that the textarea owns. The focus stays in the text.
  const makePopup = (area, field, painted, suggest, insert, id) => {
    const sheet = element("div", "suggestions sheet");
    const list = element("ul", "", { role: "listbox", id: `${id}-list`, tabindex: "0", "aria-label": "Suggestions" });
    const about = element("p");
    let items = [];
    let active = -1;
    let start = 0;
    let isAsked = false;
    sheet.hidden = true;
    sheet.append(list, about);
    field.append(sheet);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-haspopup", "listbox");
    area.setAttribute("aria-multiline", "true");

    const isOpen = () => !sheet.hidden;

    const close = () => {
      if (!isOpen()) return;
      sheet.hidden = true;
      items = [];
      area.removeAttribute("aria-activedescendant");
      area.removeAttribute("aria-controls");
    };

    const activate = (index) => {
      active = index;
      [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
      const option = list.children[index];
      area.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
      about.textContent = items[index].about ?? "";
      about.hidden = !items[index].about;
    };

    const draw = () => {
      list.replaceChildren(...items.map((item, index) => {
        const option = element("li", "", { role: "option", id: `${id}-option-${index}`, "aria-selected": "false" });
        const name = element("span");
        name.textContent = item.label;
        option.append(name);
        if (item.detail) {
          const detail = element("small");
          detail.textContent = item.detail;
          option.append(" ", detail);
        }
        return option;
      }));
    };

    const open = () => {
      const found = suggest(area.value, area.selectionStart);
      const isWritten = found.items.length === 1 && found.items[0].label === found.word && !isAsked;
      if (!found.items.length || isWritten) {
        if (isAsked && !found.items.length) window.joinery.announce("No suggestions here.");
        return close();
      }
      const wasOpen = isOpen();
      items = found.items.slice(0, SHOWN_ITEMS);
      start = found.start;
      draw();
      sheet.hidden = false;
      area.setAttribute("aria-controls", list.id);
      put();
      activate(0);
      if (!wasOpen) window.joinery.announce(items.length === 1 ? "1 suggestion." : `${found.items.length} suggestions.`);
      return undefined;
    };

    // Below the word, or above it where there is no room.
    const put = () => {
      const at = caretRect(painted, start);
      const frame = field.getBoundingClientRect();
      const left = Math.max(0, Math.min(at.left - frame.left, frame.width - sheet.offsetWidth));
      const isLow = at.bottom + sheet.offsetHeight > window.innerHeight && at.top > sheet.offsetHeight;
      sheet.style.left = `${left}px`;
      sheet.style.top = `${(isLow ? at.top - sheet.offsetHeight - 4 : at.bottom + 2) - frame.top}px`;
    };

    const accept = (item) => {
      const text = area.value;
      const end = area.selectionEnd + text.slice(area.selectionEnd).match(/^\w*/)[0].length;
      const next = text.slice(end).match(/^\s*(.?)/)[1];
      const blank = text.slice(text.lastIndexOf("\n", start - 1) + 1, start).match(/^[ \t]*/)[0];
      let [before, after] = [item.insert, item.after ?? ""];
      if (before.endsWith(": ") && next === ":") before = before.slice(0, -2);
      if (item.ending === "body" && !"{(:".includes(next || " ")) [before, after] = [`${before} {\n${blank}  `, `\n${blank}}`];
      if (item.ending === "args" && next !== "(" && next !== ":") [before, after] = [`${before}(`, ")"];
      close();
      insert(start, end, before + after);
      const cursor = start + before.length;
      area.setSelectionRange(cursor, cursor);
      const opensMore = before.endsWith(": ") || before.endsWith("(") || before.endsWith("{ ");
      isAsked = false;
      if (opensMore) open();
    };

    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest('[role="option"]');
      if (option) accept(items[[...list.children].indexOf(option)]);
    });
    sheet.addEventListener("mousedown", (event) => event.preventDefault());

    return {
      close,
      key(event) {
        if (event.key === " " && (event.ctrlKey || event.metaKey)) {
          isAsked = true;
          open();
          return true;
        }
        if (!isOpen() || event.ctrlKey || event.metaKey || event.altKey) return false;
        const last = items.length - 1;
        switch (event.key) {
          case "ArrowDown": activate(active === last ? 0 : active + 1); return true;
          case "ArrowUp": activate(active ? active - 1 : last); return true;
          case "PageDown": activate(Math.min(last, active + 8)); return true;
          case "PageUp": activate(Math.max(0, active - 8)); return true;
          case "Enter":
          case "Tab":
            if (event.shiftKey) return false;
            accept(items[active]);
            return true;
          case "Escape":
            close();
            return true;
          case "ArrowLeft":
          case "ArrowRight":
          case "Home":
          case "End":
            close();
            return false;
          default:
            return false;
        }
      },
      typed(event) {
        const isWord = event.inputType === "insertText" && /^[\w@$]$/.test(event.data ?? "");
        if (isWord && !isOpen()) isAsked = false;
        if (isWord || (isOpen() && event.inputType?.startsWith("delete"))) open();
        else close();
      },
    };
  };

  // Where an offset of the text stands on the screen.
  const caretRect = (painted, offset) => {
    const walker = document.createTreeWalker(painted, NodeFilter.SHOW_TEXT);
    let rest = offset;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (rest < node.length) {
        const range = document.createRange();
        range.setStart(node, rest);
        range.setEnd(node, rest + 1);
        const rects = range.getClientRects();
        return rects[0] ?? range.getBoundingClientRect();
      }
      rest -= node.length;
    }
    return painted.getBoundingClientRect();
  };

  Object.assign(window.joinery.explorer, { makeEditor, element });
})();
