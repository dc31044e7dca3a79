import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { now, own } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/tenancy.json";
import { useAnswer, useDoing, usePages } from "@/ui/answers";
import { Button, Card, Facts, Field, Tag } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Choose } from "@/ui/question";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { moment } from "@/words";

/** What the API gives without describing it (`models/childcare/queries.py`, `placement_shown`). */
interface Placement {
  id: string;
  state: string;
  state_label: string;
  text: string;
  choices: { centre_id: string; centre: string; passed: string | null; ahead: number | null; room: boolean | null; in_a_round: boolean }[];
  place: { centre: string; age_group_label: string; begins: string } | null;
  may_rate: boolean;
  rating: { stars: number; text: string | null; reply: string | null } | null;
}

interface Message {
  id: string;
  at: string;
  from: keyof typeof words.from;
  text: string;
}

const STARS = [5, 4, 3, 2, 1].map((n) => ({ const: String(n), title: fill(words.stars, { n }) }));

export default function OnePlacement() {
  const { params } = useRouter();
  const id = params.id ?? "";
  const path = { placement_id: id };
  const asked = useAnswer(() => own.get("/childcare/placements/{placement_id}", { path }).then((data) => data as unknown as Placement), [id], { again: true });
  const placement = asked.data;
  return (
    <Page title={words.placement} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!placement && asked.busy && <Skeleton />}
      {placement && (
        <>
          <Card title={placement.state_label}>
            <Words as="p">{placement.text}</Words>
            {placement.place && <Facts lines={[[words.centre, placement.place.centre], [words.group, placement.place.age_group_label], [words.begins, placement.place.begins]]} />}
            <Button onPress={() => go(pages.application, { id })}>{words.see_application}</Button>
          </Card>
          {!placement.place && <Choices placement={placement} />}
          {placement.place && <Thread id={id} />}
          {(placement.may_rate || placement.rating) && <Rating placement={placement} onRated={asked.reload} />}
        </>
      )}
    </Page>
  );
}

function Choices({ placement }: { placement: Placement }) {
  return (
    <Card title={words.choices}>
      <Box as="ul" className="lines">
        {placement.choices.map((each) => (
          <Box as="li" key={each.centre_id} className="row">
            <Words as="b">{each.centre}</Words>
            {each.passed && <Tag>{words.choice_passed}</Tag>}
            {each.room !== null && <Tag look={each.room ? "good" : ""}>{each.room ? words.choice_room : words.choice_full}</Tag>}
            {each.in_a_round && <Tag look="calm">{words.choice_round}</Tag>}
            {each.ahead !== null && <Words>{fill(words.choice_ahead, { n: each.ahead })}</Words>}
          </Box>
        ))}
      </Box>
    </Card>
  );
}

function Thread({ id }: { id: string }) {
  const path = { placement_id: id };
  const thread = usePages<Message>((cursor) => own.get("/childcare/placements/{placement_id}/messages", { path, query: { cursor } }).then((data) => ({ data: data as unknown as { items: Message[]; next: string | null }, at: null })), [id]);
  const [text, setText] = useState("");
  const doing = useDoing();
  const send = () =>
    doing.run(async () => {
      await own.post("/childcare/placements/{placement_id}/messages", { path, body: { text }, intent: `childcare.message.${id}` });
      setText("");
      await thread.reload();
    });
  return (
    <Card title={words.thread}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={send} />}
      <Field id="thread-text" label={words.say} fault={doing.problem?.of("text")}>{(tied) => <TextBox {...tied} lines={3} most={500} value={text} onText={setText} />}</Field>
      <Button main busy={doing.busy} disabled={text.trim() === ""} onPress={send}>{words.send}</Button>
      <List pages={thread} label={words.thread} keyOf={(each) => each.id} empty={<Empty text={words.thread_none} />} row={(each) => (
        <Box>
          <Words as="p" className="soft small">{words.from[each.from] ?? words.from.centre} · {moment(each.at, now())}</Words>
          <Words as="p">{each.text}</Words>
        </Box>
      )} />
    </Card>
  );
}

function Rating({ placement, onRated }: { placement: Placement; onRated: () => Promise<void> }) {
  const [stars, setStars] = useState(placement.rating ? String(placement.rating.stars) : "");
  const [text, setText] = useState(placement.rating?.text ?? "");
  const doing = useDoing();
  const rate = () =>
    doing.run(async () => {
      const body = { stars: Number(stars), ...(text.trim() && { text }) };
      await own.put("/childcare/placements/{placement_id}/rating", { path: { placement_id: placement.id }, body, intent: `childcare.rating.${placement.id}` });
      await onRated();
    });
  return (
    <Card title={placement.rating ? words.rated : words.rate}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={rate} />}
      {placement.may_rate ? (
        <>
          <Choose id="rating" label={words.rate} required options={STARS} chosen={stars ? [stars] : []} onChosen={([one]) => setStars(one ?? "")} />
          <Field id="rating-text" label={words.rate_text} fault={doing.problem?.of("text")}>{(tied) => <TextBox {...tied} lines={3} most={500} value={text} onText={setText} />}</Field>
          <Button main busy={doing.busy} disabled={stars === ""} onPress={rate}>{words.rate_send}</Button>
        </>
      ) : <Words as="p">{fill(words.stars, { n: placement.rating?.stars ?? 0 })} {placement.rating?.text}</Words>}
      {placement.rating?.reply && <Words as="p">{words.reply}：{placement.rating.reply}</Words>}
    </Card>
  );
}
