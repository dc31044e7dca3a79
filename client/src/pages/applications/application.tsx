import { useRouter } from "@tarojs/taro";
import { now, open, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/applications.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Field, Tag } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { TellMe } from "@/ui/tell";
import { useTyped } from "@/ui/typed";
import { Acting, For, nameOf, useWhom } from "@/ui/whom";
import { moment } from "@/words";
import { Correction } from "./correction";
import { type Application } from "./draft";
import { due, MINE, nextText } from "./due";
import { OfferCard } from "./offer";
import "./applications.css";

const UNSAID = { reason: "" };
/** States in which nothing more is to be told. */
const CLOSED = ["draft", "withdrawn", "lapsed", "ended", "refused"];

interface Loaded {
  application: Application;
  programme: Schemas["ProgrammeDetail"];
  offers: Schemas["OwnOffer"][];
}

export default function OneApplication() {
  const { params } = useRouter();
  return <For id={params.for} title={words.one}><Mine id={params.id ?? ""} submitted={params.done === "submitted"} /></For>;
}

function Mine({ id, submitted }: { id: string; submitted: boolean }) {
  const { api, may } = useWhom();
  const loaded = useAnswer<Loaded>(async () => {
    const offered = may("offer") ? api.get("/offers") : { items: [] };
    const [application, offers] = await Promise.all([api.get("/applications/{application_id}", { path: { application_id: id } }), offered]);
    const programme = await open.get("/programmes/{token}", { path: { token: application.programme } });
    return { application, programme, offers: offers.items.filter((each) => each.application_id === id) };
  }, [id], { again: true });
  return (
    <Page title={loaded.data?.application.programme_label ?? words.one} onRefresh={loaded.reload}>
      {loaded.problem && <Trouble problem={loaded.problem} onAgain={loaded.reload} />}
      {!loaded.data && loaded.busy && <Skeleton />}
      <Acting />
      {submitted && loaded.data?.application.state === "submitted" && <Words as="p" className="say" role="status">{words.submitted}</Words>}
      {loaded.data && <Shown loaded={loaded.data} onChanged={loaded.reload} />}
    </Page>
  );
}

function Shown({ loaded, onChanged }: { loaded: Loaded; onChanged: () => Promise<void> }) {
  const whom = useWhom();
  const mine = whom.proxy === null;
  const { application, programme, offers } = loaded;
  const may = (action: string) => application.actions.some((each) => each.action === action);
  const waits = offers.filter((each) => each.state === "offered");
  const answered = offers.find((each) => each.state === "accepted" || each.state === "declined");
  return (
    <>
      <Card>
        <Box className="row"><Tag look={application.next_step.turn === MINE ? "calm" : ""}>{application.state_label}</Tag></Box>
        <Words as="p" className="item-name">{nextText(application.next_step, waits.length > 0, Boolean(application.waiting) && answered?.state === "accepted")}</Words>
        {application.next_step.due_at && <Words as="p">{due(application.next_step)}</Words>}
        {application.next_step.due_assumed && <Words as="p" className="soft small">{words.due_assumed}</Words>}
        {application.reason && <Words as="p">{words.reason}：{application.reason}</Words>}
        {application.state === "draft" && <Button main wide onPress={() => go(pages.form, { id: application.id, ...whom.way })}>{words.go_on}</Button>}
      </Card>
      {waits.map((each) => <OfferCard key={each.id} offer={each} onAnswered={onChanged} />)}
      {answered && waits.length === 0 && <Words as="p" className="say" role="status">{fill((mine ? words : whose)[answered.state === "accepted" ? "accepted" : "declined"], { name: nameOf(whom.proxy) })}</Words>}
      {application.state === "approved" && application.next_step.turn === MINE && !whom.may("offer") && <Words as="p" role="status">{whose.not_offer}</Words>}
      {application.state === "correction" && <Correction application={application} programme={programme} onChanged={onChanged} />}
      {application.waiting && answered?.state !== "accepted" && <Waiting waiting={application.waiting} order={programme.waiting_list?.order ?? []} />}
      {application.placement && <Placed placement={application.placement} onMore={whom.may("child") ? () => go(pages.placement, { id: application.id, ...whom.way }) : undefined} />}
      {mine && application.waiting && offers.length > 0 && <Button main={waits.length === 0} wide onPress={() => go(pages.tenancy, { id: application.id })}>{words.tenancy_more}</Button>}
      {application.public_notice && (
        <Card title={words.notice}>
          <Words as="p">{application.public_notice.text}</Words>
          <Button onPress={() => go(pages.notices)}>{words.notice_see}</Button>
        </Card>
      )}
      {mine && !CLOSED.includes(application.state) && <TellMe name="application_progress" />}
      <Timeline application={application} />
      {may("appeal") && whom.may("submit") && <Appeal application={application} onChanged={onChanged} />}
      {may("withdraw") && whom.may("withdraw") && application.state !== "draft" && <Withdraw application={application} onChanged={onChanged} />}
    </>
  );
}

