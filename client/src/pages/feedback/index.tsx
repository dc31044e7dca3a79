import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import words from "@/text/zh_CN/feedback.json";
import { useDoing, usePages } from "@/ui/answers";
import { Button, Field, Tag } from "@/ui/controls";
import { Box, Press, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Empty, Trouble } from "@/ui/states";
import { day } from "@/words";
import "./feedback.css";

type Piece = Schemas["OwnFeedback"];
const SATISFACTION = "satisfaction";
const OPEN = ["submitted", "in_work"];

export default function Feedback() {
  const [looks, setLooks] = useState(0);
  return (
    <Page title={words.title} onRefresh={async () => setLooks(looks + 1)}>
      <Button main wide onPress={() => go(pages.newFeedback)}>{words.new}</Button>
      <Button wide onPress={() => go(pages.publicFeedback)}>{words.public}</Button>
      <Words as="h2">{words.mine}</Words>
      <Own about={words.about}><Mine key={looks} /></Own>
    </Page>
  );
}

function Mine() {
  const mine = usePages<Piece>((cursor) => own.get("/me/feedback", { query: { cursor } }).then((data) => ({ data, at: null })), [], { again: true });
  return (
    <>
      <List pages={mine} label={words.mine} keyOf={(each) => each.id} row={(each) => <Row piece={each} />} empty={<Empty text={words.none} />} />
      <Find />
    </>
  );
}

function Row({ piece }: { piece: Piece }) {
  return (
    <Press className="piece" onPress={() => go(pages.piece, { id: piece.id })}>
      <Box className="row">
        <Words as="b">{piece.kind_label}</Words>
        <Tag look={OPEN.includes(piece.state) ? "calm" : "good"}>{piece.state_label}</Tag>
        {piece.actions.includes(SATISFACTION) && <Tag look="bad">{words.rate_me}</Tag>}
      </Box>
      <Words as="p">{(piece.said[0]?.text ?? piece.facility?.name ?? "").slice(0, 40)}</Words>
      <Words as="p" className="soft small">{words.number} {piece.number} · {day(piece.submitted_at, now())}</Words>
    </Press>
  );
}

/** By the number that was told when it was submitted, in the chat or on paper. */
function Find() {
  const [number, setNumber] = useState("");
  const [none, setNone] = useState(false);
  const doing = useDoing();
  const find = () => doing.run(async () => {
    const found = await own.get("/me/feedback", { query: { number: number.trim() } });
    const piece = found.items[0];
    setNone(!piece);
    if (piece) go(pages.piece, { id: piece.id });
  });
  return (
    <>
      <Field id="feedback-number" label={words.number_find} fault={none ? words.number_none : undefined}>
        {(tied) => (
          <Box className="row search-row">
            <TextBox {...tied} kind="search" value={number} hint={words.number_hint} most={20} onText={setNumber} onDone={find} />
            <Button symbol="search" busy={doing.busy} disabled={number.trim() === ""} onPress={find}>{words.find}</Button>
          </Box>
        )}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={find} />}
    </>
  );
}

