/** What is being typed on a screen: encrypted on the phone at every change, found again after a restart, gone once sent. */
import { useCallback, useEffect, useRef, useState } from "react";
import { platform } from "@/platform/current";

export interface Typed<T> {
  typed: T;
  /** What was typed before has been looked for. */
  ready: boolean;
  type: (some: Partial<T>) => void;
  clear: () => Promise<void>;
}

/** `name` must tell whose it is; null: not known yet. */
export function useTyped<T extends object>(name: string | null, empty: T): Typed<T> {
  const [typed, setTyped] = useState(empty);
  const [ready, setReady] = useState(false);
  const latest = useRef(empty);
  useEffect(() => {
    if (name === null) return;
    void platform().secret.get(name).then((text) => {
      // What was typed meanwhile goes on top.
      const before = text === null ? {} : (JSON.parse(text) as Partial<T>);
      const since = latest.current === empty ? {} : latest.current;
      latest.current = { ...empty, ...before, ...since };
      setTyped(latest.current);
      setReady(true);
    });
  }, [name]); // eslint-disable-line react-hooks/exhaustive-deps
  const type = useCallback((some: Partial<T>) => {
    latest.current = { ...latest.current, ...some };
    setTyped(latest.current);
    if (name !== null) void platform().secret.set(name, JSON.stringify(latest.current));
  }, [name]);
  const clear = useCallback(async () => {
    if (name !== null) await platform().secret.remove(name);
  }, [name]);
  return { typed, ready, type, clear };
}
