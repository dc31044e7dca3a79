import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/feedback.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Choose } from "@/ui/question";
import { Button, Card, Facts, Field } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { useTyped } from "@/ui/typed";
import { day, moment } from "@/words";
import "./feedback.css";

type Piece = Schemas["OwnFeedback"];
type Changed = (piece: Piece) => void;
const OWNER = "owner";
const STARS = Object.entries(words.star).map(([token, title]) => ({ const: token, title }));
const WORD = { text: "" };

export default function OnePiece() {
  const { params } = useRouter();
  return <Page title={words.piece}><Own about={words.about}><Mine id={params.id ?? ""} fresh={params.new === "1"} /></Own></Page>;
}

function Mine({ id, fresh }: { id: string; fresh: boolean }) {
  const asked = useAnswer(() => own.get("/feedback/{feedback_id}", { path: { feedback_id: id } }), [id], { again: true });
  const piece = asked.data;
  if (!piece) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {fresh && <Words as="p" className="say" role="status">{fill(words.submitted, { number: piece.number })}</Words>}
      <Stand piece={piece} />
      <Said piece={piece} />
      {piece.actions.includes("satisfaction") && <Satisfaction piece={piece} onChanged={asked.put} onReload={asked.reload} />}
      {piece.satisfaction !== null && <Words as="p" className="say">{fill(words.satisfaction_given, { n: piece.satisfaction })}</Words>}
      {piece.actions.includes("reopen") && <Reopen piece={piece} onChanged={asked.put} onReload={asked.reload} />}
      <Rest piece={piece} onChanged={asked.put} onReload={asked.reload} />
      <Card title={words.timeline}>
        <Box as="ul" className="steps">
          {piece.timeline.map((each) => <Box as="li" key={each.at + each.action}>{each.label} · {moment(each.at, now())}</Box>)}
        </Box>
      </Card>
    </>
  );
}

function Stand({ piece }: { piece: Piece }) {
  const states: Record<string, string> = words.public_states;
  return (
    <Card title={piece.kind_label}>
      <Words as="p">{piece.next_step}</Words>
      <Facts lines={[
        [words.number, piece.number], [words.state, piece.state_label], [words.about_what, piece.facility?.name], [words.office, piece.office],
        [words.stars, piece.stars ? fill(words.stars_given, { n: piece.stars }) : ""], [words.at, moment(piece.submitted_at, now())],
        [words.due, piece.due_at ? day(piece.due_at, now()) : ""],
      ]} />
      {piece.due_assumed && <Words as="p" className="soft small">{words.due_assumed}</Words>}
      {piece.public_state && <Words as="p" className="soft small">{states[piece.public_state]}</Words>}
    </Card>
  );
}

function Said({ piece }: { piece: Piece }) {
  return (
    <Card title={words.said}>
      {piece.said.length === 0 && <Words as="p" className="soft">{words.nothing_said}</Words>}
      {piece.said.map((each) => (
        <Box key={each.at + each.from} className={each.from === OWNER ? "piece" : "answer"}>
          <Words as="p" className="small">{each.from === OWNER ? words.me : words.staff} · {moment(each.at, now())}</Words>
          <Words as="p" className="piece-text">{each.text}</Words>
        </Box>
      ))}
    </Card>
  );
}

interface StepProps {
  piece: Piece;
  onChanged: Changed;
  onReload: () => Promise<void>;
}

function Satisfaction({ piece, onChanged, onReload }: StepProps) {
  const [stars, setStars] = useState("");
  const typed = useTyped(`satisfaction.${piece.id}`, WORD);
  const doing = useDoing();
  const say = () => doing.run(async () => {
    const word = typed.value.text.trim();
    const body = { stars: Number(stars), ...(word ? { word } : {}) };
    onChanged(await own.post("/feedback/{feedback_id}/satisfaction", { path: { feedback_id: piece.id }, body, intent: `feedback.satisfaction.${piece.id}` }));
    await typed.clear();
  });
  return (
    <Card title={words.satisfaction}>
      <Choose id="satisfaction" label={words.stars} options={STARS} chosen={[stars]} onChosen={([one]) => setStars(one ?? "")} />
      <Field id="satisfaction-word" label={words.satisfaction_word} fault={doing.problem?.of("word")}>
        {(tied) => <TextBox {...tied} lines={2} most={200} value={typed.value.text} onText={(text) => typed.change({ text })} />}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      <Button main wide busy={doing.busy} disabled={stars === ""} onPress={say}>{words.satisfaction_do}</Button>
    </Card>
  );
}

function Reopen({ piece, onChanged, onReload }: StepProps) {
  const [shown, setShown] = useState(false);
  const typed = useTyped(`reopen.${piece.id}`, WORD);
  const doing = useDoing();
  const reopen = () => doing.run(async () => {
    const body = { reason: typed.value.text };
    onChanged(await own.post("/feedback/{feedback_id}/reopen", { path: { feedback_id: piece.id }, body, intent: `feedback.reopen.${piece.id}` }));
    await typed.clear();
  });
  if (!shown) return <Button wide onPress={() => setShown(true)}>{words.reopen}</Button>;
  return (
    <Card title={words.reopen}>
      <Field id="reopen-why" label={words.reopen_why} help={words.reopen_help} required fault={doing.problem?.of("reason")}>
        {(tied) => <TextBox {...tied} lines={4} most={2000} value={typed.value.text} onText={(text) => typed.change({ text })} />}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      <Button main wide busy={doing.busy} disabled={typed.value.text.trim() === ""} onPress={reopen}>{words.reopen_do}</Button>
      <Button wide onPress={() => setShown(false)}>{words.close}</Button>
    </Card>
  );
}

/** Whether it may be published, and taking it back. */
function Rest({ piece, onChanged, onReload }: StepProps) {
  const doing = useDoing();
  const path = { feedback_id: piece.id };
  const allow = () => doing.run(async () => {
    onChanged(await own.put("/feedback/{feedback_id}/publication", { path, body: { may_publish: !piece.may_publish }, intent: `feedback.publication.${piece.id}` }));
  });
  const withdraw = () => doing.run(async () => onChanged(await own.post("/feedback/{feedback_id}/withdraw", { path, intent: `feedback.withdraw.${piece.id}` })));
  return (
    <>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      {piece.actions.includes("allow") && piece.state !== "withdrawn" && (
        <Button wide busy={doing.busy} onPress={allow}>{piece.may_publish ? words.disallow : words.allow}</Button>
      )}
      {piece.actions.includes("withdraw") && (
        <Sure label={words.withdraw} question={words.withdraw_text} yes={words.withdraw_yes} no={words.no} danger busy={doing.busy} onYes={withdraw} />
      )}
    </>
  );
}
