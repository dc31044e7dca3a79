import { describe, expect, it, vi } from "vitest";
import { createApi, createLine } from "@/api/client";
import { createIntents } from "@/api/intents";
import { createStaff } from "@/api/staff";
import { EMPTY, faultsOf, reportOf } from "@/pages/visitor/draft";
import { metres, near } from "@/pages/visitor/near";
import { createNotes, item, notesOf, stageOf, type NewNote } from "@/pages/visitor/notes";
import { type Checklist, type Stop } from "@/pages/visitor/workday";
import { type Answer, type Sent } from "@/platform/types";
import { memoryPlatform, type Memory, type Reply } from "./memory-platform";

vi.mock("@/platform/current", () => ({ platform: () => memoryPlatform(() => "nothing") }));
const { createWork } = await import("@/pages/visitor/workday");

const STAFF = { id: "W1", username: "visitor", display_name: "Visitor" };
const RULES = { radius_m: 150, accuracy_most_m: 100, bands_m: [50, 150, 500, 2000] };
const STOP = { order: 1, kind: "planned" as const, id: "P1", elder_id: "E1", booked: false, state: "left", name: "secret name" };
const START: NewNote = { kind: "start", stop: STOP };
const REPORT: NewNote = { kind: "complete", stop: STOP, report: { outcome: "seen_well", notes: "n", needs: [] } };
const taken = (items: { id: string }[]) => ({ body: { results: items.map((each) => ({ id: each.id, result: "done", code: null, detail: null, faults: [] })) } });
const itemsOf = (sent: Sent) => (JSON.parse(sent.body ?? "{}") as { items: { id: string; kind: string; device_time: string }[] }).items;

/** A phone in the field. `reply` answers uploads and reads; "nothing" is no network. `kept`: what an earlier start left. */
function phone(reply: (sent: Sent) => Reply, kept?: Memory) {
  const platform = memoryPlatform((sent) => {
    if (sent.path.endsWith("/staff/auth/login")) return { body: { token: `t${platform.sent.length}`, expires_at: "2026-11-26T10:00:00Z", staff: STAFF } };
    return reply(sent);
  }, kept);
  const line = createLine(platform, createIntents(platform));
  const staff = createStaff(line);
  const office = createApi(line, staff);
  return { platform, staff, office, work: createWork(platform, office, staff, line.now), notes: createNotes(platform, office, STAFF.id) };
}

function product(sent: Sent): Reply {
  if (sent.path.includes("visitor-day")) return { body: { date: "2026-11-26", left: 1, done: 0, arrival: RULES, items: [STOP] } };
  if (sent.path.includes("checklist")) return { body: { version: 1, items: [], needs: {} } };
  return sent.path.endsWith("/visit-uploads") ? taken(itemsOf(sent)) : { body: {} };
}

const uploads = (platform: Memory) => platform.sent.filter((each) => each.path.endsWith("/visit-uploads"));

