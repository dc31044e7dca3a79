import { expect, it } from "vitest";
import { fill } from "@/text";
import { priceAbout, priceGroups, priceWords } from "@/ui/words-of-facility";
import { clock, day, deadline, distance, left, leftAloud, moment } from "@/words";

// Thursday, 26 November 2026, 23:30 in China; in UTC it is still the afternoon.
const NOW = Date.parse("2026-11-26T15:30:00Z");

it.each([[3, "10 米"], [346, "350 米"], [994, "990 米"], [996, "1 公里"], [1249, "1.2 公里"], [19_960, "20 公里"], [21_400, "21 公里"]])("%d m is %s", (metres, said) => {
  expect(distance(metres)).toBe(said);
});

it.each([
  ["2026-11-26T00:10:00+08:00", "今天"], ["2026-11-27T00:10:00+08:00", "明天"], ["2026-11-25T23:59:00+08:00", "昨天"], ["2026-12-02T09:00:00+08:00", "12月2日 周三"],
  ["2026-12-03T09:00:00+08:00", "12月3日"], ["2026-11-24T09:00:00+08:00", "11月24日"], ["2025-12-31T17:00:00Z", "1月1日"], ["2027-03-01T09:00:00+08:00", "2027年3月1日"],
])("%s is %s", (iso, said) => {
  expect(day(iso, NOW)).toBe(said);
});

it("times are China's wherever the phone is", () => {
  expect(clock("2026-11-26T16:05:00Z")).toBe("00:05");
  expect(moment("2026-11-27T08:05:00+08:00", NOW)).toBe("明天 08:05");
});

it.each([[-1, "已到期"], [30_000, "还有 1 分钟"], [59 * 60_000, "还有 59 分钟"], [3 * 3_600_000 + 60_000, "还有 3 小时 1 分钟"], [50 * 3_600_000, "还有 2 天 2 小时"]])("%d ms: %s", (ms, said) => {
  expect(left(new Date(NOW + ms).toISOString(), NOW)).toBe(said);
});

it("a name without a value stays to be seen", () => {
  expect(fill("共 {n} 条 {what}", { n: 0 })).toBe("共 0 条 {what}");
});

const price = { item: "x", item_label: "保育费", amount_fen: 180_000, per: "month", per_label: "月", age_group: null, age_group_label: null, basis: null, basis_label: null, note: null };

it.each([[180_000, "1,800 元/月", "每月 1800 元"], [1_550, "15.5 元/月", "每月 15.5 元"], [123_456_789, "1,234,567.89 元/月", "每月 1234567.89 元"], [5, "0.05 元/月", "每月 0.05 元"]])("%d fen", (amount_fen, seen, heard) => {
  expect(priceWords({ ...price, amount_fen })).toEqual({ seen, heard });
});

it("what is free says so once, and who sets a price stands beside its note", () => {
  const free = { ...price, amount_fen: 0, per: null, per_label: null, basis: "free", basis_label: "免费", note: "周一闭馆" };
  expect([priceWords(free).seen, priceAbout(free)]).toEqual(["免费", "周一闭馆"]);
  expect(priceAbout({ ...price, basis: "market", basis_label: "市场调节价", note: "含被褥" })).toBe("市场调节价；含被褥");
});

it("prices for everybody come first, then age group by age group, each item once", () => {
  const toddler = { ...price, age_group: "toddler" as const, age_group_label: "托小班" };
  const found = priceGroups([toddler, { ...price, item_label: "伙食费" }, { ...toddler, per: "day" }]);
  expect(found.map(({ group, items }) => [group, items.map((each) => [each.label, each.prices.length])])).toEqual([[null, [["伙食费", 1]]], ["托小班", [["保育费", 2]]]]);
});

it("a countdown is said aloud when it becomes short, and not at each tick", () => {
  const minute = 60_000;
  const said = [61, 60, 59, 31, 9, 1].map((n) => leftAloud(100 * minute, 0, (100 - n) * minute, [60, 10, 1]));
  expect(said).toEqual(["", "还有 60 分钟", "还有 60 分钟", "还有 60 分钟", "还有 10 分钟", "还有 1 分钟"]);
  expect(leftAloud(5 * minute, 0, 2 * minute, [60, 10, 1])).toBe(""); // short already when it was opened
});

it("a time limit that ends at midnight ends with the day before", () => {
  expect([deadline("2026-11-27T16:00:00Z", NOW), deadline("2026-11-27T04:00:00Z", NOW)]).toEqual(["明天 24:00", "明天 12:00"]);
});
