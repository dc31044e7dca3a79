/** What is said of a facility in lists and on its page. */
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { clock, moment } from "@/words";

type Hours = Pick<Schemas["FacilityCard"], "open_now" | "closes_at" | "opens_at">;

export interface OpenState {
  text: string;
  look: "good" | "bad" | "";
}

/** Whether it is open, and until when or from when. */
export function openState(hours: Hours, now: number): OpenState {
  if (hours.open_now === null) return { text: words.hours_unknown, look: "" };
  if (hours.open_now) return { text: hours.closes_at ? fill(words.open_until, { time: clock(hours.closes_at) }) : words.open, look: "good" };
  return { text: hours.opens_at ? fill(words.closed_until, { time: moment(hours.opens_at, now) }) : words.closed, look: "bad" };
}

/** How many places are free in all age groups, null where that is not kept. */
export function freePlaces(free: Schemas["FacilityCard"]["free_places"]): number | null {
  return free === null ? null : Object.values(free).reduce((sum, each) => sum + (each ?? 0), 0);
}
