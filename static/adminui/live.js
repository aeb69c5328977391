// Pages that follow: what others change shows up without a reload, never under the cursor.
"use strict";

(() => {
  const QUIET_MS = 400;
  const AGAIN_MS = [1000, 2000, 5000, 10000, 30000];
  const page = () => document.querySelector("[data-live]");
  let socket = null;
  let attempts = 0;
  let timer = null;
  let waiting = [];

  const connect = () => {
    if (!page() || !window.WebSocket) return;
    const address = new URL("/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      // After a pause, whatever changed meanwhile is looked for.
      if (attempts) gather([{ model: page().dataset.liveModel, key: null }]);
      attempts = 0;
      socket.send(JSON.stringify({ watch: page().dataset.live.split(" ") }));
    });
    socket.addEventListener("message", (event) => {
      const news = JSON.parse(event.data);
      // The server says once that it listens; from then on it misses nothing.
      if (news.watching) document.documentElement.dataset.following = "";
      else gather(news.changes);
    });
    socket.addEventListener("close", (event) => {
      socket = null;
      delete document.documentElement.dataset.following;
      if (event.code === 4401) return;
      setTimeout(connect, AGAIN_MS[Math.min(attempts++, AGAIN_MS.length - 1)]);
    });
  };

  const gather = (changes) => {
    waiting.push(...changes);
    clearTimeout(timer);
    timer = setTimeout(show, QUIET_MS);
  };

  const show = () => {
    if (!page() || !waiting.length) return;
    if (page().id === "record-form") showRecord();
    else showList();
  };

  // Lists

  const isListInUse = () => {
    const list = page();
    return list.matches(":hover") || list.contains(document.activeElement) ||
      list.querySelector('input[name="key"]:checked, details[open]') !== null;
  };

  const offer = () => {
    const note = document.getElementById("live");
    if (!note) return;
    const count = new Set(waiting.map((change) => `${change.model} ${change.key}`)).size;
    note.querySelector("[data-live-words]").textContent = count === 1 ? "1 change by others." : `${count} changes by others.`;
    note.hidden = false;
  };

  const showList = () => {
    if (isListInUse()) offer();
    else refreshList();
  };

  const refreshList = () => {
    const fresh = new Set(waiting.filter((change) => change.model === page().dataset.liveModel).map((change) => change.key));
    waiting = [];
    const note = document.getElementById("live");
    if (note) note.hidden = true;
    window.htmx.ajax("GET", location.pathname + location.search, { target: "#results", swap: "outerHTML show:none" }).then(() => {
      for (const box of document.querySelectorAll('#results input[name="key"]')) {
        if (fresh.has(box.value)) box.closest("tr").classList.add("fresh");
      }
    });
  };

  // Records

  const isOwn = (change) => change.model === page().dataset.liveModel && change.key === page().dataset.liveKey;

  const isFormInUse = () =>
    window.joinery.hasChanges?.() || window.joinery.isTyping(document.activeElement) || page().querySelector("dialog[open]");

  const showRecord = () => {
    const form = page();
    const version = Number(form.elements.namedItem("_version")?.value || 0);
    const own = waiting.filter((change) => isOwn(change) && change.version > version);
    const others = waiting.filter((change) => !isOwn(change));
    waiting = [];
    if (own.some((change) => change.action === "delete")) tell(own.at(-1), "deleted");
    else if (!isFormInUse() && (own.length || others.length)) refreshForm(own.at(-1));
    else if (own.length) tell(own.at(-1), "changed");
  };

  const refreshForm = (change) => {
    const form = page();
    window.htmx.ajax("GET", form.getAttribute("action"), { target: "#record-form", swap: "outerHTML show:none" }).then(() => {
      if (change) window.joinery.announce(`${change.by || "The system"} changed this record; it is shown as it is now.`);
    });
  };

  const tell = (change, what) => {
    const note = document.getElementById("live");
    if (!note) return;
    note.querySelector("[data-live-words]").textContent = `${change.by || "The system"} ${what} this record just now.`;
    note.querySelector("[data-live-compare]").hidden = what === "deleted";
    note.hidden = false;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-live-show]")) refreshList();
  });
  document.addEventListener("mouseout", (event) => {
    const list = page();
    if (list?.id === "results" && waiting.length && !list.contains(event.relatedTarget)) gather([]);
  });
  document.addEventListener("DOMContentLoaded", connect);
})();
