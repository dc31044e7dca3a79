/** How long it is until a moment, which stays true while one looks at it. */
import { useEffect, useState } from "react";
import { now } from "@/api";
import settings from "@/settings.json";
import { left, leftAloud } from "@/words";
import { Box, Words } from "./elements";

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

/**
 * The time left for an answer. It is read where a screen reader comes upon it and interrupts nobody as it passes; only when it
 * becomes short (`settings.left_told_minutes`) and when it is over it is said aloud. `onOver`: it ended while somebody looked.
 */
export function Countdown({ until, over, onOver }: { until: string; over: string; onOver: () => unknown }) {
  const [at, [began]] = [useNow(), useState(now)];
  const [end, isOver] = [Date.parse(until), at >= Date.parse(until)];
  useEffect(() => {
    if (isOver && began < end) void onOver();
  }, [isOver]); // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <>
      <Words as="p" className="item-name" role="timer">{left(until, at)}</Words>
      <Box className={isOver ? "soft" : "unseen"} live="polite">{isOver ? over : leftAloud(end, began, at, settings.left_told_minutes)}</Box>
    </>
  );
}
