import { expect, it } from "vitest";
import { fill } from "@/text";
import { clock, day, distance, left, moment } from "@/words";

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
