// The schema text: line numbers beside it, problems that lead to their character. Buttons that copy.
"use strict";

(() => {
  const addGutter = (area) => {
    const frame = document.createElement("div");
    const gutter = document.createElement("div");
    frame.className = "numbered";
    gutter.className = "gutter";
    gutter.setAttribute("aria-hidden", "true");
    area.replaceWith(frame);
    frame.append(gutter, area);

    let shown = 0;
    const renumber = () => {
      const lines = area.value.split("\n").length;
      if (lines === shown) return;
      shown = lines;
      gutter.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
    };
    area.addEventListener("input", renumber);
    area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
    renumber();
  };

  const goTo = (area, line, column) => {
    const lines = area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    const rest = lines[line - 1]?.slice(column - 1) ?? "";
    const word = rest.match(/^[\w@.]+/)?.[0] ?? rest.slice(0, 1);
    const height = area.scrollHeight / Math.max(lines.length, 1);
    area.focus();
    area.setSelectionRange(start, start + word.length);
    area.scrollTop = Math.max(0, height * (line - 4));
    area.scrollIntoView({ block: "center" });
  };

  document.querySelectorAll("textarea.source").forEach(addGutter);
  const showCopies = () => {
    if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
  };
  showCopies();
  document.addEventListener("htmx:afterSettle", showCopies);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    window.joinery.announce("Copied.");
    button.lastChild.textContent = "Copied";
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    const source = link.hash.slice(1).split("-")[0];
    const area = document.querySelector(`textarea[data-source="${CSS.escape(source)}"]`);
    if (!area) return;
    event.preventDefault();
    goTo(area, Number(link.dataset.line), Number(link.dataset.column));
  });
})();
