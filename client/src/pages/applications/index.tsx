import { useState } from "react";
import { inTheNameOf, own, type Schemas } from "@/api";
import words from "@/text/zh_CN/applications.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, usePages } from "@/ui/answers";
import { Button, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Left } from "@/ui/left";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { usePrincipals, WhoseChips } from "@/ui/whom";
import { due, MINE } from "./due";
import "./applications.css";

type Item = Schemas["ApplicationItem"];

export default function Applications() {
  const proxies = usePrincipals();
  const [whom, setWhom] = useState<string>();
  const api = whom ? inTheNameOf(whom) : own;
  const mine = usePages((cursor) => api.get("/applications", { query: { cursor } }).then((data) => ({ data, at: null })), [whom], { again: true });
  const may = whom === undefined || proxies.some((each) => each.id === whom && each.actions.includes("offer"));
  const offers = useAnswer(async () => (may ? api.get("/offers") : { items: [] }), [whom, may], { again: true });
  const open = offers.data?.items.filter((each) => each.state === "offered") ?? [];
  const refresh = () => Promise.all([mine.reload(), offers.reload()]);
  return (
    <Page title={words.title} section="applications" onRefresh={refresh}>
      <WhoseChips proxies={proxies} chosen={whom} onChosen={setWhom} />
      {open.length > 0 && (
        <Box as="section" className="stack" label={words.offers}>
          {open.map((each) => (
            <Press key={each.id} className="item card offer" onPress={() => go(pages.application, { id: each.application_id, ...(whom && { for: whom }) })}>
              <Words className="item-name">{words.offers}：{each.kind_label}</Words>
              <Words className="item-line"><Left until={each.expires_at} /></Words>
            </Press>
          ))}
        </Box>
      )}
      <List
        pages={mine} label={words.title} keyOf={(each) => each.id} row={(each) => <Row item={each} whom={whom} offered={open.some((offer) => offer.application_id === each.id)} />}
        empty={<Empty text={whom ? whose.none : words.none}><Button main onPress={() => go(pages.programmes)}>{words.start}</Button></Empty>}
      />
    </Page>
  );
}

function Row({ item, whom, offered }: { item: Item; whom?: string; offered: boolean }) {
  const step = item.next_step;
  const draft = item.state === "draft";
  return (
    <Press className="item" onPress={() => go(draft ? pages.form : pages.application, { id: item.id, ...(whom && { for: whom }) })}>
      <Words className="item-name">{item.programme_label}</Words>
      <Words className="item-line"><Tag look={step.turn === MINE ? "calm" : ""}>{item.state_label}</Tag></Words>
      <Words className="item-line">{offered ? words.next_offered_short : step.text}</Words>
      {step.due_at && <Words className="item-line soft small">{due(step)}</Words>}
    </Press>
  );
}
