import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { backOr, go, moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { hours } from "@/ui/visit-rows";
import { isoDay } from "@/words";
import { Hours } from "./hours";
import { EMPTY, type Wished, Wishes } from "./wishes";

const { book: words, elders } = text;

const DAY_MS = 86_400_000;

interface Asked {
  link: Schemas["ElderLinkItem"] | null;
  slots: Schemas["SlotItem"][];
  catalogue: Schemas["WishCatalogue"];
  moved: Schemas["VisitItem"] | null;
}

/** All that the choice needs. `elder`: the link's id, or the register's as a visit names it. */
async function ask(elder: string, move: string): Promise<Asked> {
  const [links, catalogue, moved] = await Promise.all([
    own.get("/elders"), own.get("/visit-wishes"), move ? own.get("/visits/{visit_id}", { path: { visit_id: move } }) : null,
  ]);
  const link = links.items.find((each) => each.id === elder || each.elder_id === elder) ?? null;
  if (!link?.township_id) return { link, slots: [], catalogue, moved };
  const query = { elder_id: link.id, from: isoDay(now()), to: isoDay(now() + (settings.book_days - 1) * DAY_MS) };
  const slots = await own.get("/visit-slots", { query });
  return { link, slots: slots.items.filter((each) => each.id !== moved?.slot_id), catalogue, moved };
}

/** Book a visit, or move one: a day, an hour, and what the visitor is asked to do. */
export default function Book() {
  const { params } = useRouter();
  const [elder, move] = [params.elder ?? "", params.move ?? ""];
  const asked = useAnswer(() => ask(elder, move), [elder, move], { again: true });
  const data = asked.data;
  return (
    <Page title={move ? words.move_title : words.title} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {data === null && asked.busy && <Skeleton />}
      {data && !data.link && <Empty text={elders.gone}><Button onPress={() => moveOn(pages.elders)}>{elders.to_list}</Button></Empty>}
      {data?.link && !data.link.on_register && <Empty text={data.link.state === "requested" ? elders.requested : elders.off_register} />}
      {data?.link?.on_register && <Choosing asked={data} link={data.link} onReload={asked.reload} />}
    </Page>
  );
}

function Choosing({ asked, link, onReload }: { asked: Asked; link: Schemas["ElderLinkItem"]; onReload: () => Promise<void> }) {
  const { slots, catalogue, moved } = asked;
  const { value: typed, change: type, clear } = useTyped<Wished & { slot: string }>(`draft.visit.${link.id}.${moved?.id ?? ""}`, { ...EMPTY, slot: "" });
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const slot = slots.find((each) => each.id === typed.slot) ?? null;
  const send = async () => {
    setTried(true);
    if (slot === null) return;
    let visit: Schemas["VisitItem"] | null = null;
    await doing.run(async () => {
      visit = moved ? await moveTo(moved, slot) : await bookIt(link, slot, typed);
      await clear();
    });
    const done = visit as Schemas["VisitItem"] | null;
    if (done) (moved ? backOr : moveOn)(pages.visits, { id: done.id });
    else await onReload(); // somebody was faster, perhaps: what is free now; what was typed stays
  };
  const title = moved ? fill(words.move_for, { name: link.name, when: hours(moved) }) : fill(words.for, { name: link.name });
  const wait = () => go(pages.waitForHour, { elder: link.id });
  return (
    <>
      <Words as="h2">{title}</Words>
      {slots.length === 0 && <Empty text={words.none}>{!moved && <Button main onPress={wait}>{words.wait}</Button>}</Empty>}
      {slots.length > 0 && <Hours slots={slots} chosen={typed.slot} onChosen={(id) => type({ slot: id })} />}
      {slots.length > 0 && !moved && (
        <Box className="row between">
          <Words className="soft">{words.other}</Words>
          <Button onPress={wait}>{words.wait}</Button>
        </Box>
      )}
      {slots.length > 0 && !moved && <Wishes catalogue={catalogue} wished={typed} onWished={type} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={doing.problem.next === "reload" ? undefined : send} />}
      {slots.length > 0 && (
        <Card>
          {slot && <Words as="p" role="status"><Words as="b">{hours(slot)}</Words></Words>}
          {!slot && tried && <Words as="p" className="fault" role="alert">{words.choose_first}</Words>}
          <Button main wide busy={doing.busy} onPress={send}>{moved ? words.move_do : words.do}</Button>
        </Card>
      )}
    </>
  );
}

function bookIt(link: Schemas["ElderLinkItem"], slot: Schemas["SlotItem"], { ticked, said }: Wished) {
  const body = { elder_id: link.id, slot_id: slot.id, wish_list: [...ticked], ...(said.trim() ? { wishes: said.trim() } : {}) };
  return own.post("/visits", { body, intent: `visit.book.${link.id}` });
}

function moveTo(visit: Schemas["VisitItem"], slot: Schemas["SlotItem"]) {
  const body = { slot_id: slot.id, version: visit.version };
  return own.post("/visits/{visit_id}/reschedule", { path: { visit_id: visit.id }, body, intent: `visit.move.${visit.id}` });
}
