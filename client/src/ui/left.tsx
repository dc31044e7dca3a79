/** How long it is until a moment, which stays true while one looks at it. */
import { useEffect, useState } from "react";
import { now } from "@/api";
import settings from "@/settings.json";
import { left } from "@/words";

/** The product's time, told anew some times a minute. */
export function useNow(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const ticking = setInterval(() => setAt(now()), settings.tick_ms);
    return () => clearInterval(ticking);
  }, []);
  return at;
}

export function Left({ until }: { until: string }) {
  return <>{left(until, useNow())}</>;
}
