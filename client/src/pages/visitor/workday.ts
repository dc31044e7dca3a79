/**
 * A visitor's day on the phone: the list as the product last gave it, kept encrypted for the day and while the sign-in
 * is good, and the notes that wait. Whatever fails with the network, the day stays to be worked on.
 */
import { now, office, type Problem, type Schemas, type Staff, staff } from "@/api";
import { type Api } from "@/api/client";
import { asProblem } from "@/api/problems";
import { STAFF_OVER, type StaffSession } from "@/api/staff";
import { platform } from "@/platform/current";
import { type Platform } from "@/platform/types";
import { createStore, type Store } from "@/state/store";
import { isoDay } from "@/words";
import { createNotes, type NewNote, type Note, type Notes } from "./notes";

export type Day = Schemas["DayView"];
export type Stop = Schemas["StopView"];
export type Checklist = Schemas["ChecklistView"];

export interface Workday {
  /** Looked into what lies on the phone. */
  ready: boolean;
  staff: Staff | null;
  /** The password is to be asked for again. */
  over: boolean;
  day: Day | null;
  /** When the list was fetched, ms; null: just now. */
  keptAt: number | null;
  checklist: Checklist | null;
  notes: readonly Note[];
  problem: Problem | null;
  busy: boolean;
}

interface Kept {
  /** When it was fetched: the product's time, and the phone's, whose clock may be wrong. */
  at: number;
  here: number;
  day: Day;
  checklist: Checklist;
}

export interface Work {
  store: Store<Workday>;
  /** What lies on the phone, then what the product says. */
  open(): Promise<void>;
  /** Send what waits, and fetch the day again. */
  refresh(): Promise<void>;
  note(note: NewNote): Promise<void>;
  again(id: string, change?: Parameters<Notes["again"]>[1]): Promise<void>;
  drop(id: string): Promise<void>;
  signIn(username: string, password: string, otp: string): Promise<void>;
  /** Take day and sign-in from the phone; notes that wait stay, encrypted, for the same person. */
  leave(): Promise<void>;
}

const NOBODY: Workday = { ready: false, staff: null, over: false, day: null, keptAt: null, checklist: null, notes: [], problem: null, busy: false };
const dayName = (owner: string) => `visitor.day.${owner}`;

export function createWork(machine: Platform, api: Pick<Api, "get" | "post">, session: StaffSession, clock: () => number): Work {
  const store = createStore<Workday>(NOBODY);
  let notes: Notes | null = null;
  let underWay: Promise<void> | null = null;
  let fetchedAt: number | null = null;
  const change = (some: Partial<Workday>) => store.set({ ...store.get(), ...some });
  const renote = async () => change({ notes: (await notes?.all()) ?? [] });

  const find = async () => {
    const present = await session.present();
    if (present === null) return change({ ...NOBODY, ready: true });
    const owner = present.staff.id;
    notes = createNotes(machine, api, owner);
    const kept = await keptDay(machine, owner);
    const time = machine.now() + (kept ? kept.at - kept.here : 0);
    const good = kept?.day.date === isoDay(time) && present.until > time ? kept : null;
    if (kept !== null && good === null) await machine.secret.remove(dayName(owner));
    change({ ready: true, staff: present.staff, over: present.token === null, day: good?.day ?? null, keptAt: good?.at ?? null, checklist: good?.checklist ?? null });
    fetchedAt = good?.at ?? null;
    await renote();
  };
  const fetchDay = async (owner: string) => {
    const datum = machine.target === "weapp" ? ("gcj02" as const) : ("wgs84" as const);
    const [day, checklist] = await Promise.all([api.get("/staff/visitor-day", { query: { datum } }), api.get("/staff/visit-checklist")]);
    fetchedAt = clock();
    await machine.secret.set(dayName(owner), JSON.stringify({ at: fetchedAt, here: machine.now(), day, checklist } satisfies Kept));
    change({ day, checklist, keptAt: null });
  };
  const ask = async () => {
    const owner = store.get().staff?.id;
    if (!owner) return;
    change({ busy: true });
    try {
      await notes?.send();
      await fetchDay(owner);
      change({ problem: null, over: false });
    } catch (fault) {
      const problem = asProblem(fault);
      change({ problem, over: problem.code === STAFF_OVER || store.get().over, keptAt: fetchedAt });
    } finally {
      await renote();
      change({ busy: false });
    }
  };
  const refresh = () => (underWay ??= ask().finally(() => (underWay = null)));
  return {
    store,
    refresh,
    open: async () => {
      if (!store.get().ready) await find();
      await refresh();
    },
    note: async (fresh) => {
      await notes?.add(fresh);
      await renote();
      // A send that is under way may have begun before this note: there is another one after it.
      void (underWay ?? Promise.resolve()).then(refresh);
    },
    again: async (id, some) => {
      await notes?.again(id, some);
      await renote();
      await refresh();
    },
    drop: async (id) => {
      await notes?.drop(id);
      await renote();
    },
    signIn: async (username, password, otp) => {
      await session.signIn(username, password, otp);
      await find();
      await refresh();
    },
    leave: async () => {
      const owner = store.get().staff?.id;
      if (owner) await machine.secret.remove(dayName(owner));
      await session.forget();
      notes = null;
      store.set({ ...NOBODY, ready: true });
    },
  };
}

async function keptDay(machine: Platform, owner: string): Promise<Kept | null> {
  const text = await machine.secret.get(dayName(owner));
  return text === null ? null : (JSON.parse(text) as Kept);
}

export const work = createWork(platform(), office, staff, now);
