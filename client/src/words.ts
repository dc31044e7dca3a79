/** Times and distances as people say them. Times are China's, whatever the phone is set to. */
import { common, fill } from "@/text";

const OFFSET_MS = 8 * 3_600_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NEAR_M = 1_000;
const FAR_M = 20_000;

/** Metres in words: to ten metres below a kilometre, to a hundred below twenty, then whole kilometres. */
export function distance(metres: number): string {
  if (metres < NEAR_M - 5) return fill(common.distance.metres, { n: Math.max(10, Math.round(metres / 10) * 10) });
  const kilometres = metres / 1_000;
  return fill(common.distance.kilometres, { n: metres < FAR_M ? Number(kilometres.toFixed(1)) : Math.round(kilometres) });
}

interface Day {
  year: number;
  month: number;
  day: number;
  weekday: number;
  number: number;
}

function dayOf(ms: number): Day {
  const there = new Date(ms + OFFSET_MS);
  return {
    year: there.getUTCFullYear(), month: there.getUTCMonth() + 1, day: there.getUTCDate(), weekday: there.getUTCDay(),
    number: Math.floor((ms + OFFSET_MS) / DAY_MS),
  };
}

/** `14:05` of a moment (ISO 8601). */
export function clock(iso: string): string {
  const there = new Date(Date.parse(iso) + OFFSET_MS);
  return [there.getUTCHours(), there.getUTCMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** The day of a moment: today, tomorrow, yesterday, the weekday within a week, else the date. */
export function day(iso: string, now: number): string {
  const then = dayOf(Date.parse(iso));
  const today = dayOf(now);
  const apart = then.number - today.number;
  if (apart === 0) return common.time.today;
  if (apart === 1) return common.time.tomorrow;
  if (apart === -1) return common.time.yesterday;
  const date = fill(then.year === today.year ? common.time.day : common.time.day_of_year, { ...then });
  return apart > 1 && apart < 7 ? `${date} ${common.time.weekdays[then.weekday]}` : date;
}

/** The day with its weekday, for choosing among days. */
export function dayOfWeek(iso: string, now: number): string {
  const said = day(iso, now);
  const weekday = common.time.weekdays[dayOf(Date.parse(iso)).weekday] ?? "";
  return said.endsWith(weekday) ? said : `${said} ${weekday}`;
}

/** `2026-11-27`, the day in China of a moment. */
export function isoDay(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 10);
}

/** Day and time of a moment. */
export function moment(iso: string, now: number): string {
  return fill(common.time.at, { day: day(iso, now), clock: clock(iso) });
}

/** The end of a time limit: midnight is the end of the day before it, as people say it. */
export function deadline(iso: string, now: number): string {
  const end = Date.parse(iso);
  return clock(iso) === "00:00" ? fill(common.time.at, { day: day(new Date(end - MINUTE_MS).toISOString(), now), clock: "24:00" }) : moment(iso, now);
}

/** `2026-11` of a moment in ms. */
export function monthOf(ms: number): string {
  const then = dayOf(ms);
  return `${then.year}-${String(then.month).padStart(2, "0")}`;
}

/** A month `2026-11` as people say it. */
export function monthWords(month: string): string {
  const [year, number] = month.split("-");
  return fill(common.time.month, { year: Number(year), month: Number(number) });
}

/** How long it is until a moment, for a countdown. */
export function left(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  if (ms <= 0) return common.time.left_none;
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.max(1, Math.floor((ms % HOUR_MS) / MINUTE_MS));
  if (days > 0) return fill(common.time.left_days, { days, hours });
  return hours > 0 ? fill(common.time.left_hours, { hours, minutes: minutes % 60 }) : fill(common.time.left_minutes, { minutes });
}

/** What of a countdown is to be said aloud now, "" where nothing is: the step, minutes, that was passed last since somebody looks. */
export function leftAloud(until: number, began: number, now: number, steps: readonly number[]): string {
  const passed = steps.filter((each) => until - now <= each * MINUTE_MS && until - began > each * MINUTE_MS);
  return passed.length === 0 ? "" : fill(common.time.left_minutes, { minutes: Math.min(...passed) });
}
