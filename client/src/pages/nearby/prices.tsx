import { now, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { Button, Card, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { priceAbout, priceGroups, priceWords } from "@/ui/words-of-facility";
import { day } from "@/words";

type Facility = Schemas["FacilityDetail"];
type Price = Schemas["Price"];

/** What it costs there; what nobody has told is said so, and is not free. Nothing where such places charge for nothing. */
export function Prices({ facility }: { facility: Facility }) {
  if (facility.prices === null) return facility.prices_expected ? <Unknown facility={facility} /> : null;
  const since = facility.prices_valid_from;
  return (
    <Card title={words.prices}>
      {priceGroups(facility.prices).map(({ group, items }) => (
        <Box key={group ?? ""} className="stack">
          {group && <Words as="h3">{group}</Words>}
          <Facts lines={items.map(({ label, prices }) => [label, prices.map((each) => <Amount key={`${each.per} ${each.note}`} price={each} />)])} />
        </Box>
      ))}
      <Words as="p" className="soft small">
        {`${since ? fill(words.prices_since, { day: day(`${since}T12:00:00+08:00`, now()) }) : words.prices_undated}${words.prices_posted}`}
      </Words>
    </Card>
  );
}

function Amount({ price }: { price: Price }) {
  const { seen, heard } = priceWords(price);
  const about = priceAbout(price);
  return (
    <Box className="price">
      <Words as="b" hidden>{seen}</Words>
      <Words className="unseen">{heard}</Words>
      {about && <Words as="p" className="soft small">{about}</Words>}
    </Box>
  );
}

function Unknown({ facility: { name, phone } }: { facility: Facility }) {
  return (
    <Card title={words.prices}>
      <Words as="p">{words.prices_none}</Words>
      {phone && <Button symbol="call" label={fill(words.prices_ask_label, { name })} onPress={() => platform().call(phone)}>{words.prices_ask}</Button>}
    </Card>
  );
}
