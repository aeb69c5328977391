// The picker of related records: an ARIA combobox over the list that htmx fetches.
"use strict";

(() => {
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const optionsOf = (input) => [...listOf(input).querySelectorAll('[role="option"]')];
  const comboOf = (element) => element.closest?.("[data-combobox]");
  const activeOf = (input) => document.getElementById(input.getAttribute("aria-activedescendant") || "");

  const open = (input) => {
    listOf(input).hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  const close = (input) => {
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const activate = (input, option) => {
    for (const other of optionsOf(input)) other.setAttribute("aria-selected", String(other === option));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const move = (input, step) => {
    const options = optionsOf(input);
    if (!options.length) return;
    const here = options.indexOf(activeOf(input));
    activate(input, options[(here + step + options.length) % options.length]);
  };

  const fill = (card, option) => {
    const template = card.querySelector("template[data-choice]");
    const choice = template.content.firstElementChild.cloneNode(true);
    const field = choice.querySelector("input");
    field.value = option.dataset.key;
    choice.querySelector(".cut").textContent = option.dataset.label;
    const remove = choice.querySelector("[data-unlink]");
    if (remove) {
      remove.hidden = false;
      remove.setAttribute("aria-label", `Unlink ${option.dataset.label}`);
    }
    const picker = card.querySelector("[data-choices] .picker");
    picker.before(choice);
    return field;
  };

  const choose = (input, option) => {
    const card = input.closest("[data-card]");
    const name = `${comboOf(input).dataset.combobox === "one" ? "to" : "link"}.${card.dataset.card}`;
    const same = [...card.querySelectorAll(`[data-choices] input[value="${CSS.escape(option.dataset.key)}"]`)];
    const known = same.find((field) => field.name === name);
    const undone = same.find((field) => field.name.startsWith("unlink."));
    if (undone) undone.checked = false;
    const field = undone || known || fill(card, option);
    if (!undone) field.checked = true;
    input.value = "";
    close(input);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    window.joinery.announce(`${option.dataset.label} chosen`);
    const picker = input.closest(".picker");
    if (comboOf(input).dataset.combobox === "one") {
      picker.open = false;
      picker.querySelector("summary").focus();
    } else {
      input.focus();
    }
  };

  const keys = {
    ArrowDown: (input) => (input.getAttribute("aria-expanded") === "true" ? move(input, 1) : ask(input)),
    ArrowUp: (input) => move(input, -1),
    Enter: (input) => {
      const option = activeOf(input) || optionsOf(input)[0];
      if (option && !listOf(input).hidden) choose(input, option);
    },
    Escape: (input) => {
      if (!listOf(input).hidden) return close(input);
      const picker = input.closest(".picker");
      picker.open = false;
      picker.querySelector("summary").focus();
    },
  };

  const ask = (input) => window.htmx.trigger(input, "pick");

  document.addEventListener("keydown", (event) => {
    if (event.target.getAttribute?.("role") !== "combobox" || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event.target);
  });

  // Opening the picker puts the cursor into it and shows what there is.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.(".picker") || !event.target.open) return;
    const input = event.target.querySelector('[role="combobox"]');
    input.focus();
    if (!event.target.querySelector(".help")) ask(input);
  }, true);

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.getAttribute?.("role") !== "listbox") return;
    const input = document.querySelector(`[aria-controls="${CSS.escape(event.target.id)}"]`);
    if (document.activeElement !== input) return;
    open(input);
    const options = optionsOf(input);
    activate(input, input.value ? options[0] : null);
    window.joinery.announce(options.length === 1 ? "1 to choose" : `${options.length} to choose`);
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.('.options [role="option"]');
    if (!option) return;
    event.preventDefault();
    choose(comboOf(option).querySelector('[role="combobox"]'), option);
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.getAttribute?.("role") === "combobox") close(event.target);
  });

  document.addEventListener("click", (event) => {
    const remove = event.target.closest?.("[data-unlink]");
    if (!remove) return;
    const none = remove.closest("[data-card]").querySelector('.choice.none input');
    none.checked = true;
    none.dispatchEvent(new Event("change", { bubbles: true }));
    remove.closest("[data-card]").querySelector(".picker > summary").focus();
  });

  const enhance = () => {
    for (const button of document.querySelectorAll("[data-unlink]")) button.hidden = false;
  };
  document.addEventListener("htmx:afterSettle", enhance);
  document.addEventListener("DOMContentLoaded", enhance);
})();
