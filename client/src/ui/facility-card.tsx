import { memo } from "react";
import { now, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { common, fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { distance } from "@/words";
import { Button, Tag } from "./controls";
import { Box, Press, Words } from "./elements";
import { go, pages } from "./go";
import { freePlaces, openState } from "./words-of-facility";

/** A facility in a list, with its ways to call and to go there. Lists grow long: a card is drawn once, not with every page. */
export const FacilityCard = memo(function FacilityCard({ facility, category }: { facility: Schemas["FacilityCard"]; category: string }) {
  const state = openState(facility, now());
  const free = freePlaces(facility.free_places);
  const { name, phone, location } = facility;
  return (
    <Box className="facility">
      <Press className="facility-words" label={fill(words.detail_label, { name })} onPress={() => go(pages.facility, { id: facility.id })}>
        <Words className="facility-name">{name}</Words>
        <Words className="soft small facility-line">
          {[category, facility.distance_m === null ? "" : distance(facility.distance_m), walking(facility)].filter(Boolean).join(" · ")}
        </Words>
        {facility.address && <Words className="soft small facility-line">{facility.address}</Words>}
      </Press>
      <Box className="row">
        <Tag look={state.look}>{state.text}</Tag>
        {facility.inclusive && <Tag look="calm">{words.inclusive}</Tag>}
        {free !== null && <Tag look={free > 0 ? "good" : ""}>{free > 0 ? fill(words.places_left, { n: free }) : words.places_none}</Tag>}
      </Box>
      <Box className="row facility-acts">
        {phone && <Button symbol="call" label={fill(words.call_label, { name })} onPress={() => platform().call(phone)}>{words.call}</Button>}
        <Button symbol="way" label={fill(words.way_label, { name })} onPress={() => platform().openMap(location, name, facility.address ?? "")}>{words.way}</Button>
      </Box>
    </Box>
  );
});

function walking(facility: Schemas["FacilityCard"]): string {
  return facility.walking_minutes === null || facility.walking_minutes > 60 ? "" : fill(common.walking, { n: facility.walking_minutes });
}
