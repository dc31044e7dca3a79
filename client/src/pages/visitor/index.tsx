import { now } from "@/api";
import { common, fill } from "@/text";
import words from "@/text/zh_CN/visitor.json";
import { Button, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Empty, KeptNote, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { clock, dayOfWeek } from "@/words";
import { notesOf, type Stage, stageOf } from "./notes";
import { SignIn } from "./sign-in";
import { useWork } from "./use-work";
import "./visitor.css";
import { Waiting } from "./waiting";
import { type Stop, work, type Workday } from "./workday";

/** A visitor's day: sign in, what waits to be sent, and the stops in the order of the way. */
export default function Visitor() {
  const day = useWork();
  return (
    <Page title={words.title} onRefresh={day.staff ? work.refresh : undefined}>
      {!day.ready && <Skeleton />}
      {day.ready && (day.staff === null || day.over) && <SignIn key={day.staff?.id ?? ""} over={day.staff} />}
      {day.staff !== null && <Waiting day={day} />}
      {day.staff !== null && <Today day={day} />}
    </Page>
  );
}

function Today({ day }: { day: Workday }) {
  const { staff, day: list, problem, busy } = day;
  const quiet = day.over || (list !== null && problem?.code === "no_answer");
  return (
    <>
      {problem && !quiet && <Trouble problem={problem} onAgain={work.refresh} />}
      <KeptNote at={list === null ? null : day.keptAt} onAgain={work.refresh} />
      {list === null && busy && <Skeleton />}
      {list === null && !busy && !day.over && <Empty text={words.no_list}><Button onPress={work.refresh}>{common.again}</Button></Empty>}
      {list !== null && staff !== null && <Stops day={day} stops={list.items} name={staff.display_name} date={list.date} />}
      {list !== null && <Button wide symbol="search" onPress={() => go(pages.unlisted)}>{words.unlisted.open}</Button>}
      <Leave waiting={day.notes.length} />
    </>
  );
}

function Stops({ day, stops, name, date }: { day: Workday; stops: readonly Stop[]; name: string; date: string }) {
  const stages = stops.map((stop) => stageOf(stop.state, notesOf(stop, day.notes)));
  const over = (each: Stage) => each === "done" || each === "off";
  const done = stages.filter((each) => each === "done").length;
  const left = stages.filter((each) => !over(each)).length;
  const next = stages.findIndex((each) => !over(each));
  if (stops.length === 0) return <Empty text={words.none}><Words as="p" className="soft">{words.none_about}</Words></Empty>;
  return (
    <>
      <Words as="h2">{fill(words.today, { name, date: dayOfWeek(`${date}T12:00:00+08:00`, now()) })}</Words>
      <Words as="p">{fill(words.counts, { left, done })}</Words>
      <Words as="p" className="soft small">{words.order_about}</Words>
      <Box as="ul" className="list" label={words.list}>
        {stops.map((stop, at) => (
          <Box as="li" key={stop.id} className="list-row"><Row stop={stop} stage={stages[at] ?? "left"} next={at === next} day={day} /></Box>
        ))}
      </Box>
    </>
  );
}

function Row({ stop, stage, next, day }: { stop: Stop; stage: Stage; next: boolean; day: Workday }) {
  const mine = notesOf(stop, day.notes);
  const where = [stop.address ?? stop.community, stop.starts_at && stop.booked ? clock(stop.starts_at) : ""].filter(Boolean).join(" · ");
  return (
    <Press className={`stop ${stage}`} label={fill(words.open_stop, { n: stop.order, name: stop.name, state: words.states[stage] })} onPress={() => go(pages.stop, { id: stop.id })}>
      <Words className="stop-order" hidden>{stop.order}</Words>
      <Box className="stop-words">
        <Words className="stop-name">{stop.name}</Words>
        <Words className="soft small">{where}</Words>
        <Box className="row">
          {next && <Tag look="calm">{words.next}</Tag>}
          <Tag look={stage === "done" ? "good" : ""}>{words.states[stage]}</Tag>
          {stop.booked && <Tag>{words.booked}</Tag>}
          {stop.kind === "person" && <Tag>{words.unlisted.tag}</Tag>}
          {stop.stands_in && <Tag>{words.stands_in}</Tag>}
          {stop.risk_level === "high" && stop.risk_label && <Tag look="bad">{fill(words.risk, { risk: stop.risk_label })}</Tag>}
          {mine.some((each) => each.answer === null) && <Tag look="calm">{words.waiting_here}</Tag>}
          {mine.some((each) => each.answer?.result === "refused") && <Tag look="bad">{words.refused_here}</Tag>}
        </Box>
      </Box>
    </Press>
  );
}

function Leave({ waiting }: { waiting: number }) {
  const question = waiting > 0 ? fill(words.leave_waiting, { n: waiting }) : words.leave_sure;
  return <Sure label={words.leave} question={question} yes={words.leave_yes} no={words.leave_no} onYes={() => work.leave()} />;
}
