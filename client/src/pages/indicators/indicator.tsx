import { useRouter, useShareAppMessage } from "@tarojs/taro";
import { now, open, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import words from "@/text/zh_CN/indicators.json";
import { useAnswer } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { day, monthWords } from "@/words";
import { latestWords, planned, Progress, valueWords } from "./progress";
import "./indicators.css";

type Indicator = Schemas["IndicatorDetail"];
type Observation = Schemas["ObservationView"];

export default function OneIndicator() {
  const { params } = useRouter();
  const token = params.token ?? "";
  const asked = useAnswer(() => open.get("/indicators/{token}", { path: { token } }), [token]);
  const indicator = asked.data;
  useShareAppMessage(() => ({ title: indicator?.name ?? words.title, path: `${pages.indicator}?token=${token}` }));
  return (
    <Page title={indicator?.name ?? words.one} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!indicator && asked.busy && <Skeleton />}
      {indicator && <Shown indicator={indicator} />}
    </Page>
  );
}

function Shown({ indicator }: { indicator: Indicator }) {
  const { latest } = indicator;
  const file = latest ? `${settings.open_data}/observations-${latest.period}.csv` : settings.open_data;
  return (
    <>
      <Card>
        <Box className="row">
          <Tag look={indicator.binding ? "good" : ""}>{indicator.binding ? words.binding : words.anticipated}</Tag>
          {indicator.cumulative_five_years && <Tag>{words.five_years}</Tag>}
          <Tag>{indicator.domain}</Tag>
        </Box>
        <Facts lines={[
          [words.baseline, planned(indicator, "baseline")], [words.target, planned(indicator, "target")], [words.latest, latestWords(latest)],
        ]} />
        <Progress indicator={indicator} />
      </Card>
      {latest && <Latest observation={latest} />}
      <Card title={words.formula}>
        <Words as="p">{indicator.formula}</Words>
        <Facts lines={[[words.method, indicator.method], [words.owner, indicator.owner ?? words.no_owner], [words.plan, indicator.source]]} />
      </Card>
      <Observations token={indicator.token} level="city" title={words.months} none={words.months_none} />
      <Observations token={indicator.token} level="county" period={latest?.period} title={words.areas} none={words.areas_none} />
      <Button wide onPress={() => platform().openPage(file)}>{latest ? words.open_data : words.open_data_all}</Button>
      <Words as="p" className="soft">{words.about_numbers}</Words>
      <Button wide onPress={() => go(pages.newFeedback, { kind: "suggestion" })}>{words.ask}</Button>
    </>
  );
}

function Latest({ observation }: { observation: Observation }) {
  return (
    <Card title={words.latest}>
      {observation.value === null && observation.partial_value !== null && <Words as="p">{words.partial}</Words>}
      <Facts lines={[
        [words.origin, words.origins[observation.origin]], [words.as_of, day(observation.as_of, now())], [words.source, observation.source],
        [words.finality.label, words.finality[observation.finality]],
        [words.note, observation.note],
      ]} />
    </Card>
  );
}

/** By month for the city; for the counties those of the latest month. */
function Observations({ token, level, period, title, none }: { token: string; level: "city" | "county"; period?: string; title: string; none: string }) {
  const query = { level, limit: settings.observations_shown, first: period, last: period };
  const asked = useAnswer(() => open.get("/indicators/{token}/observations", { path: { token }, query }), [token, level, period]);
  return (
    <Card title={title}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!asked.data && asked.busy && <Skeleton rows={1} />}
      {asked.data?.items.length === 0 && <Words as="p" className="soft">{none}</Words>}
      <Box as="ul" className="steps" label={title}>
        {asked.data?.items.map((each) => (
          <Box as="li" key={each.area + each.period + each.origin} className="month">
            <Words>{level === "city" ? monthWords(each.period) : each.area_name}</Words>
            <Words>{valueWords(each)}</Words>
          </Box>
        ))}
      </Box>
    </Card>
  );
}
