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
import { createDayList, type DayList } from "./day-list";
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

export interface Work {
  store: Store<Workday>;
  /** What lies on the phone, then what the product says. */
  open(): Promise<void>;
  /** Send what waits, and fetch the day again. */
  refresh(): Promise<void>;
  note(note: NewNote): Promise<void>;
  /** Put a person on today's list whom nobody planned; `unlist` takes one off who was not begun. */
  list(stop: Stop): Promise<void>;
  unlist(stop: Stop): Promise<void>;
  again(id: string, change?: Parameters<Notes["again"]>[1]): Promise<void>;
  drop(id: string): Promise<void>;
  signIn(username: string, password: string, otp: string): Promise<void>;
  /** Take day and sign-in from the phone; notes that wait stay, encrypted, for the same person. */
  leave(): Promise<void>;
}

const NOBODY: Workday = { ready: false, staff: null, over: false, day: null, keptAt: null, checklist: null, notes: [], problem: null, busy: false };

export function createWork(machine: Platform, api: Pick<Api, "get" | "post">, session: StaffSession, clock: () => number): Work {
  const store = createStore<Workday>(NOBODY);
  let notes: Notes | null = null;
  let list: DayList | null = null;
  let underWay: Promise<void> | null = null;
  let fetchedAt: number | null = null;
  const change = (some: Partial<Workday>) => store.set({ ...store.get(), ...some });
  const renew = async () => change({ day: (await list?.shown()) ?? null, notes: (await notes?.all()) ?? [] });
  const renewed = async (done: Promise<void> | undefined) => {
    await done;
    await renew();
  };
  const waiting = async () => ((await notes?.all()) ?? []).filter((each) => each.answer === null);

  const find = async () => {
    const present = await session.present();
    if (present === null) return change({ ...NOBODY, ready: true });
    notes = createNotes(machine, api, present.staff.id);
    list = createDayList(machine, present.staff.id);
    const kept = await list.find(present.until);
    fetchedAt = kept?.at ?? null;
    change({ staff: present.staff, over: present.token === null, keptAt: fetchedAt, checklist: kept?.checklist ?? null });
    await renew();
    change({ ready: true });
  };
  const fetchDay = async () => {
    const datum = machine.target === "weapp" ? ("gcj02" as const) : ("wgs84" as const);
    const [day, checklist] = await Promise.all([api.get("/staff/visitor-day", { query: { datum } }), api.get("/staff/visit-checklist")]);
    fetchedAt = clock();
    await list?.put({ at: fetchedAt, here: machine.now(), day, checklist }, await waiting());
    change({ checklist, keptAt: null });
  };
  const ask = async () => {
    if (store.get().staff === null) return;
    change({ busy: true });
    try {
      await list?.answered((await notes?.send()) ?? []);
      await fetchDay();
      change({ problem: null, over: false });
    } catch (fault) {
      const problem = asProblem(fault);
      change({ problem, over: problem.code === STAFF_OVER || store.get().over, keptAt: fetchedAt });
    } finally {
      await renew();
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
      await list?.begun(fresh.stop.elder_id);
      await renew();
      // A send that is under way may have begun before this note: there is another one after it.
      void (underWay ?? Promise.resolve()).then(refresh);
    },
    list: (stop) => renewed(list?.add(stop)),
    unlist: (stop) => renewed(list?.remove(stop.elder_id)),
    again: async (id, some) => {
      await renewed(notes?.again(id, some));
      await refresh();
    },
    drop: (id) => renewed(notes?.drop(id)),
    signIn: async (username, password, otp) => {
      await session.signIn(username, password, otp);
      await find();
      await refresh();
    },
    leave: async () => {
      await list?.clear();
      await session.forget();
      [notes, list] = [null, null];
      store.set({ ...NOBODY, ready: true });
    },
  };
}

export const work = createWork(platform(), office, staff, now);
