import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { TellMe } from "@/ui/tell";
import { hours } from "@/ui/visit-rows";
import { moment } from "@/words";

const { visit: words } = text;

type Visit = Schemas["VisitItem"];

/** One visit: when, until when it can change, and what the visitor found. */
export function OneVisit({ id }: { id: string }) {
  const asked = useAnswer(() => own.get("/visits/{visit_id}", { path: { visit_id: id } }), [id], { again: true });
  const visit = asked.data;
  return (
    <Page title={words.title} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {visit === null && asked.busy && <Skeleton />}
      {visit && <Shown visit={visit} onChanged={asked.put} onReload={asked.reload} />}
    </Page>
  );
}

function Shown({ visit, onChanged, onReload }: { visit: Visit; onChanged: (visit: Visit) => void; onReload: () => Promise<void> }) {
  const booked = visit.state === "booked";
  return (
    <>
      <Card title={fill(words.of, { name: visit.elder_name })}>
        <Box className="row"><Tag look={visit.state === "completed" ? "good" : booked ? "calm" : ""}>{visit.state_label}</Tag></Box>
        <Facts lines={[
          [words.when, hours(visit)], [words.where, visit.township],
          [words.wishes, [...visit.wish_list.map((each) => each.label), visit.wishes].filter(Boolean).join("，")],
          [words.result_at, visit.completed_at ? moment(visit.completed_at, now()) : ""],
        ]} />
        {booked && <Words as="p">{words.booked}</Words>}
        {visit.state === "in_progress" && <Words as="p" role="status">{words.in_progress}</Words>}
        {visit.state === "cancelled" && <Words as="p" role="status">{words.cancelled}{visit.cancel_reason_label ? fill(words.cancelled_why, { why: visit.cancel_reason_label }) : ""}</Words>}
      </Card>
      {visit.outcome && <Result outcome={visit.outcome} />}
      {booked && <Change visit={visit} onChanged={onChanged} onReload={onReload} />}
      {booked && <TellMe name="visit_reminder" words={text.remind} />}
      {["cancelled", "completed"].includes(visit.state) && <Button wide main onPress={() => go(pages.book, { elder: visit.elder_id })}>{words.again}</Button>}
    </>
  );
}

function Result({ outcome }: { outcome: string }) {
  return <Card title={words.result}><Words as="p">{words.results[outcome as keyof typeof words.results] ?? ""}</Words></Card>;
}

/** Move or cancel while there is time for it; what lies before an hour that is near is said instead. */
function Change({ visit, onChanged, onReload }: { visit: Visit; onChanged: (visit: Visit) => void; onReload: () => Promise<void> }) {
  const doing = useDoing();
  const may = (action: string, until: string | null) => visit.actions.includes(action) && until !== null && Date.parse(until) > now();
  const [move, cancel] = [may("reschedule", visit.move_until), may("cancel", visit.cancel_until)];
  const until = visit.cancel_until ?? visit.move_until;
  const cancelIt = () =>
    doing.run(async () => {
      const body = { version: visit.version };
      onChanged(await own.post("/visits/{visit_id}/cancel", { path: { visit_id: visit.id }, body, intent: `visit.cancel.${visit.id}` }));
    });
  return (
    <Card>
      <Words as="p">{(move || cancel) && until ? fill(words.until, { when: moment(until, now()) }) : words.too_late}</Words>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      {move && <Button wide onPress={() => go(pages.book, { elder: visit.elder_id, move: visit.id })}>{words.move}</Button>}
      {cancel && (
        <Sure
          danger busy={doing.busy} label={words.cancel} question={fill(words.cancel_sure, { when: hours(visit) })} yes={words.cancel_yes} no={words.cancel_no}
          onYes={cancelIt}
        />
      )}
    </Card>
  );
}
