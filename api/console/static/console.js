// Nothing here is needed to read or to send: it turns papers, guards against a second click, and knows two keys.
"use strict";
const all = (what, inside = document) => [...inside.querySelectorAll(what)];

for (const form of all("form[method=post]")) {
  form.addEventListener("submit", event => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    for (const button of all("button", form)) button.setAttribute("aria-disabled", "true");
  });
}
// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", event => {
  if (!event.persisted) return;
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of all("button", form)) button.removeAttribute("aria-disabled");
  }
});

for (const tools of all("[data-viewer]")) {
  const viewer = document.getElementById(tools.dataset.viewer);
  tools.hidden = false;
  tools.addEventListener("click", event => {
    const step = event.target.dataset;
    if (step.turn) viewer.dataset.turn = (Number(viewer.dataset.turn || 0) + 1) % 4;
    if (step.zoom) viewer.dataset.zoom = Number(viewer.dataset.zoom || 1) % 3 + 1;
  });
}

// What is typed but not sent is not lost without a word.
let typed = false;
for (const field of all("form[method=post] textarea")) field.addEventListener("input", () => { typed = true; });
document.addEventListener("submit", () => { typed = false; });
addEventListener("beforeunload", event => { if (typed) event.preventDefault(); });

document.addEventListener("keydown", event => {
  const writing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
  const link = { j: "a[rel=next]", k: "a[rel=prev]" }[event.key];
  const found = link && document.querySelector(link);
  if (found) found.click();
  if (event.key === "/") { document.getElementById("search-text")?.focus(); event.preventDefault(); }
});
