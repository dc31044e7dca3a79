/**
 * Today's list as it lies on the phone, encrypted and for the day: as the product last gave it, with what it has answered
 * for since, and whoever the visitor has added.
 */
import { type Schemas } from "@/api";
import { type Platform } from "@/platform/types";
import { isoDay } from "@/words";
import { createAdded, withAdded } from "./added";
import { type Answered, type Note } from "./notes";

type Day = Schemas["DayView"];
type Stop = Schemas["StopView"];

export interface Kept {
  /** When it was fetched: the product's time, and the phone's, whose clock may be wrong. */
  at: number;
  here: number;
  day: Day;
  checklist: Schemas["ChecklistView"];
}

export interface DayList {
  /** What lies on the phone, where it is of today and the sign-in, good until then (ms), is. */
  find(until: number): Promise<Kept | null>;
  /** The list as it is to be shown. */
  shown(): Promise<Day | null>;
  /** The product gave another one; `waiting`: what is yet to be sent. */
  put(kept: Kept, waiting: readonly Note[]): Promise<void>;
  /** What the product has answered for stands in the list at once, should it not be fetched again. */
  answered(answered: readonly Answered[]): Promise<void>;
  add(stop: Stop): Promise<void>;
  remove(elderId: string): Promise<void>;
  /** Something was noted of this person. */
  begun(elderId: string): Promise<void>;
  clear(): Promise<void>;
}

export function createDayList(machine: Platform, owner: string): DayList {
  const name = `visitor.day.${owner}`;
  const added = createAdded(machine.secret, owner);
  let given: Kept | null = null;
  const keep = async (kept: Kept) => {
    given = kept;
    await machine.secret.set(name, JSON.stringify(kept));
  };
  return {
    find: async (until) => {
      const text = await machine.secret.get(name);
      const kept = text === null ? null : (JSON.parse(text) as Kept);
      const time = machine.now() + (kept ? kept.at - kept.here : 0);
      given = kept?.day.date === isoDay(time) && until > time ? kept : null;
      if (kept !== null && given === null) await machine.secret.remove(name);
      return given;
    },
    shown: async () => given && withAdded(given.day, await added.of(given.day.date)),
    put: async (kept, waiting) => {
      await keep(kept);
      await added.listed(waiting);
    },
    answered: async (answered) => {
      const taken = answered.filter(({ result }) => result.result !== "refused");
      if (given === null || taken.length === 0) return;
      const people = new Set(taken.map(({ note }) => note.about.elder_id));
      const begun = (await added.of(given.day.date)).filter((stop) => people.has(stop.elder_id));
      await keep({ ...given, day: taken.reduce(answeredFor, withAdded(given.day, begun)) });
      for (const each of begun) await added.remove(each.elder_id);
    },
    add: async (stop) => {
      if (given !== null) await added.add(given.day.date, stop);
    },
    remove: added.remove,
    begun: added.begun,
    clear: async () => {
      given = null;
      await machine.secret.remove(name);
      await added.clear();
    },
  };
}

/** The list after an answer: begun, done, taken back, or cancelled. */
function answeredFor(day: Day, { note, result }: Answered): Day {
  const { visit } = note;
  if (result.visit_id === null) return day;
  if (note.kind === "cancel") return { ...day, items: day.items.filter((stop) => stop.id !== result.visit_id) };
  const state = { in_progress: "under_way", completed: "done" }[result.state ?? ""] ?? "left";
  const planned = "planned_id" in visit ? visit.planned_id : null;
  const over: Partial<Stop> = planned === null ? { kind: "person", id: note.about.elder_id } : { kind: "planned", id: planned };
  const now: Partial<Stop> = result.state === "cancelled" ? over : { kind: "visit", id: result.visit_id };
  const ids = [note.about.stop, result.visit_id, planned];
  return { ...day, items: day.items.map((stop) => (ids.includes(stop.id) ? { ...stop, ...now, state } : stop)) };
}
