import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Choose } from "@/ui/question";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { dayOfWeek, isoDay } from "@/words";

const { elders, wait: words } = text;

const DAY_MS = 86_400_000;
const FREE = "wait_needless";
type Half = "morning" | "afternoon";
const HALVES = Object.entries(words.half_days).map(([token, title]) => ({ const: token, title }));

interface Waiting {
  days: readonly string[];
  halves: readonly Half[];
}

/** Ask to wait for an hour on days that suit. The product refuses it while one is free, and says so. */
export default function WaitForHour() {
  const { params } = useRouter();
  const id = params.elder ?? "";
  const asked = useAnswer(() => own.get("/elders"), [id]);
  const link = asked.data?.items.find((each) => each.id === id) ?? null;
  return (
    <Page title={words.title}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {asked.data === null && asked.busy && <Skeleton />}
      {asked.data && !link && <Empty text={elders.gone}><Button onPress={() => moveOn(pages.elders)}>{elders.to_list}</Button></Empty>}
      {link && <Asking link={link} />}
    </Page>
  );
}

function Asking({ link }: { link: Schemas["ElderLinkItem"] }) {
  const { value: typed, change: type, clear } = useTyped<Waiting>(`draft.visit-wait.${link.id}`, { days: [], halves: ["morning", "afternoon"] });
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const days = Array.from({ length: settings.book_days }, (_, at) => isoDay(now() + at * DAY_MS));
  const options = days.map((day) => ({ const: day, title: dayOfWeek(`${day}T12:00:00+08:00`, now()) }));
  const chosen = typed.days.filter((each) => days.includes(each));
  const send = async () => {
    setTried(true);
    if (chosen.length === 0 || typed.halves.length === 0) return;
    let wait: Schemas["WaitView"] | null = null;
    await doing.run(async () => {
      wait = await own.post("/visit-waits", { body: { elder_id: link.id, days: chosen, half_days: [...typed.halves] }, intent: `visit.wait.${link.id}` });
      await clear();
    });
    if (wait) moveOn(pages.visits, { wait: (wait as Schemas["WaitView"]).id });
  };
  return (
    <>
      <Words as="h2">{fill(words.of, { name: link.name })}</Words>
      <Words as="p" className="soft">{words.lead}</Words>
      <Choose
        id="halves" many required label={words.halves} options={HALVES} fault={tried && typed.halves.length === 0 ? words.choose_half : undefined}
        chosen={typed.halves} onChosen={(halves) => type({ halves: halves as Half[] })}
      />
      <Choose
        id="days" many short required label={words.days} options={options} fault={tried && chosen.length === 0 ? words.choose : undefined} chosen={chosen}
        onChosen={(some) => type({ days: some })}
      />
      {doing.problem && <Trouble problem={doing.problem} onAgain={doing.problem.next === "reload" ? undefined : send} />}
      {doing.problem?.code === FREE && <Button wide onPress={() => moveOn(pages.book, { elder: link.id })}>{words.has_free}</Button>}
      {doing.problem?.next === "reload" && doing.problem.code !== FREE && <Button wide onPress={() => moveOn(pages.visits)}>{elders.all_visits}</Button>}
      <Button main wide busy={doing.busy} onPress={send}>{words.do}</Button>
    </>
  );
}
