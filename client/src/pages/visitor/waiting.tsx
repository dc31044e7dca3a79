import { now } from "@/api";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/visitor.json";
import { useDoing } from "@/ui/answers";
import { Button, Card } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Sure } from "@/ui/sure";
import { Trouble } from "@/ui/states";
import { moment } from "@/words";
import { type Note } from "./notes";
import { work, type Workday } from "./workday";

const said = words.queue;
const UNKNOWN_VISIT = "visit_unknown";
// Somebody else was faster, or it is over: nothing is to be sent again.
const MOOT: readonly (string | null)[] = ["visit_reported_by_other", "visit_begun_by_other", "visit_already_reported"];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What waits to be sent, and what the product did not simply take. */
export function Waiting({ day }: { day: Workday }) {
  const waiting = day.notes.filter((each) => each.answer === null);
  const answered = day.notes.filter((each) => each.answer !== null);
  const off = Math.abs(now() - platform().now());
  return (
    <>
      {off > settings.clock_off_ms && <Box className="say" role="status">{fill(said.clock, { much: apart(off) })}</Box>}
      {waiting.length > 0 && (
        <Box as="section" className="card" label={said.title} live="polite">
          <Words as="p"><Words as="b">{fill(said.waiting, { n: waiting.length })}</Words></Words>
          <Words as="p" className="soft small">{said.safe}</Words>
          {!day.over && <Button busy={day.busy} onPress={() => work.refresh()}>{said.send}</Button>}
        </Box>
      )}
      {answered.length > 0 && (
        <Card title={words.answers.title}>
          <Box as="ul" className="answers">
            {answered.map((each) => <Box as="li" key={each.id}><Answered note={each} /></Box>)}
          </Box>
        </Card>
      )}
    </>
  );
}

/** How far two clocks are apart, in words. */
function apart(ms: number): string {
  return ms < HOUR_MS ? fill(said.minutes, { n: Math.round(ms / MINUTE_MS) }) : fill(said.hours, { n: Number((ms / HOUR_MS).toFixed(1)) });
}

/** A note that was refused, or is kept beside another: what the product said, and what can be done. */
function Answered({ note }: { note: Note }) {
  const doing = useDoing();
  if (note.answer === null) return null;
  const { result, code, detail, faults } = note.answer;
  const [moot, refused] = [MOOT.includes(code), result === "refused" && !MOOT.includes(code)];
  // One name for all notes of the visit, so that they become one visit.
  const unbooked = { local_id: `person-${note.about.stop}`, elder_id: note.about.elder_id };
  return (
    <Box className="stack">
      <Words as="p"><Words as="b">{fill(words.note_line, { name: note.about.name, kind: words.kinds[note.kind], when: moment(note.device_time, now()) })}</Words></Words>
      <Words as="p">{[moot ? words.answers.moot : words.answers[result], detail].filter(Boolean).join("：")}</Words>
      {faults.map((fault) => <Words as="p" className="fault" key={fault.field + fault.code}>{fault.detail}</Words>)}
      {doing.problem && <Trouble problem={doing.problem} />}
      {!refused && <Button onPress={() => doing.run(() => work.drop(note.id))}>{words.answers.read}</Button>}
      {refused && <Button busy={doing.busy} onPress={() => doing.run(() => work.again(note.id))}>{words.answers.again}</Button>}
      {refused && code === UNKNOWN_VISIT && (
        <Button busy={doing.busy} onPress={() => doing.run(() => work.again(note.id, { visit: unbooked }))}>{words.answers.unbooked}</Button>
      )}
      {refused && (
        <Sure
          danger label={words.answers.drop} question={words.answers.drop_sure} yes={words.answers.drop_yes} no={words.answers.no}
          onYes={() => doing.run(() => work.drop(note.id))}
        />
      )}
    </Box>
  );
}
