import { open, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/indicators.json";
import { useKept } from "@/ui/answers";
import { Button, Facts, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { KeptNote, Skeleton, Trouble } from "@/ui/states";
import { latestWords, planned, Progress } from "./progress";
import "./indicators.css";

type Indicator = Schemas["IndicatorView"];

export default function Indicators() {
  const asked = useKept(() => open.kept("indicators", "/indicators"), []);
  const all = asked.data?.items ?? [];
  const domains = [...new Set(all.map((each) => each.domain))];
  return (
    <Page title={words.title} onRefresh={asked.reload}>
      <Words as="p" className="soft">{words.text}</Words>
      <KeptNote at={asked.keptAt} onAgain={asked.reload} />
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!asked.data && asked.busy && <Skeleton />}
      {domains.map((domain) => (
        <Box as="section" key={domain} className="stack" label={domain}>
          <Words as="h2">{domain}</Words>
          <Box as="ul" className="list" label={domain}>
            {all.filter((each) => each.domain === domain).map((each) => <Box as="li" key={each.token} className="list-row"><One indicator={each} /></Box>)}
          </Box>
        </Box>
      ))}
      {asked.data && <Button wide onPress={() => platform().openPage(settings.open_data)}>{words.open_data_all}</Button>}
    </Page>
  );
}

function One({ indicator }: { indicator: Indicator }) {
  return (
    <Box className="indicator">
      <Press className="indicator-name" label={fill(words.detail_label, { name: indicator.name })} onPress={() => go(pages.indicator, { token: indicator.token })}>
        <Words as="b">{indicator.name}</Words>
      </Press>
      <Box className="row">
        <Tag look={indicator.binding ? "good" : ""}>{indicator.binding ? words.binding : words.anticipated}</Tag>
        {indicator.cumulative_five_years && <Tag>{words.five_years}</Tag>}
      </Box>
      <Facts lines={[
        [words.baseline, planned(indicator, "baseline")], [words.target, planned(indicator, "target")], [words.latest, latestWords(indicator.latest)],
      ]} />
      {indicator.latest && <Words as="p" className="soft small">{words.source}：{indicator.latest.source}</Words>}
      <Progress indicator={indicator} />
    </Box>
  );
}
