import { useState } from "react";
import { open, type Schemas } from "@/api";
import { place, type Place } from "@/state/place";
import { useStore } from "@/state/store";
import { fill } from "@/text";
import words from "@/text/zh_CN/circles.json";
import { useAnswer } from "@/ui/answers";
import { Button, Card, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Where } from "../nearby/where";
import "./circles.css";

type Circle = Schemas["ServiceCircle"];
type Need = Schemas["CircleNeed"];

export default function Circles() {
  const where = useStore(place);
  const [choosing, setChoosing] = useState(false);
  return (
    <Page title={words.title}>
      <Words as="p" className="soft">{words.text}</Words>
      {where !== null && (
        <Box className="row between">
          <Words as="p">{words.from}：{where.name}</Words>
          <Button expanded={choosing} onPress={() => setChoosing(!choosing)}>{words.change}</Button>
        </Box>
      )}
      {(where === null || choosing) && <Where onChosen={() => setChoosing(false)} />}
      {where !== null && <Around where={where} />}
    </Page>
  );
}

function Around({ where }: { where: Place }) {
  const query = { lat: where.point.latitude, lng: where.point.longitude, datum: where.point.datum };
  const asked = useAnswer(() => open.get("/service-circles", { query }), [where]);
  if (asked.problem) return <Trouble problem={asked.problem} onAgain={asked.reload} />;
  if (!asked.data) return <Skeleton />;
  const { circles, missing, area } = asked.data;
  const lacking = [...new Set(missing.map((each) => each.label))];
  return (
    <>
      <Card title={lacking.length ? words.missing : words.all_there}>
        <Words as="p" className="soft small">{fill(words.area, { label: area.label })}</Words>
        {lacking.length > 0 && <Box className="row">{lacking.map((each) => <Tag key={each} look="bad">{each}</Tag>)}</Box>}
        {lacking.length > 0 && <Button onPress={() => go(pages.newFeedback, { kind: "need" })}>{words.tell}</Button>}
      </Card>
      {circles.map((each) => <One key={each.token} circle={each} />)}
      <Words as="p" className="soft small">{words.straight}</Words>
    </>
  );
}

function One({ circle }: { circle: Circle }) {
  const short = circle.needs.filter((each) => each.missing).length;
  return (
    <Card title={circle.label}>
      <Box className="row">
        <Tag look={circle.complete ? "good" : "bad"}>{circle.complete ? words.complete : fill(words.incomplete, { n: short })}</Tag>
        <Words className="soft small">{fill(words.how, { mode: circle.mode_label, minutes: circle.minutes, reach: circle.reach_m })}</Words>
      </Box>
      <Box as="ul" className="needs">
        {circle.needs.map((each) => <Box as="li" key={each.token} className="need"><OneNeed need={each} mode={circle.mode_label} /></Box>)}
      </Box>
      <Words as="p" className="soft small">{words.source}：{circle.source}</Words>
    </Card>
  );
}

function OneNeed({ need, mode }: { need: Need; mode: string }) {
  const nearest = need.within[0] ?? need.nearest_beyond;
  const sentence = need.missing ? words.nearest_beyond : words.nearest;
  return (
    <>
      <Box className="row between">
        <Words as="b">{need.label}</Words>
        <Tag look={need.missing ? "bad" : "good"}>{need.missing ? words.none : fill(words.there, { n: need.within.length })}</Tag>
      </Box>
      {nearest
        ? (
          <Press className="need-way" label={fill(words.see_label, { name: nearest.name })} onPress={() => go(pages.facility, { id: nearest.id })}>
            {fill(sentence, { name: nearest.name, mode, minutes: nearest.minutes })}
          </Press>
        )
        : <Words as="p" className="soft">{words.nearest_none}</Words>}
    </>
  );
}