describe("what a visitor notes", () => {
  it("waits encrypted, outlives the phone, and is sent once, in its order and with the phone's time", async () => {
    const field = phone(() => "nothing");
    await field.staff.signIn("visitor", "secret", "");
    await field.notes.add(START);
    field.platform.at += 60_000;
    await field.notes.add(REPORT);
    await expect(field.notes.send()).rejects.toMatchObject({ code: "no_answer" });
    expect(JSON.stringify([...field.platform.plainValues])).not.toContain("secret");
    const town = phone(product, field.platform);
    await town.notes.send();
    await town.notes.send();
    expect(uploads(town.platform)).toHaveLength(1);
    expect(itemsOf(uploads(town.platform)[0]!).map((each) => [each.kind, each.device_time])).toEqual([
      ["start", "2026-11-26T02:00:00.000Z"], ["complete", "2026-11-26T02:01:00.000Z"],
    ]);
    // Before and after the restart: the same request under the same key, and no name of anybody in it.
    const before = uploads(field.platform)[0]!;
    expect(uploads(town.platform)[0]!.body).toBe(before.body);
    expect(uploads(town.platform)[0]!.headers["Idempotency-Key"]).toBe(before.headers["Idempotency-Key"]);
    expect(before.body).not.toContain("secret name");
    expect(await town.notes.all()).toEqual([]);
  });

  it("is kept while another note is being sent, and a double tap is one note", async () => {
    let release: (answer: Answer) => void = () => undefined;
    const { staff, notes, platform } = phone(() => "nothing");
    await staff.signIn("visitor", "x", "");
    const sent = new Promise<Sent>((begun) => {
      platform.send = (given) => new Promise((resolve) => {
        release = resolve;
        begun(given);
      });
    });
    await Promise.all([notes.add(START), notes.add(START)]);
    expect(await notes.all()).toHaveLength(1);
    const sending = notes.send();
    const under = await sent;
    await notes.add(REPORT);
    expect((await notes.all()).map((each) => each.kind)).toEqual(["start", "complete"]);
    release({ status: 200, text: JSON.stringify(taken(itemsOf(under)).body), header: () => null });
    await sending;
    expect((await notes.all()).map((each) => each.kind)).toEqual(["complete"]);
  });

  it("stays with what the product said where it was not simply taken", async () => {
    const said = [
      { result: "refused", code: "visit_unknown", detail: "x", faults: [] }, { result: "kept", code: "second_report", detail: "y", faults: [] },
    ];
    const { staff, notes } = phone((sent) => ({ body: { results: itemsOf(sent).map((each, at) => ({ id: each.id, ...said[at] })) } }));
    await staff.signIn("visitor", "x", "");
    const [first] = [await notes.add(START), await notes.add(REPORT)];
    await notes.send();
    expect((await notes.all()).map((each) => each.answer?.result)).toEqual(["refused", "kept"]);
    expect(await notes.send()).toEqual([]);
    await notes.again(first.id, { visit: { local_id: "person-P1", elder_id: "E1" } });
    const [again] = await notes.all();
    expect([again?.answer, again?.id, item(again!).visit]).toEqual([null, first.id, { local_id: "person-P1", elder_id: "E1" }]);
    await notes.drop(first.id);
    expect(await notes.all()).toHaveLength(1);
  });

  it("goes in batches, and what was answered for is not sent again after the network is cut in between", async () => {
    let count = 0;
    const { staff, notes, platform } = phone((sent) => ((count += 1) === 1 ? taken(itemsOf(sent)) : "nothing"));
    await staff.signIn("visitor", "x", "");
    for (let n = 0; n < 25; n += 1) await notes.add({ ...START, stop: { ...STOP, kind: "visit", id: `V${n}`, elder_id: `E${n}` } });
    await expect(notes.send()).rejects.toMatchObject({ code: "no_answer" });
    expect(itemsOf(uploads(platform)[0]!)).toHaveLength(20);
    expect(await notes.all()).toHaveLength(5);
  });
});

describe("the day", () => {
  it("is there without a network after a restart, while the sign-in is good, and no longer", async () => {
    const town = phone(product);
    await town.work.open();
    await town.work.signIn("visitor", "x", "");
    expect(town.work.store.get()).toMatchObject({ keptAt: null, over: false, day: { items: [STOP] } });
    const field = phone(() => "nothing", town.platform);
    await field.work.open();
    expect(field.work.store.get()).toMatchObject({ day: { items: [STOP] }, problem: { code: "no_answer" } });
    expect(field.work.store.get().keptAt).not.toBeNull();
    const late = phone(() => "nothing", town.platform);
    late.platform.at = Date.parse("2026-11-26T11:00:00Z");
    await late.work.open();
    expect(late.work.store.get().day).toBeNull();
  });

  it("asks for the password again when the product says so, and sends then what waited", async () => {
    let over = false;
    const { work, platform } = phone((sent) => (over ? { status: 401, body: { code: "token_expired", detail: "" } } : product(sent)));
    await work.signIn("visitor", "x", "");
    over = true;
    await work.note(START);
    await vi.waitFor(() => expect(work.store.get().over).toBe(true));
    expect(work.store.get().notes).toHaveLength(1);
    over = false;
    await work.signIn("visitor", "x", "");
    expect(work.store.get()).toMatchObject({ over: false, notes: [] });
    expect(new Set(uploads(platform).map((each) => each.headers["Idempotency-Key"])).size).toBe(1);
  });

  it("is taken from the phone by signing out, what waits is not, and another person never meets it", async () => {
    const { work, platform, office } = phone((sent) => (sent.path.endsWith("/visit-uploads") ? "nothing" : product(sent)));
    await work.signIn("visitor", "x", "");
    await work.note(START);
    await work.leave();
    expect([...platform.secrets.keys()].filter((each) => each.startsWith("visitor.day") || each === "staff")).toEqual([]);
    expect(await createNotes(platform, office, STAFF.id).all()).toHaveLength(1);
    expect(await createNotes(platform, office, "W2").all()).toEqual([]);
  });
});

