// The list page: select all, and how many are selected in the words of the button.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll('#results input[name="key"]')];

  const update = () => {
    const all = document.querySelector("[data-pick-all]");
    if (!all) return;
    const picked = boxes().filter((box) => box.checked).length;
    all.hidden = false;
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && !all.checked;
    const button = document.querySelector("[data-picked]");
    if (!button) return;
    button.textContent = picked ? `Delete ${picked} selected…` : "Delete selected…";
    button.closest("button").hidden = picked === 0;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-pick-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches?.('[data-pick-all], [name="key"]')) update();
  });
  document.addEventListener("htmx:afterSettle", update);
  document.addEventListener("DOMContentLoaded", update);
})();