function Waiting({ waiting, order }: { waiting: NonNullable<Application["waiting"]>; order: Schemas["OrderLineView"][] }) {
  const { position, ahead, total } = waiting;
  return (
    <Card title={words.waiting}>
      <Words as="p" className="soft">{waiting.list} · {waiting.state_label}</Words>
      {position !== null && ahead !== null && <Words as="p" className="item-name">{fill(ahead === 0 ? words.waiting_first : words.waiting_place, { position, ahead, total })}</Words>}
      {order.length > 0 && (
        <>
          <Words as="h3">{words.waiting_why}</Words>
          <Box as="ul" className="lines">{order.map((each) => <Box as="li" key={each.label}>{each.label}</Box>)}</Box>
        </>
      )}
    </Card>
  );
}

function Placed({ placement, onMore }: { placement: NonNullable<Application["placement"]>; onMore?: () => void }) {
  const lines = Object.entries(words.offer_facts).map(([name, title]) => [title, placement[`${name}_label`] ?? placement[name]] as const);
  return (
    <Card title={words.placement}>
      <Facts lines={lines.map(([title, value]) => [title, typeof value === "string" || typeof value === "number" ? String(value) : ""])} />
      {onMore && <Button onPress={onMore}>{words.placement_more}</Button>}
    </Card>
  );
}

function Timeline({ application }: { application: Application }) {
  return (
    <Card title={words.timeline}>
      <Box as="ul" className="timeline" label={words.timeline}>
        {[...application.timeline].reverse().map((each) => (
          <Box as="li" key={each.at + each.action}>
            <Words as="b">{each.label}</Words>
            <Words as="p" className="soft small">{moment(each.at, now())} · {each.by}</Words>
            {each.note && <Words as="p">{each.note}</Words>}
          </Box>
        ))}
      </Box>
    </Card>
  );
}

function Withdraw({ application, onChanged }: { application: Application; onChanged: () => Promise<void> }) {
  const { api } = useWhom();
  const doing = useDoing();
  const withdraw = () =>
    doing.run(async () => {
      await api.post("/applications/{application_id}/withdraw", { path: { application_id: application.id }, intent: `application.withdraw.${application.id}` });
      await onChanged();
    });
  return (
    <>
      {doing.problem && <Trouble problem={doing.problem} />}
      <Sure danger label={words.withdraw} question={words.withdraw_sure} yes={words.yes_withdraw} no={words.think} busy={doing.busy} onYes={withdraw} />
    </>
  );
}

function Appeal({ application, onChanged }: { application: Application; onChanged: () => Promise<void> }) {
  const { api } = useWhom();
  const typed = useTyped(`appeal.${application.id}`, UNSAID);
  const { reason } = typed.value;
  const doing = useDoing();
  const appeal = () =>
    doing.run(async () => {
      await api.post("/applications/{application_id}/appeal", { path: { application_id: application.id }, body: { reason, version: application.version }, intent: `application.appeal.${application.id}` });
      await typed.clear();
      await onChanged();
    });
  return (
    <Card title={words.appeal}>
      {application.appeal_until && <Words as="p">{fill(words.appeal_until, { when: moment(application.appeal_until, now()) })}</Words>}
      {doing.problem && <Trouble problem={doing.problem} />}
      <Field id="appeal-reason" label={words.appeal_reason} required fault={doing.problem?.of("reason")}>{(tied) => <TextBox {...tied} lines={4} most={1000} value={reason} onText={(text) => typed.change({ reason: text })} />}</Field>
      <Button main busy={doing.busy} disabled={reason.trim() === ""} onPress={appeal}>{words.appeal_send}</Button>
    </Card>
  );
}
