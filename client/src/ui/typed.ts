/** What is being typed, kept encrypted on the phone until it is sent: found again after a call, a crash, another app. */
import { useCallback, useEffect, useRef, useState } from "react";
import { platform } from "@/platform/current";

const PREFIX = "typed.";

export interface Typed<T> {
  value: T;
  /** Something typed earlier was found again. */
  restored: boolean;
  change: (some: Partial<T>) => void;
  /** Sent, or given up: forget it. */
  clear: () => Promise<void>;
}

/** `name` with the id of the resident, so that nobody finds another's; null: not known yet. `empty` must not change. */
export function useTyped<T extends object>(name: string | null, empty: T): Typed<T> {
  const [value, setValue] = useState(empty);
  const [restored, setRestored] = useState(false);
  const latest = useRef<T>(empty);
  useEffect(() => {
    if (name === null) return;
    void platform().secret.get(PREFIX + name).then((text) => {
      if (text === null || latest.current !== empty) return; // typing has begun already
      latest.current = { ...empty, ...(JSON.parse(text) as Partial<T>) };
      setValue(latest.current);
      setRestored(true);
    });
  }, [name, empty]);
  const change = useCallback((some: Partial<T>) => {
    latest.current = { ...latest.current, ...some };
    setValue(latest.current);
    if (name !== null) void platform().secret.set(PREFIX + name, JSON.stringify(latest.current));
  }, [name]);
  const clear = useCallback(async () => {
    latest.current = empty;
    setValue(empty);
    setRestored(false);
    if (name !== null) await platform().secret.remove(PREFIX + name);
  }, [name, empty]);
  return { value, restored, change, clear };
}
