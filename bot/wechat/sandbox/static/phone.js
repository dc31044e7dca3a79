"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("words"), places = read("places"), labels = read("labels");
  const $ = (id) => document.getElementById(id);
  const POLL_MS = 700, AT_BOTTOM = 80;
  const state = { name: "", since: 0, entries: new Map(), chosen: "", timer: 0, following: true, kept: false, scanned: scannedPage() };

  /* The code on a poster, scanned with a phone's camera, opens this page: the mini-program begins there, as WeChat does it. */
  function scannedPage() {
    const asked = new URLSearchParams(location.search);
    const page = asked.get("page") ?? "", scene = asked.get("scene") ?? "";
    return /^pages\/[a-z_/]+$/.test(page) ? `${page}?scene=${encodeURIComponent(scene)}` : "";
  }

  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const shownName = (name) => {
    const button = document.querySelector(`.person[data-name="${CSS.escape(name)}"] b`);
    return button ? button.textContent : name;
  };

  /* ---- talking to the sandbox ---- */
  async function post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(String(answer.status));
    poll();
  }
  const send = (act) => post("/sandbox/phone/messages", { name: state.name, ...act }).catch(() => { $("offline").hidden = false; });
  async function poll() {
    clearTimeout(state.timer);
    const name = state.name;
    try {
      const answer = await fetch(`/sandbox/phone?name=${encodeURIComponent(name)}&since=${state.since}`);
      const news = await answer.json();
      if (name === state.name) { $("offline").hidden = true; take(news); }
    } catch { $("offline").hidden = false; }
    if (name === state.name) { clearTimeout(state.timer); state.timer = setTimeout(poll, POLL_MS); }
  }
  function take(news) {
    const chat = $("chat");
    const follow = chat.scrollHeight - chat.scrollTop - chat.clientHeight < AT_BOTTOM || state.since === 0;
    if (news.revision < state.since) { choose(state.name); return; }
    state.since = news.revision;
    for (const entry of news.entries) draw(entry);
    $("empty").hidden = state.entries.size > 0;
    if (news.entries.length && follow) chat.scrollTop = chat.scrollHeight;
    showFollowing(news.following);
    showFacts(news);
    const newest = news.entries.findLast((entry) => entry.sent);
    if (newest && !narrow() && !state.kept) mark(newest);
    else if (news.entries.some((entry) => entry.id === state.chosen)) inspect(state.entries.get(state.chosen).entry);
  }

  /* ---- one entry of the chat ---- */
  function draw(entry) {
    const old = state.entries.get(entry.id);
    const node = render(entry);
    if (old) old.node.replaceWith(node); else $("chat").append(node);
    state.entries.set(entry.id, { entry, node });
  }
  function render(entry) {
    const said = eventText(entry);
    if (said !== null) {
      const line = make("p", "system");
      const button = make("button", "", said);
      button.type = "button";
      button.addEventListener("click", () => pick(entry));
      line.append(button);
      if (entry.status === "failed") line.append(make("span", "meta bad", words.status_failed));
      return line;
    }
    const mine = entry.side === "out";
    const line = make("div", mine ? "line mine" : "line");
    const avatar = make("span", mine ? avatarClass() : "avatar account", (mine ? shownName(state.name) : words.account).slice(0, 1));
    avatar.setAttribute("aria-hidden", "true");
    const stack = make("div", "stack");
    stack.append(bubble(entry), meta(entry));
    for (const page of pagesOf(entry)) stack.append(openButton(page));
    line.append(avatar, stack);
    return line;
  }
  function avatarClass() {
    const button = document.querySelector(`.person[data-name="${CSS.escape(state.name)}"] .avatar`);
    return button ? button.className : "avatar";
  }
  function eventText(entry) {
    if (entry.kind === "system") return words[`system_${entry.text}`] ?? entry.text;
    if (entry.kind === "consent") return entry.accept ? words.consent_accepted : words.consent_rejected;
    if (entry.kind !== "event") return null;
    return fill(words[`event_${entry.event.toLowerCase()}`], { label: labels.menu[entry.event_key] ?? entry.event_key });
  }
  function bubble(entry) {
    const node = make("button", "bubble");
    node.type = "button";
    node.setAttribute("aria-pressed", String(entry.id === state.chosen));
    node.addEventListener("click", () => pick(entry));
    if (entry.kind === "location") {
      node.classList.add("place");
      node.append(make("b", "", entry.label || words.location_label),
        make("small", "", `${entry.latitude.toFixed(5)}, ${entry.longitude.toFixed(5)}`), make("span", "map"));
      node.lastChild.style.display = "block";
    } else if (entry.kind === "voice") {
      node.append(make("span", "", `${words.voice_label} · ${entry.text || words.voice_silent}`));
    } else if (entry.kind === "image") {
      node.append(make("span", "", words.image_label));
    } else if (entry.kind === "news") {
      node.classList.add("card");
      node.append(make("b", "", entry.article.title), make("p", "", entry.article.description));
      if (entry.article.url) node.append(make("span", "go", `${words.news_open}  ${entry.article.url}`));
    } else if (entry.kind === "notice") {
      node.classList.add("card", "notice");
      node.append(make("b", "", words[`template_${labels.templates[entry.template_id]}`] ?? words.notice));
      const list = make("ul");
      for (const value of entry.values) list.append(make("li", "", value));
      node.append(list);
    } else {
      node.append(entry.side === "out" ? make("span", "", entry.text) : linked(entry.text));
    }
    return node;
  }
  /* Links as WeChat shows them: words in its blue. A bubble is a button, so where they lead stands in the title. */
  function linked(text) {
    const shown = make("span");
    let done = 0;
    for (const found of text.matchAll(/<a ([^>]*)>([^<]*)<\/a>/g)) {
      shown.append(text.slice(done, found.index));
      const link = make("span", "link", found[2]);
      link.title = (/data-miniprogram-path="([^"]*)"/.exec(found[1]) ?? /href="([^"]*)"/.exec(found[1]) ?? [])[1] ?? "";
      shown.append(link);
      done = found.index + found[0].length;
    }
    shown.append(text.slice(done));
    return shown;
  }
  function meta(entry) {
    const node = make("span", "meta");
    node.append(make("span", "", entry.time));
    if (entry.pushed) node.append(make("span", "tag", words.pushed));
    if (entry.status === "sending") {
      const tried = entry.tries.length;
      node.append(make("span", "dots", words.status_sending + (tried ? ` · ${fill(words.retry, { number: tried + 1 })}` : "")));
    }
    if (entry.status === "failed") node.append(make("span", "bad", words.status_failed));
    if (entry.status === "accepted") node.append(make("span", "", words.status_accepted));
    return node;
  }

  /* ---- the mini-program beside the chat ---- */
  const frame = $("mini-frame");
  /* Where a message leads to in the mini-program: its links, or the page of a notice. */
  function pagesOf(entry) {
    if (frame === null) return [];
    const linked = [...(entry.text ?? "").matchAll(/data-miniprogram-path="([^"]*)"/g)].map((found) => found[1]);
    return entry.page ? [...linked, entry.page] : linked;
  }
  function openButton(page) {
    const button = make("button", "open-mini", words.mini_open);
    button.type = "button";
    button.addEventListener("click", () => openMini(page));
    return button;
  }
  /* The login code of whoever holds the phone is in the address, as another channel would put it there. */
  function openMini(page) {
    showPane("mini");
    showTab("mini");
    loadMini(page);
  }
  function loadMini(page) {
    if (frame === null || state.name === "" || !frame.checkVisibility()) return;
    page ??= state.scanned;
    state.scanned = "";
    const start = `${frame.dataset.page}?code=${encodeURIComponent(`sandbox-${state.name}`)}&phone_code=${encodeURIComponent(`phone-${state.name}`)}`;
    if (frame.dataset.start === start) { if (page) frame.contentWindow.location.hash = `/${page}`; return; }
    frame.dataset.start = start;
    frame.contentWindow.location.replace(`${start}#/${page ?? ""}`);
  }
  function select(group, chosen) {
    for (const [name, tab] of Object.entries(group)) $(tab).setAttribute("aria-selected", String(name === chosen));
  }
  function showPane(name) {
    $("desk").dataset.pane = name;
    select({ chat: "pane-chat", mini: "pane-mini" }, name);
    loadMini();
  }
  function showTab(name) {
    $("second").dataset.shown = name;
    select({ mini: "tab-mini", inspector: "tab-inspector" }, name);
    loadMini();
  }

  /* The mini-program asks for one-time messages; WeChat's prompt appears on the phone. */
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== frame?.contentWindow || !Array.isArray(event.data?.subscribe)) return;
    const name = labels.templates[event.data.subscribe[0]];
    const option = document.querySelector(`input[name=template][value="${CSS.escape(name ?? "")}"]`);
    const answer = (subscribed) => frame.contentWindow.postMessage({ subscribed }, location.origin);
    if (option === null) { answer(false); return; }
    option.checked = true;
    showPane("chat");
    /* Answered once the phone's network has it: what is not counted was not agreed to. */
    $("sheet-consent").addEventListener("close", async () => {
      const said = $("sheet-consent").returnValue;
      answer(said ? await consented(said) : false);
      showPane("mini");
    }, { once: true });
    sheet("consent", () => {});
  });

  /* ---- the inspector ---- */
  /* Until somebody picks a message, the newest one is shown where there is room beside the phone. */
  function mark(entry) {
    const before = state.chosen;
    state.chosen = entry.id;
    for (const id of [before, entry.id]) if (state.entries.has(id)) draw(state.entries.get(id).entry);
    inspect(state.entries.get(entry.id).entry);
  }
  function pick(entry) {
    state.kept = state.chosen !== entry.id || !state.kept;
    mark(entry);
    showTab("inspector");
    open("inspector");
  }
  function inspect(entry) {
    const body = $("inspector-body");
    body.replaceChildren();
    const part = (title, content) => {
      if (content === undefined) return;
      body.append(make("h3", "", title));
      const text = make("pre", "", pretty(content) || words.inspector_none);
      text.tabIndex = 0;
      body.append(text);
    };
    if (entry.tries?.length) {
      body.append(make("h3", "", words.inspector_tries));
      const table = make("table"), rows = make("tbody");
      entry.tries.forEach((attempt, number) => {
        const row = make("tr");
        row.append(make("td", "", fill(words.retry, { number: number + 1 })), make("td", "", String(attempt.status || "—")),
          make("td", "", `${attempt.ms} ms`), make("td", "", attempt.fault));
        rows.append(row);
      });
      table.append(rows);
      body.append(table);
    }
    part(words.inspector_sent, entry.sent);
    part(words.inspector_answer, entry.answer);
    part(words.inspector_raw, entry.raw);
    part(words.inspector_sealed, entry.sealed);
    part(words.inspector_sealed_answer, entry.sealed_answer);
  }
  function pretty(text) {
    if (text.startsWith("{")) { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } }
    return text.replace(/>\s*<(?=[a-zA-Z])/g, ">\n<").replace(/\s*<\/xml>\s*$/, "\n</xml>").trim();
  }

  /* ---- who, and how things stand ---- */
  function choose(name) {
    state.name = name; state.since = 0; state.entries.clear(); state.chosen = ""; state.kept = false;
    $("chat").replaceChildren($("empty"));
    $("inspector-body").replaceChildren(make("p", "note", words.inspector_lead));
    $("bar-name").textContent = `${words.account_note} · ${shownName(name)}`;
    for (const button of document.querySelectorAll(".person")) button.setAttribute("aria-pressed", String(button.dataset.name === name));
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
    close();
    loadMini();
    poll();
  }
  function showFollowing(following) {
    $("follow-first").hidden = following;
    if (!following) { $("menu-bar").hidden = true; $("write").hidden = true; $("panel").hidden = true; }
    else if (!state.following) $("menu-bar").hidden = false;
    state.following = following;
  }
  function showFacts(news) {
    const facts = [
      [words.state_login, `sandbox-${state.name}`], [words.state_official, news.openids.official], [words.state_mini, news.openids.mini],
      [words.state_window_message, String(news.allowances.message ?? 0)], [words.state_window_event, String(news.allowances.event ?? 0)],
      [words.state_credits, Object.entries(news.credits).map(([id, count]) => `${words[`template_${labels.templates[id]}`] ?? id} ${count}`).join("\n") || words.state_none],
    ];
    const list = $("facts");
    const rows = facts.flatMap(([title, value]) => [make("dt", "", title), make("dd", "", value)]);
    if (list.textContent !== rows.map((row) => row.textContent).join("")) list.replaceChildren(...rows);
  }

  /* ---- drawers and sheets ---- */
  const drawers = { side: [document.querySelector(".side"), $("open-side")], inspector: [$("inspector"), $("open-inspector")] };
  const narrow = () => matchMedia("(max-width: 1099px)").matches;
  function open(which) {
    if (!narrow()) return;
    close();
    const [drawer, opener] = drawers[which];
    drawer.classList.add("open");
    opener.setAttribute("aria-expanded", "true");
    $("veil").hidden = false;
    (drawer.querySelector("button, input, a") ?? drawer).focus();
  }
  function close() {
    for (const [drawer, opener] of Object.values(drawers)) { drawer.classList.remove("open"); opener.setAttribute("aria-expanded", "false"); }
    $("veil").hidden = true;
  }
  function sheet(which, done) {
    const dialog = $(`sheet-${which}`);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { if (dialog.returnValue) done(dialog.returnValue); }, { once: true });
    dialog.showModal();
  }
  const sheets = {
    location: () => sheet("location", () => send({
      kind: "location", latitude: Number($("latitude").value), longitude: Number($("longitude").value),
      label: [$("county").value, $("town").value].join(""),
    })),
    voice: () => sheet("voice", () => send({ kind: "voice", text: $("voice").value })),
    scan: () => sheet("scan", () => send({ kind: "event", event: "SCAN", event_key: $("scan").value })),
    consent: () => sheet("consent", consented),
  };
  async function consented(value) {
    const accept = value === "accept";
    try {
      await post("/sandbox/phone/consents", { name: state.name, template: document.querySelector("input[name=template]:checked").value, accept });
      return accept;
    } catch { $("offline").hidden = false; return false; }
  }
  function fillTowns() {
    const county = places.find((each) => each.name === $("county").value);
    $("town").replaceChildren(...county.places.map((place) => new Option(place.name)));
    fillPoint();
  }
  function fillPoint() {
    const place = places.find((each) => each.name === $("county").value).places.find((each) => each.name === $("town").value);
    $("latitude").value = place.latitude; $("longitude").value = place.longitude;
  }

  /* ---- wiring ---- */
  const writing = (on) => { $("write").hidden = !on; $("menu-bar").hidden = on; if (!on) panel(false); else $("text").focus(); };
  const panel = (on) => { $("panel").hidden = !on; $("to-panel").setAttribute("aria-expanded", String(on)); };
  const grow = () => { const text = $("text"); text.style.height = "auto"; text.style.height = `${text.scrollHeight + 2}px`; };
  function sendText() {
    const text = $("text").value;
    if (!text.trim()) return;
    $("text").value = ""; grow();
    send({ kind: "text", text });
  }
  for (const button of document.querySelectorAll(".person")) button.addEventListener("click", () => choose(button.dataset.name));
  for (const button of document.querySelectorAll("[data-sheet]")) button.addEventListener("click", () => sheets[button.dataset.sheet]());
  for (const button of document.querySelectorAll("[data-click]")) button.addEventListener("click", () => { button.closest("details")?.removeAttribute("open"); send({ kind: "event", event: "CLICK", event_key: button.dataset.click }); });
  for (const button of document.querySelectorAll("[data-event]")) button.addEventListener("click", () => send({ kind: "event", event: button.dataset.event }));
  document.querySelector("[data-image]").addEventListener("click", () => send({ kind: "image" }));
  $("other").addEventListener("submit", (event) => { event.preventDefault(); const name = $("other-name").value.trim(); if (name) choose(name); });
  $("write").addEventListener("submit", (event) => { event.preventDefault(); sendText(); });
  $("text").addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); sendText(); } });
  $("text").addEventListener("input", grow);
  $("to-keyboard").addEventListener("click", () => writing(true));
  $("to-menu").addEventListener("click", () => writing(false));
  $("to-panel").addEventListener("click", () => panel($("panel").hidden));
  for (const name of ["chat", "mini"]) $(`pane-${name}`).addEventListener("click", () => showPane(name));
  for (const name of ["mini", "inspector"]) $(`tab-${name}`).addEventListener("click", () => showTab(name));
  $("county").append(...places.map((county) => new Option(county.name)));
  $("county").addEventListener("change", fillTowns);
  $("town").addEventListener("change", fillPoint);
  $("open-side").addEventListener("click", () => open("side"));
  $("open-inspector").addEventListener("click", () => open("inspector"));
  $("close-inspector").addEventListener("click", close);
  $("veil").addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  fillTowns();
  $("write").hidden = false; $("menu-bar").hidden = true;
  if (state.scanned) showPane("mini");
  choose(decodeURIComponent(location.hash.slice(1)) || document.querySelector(".person").dataset.name);
})();
