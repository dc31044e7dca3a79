import { useRouter } from "@tarojs/taro";
import { useRef, useState } from "react";
import { now } from "@/api";
import { platform } from "@/platform/current";
import { NoPosition } from "@/platform/types";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import words from "@/text/zh_CN/visitor.json";
import { useDoing } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { back, moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { clock, moment } from "@/words";
import { CallOff } from "./call-off";
import { near } from "./near";
import { type Kind, type Note, notesOf, sinceUndone, type Stage, stageOf } from "./notes";
import { ReportForm } from "./report";
import { SignIn } from "./sign-in";
import { useWork } from "./use-work";
import "./visitor.css";
import { Waiting } from "./waiting";
import { type Day, type Stop, work, type Workday } from "./workday";

const { relations } = text;

/** One stop: who and where, then begin, and what was found. All of it works without a network. */
export default function OneStop() {
  const { params } = useRouter();
  const day = useWork();
  const stop = useStop(day.day, params.id ?? "");
  const [off, setOff] = useState(false);
  return (
    <Page title={stop ? titleOf(stop) : words.title} onRefresh={day.staff ? work.refresh : undefined}>
      {!day.ready && <Skeleton />}
      {day.ready && (day.staff === null || day.over) && <SignIn key={day.staff?.id ?? ""} over={day.staff} />}
      {day.staff !== null && day.day === null && !day.busy && <Empty text={words.no_list}><Button onPress={() => moveOn(pages.visitor)}>{words.to_list}</Button></Empty>}
      {day.day !== null && stop === null && <Empty text={off ? words.over.off + words.off.told : words.gone}><Button onPress={() => moveOn(pages.visitor)}>{words.to_list}</Button></Empty>}
      {day.day !== null && stop !== null && <Shown day={day} list={day.day} stop={stop} onOff={() => setOff(true)} />}
    </Page>
  );
}

function titleOf(stop: Stop): string {
  return stop.kind === "person" ? words.unlisted.stop : fill(words.stop, { n: stop.order });
}

/** The stop of an id. A planned one becomes a visit with another id once the product has heard of it: the same person's. */
function useStop(list: Day | null, id: string): Stop | null {
  const person = useRef<string | null>(null);
  const stop = list?.items.find((each) => each.id === id) ?? list?.items.find((each) => each.elder_id === person.current) ?? null;
  if (stop) person.current = stop.elder_id;
  return stop;
}

function Shown({ day, list, stop, onOff }: { day: Workday; list: Day; stop: Stop; onOff: () => void }) {
  const mine = notesOf(stop, day.notes);
  const stage = stageOf(stop.state, mine);
  return (
    <>
      <Who stop={stop} stage={stage} />
      {stage === "left" && <Begin stop={stop} list={list} />}
      {stage === "left" && stop.kind === "visit" && stop.booked && <CallOff stop={stop} onOff={onOff} />}
      {stage === "under_way" && <UnderWay stop={stop} list={list} notes={sinceUndone(mine)} />}
      {stage === "under_way" && day.checklist && day.staff && <ReportForm stop={stop} owner={day.staff.id} checklist={day.checklist} />}
      {stage === "done" && <Done day={day} list={list} stop={stop} said={mine.some((each) => each.answer === null) ? words.done_waiting : (stop.outcome_label ?? "")} />}
      {stage === "off" && <Done day={day} list={list} stop={stop} said={mine.some((each) => each.answer === null) ? words.off.waiting : words.off.told} />}
      {day.notes.length > 0 && <Waiting day={day} />}
    </>
  );
}

function Who({ stop, stage }: { stop: Stop; stage: Stage }) {
  const said = words.who;
  const { point, contacts } = stop;
  return (
    <Card title={stop.name}>
      <Box className="row">
        <Tag look={stage === "done" ? "good" : ""}>{words.states[stage]}</Tag>
        {stop.booked && <Tag>{words.booked}</Tag>}
        {stop.risk_label && <Tag look={stop.risk_level === "high" ? "bad" : ""}>{fill(words.risk, { risk: stop.risk_label })}</Tag>}
      </Box>
      <Facts lines={[
        [said.time, stop.booked && stop.starts_at ? `${clock(stop.starts_at)}${stop.ends_at ? `–${clock(stop.ends_at)}` : ""}` : ""],
        [said.address, stop.address], [said.place, stop.community], [said.language, stop.language_label],
        [said.campaigns, stop.campaigns.map((each) => each.label).join("，")],
        [words.wishes, [...stop.wish_list.map((each) => each.label), stop.wishes].filter(Boolean).join("，")],
        [words.hints, stop.hints.map((each) => each.label).join("，")],
      ]} />
      <Box className="row">
        {point && <Button symbol="way" onPress={() => platform().openMap(point, stop.community ?? stop.township, stop.address ?? "")}>{words.way}</Button>}
        {contacts.map((each) => (
          <Button key={each.phone} symbol="call" label={fill(words.call_label, { name: each.name, relation: relations[each.relation as keyof typeof relations] ?? "" })} onPress={() => platform().call(each.phone)}>
            {fill(words.call, { name: each.name })}
          </Button>
        ))}
      </Box>
    </Card>
  );
}

/** Note a beginning, or an arrival with what the phone found by itself. */
function useNoting(stop: Stop, list: Day) {
  const doing = useDoing();
  const [nowhere, setNowhere] = useState(false);
  const note = (kind: Kind, more: Partial<Pick<Note, "near">> = {}) =>
    work.note({ kind, stop, ...more });
  const start = () => doing.run(() => note("start"));
  const undo = () => doing.run(() => note("undo"));
  const arrive = () =>
    doing.run(async () => {
      setNowhere(false);
      try {
        await note("arrive", { near: near(await platform().locate(), stop.point, list.arrival) });
      } catch (fault) {
        if (!(fault instanceof NoPosition)) throw fault;
        setNowhere(true);
      }
    });
  return { doing, nowhere, start, arrive, undo };
}

function Begin({ stop, list }: { stop: Stop; list: Day }) {
  const { doing, nowhere, start, arrive } = useNoting(stop, list);
  return (
    <Card>
      <Button main wide symbol="near" busy={doing.busy} onPress={arrive}>{words.arrive}</Button>
      <Words as="p" className="soft small">{words.arrive_about}</Words>
      {nowhere && <Words as="p" className="fault" role="alert">{words.no_position}</Words>}
      {doing.problem && <Trouble problem={doing.problem} />}
      <Button wide busy={doing.busy} onPress={start}>{words.start}</Button>
      {stop.kind === "person" && <Button wide onPress={() => work.unlist(stop).then(() => moveOn(pages.visitor))}>{words.unlisted.remove}</Button>}
    </Card>
  );
}

function UnderWay({ stop, list, notes }: { stop: Stop; list: Day; notes: readonly Note[] }) {
  const { doing, nowhere, arrive, undo } = useNoting(stop, list);
  const began = stop.started_at ?? notes[0]?.device_time;
  const here = [...notes].reverse().find((each) => each.near)?.near;
  // Who was at the door was at the door, whatever a later look says.
  const found = stop.arrival?.within || !here ? stop.arrival : here;
  const place = found ? (found.within === null ? words.arrived.unknown : found.within ? words.arrived.yes : words.arrived.no) : "";
  const band = words.bands[(found?.band ?? "unknown") as keyof typeof words.bands];
  return (
    <Card>
      {began && <Words as="p">{fill(words.started, { when: moment(began, now()) })}</Words>}
      {place && <Words as="p" role="status">{fill(place, { band })}</Words>}
      {nowhere && <Words as="p" className="fault" role="alert">{words.no_position}</Words>}
      {doing.problem && <Trouble problem={doing.problem} />}
      {found?.within !== true && <Button wide symbol="near" busy={doing.busy} onPress={arrive}>{words.arrive_again}</Button>}
      <Sure
        label={words.undo} question={stop.booked ? words.undo_booked : words.undo_sure} yes={words.undo_yes} no={words.undo_no}
        busy={doing.busy} onYes={undo}
      />
    </Card>
  );
}

function Done({ day, list, stop, said }: { day: Workday; list: Day; stop: Stop; said: string }) {
  const stages = (each: Stop) => stageOf(each.state, notesOf(each, day.notes));
  const next = list.items.find((each) => each.id !== stop.id && !["done", "off"].includes(stages(each)));
  return (
    <Card>
      <Words as="p" role="status"><Words as="b">{words.over[stages(stop) === "off" ? "off" : "done"]}</Words>{said}</Words>
      {next && <Button main wide onPress={() => moveOn(pages.stop, { id: next.id })}>{words.next_stop}</Button>}
      <Button wide onPress={back}>{words.to_list}</Button>
    </Card>
  );
}
