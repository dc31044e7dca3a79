/**
 * People whom a visitor adds to the day without a plan. They lie on the phone, encrypted, for the day, until the product
 * lists the visit itself; they are begun and reported like any other stop, with or without a network.
 */
import { type Schemas } from "@/api";
import { type Platform } from "@/platform/types";
import { type Note } from "./notes";

type Stop = Schemas["StopView"];

interface Added {
  stop: Stop;
  /** Something was noted of it: once that is sent, the product's list has it. */
  begun: boolean;
}

interface Lying {
  date: string;
  people: Added[];
}

export interface People {
  of(date: string): Promise<Stop[]>;
  add(date: string, stop: Stop): Promise<void>;
  begun(elderId: string): Promise<void>;
  remove(elderId: string): Promise<void>;
  /** The product's list was fetched: it has what was begun and is no longer waiting to be sent. */
  listed(waiting: readonly Note[]): Promise<void>;
  clear(): Promise<void>;
}

export function createAdded(secret: Platform["secret"], owner: string): People {
  const name = `visitor.added.${owner}`;
  const read = async (): Promise<Lying> => {
    const text = await secret.get(name);
    return text === null ? { date: "", people: [] } : (JSON.parse(text) as Lying);
  };
  const write = (lying: Lying) => (lying.people.length > 0 ? secret.set(name, JSON.stringify(lying)) : secret.remove(name));
  const change = async (some: (people: Added[]) => Added[]) => {
    const lying = await read();
    if (lying.people.length > 0) await write({ ...lying, people: some(lying.people) });
  };
  return {
    of: async (date) => {
      const lying = await read();
      if (lying.date !== date) await secret.remove(name);
      return lying.date === date ? lying.people.map((each) => each.stop) : [];
    },
    add: async (date, stop) => {
      const lying = await read();
      const others = lying.date === date ? lying.people.filter((each) => each.stop.elder_id !== stop.elder_id) : [];
      await write({ date, people: [...others, { stop, begun: false }] });
    },
    begun: (elderId) => change((people) => people.map((each) => (each.stop.elder_id === elderId ? { ...each, begun: true } : each))),
    remove: (elderId) => change((people) => people.filter((each) => each.stop.elder_id !== elderId)),
    listed: (waiting) => change((people) => people.filter((each) => !each.begun || waiting.some((note) => note.about.elder_id === each.stop.elder_id))),
    clear: () => secret.remove(name),
  };
}

/** The product's list with those added behind it, unless it has a stop of theirs that is not done. */
export function withAdded(day: Schemas["DayView"], added: readonly Stop[]): Schemas["DayView"] {
  const missing = added.filter((each) => !day.items.some((stop) => stop.elder_id === each.elder_id && stop.state !== "done"));
  return { ...day, items: [...day.items, ...missing.map((each, at) => ({ ...each, order: day.items.length + at + 1 }))] };
}
