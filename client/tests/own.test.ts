import { expect, it, vi } from "vitest";
import { type Schemas } from "@/api";
import { memoryPlatform } from "./memory-platform";

vi.mock("@tarojs/taro", () => ({ default: {} }));
const { planned, progressWords } = await import("@/pages/indicators/progress");
const { leads } = await import("@/ui/go");
const { createSession } = await import("@/api/session");

type Indicator = Schemas["IndicatorView"];

function indicator(some: Partial<Indicator>, value: number | null = null, progress: number | null = null, partial: number | null = null): Indicator {
  const latest = { value, partial_value: partial, status: value === null ? "partial" : "complete", unit: "%", period: "2026-10" } as Schemas["ObservationView"];
  return { baseline_2020: 90, target_2025: 100, target_comparison: "at_least", progress, cumulative_five_years: false, observed_by: "platform", unit: "%", plan_baseline: "90", plan_target: "100", latest, ...some } as Indicator;
}

it.each([
  [indicator({}, 95, 50), "走完从 2020 年到目标的 50%"],
  [indicator({}, 99.996, 100), "走完从 2020 年到目标的 99%"],
  [indicator({}, 100, 100), "已达到 2025 年目标"],
  [indicator({}, 80, 0), "低于 2020 年的水平"],
  [indicator({ baseline_2020: 100 }, 100, 100), "已达到 2025 年目标"],
  [indicator({ baseline_2020: 100 }, 99, 99), "完成目标的 99%"],
  [indicator({ target_comparison: "more_than", baseline_2020: null, target_2025: 30 }, 30, 100), "完成目标的 99%"],
  [indicator({ cumulative_five_years: true, baseline_2020: 27.71, target_2025: 25.6 }, 12.8, 50), "完成目标的 50%"],
  [indicator({}, null, null, 50), "只有部分数据，暂不与目标比较"],
  [indicator({ target_2025: null }, 50), ""],
] as const)("an indicator's way is told in words that claim no more than was reached (%#)", (given, words) => {
  expect(progressWords(given)).toBe(words);
});

it("what was never observed says who would have to", () => {
  expect(progressWords({ ...indicator({}), latest: null })).toBe("平台还没有算过一个完整的月份。");
  expect(progressWords({ ...indicator({ observed_by: "department" }), latest: null })).toBe("由主管部门报送，还没有收到。");
  expect(planned(indicator({ target_2025: null, plan_target: "应保尽保" }), "target")).toBe("应保尽保");
  expect(planned(indicator({ baseline_2020: null, plan_baseline: "—" }), "baseline")).toBe("规划没有写");
});

it("a message leads only to screens of this version", () => {
  expect(leads("pages/feedback/piece?id=1")).toBe(true);
  expect(leads("pages/nowhere/index")).toBe(false);
  expect(leads(null)).toBe(false);
});

it("a forgotten session asks before it signs in again", async () => {
  const platform = memoryPlatform(() => ({ body: { token: "t", resident: { id: "r" } } }));
  const session = createSession(platform);
  await session.token();
  expect(session.known()).toBe(true);
  session.forget();
  expect([session.known(), platform.session.get()]).toEqual([false, null]);
});
