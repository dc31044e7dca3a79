import { type Schemas } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/indicators.json";
import { Box, Words } from "@/ui/elements";
import { monthWords } from "@/words";

type Indicator = Schemas["IndicatorView"];
type Observation = Schemas["ObservationView"];
const WHOLE = 100;

/** Whether the target is met by the exact value: the per cent are rounded, and 99.96 is not 100. */
function reached({ baseline_2020: from, target_2025: to, cumulative_five_years: total, target_comparison: how, latest }: Indicator): boolean {
  const value = latest?.value ?? null;
  if (value === null || to === null) return false;
  const falling = !total && from !== null && from > to;
  return falling ? value <= to : how === "more_than" ? value > to : value >= to;
}

export function progressWords(indicator: Indicator): string {
  const { latest, observed_by: by, cumulative_five_years: total, baseline_2020: from } = indicator;
  if (latest === null) return by === "department" ? words.never_department : words.never_platform;
  if (latest.value === null) return latest.partial_value === null ? "" : words.not_compared; // the value's own words say why there is none
  const part = indicator.progress;
  if (part === null) return "";
  if (reached(indicator)) return words.reached;
  if (part === 0 && !total && from !== null && latest.value < from) return words.fallen;
  const alone = total || from === null || from === indicator.target_2025;
  return fill(alone ? words.progress_total : words.progress, { n: Math.min(WHOLE - 1, Math.floor(part)) });
}

/** A bar for the eye, its words for everybody. */
export function Progress({ indicator }: { indicator: Indicator }) {
  const part = indicator.progress;
  const said = progressWords(indicator);
  const full = Math.floor(((part ?? 0) / WHOLE) * settings.progress_cells);
  return (
    <>
      {part !== null && (
        <Box className="progress" hidden>
          {Array.from({ length: settings.progress_cells }, (_, cell) => <Box key={cell} className={`progress-cell ${cell < full ? "full" : ""}`} />)}
        </Box>
      )}
      {said !== "" && <Words as="p">{said}</Words>}
    </>
  );
}

export function valueWords(observation: Observation): string {
  const value = observation.value ?? observation.partial_value;
  return value === null ? statusWords(observation) : fill(words.value, { value: Number(value.toFixed(2)), unit: observation.unit });
}

function statusWords({ status }: Observation): string {
  if (status === "suppressed") return words.suppressed;
  return status === "partial" ? words.partial : words.not_observable;
}

/** Value and month of an observation. */
export function latestWords(observation: Observation | null): string {
  return observation === null ? words.never : `${valueWords(observation)}（${monthWords(observation.period)}）`;
}

export function planned(indicator: Indicator, which: "baseline" | "target"): string {
  const value = which === "baseline" ? indicator.baseline_2020 : indicator.target_2025;
  if (value !== null) return fill(words.value, { value, unit: indicator.unit });
  const text = which === "baseline" ? indicator.plan_baseline : indicator.plan_target;
  return /\w|\p{Script=Han}/u.test(text) ? text : words.not_told;
}
