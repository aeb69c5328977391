// Site-wide: menus that close, shortcuts, focus and announcements around htmx swaps.
"use strict";

document.documentElement.classList.add("js");

(() => {
  const announce = (text) => {
    const region = document.getElementById("announce");
    if (region) region.textContent = text;
  };

  const say = (level, text) => {
    const region = document.getElementById("messages");
    if (!region) return;
    const note = document.createElement("div");
    note.className = `note ${level}`;
    const words = document.createElement("div");
    words.className = "grow";
    words.textContent = text;
    note.append(words);
    region.replaceChildren(note);
    note.scrollIntoView({ block: "nearest" });
  };

  const isTyping = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  // Menus made of <details> close on Escape and on a click elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open], details.user[open], details.pop[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      const menu = event.target.closest?.("details.menu[open], details.user[open], details.pop[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = event.key.length === 1 && document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      if (isTyping(target)) target.focus();
      else target.click();
    }
  });

  // Focus: what asks for it after a swap gets it; long answers are announced.
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.detail.elt;
    const wanted = swapped.matches?.("[data-autofocus]") ? swapped : swapped.querySelector?.("[data-autofocus]");
    if (wanted) wanted.focus({ preventScroll: false });
    const words = swapped.querySelector?.("[data-announce]");
    if (words) announce(words.dataset.announce);
  });
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute?.("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute?.("aria-busy"));

  // A failure page that names its own place is shown there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () =>
    say("error", "The server did not answer. Check the connection and try again; nothing typed is lost."));
  document.addEventListener("htmx:responseError", (event) =>
    say("error", event.detail.xhr.status === 403
      ? "The sign-in has ended or changed. Open the sign-in page in another tab, then try again; nothing typed is lost."
      : `The server answered ${event.detail.xhr.status}. Nothing was changed; try again.`));

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-autofocus]")?.focus();
  });

  window.joinery = { announce, say, isTyping };
})();
