import { useRouter } from "@tarojs/taro";
import { own, type Schemas } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { VisitRow, WaitRow } from "@/ui/visit-rows";
import { endLink, LinkState } from "./link-state";

const { elders: words } = text;

const TO_COME = ["booked", "in_progress"];
const WAITS = ["waiting", "offered"];

/** An old person's page: whether seen this month, what is booked, what visitors found, what waits. */
export default function Elder() {
  const { params } = useRouter();
  const id = params.id ?? "";
  const asked = useAnswer(async () => {
    const [links, visits, waits] = await Promise.all([
      own.get("/elders"), own.get("/visits", { query: { limit: settings.page_most } }), own.get("/visit-waits"),
    ]);
    const link = links.items.find((each) => each.id === id) ?? null;
    const of = <T extends { elder_id: string }>(all: T[]) => all.filter((each) => each.elder_id === link?.elder_id);
    return { link, visits: of(visits.items), waits: of(waits.items).filter((each) => WAITS.includes(each.state)) };
  }, [id], { again: true });
  const link = asked.data?.link ?? null;
  const foot = link?.on_register ? <Button main wide onPress={() => go(pages.book, { elder: id })}>{words.book}</Button> : undefined;
  return (
    <Page title={link?.name ?? words.title} onRefresh={asked.reload} foot={foot}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {asked.data === null && asked.busy && <Skeleton />}
      {asked.data && link === null && <Empty text={words.gone}><Button onPress={() => moveOn(pages.elders)}>{words.to_list}</Button></Empty>}
      {asked.data && link && <Shown link={link} visits={asked.data.visits} waits={asked.data.waits} onChanged={asked.reload} />}
    </Page>
  );
}

interface ShownProps {
  link: Schemas["ElderLinkItem"];
  visits: readonly Schemas["VisitItem"][];
  waits: readonly Schemas["WaitView"][];
  onChanged: () => Promise<void>;
}

function Shown({ link, visits, waits, onChanged }: ShownProps) {
  const doing = useDoing();
  const coming = visits.filter((each) => TO_COME.includes(each.state)).reverse();
  const past = visits.filter((each) => !TO_COME.includes(each.state));
  const end = async () => {
    if (await doing.run(() => endLink(link))) moveOn(pages.elders);
  };
  const confirmed = link.state === "confirmed";
  return (
    <>
      <Card>
        <Facts lines={[
          [words.relation, link.relation_label], [words.township, link.township],
          [words.seen, link.on_register ? (link.seen_this_month ? words.seen_yes : words.seen_no) : ""],
        ]} />
        <LinkState link={link} onChanged={onChanged} />
      </Card>
      {visits.length === 0 && waits.length === 0 && <Empty text={words.no_visits} />}
      {waits.length > 0 && <Rows title={words.waits}>{waits.map((each) => <Box as="li" key={each.id} className="list-row"><WaitRow wait={each} /></Box>)}</Rows>}
      {coming.length > 0 && <Rows title={words.coming}>{coming.map((each) => <Box as="li" key={each.id} className="list-row"><VisitRow visit={each} /></Box>)}</Rows>}
      {past.length > 0 && <Rows title={words.past}>{past.map((each) => <Box as="li" key={each.id} className="list-row"><VisitRow visit={each} /></Box>)}</Rows>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={onChanged} />}
      {confirmed && link.actions.includes("end") && (
        <Sure danger busy={doing.busy} label={words.end} question={fill(words.end_sure, { name: link.name })} yes={words.yes} no={words.no} onYes={end} />
      )}
    </>
  );
}

function Rows({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box as="section" className="stack" label={title}>
      <Words as="h2">{title}</Words>
      <Box as="ul" className="list">{children}</Box>
    </Box>
  );
}
