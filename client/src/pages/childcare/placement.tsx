import { useRouter } from "@tarojs/taro";
import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/tenancy.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Field, Tag } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { Acting, For, useWhom } from "@/ui/whom";

type Placement = Schemas["PlacementView"];

const STARS = [5, 4, 3, 2, 1].map((n) => ({ const: String(n), title: fill(words.stars, { n }) }));

export default function OnePlacement() {
  const { params } = useRouter();
  return <For id={params.for} title={words.placement}><Standing id={params.id ?? ""} /></For>;
}

/** Letters and rating are the family's own: whoever acts for them sees how it stands. */
function Standing({ id }: { id: string }) {
  const { api, proxy, way } = useWhom();
  const mine = proxy === null;
  const path = { placement_id: id };
  const asked = useAnswer(() => api.get("/childcare/placements/{placement_id}", { path }), [id], { again: true });
  const placement = asked.data;
  return (
    <Page title={words.placement} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!placement && asked.busy && <Skeleton />}
      <Acting />
      {placement && (
        <>
          <Card title={placement.state_label}>
            <Words as="p">{placement.text}</Words>
            {placement.place && <Facts lines={[[words.centre, placement.place.centre], [words.group, placement.place.age_group_label], [words.begins, placement.place.begins]]} />}
            <Button onPress={() => go(pages.application, { id, ...way })}>{words.see_application}</Button>
          </Card>
          {!placement.place && <Choices placement={placement} />}
          {mine && placement.place && <Writing placement={placement} />}
          {mine && (placement.may_rate || placement.rating) && <Rating key={`${placement.rating?.stars} ${placement.rating?.text}`} placement={placement} onRated={asked.reload} />}
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

/** What family and centre write to each other has a screen of its own. */
function Writing({ placement }: { placement: Placement }) {
  return (
    <Card title={words.thread}>
      {placement.unread && <Words as="p" role="status">{words.thread_new}</Words>}
      <Button onPress={() => go(pages.thread, { id: placement.id })}>{words.thread_open}</Button>
    </Card>
  );
}

function Rating({ placement, onRated }: { placement: Placement; onRated: () => Promise<void> }) {
  const given = placement.rating;
  const typed = useTyped(`rating.${placement.id}`, { stars: given ? String(given.stars) : "", text: given?.text ?? "" });
  const { stars, text } = typed.value;
  const doing = useDoing();
  const rate = () =>
    doing.run(async () => {
      const body = { stars: Number(stars), ...(text.trim() && { text }) };
      await own.put("/childcare/placements/{placement_id}/rating", { path: { placement_id: placement.id }, body, intent: `childcare.rating.${placement.id}` });
      await onRated();
      await typed.clear();
    });
  return (
    <Card title={placement.rating ? words.rated : words.rate}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={rate} />}
      {placement.may_rate ? (
        <>
          <Choose id="rating" label={words.rate} required options={STARS} chosen={stars ? [stars] : []} onChosen={([one]) => typed.change({ stars: one ?? "" })} />
          <Field id="rating-text" label={words.rate_text} fault={doing.problem?.of("text")}>{(tied) => <TextBox {...tied} lines={3} most={500} value={text} onText={(said) => typed.change({ text: said })} />}</Field>
          <Button main busy={doing.busy} disabled={stars === ""} onPress={rate}>{words.rate_send}</Button>
        </>
      ) : <Words as="p">{fill(words.stars, { n: placement.rating?.stars ?? 0 })} {placement.rating?.text}</Words>}
      {placement.rating?.reply && <Words as="p">{words.reply}：{placement.rating.reply}</Words>}
    </Card>
  );
}
