import { now, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { clock, dayOfWeek, left, moment } from "@/words";
import { Tag } from "./controls";
import { Box, Press, Words } from "./elements";
import { go, pages } from "./go";

const { visit: said, visits: words, wait: waiting } = text;

/** When a visit is: day and both hours. */
export function hours({ starts_at: from, ends_at: to }: Pick<Schemas["VisitItem"], "starts_at" | "ends_at">): string {
  return `${dayOfWeek(from, now())} ${clock(from)}${to ? `–${clock(to)}` : ""}`;
}

/** A visit in a list. */
export function VisitRow({ visit }: { visit: Schemas["VisitItem"] }) {
  const look = visit.state === "completed" ? "good" : visit.state === "cancelled" ? "" : "calm";
  return (
    <Press className="tall" label={fill(words.open, { name: visit.elder_name, when: hours(visit) })} onPress={() => go(pages.visits, { id: visit.id })}>
      <Words className="tall-name">{hours(visit)}</Words>
      <Words className="soft small">{[fill(said.of, { name: visit.elder_name }), visit.township].join(" · ")}</Words>
      <Box className="row">
        <Tag look={look}>{visit.state_label}</Tag>
        {visit.outcome_label && <Words className="small">{visit.outcome_label}</Words>}
      </Box>
    </Press>
  );
}

/** How far a waiting request is, in words. */
export function placeInQueue({ position, offer }: Pick<Schemas["WaitView"], "position" | "offer">): string {
  if (offer) return `${waiting.held}：${moment(offer.starts_at, now())}，${left(offer.until, now())}`;
  if (position === null) return "";
  return position <= 1 ? waiting.first : fill(waiting.position, { n: position - 1 });
}

/** A waiting request in a list. */
export function WaitRow({ wait }: { wait: Schemas["WaitView"] }) {
  return (
    <Press className="tall" label={fill(waiting.open, { name: wait.elder_name })} onPress={() => go(pages.visits, { wait: wait.id })}>
      <Words className="tall-name">{fill(waiting.of, { name: wait.elder_name })}</Words>
      <Words className="soft small">{placeInQueue(wait)}</Words>
      <Box className="row"><Tag look={wait.offer ? "bad" : "calm"}>{wait.state_label}</Tag></Box>
    </Press>
  );
}
