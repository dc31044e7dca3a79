import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/notices.json";
import { usePages } from "@/ui/answers";
import { Button, Tag } from "@/ui/controls";
import { Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { day } from "@/words";
import { isUndecided, whose } from "./objections";

type Objection = Schemas["OwnObjectionView"];

/** My objections to public notices: about what, how each stands, and what comes next. */
export default function Objections() {
  const [looks, setLooks] = useState(0);
  return (
    <Page title={words.mine} onRefresh={async () => setLooks(looks + 1)}>
      <Own about={words.mine_ask}><Mine key={looks} /></Own>
    </Page>
  );
}

function Mine() {
  const mine = usePages<Objection>((cursor) => own.get("/objections", { query: { cursor } }).then((data) => ({ data, at: null })), [], { again: true });
  return (
    <List
      pages={mine} label={words.mine} keyOf={(each) => each.id} row={(each) => <Row objection={each} />}
      empty={<Empty text={words.mine_none}><Button main onPress={() => go(pages.notices)}>{words.mine_start}</Button></Empty>}
    />
  );
}

function Row({ objection }: { objection: Objection }) {
  return (
    <Press className="item" onPress={() => go(pages.objection, { id: objection.id })}>
      <Words className="item-name">{objection.programme_label}</Words>
      <Words className="item-line">
        <Tag look={isUndecided(objection) ? "calm" : ""}>{objection.state_label}</Tag>
        {objection.unread && <Tag look="bad">{words.mine_new}</Tag>}
      </Words>
      <Words className="item-line">{whose(objection)}</Words>
      <Words className="item-line">{objection.next_step}</Words>
      <Words className="item-line soft small">{fill(words.filed_on, { when: day(objection.filed_at, now()) })}</Words>
    </Press>
  );
}
