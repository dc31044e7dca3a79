/**
 * What a visitor notes, with or without a network: begun, arrived, taken back, what was found, a booking cancelled. Each note lies encrypted under a name
 * of its own until the product has answered for it, so that a phone that dies loses none; each has an id and the phone's
 * time, so that it counts once however often it is sent, in the order in which it was noted.
 */
import { type Api } from "@/api/client";
import { type Schemas } from "@/api";
import { type Platform } from "@/platform/types";
import settings from "@/settings.json";
import type words from "@/text/zh_CN/visitor.json";

type Result = Schemas["UploadResult"];
export type Ref = { visit_id: string } | { local_id: string; planned_id: string } | { local_id: string; elder_id: string };
export type Kind = "start" | "arrive" | "undo" | "complete" | "cancel";
export type CancelReason = keyof typeof words.off.reasons;
/** What tells which visit a note is of. */
export type OfStop = Pick<Schemas["StopView"], "kind" | "id" | "elder_id" | "booked" | "name">;
export type Report = Pick<Schemas["CompleteBody"], "outcome" | "notes" | "checklist" | "needs">;

export interface Note {
  id: string;
  seq: number;
  kind: Kind;
  visit: Ref;
  device_time: string;
  near?: Schemas["NearBody"];
  report?: Report;
  reason?: CancelReason;
  /** Only for the phone: of whom it is, to be shown and looked for. */
  about: { stop: string; elder_id: string; name: string };
  /** What the product said where it did not simply take it; null: it waits to be sent. */
  answer: Pick<Result, "result" | "code" | "detail" | "faults"> | null;
}

export type NewNote = Pick<Note, "kind"> & { stop: OfStop } & Partial<Pick<Note, "near" | "report" | "reason">>;
/** A note that the product has answered for. */
export interface Answered {
  note: Note;
  result: Result;
}

const PREFIX = "visitor.note.";
const DEVICE = "visitor.device";
const ID_LENGTH = 20;
const ATTEMPT_LENGTH = 8;
const SEQ_DIGITS = 8;

export interface Notes {
  all(): Promise<Note[]>;
  /** Note it; the same beginning or report that waits already is not noted twice. */
  add(note: NewNote): Promise<Note>;
  /** Send all that waits, in order. Raises Problem; what was not answered for waits on. */
  send(): Promise<Answered[]>;
  /** Send a refused one again, perhaps with a change. */
  again(id: string, change?: Partial<Pick<Note, "visit" | "report">>): Promise<void>;
  /** It was read, or is given up. */
  drop(id: string): Promise<void>;
}

export function createNotes(platform: Platform, office: Pick<Api, "post">, owner: string): Notes {
  const prefix = `${PREFIX}${owner}.`;
  const named = (note: Note) => `${prefix}${String(note.seq).padStart(SEQ_DIGITS, "0")}.${note.id}`;
  const put = (note: Note) => platform.secret.set(named(note), JSON.stringify(note));
  // Noting never waits for sending: a bad network must not keep a note from being kept.
  const [adding, sending] = [turns(), turns()];

  const all = async (): Promise<Note[]> => {
    const names = (await platform.secret.names()).filter((each) => each.startsWith(prefix)).sort();
    const texts = await Promise.all(names.map((each) => platform.secret.get(each)));
    return texts.filter((each) => each !== null).map((each) => JSON.parse(each) as Note);
  };
  const one = async (id: string) => (await all()).find((each) => each.id === id);
  const settle = async (note: Note, { result, code, detail, faults }: Result) => {
    if (result === "done" && code === null) await platform.secret.remove(named(note));
    else await put({ ...note, answer: { result, code, detail, faults } });
  };
  const batch = async (notes: readonly Note[]): Promise<Answered[]> => {
    const body = { device_id: await deviceId(platform), items: notes.map(item) };
    const { results } = await office.post("/staff/visit-uploads", { body, intent: `visitor.upload.${owner}.${notes[0]?.id ?? ""}` });
    const answered = notes.flatMap((note, at) => (results[at] ? [{ note, result: results[at] }] : []));
    for (const { note, result } of answered) await settle(note, result);
    return answered;
  };
  return {
    all,
    add: ({ stop, ...fresh }) =>
      adding(async () => {
        const present = await all();
        const visit = refOf(stop, present, () => platform.random(ATTEMPT_LENGTH));
        const same = present.find((each) => each.answer === null && each.kind === fresh.kind && fresh.kind !== "arrive" && sameVisit(each.visit, visit));
        if (same) return same;
        const seq = Math.max(0, ...present.map((each) => each.seq)) + 1;
        const about = { stop: stop.id, elder_id: stop.elder_id, name: stop.name };
        const note: Note = { ...fresh, visit, about, id: platform.random(ID_LENGTH), seq, device_time: new Date(platform.now()).toISOString(), answer: null };
        await put(note);
        return note;
      }),
    send: () =>
      sending(async () => {
        const waiting = (await all()).filter((each) => each.answer === null);
        const answered: Answered[] = [];
        for (let from = 0; from < waiting.length; from += settings.upload_notes) {
          answered.push(...(await batch(waiting.slice(from, from + settings.upload_notes))));
        }
        return answered;
      }),
    again: (id, change = {}) =>
      sending(async () => {
        const note = await one(id);
        if (note) await put({ ...note, ...change, answer: null });
      }),
    drop: (id) =>
      sending(async () => {
        const note = await one(id);
        if (note) await platform.secret.remove(named(note));
      }),
  };
}

