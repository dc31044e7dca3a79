import { now, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/applications.json";
import { deadline, left } from "@/words";

type Item = Schemas["ApplicationItem"];
/** Whose turn it is, where it is the applicant's. */
export const MINE = "applicant";

/** By when something is to be done, by oneself with how long is left, or by the office. */
export function due(step: Item["next_step"]): string {
  if (!step.due_at) return "";
  const when = deadline(step.due_at, now());
  return step.turn === MINE ? fill(words.due, { when, left: left(step.due_at, now()) }) : fill(words.due_office, { when });
}

/** What comes next; an offer that waits, or was accepted, comes before what the review says. */
export function nextText(step: Item["next_step"], offered: boolean, accepted = false): string {
  if (offered) return words.next_offered;
  return accepted ? words.next_accepted : step.text;
}
