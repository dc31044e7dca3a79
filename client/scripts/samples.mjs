/**
 * Writes tests/weapp/samples.ts: what the running product (`make run`, with its invented demo residents) answers to the calls
 * of the main screens. tsc then holds each answer to the API's description, so that samples that have aged fail `make client-check`:
 *
 *     STAFF_PASSWORD=… npm --prefix client run -s samples -- http://127.0.0.1:8000
 */
import { writeFileSync } from "node:fs";

const TARGET = new URL("../tests/weapp/samples.ts", import.meta.url);
const HEAD = `/* Recorded from the running product with its invented residents by scripts/samples.mjs; not edited by hand. */
/* eslint-disable */
import { type Samples } from "./answers";

`;
const [RESIDENT, FAMILY, VISITOR, REVIEWER, COUNTY] = ["liudapeng", "chenguilan", "visitor-360902", "reviewer-360902", "360902"];
const MOST = 3;
const taken = {};
const product = `${process.argv[2]}/api/v1`;

/** Call it, and keep the answer under its description's name; lists are cut to a few. */
async function ask(method, template, { path = {}, query = {}, body, token, kept = true, most = MOST } = {}) {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => path[name]);
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(`${product}${filled}?${new URLSearchParams(query)}`, { method, headers, body: body && JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${filled}: ${answer.status} ${data.code}`);
  const shown = Array.isArray(data.items) ? { ...data, items: data.items.slice(0, most) } : data;
  if (kept) taken[`${method} ${template}`] = "token" in shown && "expires_at" in shown ? { ...shown, token: "recorded" } : shown;
  return data;
}

const signIn = async (name, kept) => (await ask("POST", "/auth/wechat", { body: { code: `sandbox-${name}` }, kept })).token;

async function everybodys() {
  await ask("GET", "/service-categories", { most: 40 });
  await ask("GET", "/places", { query: { q: "wentang", datum: "gcj02", limit: 2 } });
  const query = { district_code: COUNTY, category: "childcare_centre", with_places: "any", datum: "gcj02", limit: MOST };
  const near = await ask("GET", "/facilities", { query: { lat: 27.8, lng: 114.39, ...query } });
  const path = { facility_id: near.items[0].id };
  await ask("GET", "/facilities/{facility_id}", { path, query: { datum: "gcj02" } });
  await ask("GET", "/facilities/{facility_id}/rating", { path });
  await inspected({ centre_id: near.items[0].id });
  await ask("GET", "/programmes");
  await ask("GET", "/programmes/{token}", { path: { token: "childcare_place" } });
}

/** Nothing was found at the demo's centres: a finding is recorded and published, as the console does it. */
async function inspected(path) {
  const { token } = await ask("POST", "/staff/auth/login", { body: { username: REVIEWER, password: process.env.STAFF_PASSWORD }, kept: false });
  const body = { kind: "inspection", on: new Date().toISOString().slice(0, 10), outcome: "faults", findings: "消防通道堆放杂物，已要求三日内清理（演示）。" };
  const { id, version } = await ask("POST", "/staff/childcare/centres/{centre_id}/inspections", { path, body, token, kept: false });
  await ask("POST", "/staff/childcare/inspections/{inspection_id}/publish", { path: { inspection_id: id }, body: { version }, token, kept: false });
  await ask("GET", "/childcare/centres/{centre_id}", { path });
}

async function residents() {
  const token = await signIn(RESIDENT, true);
  const draft = await ask("POST", "/applications", { body: { programme: "childcare_place" }, token });
  await ask("GET", "/applications/{application_id}", { path: { application_id: draft.id }, token });
  for (const path of ["/applications", "/offers", "/me", "/me/feedback"]) await ask("GET", path, { token });
  await ask("GET", "/me/messages", { query: { limit: 1 }, token });
  const family = await signIn(FAMILY, false);
  await ask("GET", "/elders", { token: family });
  await ask("GET", "/elders/asked-of-me", { token: family });
}

async function visitors() {
  const { token } = await ask("POST", "/staff/auth/login", { body: { username: VISITOR, password: process.env.STAFF_PASSWORD } });
  await ask("GET", "/staff/visitor-day", { query: { datum: "gcj02" }, token });
  await ask("GET", "/staff/visit-checklist", { token });
}

const at = new Date();
await everybodys();
await residents();
await visitors();
const lines = Object.entries(taken).map(([name, answer]) => `  ${JSON.stringify(name)}: ${JSON.stringify(answer)},`);
writeFileSync(TARGET, `${HEAD}export const recordedAt = ${JSON.stringify(at.toISOString())};\n\nexport const samples: Samples = {\n${lines.join("\n")}\n};\n`);
