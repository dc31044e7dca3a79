import { useRouter } from "@tarojs/taro";
import { own, type Schemas } from "@/api";
import settings from "@/settings.json";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, usePages } from "@/ui/answers";
import { Button } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty, Trouble } from "@/ui/states";
import { VisitRow, WaitRow } from "@/ui/visit-rows";
import { OneWait } from "./one-wait";
import { OneVisit } from "./visit";

const { elders, visits: words } = text;

const WAITS = ["waiting", "offered"];

/** My visits and waiting requests; one of them where a notice or the chat names it (`id`, `wait`). */
export default function Visits() {
  const { params } = useRouter();
  if (params.id) return <OneVisit id={params.id} />;
  if (params.wait) return <OneWait id={params.wait} />;
  return <Mine />;
}

function Mine() {
  const visits = usePages<Schemas["VisitItem"]>(
    (cursor) => own.get("/visits", { query: { cursor, limit: settings.page_size } }).then((data) => ({ data, at: null })), [], { again: true },
  );
  const waits = useAnswer(() => own.get("/visit-waits"), [], { again: true });
  const open = waits.data?.items.filter((each) => WAITS.includes(each.state)) ?? [];
  const reload = async () => void (await Promise.all([visits.reload(), waits.reload()]));
  return (
    <Page title={words.title} onRefresh={reload}>
      {waits.problem && !visits.problem && <Trouble problem={waits.problem} onAgain={waits.reload} />}
      {open.length > 0 && (
        <Box as="section" className="stack" label={words.waits}>
          <Words as="h2">{words.waits}</Words>
          <Box as="ul" className="list">{open.map((each) => <Box as="li" key={each.id} className="list-row"><WaitRow wait={each} /></Box>)}</Box>
        </Box>
      )}
      <Words as="h2">{words.list}</Words>
      <List
        pages={visits} label={words.list} keyOf={(each) => each.id} row={(each) => <VisitRow visit={each} />}
        empty={<Empty text={words.empty}><Button main onPress={() => go(pages.elders)}>{elders.to_list}</Button></Empty>}
      />
    </Page>
  );
}
