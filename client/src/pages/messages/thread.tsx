import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import words from "@/text/zh_CN/messages.json";
import { useAnswer, useDoing, usePages } from "@/ui/answers";
import { Button, Field } from "@/ui/controls";
import { Box, Press, TextBox, Words } from "@/ui/elements";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { moment } from "@/words";
import "./messages.css";

type Said = Schemas["ThreadMessage"];
const PLACED = "placed";
const GUARDIAN = "guardian";
const NOTHING = { text: "" };

export default function Thread() {
  const { params } = useRouter();
  const id = params.id ?? "";
  return <Page title={words.thread}><Own about={words.about}><Mine id={id} /></Own></Page>;
}

/** The newest stands last, above the field. */
function Mine({ id }: { id: string }) {
  const path = { placement_id: id };
  const placement = useAnswer(() => own.get("/childcare/placements/{placement_id}", { path }), [id]);
  const said = usePages<Said>((cursor) => own.get("/childcare/placements/{placement_id}/messages", { path, query: { cursor } }).then((data) => ({ data, at: null })), [id], { again: true });
  const problem = placement.problem ?? said.problem;
  if (problem && (!placement.data || !said.items)) return <Trouble problem={problem} onAgain={() => Promise.all([placement.reload(), said.reload()])} />;
  if (!placement.data || !said.items) return <Skeleton />;
  return (
    <>
      <Words as="h2">{placement.data.place?.centre ?? placement.data.text}</Words>
      {problem && <Trouble problem={problem} onAgain={said.reload} />}
      {said.more && <Press className="button quiet wide" busy={said.busy} onPress={said.next}>{words.earlier}</Press>}
      {said.items.length === 0 && <Words as="p" className="soft">{words.none_said}</Words>}
      <Box as="ul" className="said" label={words.threads}>
        {[...said.items].reverse().map((each) => <Box as="li" key={each.id} className={`said-one ${each.from === GUARDIAN ? "mine" : ""}`}><One said={each} /></Box>)}
      </Box>
      {placement.data.state === PLACED ? <Write id={id} onSent={said.reload} /> : <Words as="p" className="say">{words.closed}</Words>}
    </>
  );
}

function One({ said }: { said: Said }) {
  return (
    <>
      <Words as="p" className="soft small">{said.from === GUARDIAN ? words.mine : words.centre} · {moment(said.at, now())}</Words>
      <Words as="p">{said.text}</Words>
    </>
  );
}

function Write({ id, onSent }: { id: string; onSent: () => Promise<void> }) {
  const typed = useTyped(`thread.${id}`, NOTHING);
  const [sent, setSent] = useState(false);
  const doing = useDoing();
  const send = () => doing.run(async () => {
    await own.post("/childcare/placements/{placement_id}/messages", { path: { placement_id: id }, body: { text: typed.value.text }, intent: `thread.${id}` });
    await typed.clear();
    setSent(true);
    await onSent();
  });
  return (
    <>
      {sent && <Words as="p" className="say" role="status">{words.sent}</Words>}
      <Field id="thread-text" label={words.write} fault={doing.problem?.of("text")}>
        {(tied) => <TextBox {...tied} lines={3} most={1000} hint={words.write_hint} value={typed.value.text} onText={(text) => typed.change({ text })} />}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={send} />}
      <Button main wide busy={doing.busy} disabled={typed.value.text.trim() === ""} onPress={send}>{words.send}</Button>
    </>
  );
}
