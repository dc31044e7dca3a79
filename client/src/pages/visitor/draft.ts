/** A report being written, and what it is sent as. */
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/visitor.json";
import { type Report } from "./notes";
import { type Checklist, type Stop } from "./workday";

export type Outcome = Report["outcome"];
export type Need = Schemas["NeedBody"];

export interface Draft {
  outcome: Outcome | null;
  /** By token; numbers as they were typed. */
  answers: Readonly<Record<string, string>>;
  notes: string;
  needs: readonly Need[];
}

export const EMPTY: Draft = { outcome: null, answers: {}, notes: "", needs: [] };
export const YES = "yes";
export const NO = "no";
/** Attempted is not seen: the checklist and needs are about a person who was met. */
export const SEEN: readonly (Outcome | null)[] = ["seen_well", "seen_with_need"];
const PROGRAMME = "programme";

/** The points for a person's level of risk. */
export function pointsFor(checklist: Checklist, stop: Pick<Stop, "risk_level">): Checklist["items"] {
  return checklist.items.filter((each) => stop.risk_level !== null && each.risk.includes(stop.risk_level));
}

/** What is still missing or cannot be, by field; empty where the report can be noted. */
export function faultsOf(draft: Draft, points: Checklist["items"]): Record<string, string> {
  const faults: Record<string, string> = {};
  if (draft.outcome === null) faults.outcome = words.report.choose;
  if (!SEEN.includes(draft.outcome)) return faults;
  for (const point of points) {
    const answer = (draft.answers[point.token] ?? "").trim();
    if (answer === "") {
      if (point.required) faults[point.token] = words.report.choose;
    } else if (point.kind === "number" && !(/^\d+$/.test(answer) && Number(answer) <= (point.most ?? 0))) {
      faults[point.token] = fill(words.report.number, { most: point.most ?? 0 });
    }
  }
  if (draft.needs.some((each) => each.kind === PROGRAMME && !each.programme)) faults.programme = words.report.programme_missing;
  return faults;
}

/** The report as it is sent; what was answered before another outcome was chosen is left out. */
export function reportOf(draft: Draft, points: Checklist["items"]): Report | null {
  if (draft.outcome === null) return null;
  const notes = draft.notes.trim() || null;
  if (!SEEN.includes(draft.outcome)) return { outcome: draft.outcome, notes };
  const answers = points.flatMap((point): [string, boolean | number | string][] => {
    const answer = (draft.answers[point.token] ?? "").trim();
    if (answer === "") return [];
    return [[point.token, point.kind === "yes_no" ? answer === YES : point.kind === "number" ? Number(answer) : answer]];
  });
  const needs = draft.needs.map(({ kind, programme, note }) => ({
    kind, ...(kind === PROGRAMME ? { programme } : {}), ...(note?.trim() ? { note: note.trim() } : {}),
  }));
  return { outcome: draft.outcome, notes, ...(answers.length > 0 ? { checklist: Object.fromEntries(answers) } : {}), needs };
}
