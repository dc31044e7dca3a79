/**
 * Where services are looked for: the phone's position, after consent, or a township picked by hand. The position is
 * never stored; a township picked by hand is kept encrypted, so that the next visit begins there.
 */
import { platform } from "@/platform/current";
import { type Point } from "@/platform/types";
import { createStore } from "./store";

const KEPT = "place";
/** In which datum this target asks for points: WeChat's map speaks GCJ-02 alone, our own drawing has borders in WGS-84. */
export const MAP_DATUM = platform().target === "weapp" ? ("gcj02" as const) : ("wgs84" as const);

export interface Place {
  point: Point;
  name: string;
  byHand: boolean;
}

export const place = createStore<Place | null>(null);

export async function choosePlace(chosen: Place): Promise<void> {
  place.set(chosen);
  if (chosen.byHand) await platform().secret.set(KEPT, JSON.stringify(chosen));
  else await platform().secret.remove(KEPT);
}

/** The township picked last time, once after the start. */
export async function rememberPlace(): Promise<void> {
  if (place.get() !== null) return;
  const text = await platform().secret.get(KEPT);
  if (text !== null && place.get() === null) place.set(JSON.parse(text) as Place);
}
