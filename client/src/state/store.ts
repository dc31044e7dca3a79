/** A value that screens share: `const place = createStore(null)`, `useStore(place)` in a screen. */
import { useSyncExternalStore } from "react";

export interface Store<T> {
  get(): T;
  set(value: T): void;
  watch(then: () => void): () => void;
}

export function createStore<T>(first: T): Store<T> {
  let value = first;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set: (given) => {
      value = given;
      watchers.forEach((each) => each());
    },
    watch: (then) => {
      watchers.add(then);
      return () => void watchers.delete(then);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.watch, store.get, store.get);
}
