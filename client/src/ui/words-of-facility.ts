/** What is said of a facility in lists and on its page. */
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { clock, moment } from "@/words";

type Price = Schemas["Price"];
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

const FEN = 100;

/** Fen as yuan, thousands apart: `1,800`, `15.5`. */
function yuan(fen: number): string {
  const [whole = "", part] = String(fen / FEN).split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? apart : `${apart}.${part}`;
}

/** What it costs, for the eye (`1,800 元/月`) and for the ear (`每月 1800 元`). */
export function priceWords(price: Price): { seen: string; heard: string } {
  if (price.per_label === null) return { seen: price.basis_label ?? "", heard: price.basis_label ?? "" };
  const unit = price.per_label;
  return { seen: fill(words.price, { n: yuan(price.amount_fen), unit }), heard: fill(words.price_heard, { n: price.amount_fen / FEN, unit }) };
}

/** Who sets the price and whom it is for; empty where neither is said. */
export function priceAbout(price: Price): string {
  return [price.per_label === null ? null : price.basis_label, price.note].filter(Boolean).join(words.price_between);
}

/** Prices by age group, those for everybody first, and in each by what is charged for. */
export function priceGroups(prices: readonly Price[]): { group: string | null; items: { label: string; prices: Price[] }[] }[] {
  const order: (string | null)[] = [null, ...Object.keys(words.groups)];
  return order.flatMap((group) => {
    const own = prices.filter((each) => each.age_group === group);
    const labels = [...new Set(own.map((each) => each.item_label))];
    const items = labels.map((label) => ({ label, prices: own.filter((each) => each.item_label === label) }));
    return own[0] ? [{ group: own[0].age_group_label, items }] : [];
  });
}
