/** What a screen asks of the API, as React sees it. */
import { useDidShow } from "@tarojs/taro";
import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";
import { type Kept, type Problem } from "@/api";
import { asProblem } from "@/api/problems";

export interface Asking<T> {
  data: T | null;
  problem: Problem | null;
  busy: boolean;
  /** Set where `data` is an older copy, kept for when there is no network: ms. */
  keptAt: number | null;
  reload: () => Promise<void>;
  /** Show this instead, such as the answer of a write. */
  put: (data: T) => void;
}

/**
 * Ask when the screen opens and whenever `about` changes; the answer to an older question is dropped.
 * `again`: also each time the screen comes back from another one.
 */
export function useAnswer<T>(ask: () => Promise<T>, about: DependencyList, { again = false, wait = false } = {}): Asking<T> {
  const kept = useCallback(async (): Promise<Kept<T>> => ({ data: await ask(), at: null }), about); // eslint-disable-line react-hooks/exhaustive-deps
  return useKept(kept, about, { again, wait });
}

/** As `useAnswer`, for `open.kept(…)`. `wait`: not yet. */
export function useKept<T>(ask: () => Promise<Kept<T>>, about: DependencyList, { again = false, wait = false } = {}): Asking<T> {
  const [state, setState] = useState<Omit<Asking<T>, "reload" | "put">>({ data: null, problem: null, busy: !wait, keptAt: null });
  const question = useRef(0);
  const reload = useCallback(async () => {
    if (wait) return;
    const mine = (question.current += 1);
    setState((before) => ({ ...before, busy: true }));
    try {
      const { data, at } = await ask();
      if (mine === question.current) setState({ data, problem: null, busy: false, keptAt: at });
    } catch (fault) {
      if (mine === question.current) setState((before) => ({ ...before, problem: asProblem(fault), busy: false }));
    }
  }, [...about, wait]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    void reload();
    const present = question;
    return () => void (present.current += 1);
  }, [reload]);
  const shown = useRef(false);
  useDidShow(() => {
    if (shown.current && again) void reload();
    shown.current = true;
  });
  const put = useCallback((data: T) => setState({ data, problem: null, busy: false, keptAt: null }), []);
  return { ...state, reload, put };
}

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface Pages<T> {
  items: T[] | null;
  problem: Problem | null;
  busy: boolean;
  keptAt: number | null;
  /** There are more. */
  more: boolean;
  next: () => Promise<void>;
  reload: () => Promise<void>;
}

/** A list by pages: the first when the screen opens or `about` changes, `next()` adds one. */
export function usePages<T>(ask: (cursor?: string) => Promise<Kept<Page<T>>>, about: DependencyList, { again = false, wait = false } = {}): Pages<T> {
  const first = useKept(() => ask(), about, { again, wait });
  const [rest, setRest] = useState<{ of: Page<T> | null; items: T[]; next?: string | null; busy: boolean; problem: Problem | null }>(
    { of: null, items: [], busy: false, problem: null },
  );
  const mine = rest.of === first.data ? rest : { of: first.data, items: [], next: first.data?.next, busy: false, problem: null };
  const next = async () => {
    if (!mine.next || mine.busy || first.busy) return;
    setRest({ ...mine, busy: true, problem: null });
    try {
      const { data } = await ask(mine.next);
      setRest({ of: mine.of, items: [...mine.items, ...data.items], next: data.next, busy: false, problem: null });
    } catch (fault) {
      setRest({ ...mine, busy: false, problem: asProblem(fault) });
    }
  };
  return {
    items: first.data ? [...first.data.items, ...mine.items] : null, problem: first.problem ?? mine.problem, busy: first.busy || mine.busy,
    keptAt: first.keptAt, more: Boolean(mine.next), next, reload: first.reload,
  };
}

export interface Doing {
  busy: boolean;
  problem: Problem | null;
  /** Run it unless it runs already; gives true when it was done. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

/** Something that a button starts: busy while it is under way, its problem afterwards. */
export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true, problem: null });
    try {
      await work();
      setState({ busy: false, problem: null });
      return true;
    } catch (fault) {
      setState({ busy: false, problem: asProblem(fault) });
      return false;
    } finally {
      running.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false, problem: null }), []);
  return { ...state, run, clear };
}
