import { type Schemas } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/indicators.json";
import { Box, Words } from "@/ui/elements";
import { monthWords } from "@/words";

type Indicator = Schemas["IndicatorView"];
type Observation = Schemas["ObservationView"];
const WHOLE = 1;

/** How far the way from 2020 to the target has been gone, 0 to 1; for a five-year total its part. Null: nothing to compare. */
export function gone({ baseline_2020: from, target_2025: to, cumulative_five_years: total, latest }: Indicator): number | null {
  const value = latest?.value ?? null;
  if (value === null || to === null) return null;
  const start = total || from === null ? 0 : from;
  if (start === to) return value >= to ? WHOLE : 0;
  return (value - start) / (to - start);
}

export function progressWords(indicator: Indicator): string {
  const { latest, observed_by: by, cumulative_five_years: total, baseline_2020: from } = indicator;
  if (latest === null) return by === "department" ? words.never_department : words.never_platform;
  if (latest.value === null) return latest.partial_value === null ? "" : words.not_compared; // the value's own words say why there is none
  const part = gone(indicator);
  if (part === null) return "";
  if (part >= WHOLE) return words.reached;
  if (part < 0) return words.fallen;
  return fill(total || from === null ? words.progress_total : words.progress, { n: Math.floor(part * 100) });
}

/** A bar for the eye, its words for everybody. */
export function Progress({ indicator }: { indicator: Indicator }) {
  const part = gone(indicator);
  const said = progressWords(indicator);
  const full = Math.round(Math.min(WHOLE, Math.max(0, part ?? 0)) * settings.progress_cells);
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
