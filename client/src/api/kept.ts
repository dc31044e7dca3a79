/**
 * The last public lists, for when there is no network. Only what everybody may see is kept, under names that say
 * nothing of the person: no positions, no searches.
 */
import settings from "@/settings.json";
import { type PlainStore } from "@/platform/types";

const PREFIX = "kept.";

export interface Kept<T> {
  data: T;
  /** When it was fetched, ms; null: just now. */
  at: number | null;
}

export function keep(store: PlainStore, name: string, data: unknown, now: number): void {
  try {
    store.set(PREFIX + name, JSON.stringify({ at: now, data }));
  } catch {
    clear(store); // the storage is full: what is kept is a convenience, and the first to go
    return;
  }
  const kept = store.names().filter((each) => each.startsWith(PREFIX));
  if (kept.length > settings.kept_lists_most) {
    const age = (each: string) => (JSON.parse(store.get(each) ?? '{"at":0}') as { at: number }).at;
    kept.sort((a, b) => age(a) - age(b)).slice(0, kept.length - settings.kept_lists_most).forEach((each) => store.remove(each));
  }
}

export function last<T>(store: PlainStore, name: string): Kept<T> | null {
  const text = store.get(PREFIX + name);
  return text === null ? null : (JSON.parse(text) as Kept<T>);
}

function clear(store: PlainStore): void {
  store.names().filter((each) => each.startsWith(PREFIX)).forEach((each) => store.remove(each));
}
