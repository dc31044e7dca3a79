import { now, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/applications.json";
import { left, moment } from "@/words";

type Item = Schemas["ApplicationItem"];
/** Whose turn it is, where it is the applicant's. */
export const MINE = "applicant";

/** By when something is to be done, by oneself with how long is left, or by the office. */
export function due(step: Item["next_step"]): string {
  if (!step.due_at) return "";
  const when = moment(step.due_at, now());
  return step.turn === MINE ? fill(words.due, { when, left: left(step.due_at, now()) }) : fill(words.due_office, { when });
}