it("a stop is as far as the product knew and as what was noted since says", async () => {
  const { notes } = phone(() => "nothing");
  const start = await notes.add(START);
  const report = await notes.add(REPORT);
  expect(notesOf({ ...STOP, id: "V9" }, [start])).toEqual([start]);
  expect(notesOf({ ...STOP, elder_id: "E2", id: "V9" }, [start])).toEqual([]);
  const refused = { ...report, answer: { result: "refused" as const, code: "x", detail: "", faults: [] } };
  expect([stageOf("left", []), stageOf("left", [start]), stageOf("left", [start, report]), stageOf("under_way", [refused]), stageOf("done", [])]).toEqual(
    ["left", "under_way", "done", "under_way", "done"],
  );
});

it("a beginning that was taken back leaves the stop as it was, and the next attempt is another visit", async () => {
  const { notes } = phone(() => "nothing");
  for (const kind of ["start", "undo", "start", "complete"] as const) await notes.add({ kind, stop: STOP });
  const all = await notes.all();
  const [first, undo, again, report] = all.map((each) => each.visit);
  expect([undo, report]).toEqual([first, again]);
  expect(again).not.toEqual(first);
  expect([0, 1, 2, 3, 4].map((n) => stageOf("left", all.slice(0, n)))).toEqual(["left", "under_way", "left", "under_way", "done"]);
  expect([stageOf("under_way", all.slice(1, 2)), stageOf("under_way", [])]).toEqual(["left", "under_way"]);
});

it("a family's booking is cancelled once, with its reason, and is off the list when the product has answered for it", async () => {
  const booked = { ...STOP, kind: "visit" as const, id: "V1", booked: true, state: "left" } as Stop;
  let cut = true;
  const reply = (sent: Sent): Reply => {
    if (sent.path.includes("visitor-day")) return { body: { date: "2026-11-26", left: 1, done: 0, arrival: RULES, items: [booked] } };
    if (!sent.path.endsWith("/visit-uploads")) return product(sent);
    if (cut) return "nothing";
    return { body: { results: itemsOf(sent).map((each) => ({ id: each.id, result: "done", code: null, detail: null, faults: [], visit_id: "V1", state: "cancelled" })) } };
  };
  const field = phone(reply);
  await field.work.signIn("visitor", "x", "");
  for (let taps = 0; taps < 2; taps += 1) await field.work.note({ kind: "cancel", stop: booked, reason: "weather" });
  await vi.waitFor(() => expect(field.work.store.get()).toMatchObject({ busy: false, problem: { code: "no_answer" } }));
  const [note, ...others] = field.work.store.get().notes;
  expect([others, stageOf("left", [note!]), stageOf("done", [note!]), item(note!)]).toMatchObject([[], "off", "done", { kind: "cancel", reason: "weather", visit: { visit_id: "V1" } }]);
  cut = false;
  const town = phone((sent) => (sent.path.includes("visitor-day") ? "nothing" : reply(sent)), field.platform); // killed; the list cannot be had
  await town.work.open();
  expect(town.work.store.get()).toMatchObject({ notes: [], day: { items: [] } });
  expect(new Set(uploads(field.platform).map((each) => each.headers["Idempotency-Key"])).size).toBe(1);
});

