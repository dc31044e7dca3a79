import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, moveOn, pages } from "@/ui/go";
import { Countdown } from "@/ui/left";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { TellMe } from "@/ui/tell";
import { useTyped } from "@/ui/typed";
import { placeInQueue } from "@/ui/visit-rows";
import { day, moment } from "@/words";
import { EMPTY, type Wished, Wishes } from "./wishes";

const { wait: words } = text;

type Wait = Schemas["WaitView"];

/** One waiting request: the place in the queue, and the hour that is held. */
export function OneWait({ id }: { id: string }) {
  const path = { wait_id: id };
  const asked = useAnswer(() => own.get("/visit-waits/{wait_id}", { path }), [id], { again: true });
  const doing = useDoing();
  const wait = asked.data;
  const change = (work: () => Promise<Wait>) => doing.run(async () => asked.put(await work()));
  const withdraw = () => change(() => own.post("/visit-waits/{wait_id}/withdraw", { path, intent: `wait.withdraw.${id}` }));
  const decline = (slot: string) => change(() => own.post("/visit-waits/{wait_id}/decline", { path, intent: `wait.decline.${id}.${slot}` }));
  return (
    <Page title={words.one} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {wait === null && asked.busy && <Skeleton />}
      {wait && <State wait={wait} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={asked.reload} />}
      {wait?.offer && <Offer wait={wait} offer={wait.offer} busy={doing.busy} onDecline={decline} onReload={asked.reload} />}
      {wait?.state === "waiting" && <TellMe name="visit_reminder" words={text.remind} />}
      {wait?.actions.includes("withdraw") && (
        <Sure danger busy={doing.busy} label={words.withdraw} question={words.withdraw_sure} yes={words.yes} no={words.no} onYes={withdraw} />
      )}
      {wait?.visit_id && <Button main wide onPress={() => go(pages.visits, { id: wait.visit_id ?? "" })}>{words.visit}</Button>}
      {wait && ["withdrawn", "expired"].includes(wait.state) && <Button main wide onPress={() => go(pages.book, { elder: wait.elder_id })}>{words.again}</Button>}
    </Page>
  );
}

function State({ wait }: { wait: Wait }) {
  const days = wait.days.map((each) => day(`${each}T12:00:00+08:00`, now())).join("，");
  return (
    <Card title={fill(words.of, { name: wait.elder_name })}>
      <Box className="row"><Tag look={wait.offer ? "bad" : "calm"}>{wait.state_label}</Tag></Box>
      <Words as="p">{fill(words.days_line, { days, halves: wait.half_days.map((each) => each.label).join("，") })}</Words>
      {!wait.offer && <Words as="p"><Words as="b">{placeInQueue(wait)}</Words></Words>}
      {wait.next_step && <Words as="p" className="soft">{wait.next_step}</Words>}
      {wait.end_reason_label && <Words as="p">{wait.end_reason_label}</Words>}
    </Card>
  );
}

interface OfferProps {
  wait: Wait;
  offer: NonNullable<Wait["offer"]>;
  busy: boolean;
  onDecline: (slot: string) => unknown;
  onReload: () => Promise<void>;
}

/** The hour that is held: take it, perhaps with wishes, or leave it to the next. */
function Offer({ wait, offer, busy, onDecline, onReload }: OfferProps) {
  const catalogue = useAnswer(() => own.get("/visit-wishes"), []);
  const { value: typed, change: type, clear } = useTyped<Wished>(`draft.visit-offer.${wait.id}`, EMPTY);
  const doing = useDoing();
  const take = async () => {
    let visit: Schemas["VisitItem"] | null = null;
    await doing.run(async () => {
      const body = { wish_list: [...typed.ticked], ...(typed.said.trim() ? { wishes: typed.said.trim() } : {}) };
      visit = (await own.post("/visit-waits/{wait_id}/book", { path: { wait_id: wait.id }, body, intent: `wait.take.${wait.id}.${offer.slot_id}` })).visit;
      await clear();
    });
    if (visit) moveOn(pages.visits, { id: (visit as Schemas["VisitItem"]).id });
  };
  return (
    <Card title={words.held}>
      <Words as="p"><Words as="b">{moment(offer.starts_at, now())}</Words></Words>
      <Words as="p">{fill(words.held_until, { when: moment(offer.until, now()) })}</Words>
      <Countdown until={offer.until} over={words.held_over} onOver={onReload} />
      {catalogue.data && <Wishes catalogue={catalogue.data} wished={typed} onWished={type} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={doing.problem.next === "reload" ? onReload : take} />}
      <Button main wide busy={doing.busy} onPress={take}>{words.take}</Button>
      <Sure busy={busy} label={words.decline} question={words.decline_sure} yes={words.yes} no={words.no} onYes={() => onDecline(offer.slot_id)} />
    </Card>
  );
}
