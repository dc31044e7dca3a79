import { useRouter, useShareAppMessage } from "@tarojs/taro";
import { now, open, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { useAnswer } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages, switchTo } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { openState } from "@/ui/words-of-facility";
import { moment } from "@/words";
import { Centre, Stars } from "./centre";
import { Prices } from "./prices";
import { ways } from "./ways";

type Facility = Schemas["FacilityDetail"];
const CHILDCARE = "childcare_centre";
const OPEN = "open";

export default function OneFacility() {
  const { params } = useRouter();
  const id = params.id ?? "";
  const asked = useAnswer(() => open.get("/facilities/{facility_id}", { path: { facility_id: id }, query: { datum: "gcj02" } }), [id]);
  const facility = asked.data;
  // A card to pass on names the facility and nobody.
  useShareAppMessage(() => ({ title: facility?.name ?? words.facility, path: `${pages.facility}?id=${id}` }));
  return (
    <Page title={facility?.name ?? words.facility} onRefresh={asked.reload} foot={facility && <Acts facility={facility} />}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!facility && asked.busy && <Skeleton />}
      {facility && <Shown facility={facility} />}
    </Page>
  );
}

function Acts({ facility }: { facility: Facility }) {
  const { name, phone, location, address } = facility;
  return (
    <>
      {phone && <Button wide main symbol="call" label={fill(words.call_label, { name })} onPress={() => platform().call(phone)}>{words.call}</Button>}
      <Button wide symbol="way" label={fill(words.way_label, { name })} onPress={() => platform().openMap(location, name, address ?? "")}>{words.way}</Button>
    </>
  );
}

function Shown({ facility }: { facility: Facility }) {
  // A poster or a card may outlive what it leads to.
  const gone = facility.status !== OPEN;
  const state = gone ? { look: "bad" as const, text: words.gone } : openState(facility, now());
  const today = facility.hours_today.map((each) => `${each.from}–${each.to}`).join("，");
  return (
    <>
      <Card>
        <Words as="p" className="soft">{facility.category_label}</Words>
        <Box className="row">
          <Tag look={state.look}>{state.text}</Tag>
          {facility.inclusive && <Tag look="calm">{words.inclusive}</Tag>}
        </Box>
        <Facts lines={[
          [words.hours, gone ? "" : today || (facility.opening_hours === null ? "" : words.hours_closed_today)],
          [words.address, facility.address],
          [words.phone, facility.phone],
          [words.ownership, words.ownerships[facility.ownership as keyof typeof words.ownerships]],
          [words.beds, facility.beds], [words.beds_nursing, facility.beds_nursing],
          [words.area, facility.area_sqm === null ? "" : fill(words.square_metres, { n: facility.area_sqm })],
          [words.accessibility, facility.accessibility],
          [words.registration, facility.registration_number], [words.registration_until, facility.registration_valid_until],
        ]} />
        {gone && <Words as="p">{words.gone_about}</Words>}
        {facility.hours_assumed && !gone && <Words as="p" className="soft small">{words.hours_assumed}</Words>}
        {facility.description && <Words as="p">{facility.description}</Words>}
      </Card>
      {facility.category === CHILDCARE && !gone
        ? <Centre facility={facility}><Prices facility={facility} /></Centre>
        : <>{!gone && <Prices facility={facility} />}<Rating id={facility.id} /></>}
      {gone ? <Button main wide symbol="near" onPress={() => switchTo(pages.nearby)}>{words.gone_near}</Button> : <Way facility={facility} />}
      <Button wide onPress={() => go(pages.newFeedback, { facility: facility.id })}>{words.say}</Button>
      <Words as="p" className="soft small">{words.source}：{facility.source} · {words.updated}：{moment(facility.updated_at, now())}</Words>
    </>
  );
}

function Rating({ id }: { id: string }) {
  const { data } = useAnswer(() => open.get("/facilities/{facility_id}/rating", { path: { facility_id: id } }), [id]);
  return data === null || data.count === null || data.average === null ? null : <Stars title={words.rating_all} average={data.average} count={data.count} />;
}

/** What can be applied for or booked where such a facility is looked at. */
function Way({ facility }: { facility: Facility }) {
  const way = ways[facility.category];
  if (way === undefined || (way.publicOnly && facility.ownership === "private")) return null;
  return <Button main wide symbol={way.symbol} onPress={() => go(way.page, way.values)}>{way.label}</Button>;
}