it("somebody whom nobody planned is on the day's list at once, and once, whether the product can be reached or not", async () => {
  const person = { ...STOP, kind: "person" as const, id: "E2", elder_id: "E2" } as Stop;
  const listed = { ...person, kind: "visit" as const, id: "V2", state: "under_way" };
  let [cut, lists] = [false, false];
  const reply = (sent: Sent): Reply => {
    if (cut) return "nothing";
    if (sent.path.endsWith("/visit-uploads")) {
      cut = !lists; // answered, and gone before the list could be fetched
      return { body: { results: itemsOf(sent).map((each) => ({ id: each.id, result: "done", code: null, detail: null, faults: [], visit_id: "V2", state: "in_progress" })) } };
    }
    const answer = product(sent);
    if (answer !== "nothing" && sent.path.includes("visitor-day") && lists) (answer.body as { items: unknown[] }).items = [STOP, listed];
    return answer;
  };
  const { work, platform } = phone(reply);
  await work.signIn("visitor", "x", "");
  await work.list(person);
  await work.refresh();
  const shown = () => work.store.get().day?.items.map((each) => [each.kind, each.id, each.state]);
  expect(shown()).toEqual([["planned", "P1", "left"], ["person", "E2", "left"]]);
  await work.note({ kind: "start", stop: person });
  await vi.waitFor(() => expect(work.store.get()).toMatchObject({ busy: false, notes: [] }));
  expect(shown()).toEqual([["planned", "P1", "left"], ["visit", "V2", "under_way"]]);
  const reopened = phone(() => "nothing", platform);
  await reopened.work.open();
  expect(reopened.work.store.get().day?.items.map((each) => each.id)).toEqual(["P1", "V2"]);
  [cut, lists] = [false, true];
  await work.refresh();
  expect(shown()).toEqual([["planned", "P1", "left"], ["visit", "V2", "under_way"]]);
});

describe("an arrival", () => {
  const home = { longitude: 114.39, latitude: 27.92, datum: "wgs84" as const };
  const at = (north: number, accuracy_m = 0) => ({ longitude: 114.39, latitude: 27.92 + north / 111_195, datum: "wgs84" as const, accuracy_m });

  it("is told as inside or outside and a band, with the phone's doubt up to a bound", () => {
    expect(Math.round(metres(at(1000), home))).toBe(1000);
    expect([near(at(40), home, RULES), near(at(200), home, RULES), near(at(200, 60), home, RULES), near(at(300, 5000), home, RULES), near(at(9000), home, RULES)]).toEqual([
      { within: true, band: "50" }, { within: false, band: "500" }, { within: true, band: "500" }, { within: false, band: "500" }, { within: false, band: "farther" },
    ]);
  });

  it("says nothing where no home is known, or it is in another datum", () => {
    for (const known of [null, { ...home, datum: "gcj02" as const }]) expect(near(at(0), known, RULES)).toEqual({ within: null, band: "unknown" });
  });
});

describe("a report", () => {
  const points: Checklist["items"] = [
    { token: "mood", label: "", kind: "choice", options: { good: "" }, most: null, health: true, required: true, risk: ["high"] },
    { token: "falls", label: "", kind: "number", options: {}, most: 31, health: true, required: false, risk: ["high"] },
    { token: "safe", label: "", kind: "yes_no", options: {}, most: null, health: false, required: true, risk: ["high"] },
  ];
  const seen = { ...EMPTY, outcome: "seen_with_need" as const, answers: { mood: "good", falls: "2", safe: "no" } };

  it("of somebody who was met is whole, and one of a closed door needs no more than that", () => {
    expect(Object.keys(faultsOf(EMPTY, points))).toEqual(["outcome"]);
    expect(Object.keys(faultsOf({ ...seen, answers: { falls: "40" }, needs: [{ kind: "programme" }] }, points))).toEqual(["mood", "falls", "safe", "programme"]);
    expect(faultsOf({ ...EMPTY, outcome: "not_at_home" }, points)).toEqual({});
  });

  it("is sent in the product's own types, without what was answered for another outcome", () => {
    expect(reportOf({ ...seen, needs: [{ kind: "medical", note: " n " }] }, points)).toEqual({
      outcome: "seen_with_need", notes: null, checklist: { mood: "good", falls: 2, safe: false }, needs: [{ kind: "medical", note: "n" }],
    });
    expect(reportOf({ ...seen, outcome: "refused" }, points)).toEqual({ outcome: "refused", notes: null });
  });
});
