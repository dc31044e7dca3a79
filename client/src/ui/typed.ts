/** What is being typed, kept encrypted on the phone at every change until it is sent: found again after a call, a crash, another app. */
import { useCallback, useEffect, useRef, useState } from "react";
import { platform } from "@/platform/current";

export interface Typed<T> {
  value: T;
  /** What was typed before has been looked for. */
  ready: boolean;
  /** Something was found. */
  restored: boolean;
  change: (some: Partial<T>) => void;
  /** Sent, or given up: forget it. */
  clear: () => Promise<void>;
}

/** `name` must tell whose it is, by an id that is nobody else's; null: not known yet. `empty` is what stands there at first. */
export function useTyped<T extends object>(name: string | null, empty: T): Typed<T> {
  const blank = useRef(empty);
  const latest = useRef(empty);
  const [value, setValue] = useState(empty);
  const [ready, setReady] = useState(false);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    if (name === null) return;
    void platform().secret.get(name).then((text) => {
      const before = text === null ? {} : (JSON.parse(text) as Partial<T>);
      // What was typed meanwhile goes on top.
      const since = latest.current === blank.current ? {} : latest.current;
      latest.current = text === null ? latest.current : { ...blank.current, ...before, ...since };
      setValue(latest.current);
      setRestored(Object.keys(before).length > 0);
      setReady(true);
    });
  }, [name]);
  const change = useCallback((some: Partial<T>) => {
    latest.current = { ...latest.current, ...some };
    setValue(latest.current);
    if (name !== null) void platform().secret.set(name, JSON.stringify(latest.current));
  }, [name]);
  const clear = useCallback(async () => {
    latest.current = blank.current;
    setValue(blank.current);
    setRestored(false);
    if (name !== null) await platform().secret.remove(name);
  }, [name]);
  return { value, ready, restored, change, clear };
}
