// The record form: what saving would change, a guard against losing it, Ctrl+S, copy buttons.
"use strict";

(() => {
  let isLeaving = false;
  const form = () => document.getElementById("record-form");

  const isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected);
    return field.value !== field.defaultValue;
  };

  // Typed values and links count; the search boxes of the pickers do not.
  const counts = (field) => /^(f|to|link|unlink)\./.test(field.name || "");

  const changes = () => {
    const names = new Set(JSON.parse(form().dataset.touched || "[]"));
    for (const field of form().elements) {
      if (!counts(field)) continue;
      const isStaged = field.name.startsWith("link.") && field.checked;
      if (!isChanged(field) && !isStaged) continue;
      const holder = topHolder(field);
      if (holder) names.add(holder.dataset.label);
    }
    return [...names];
  };

  // A nested control belongs to its outermost field.
  const topHolder = (field) => {
    let holder = null;
    for (let at = field.closest("[data-label]"); at; at = at.parentElement?.closest("[data-label]")) holder = at;
    return holder;
  };

  window.joinery.hasChanges = () => Boolean(form()) && changes().length > 0;

  const update = () => {
    if (!form()) return;
    const names = changes();
    form().querySelector("[data-save-count]").textContent = names.length ? `${names.length} changed` : "";
    form().querySelector("[data-save-names]").textContent = names.length ? names.join(", ") : "No changes";
  };

  document.addEventListener("input", (event) => event.target.form === form() && update());
  document.addEventListener("change", (event) => event.target.form === form() && update());
  document.addEventListener("htmx:afterSettle", () => { isLeaving = false; });
  document.addEventListener("submit", () => { isLeaving = true; });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === form()) isLeaving = true;
  });
  for (const failure of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(failure, () => { isLeaving = false; });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-discard]")) isLeaving = true;
    const copy = event.target.closest?.("[data-copy]");
    if (copy) {
      const text = copy.parentElement.querySelector("[data-copy-text]").textContent;
      navigator.clipboard.writeText(text).then(() => window.joinery.announce("Copied"));
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if (form() && !isLeaving && changes().length) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && form()) {
      event.preventDefault();
      form().requestSubmit(form().querySelector("[data-save]"));
    }
  });

  // Typing goes on while the server adds a row or looks for a record: its answer takes over what was typed meanwhile.
  let sent = null;
  let typed = [];
  const textFields = () => [...form().elements].filter((field) => field.matches('textarea, input:not([type="hidden"], [type="checkbox"], [type="radio"])'));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form()) return;
    const verb = event.detail.requestConfig.triggeringEvent?.submitter?.value || "";
    sent = /^(add|find):/.test(verb) ? new Map(textFields().map((field) => [field.name, field.value])) : null;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const isOurs = sent !== null && event.detail.target === form();
    typed = isOurs ? textFields().filter((field) => field.value !== (sent.get(field.name) ?? "")).map((field) => [field.name, field.value]) : [];
    sent = null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [name, value] of typed) {
      const field = form()?.elements.namedItem(name);
      if (field && "value" in field) field.value = value;
    }
    typed = [];
  });

  const enhance = () => {
    if (/Mac|iPhone|iPad/.test(navigator.platform)) {
      for (const hint of document.querySelectorAll("[data-key-hint]")) hint.textContent = "⌘S";
    }
    if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
    // Browsers shorten moments; what they made of the stored one is no change.
    for (const field of document.querySelectorAll('#record-form input[type="datetime-local"], #record-form input[type="time"]')) {
      if (field.value && field.value !== field.defaultValue && !field.dataset.seen) field.defaultValue = field.value;
      field.dataset.seen = "1";
    }
    update();
  };
  document.addEventListener("htmx:afterSettle", enhance);
  document.addEventListener("DOMContentLoaded", enhance);
})();
