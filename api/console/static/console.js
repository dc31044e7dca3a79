// Nothing here is needed to read or to send: it turns papers, prints, guards against a second click, and knows two keys.
"use strict";
const all = (what, inside = document) => [...inside.querySelectorAll(what)];

for (const form of all("form[method=post]")) {
  form.addEventListener("submit", event => {
    if (event.defaultPrevented) return;
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

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The arrival names where the phone is, asked for at that moment only; without it the visit goes on all the same.
for (const form of all("form[data-here]")) {
  if (!navigator.geolocation) continue;
  form.hidden = false;
  form.addEventListener("submit", event => {
    if (form.elements["point.longitude"].value) return;
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(place => {
      for (const name of ["longitude", "latitude"]) form.elements[`point.${name}`].value = place.coords[name];
      form.elements["point.accuracy_m"].value = Math.min(place.coords.accuracy, 100000);
      form.requestSubmit();
    }, () => { form.querySelector("[data-refused]").hidden = false; }, { enableHighAccuracy: true, timeout: 15000 });
  }, { capture: true });
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

// A list that others change: asked for again now and then, put in place only where nobody is in it.
const REFRESH = 15000, NEWS = 5000;
const read = async address => {
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) throw new Error("over");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};
for (const part of all("[data-live]")) {
  const timer = setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const fresh = (await read(part.dataset.live)).getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
    } catch { clearInterval(timer); }
  }, REFRESH);
}
// A conversation that goes on: only what is new is asked for, and only it is read out.
for (const log of all("[data-news]")) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const news = (await read(`${log.dataset.news}?since=${log.dataset.since}`)).querySelector("[data-since]");
      for (const said of all("ol > li", news)) log.append(said);
      document.getElementById("quota").innerHTML = news.querySelector("p").innerHTML;
      for (const each of all("ul > li", news)) {
        const tag = log.querySelector(`[data-delivery="${each.dataset.delivery}"]`);
        if (tag && tag.textContent !== each.textContent) tag.textContent = each.textContent;
      }
      log.dataset.since = news.dataset.since;
      const same = news.dataset.state === log.dataset.state;
      document.getElementById("moved").hidden = same;
      if (same) for (const field of all("main input[name=version]")) field.value = news.dataset.version;
    } catch { clearInterval(timer); }
  }, NEWS);
}