/**
 * By which name a visit is noted: the product's, or the phone's own while the product has not heard of it. All notes of an
 * attempt have one name; after it was taken back the next one has another.
 */
export function refOf(stop: OfStop, notes: readonly Note[], attempt: () => string): Ref {
  if (stop.kind === "visit") return { visit_id: stop.id };
  const last = standing(notesOf(stop, notes)).at(-1);
  if (last && last.kind !== "undo") return last.visit;
  const local_id = `${stop.kind}-${stop.id}-${attempt()}`;
  return stop.kind === "planned" ? { local_id, planned_id: stop.id } : { local_id, elder_id: stop.elder_id };
}

/** What a note is sent as: nothing of what is only for the phone. */
export function item({ id, kind, visit, device_time, near, report, reason }: Note): Record<string, unknown> {
  return { id, kind, visit, device_time, ...(near ? { near } : {}), ...(report ? { report } : {}), ...(reason ? { reason } : {}) };
}

/** The notes of a stop, also after the product has made a visit of what it did not know. */
export function notesOf(stop: Pick<OfStop, "id" | "elder_id" | "booked">, notes: readonly Note[]): Note[] {
  const byPerson = (note: Note) => !("visit_id" in note.visit) && note.about.elder_id === stop.elder_id && !stop.booked;
  return notes.filter((note) => note.about.stop === stop.id || byPerson(note));
}

/** Those that were not refused. */
const standing = (notes: readonly Note[]) => notes.filter((note) => note.answer?.result !== "refused");

/** Of a stop's notes those since its beginning was last taken back. */
export function sinceUndone(notes: readonly Note[]): Note[] {
  const stand = standing(notes);
  return stand.slice(stand.map((note) => note.kind).lastIndexOf("undo") + 1);
}

/** `off`: the family's booking was cancelled. */
export type Stage = "left" | "under_way" | "done" | "off";

/** How far a visit is: what the product knew, and what was noted since. */
export function stageOf(known: string, notes: readonly Note[]): Stage {
  const since = sinceUndone(notes);
  if (known !== "done" && since.some((note) => note.kind === "cancel")) return "off";
  if (known === "done" || since.some((note) => note.kind === "complete")) return "done";
  if (since.length > 0) return "under_way";
  return known === "under_way" && !standing(notes).some((note) => note.kind === "undo") ? "under_way" : "left";
}

async function deviceId(platform: Platform): Promise<string> {
  const known = await platform.secret.get(DEVICE);
  if (known !== null) return known;
  const made = platform.random(ID_LENGTH);
  await platform.secret.set(DEVICE, made);
  return made;
}

function sameVisit(one: Ref, other: Ref): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** One after the other: two writers at once would count alike. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
