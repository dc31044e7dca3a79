import { useEffect, useState } from "react";
import { type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { type Place } from "@/state/place";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { Box, Words } from "@/ui/elements";
import { FacilityCard } from "@/ui/facility-card";
import { FacilityMap } from "./map";

interface MapSectionProps {
  facilities: readonly Schemas["FacilityCard"][];
  where: Place | null;
  category: (token: string) => string;
}

/** The same facilities on a map, above the list: a tap shows which one it is. The list is the way by keyboard and by ear. */
export function MapSection({ facilities, where, category }: MapSectionProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const first = facilities[0]?.id;
  useEffect(() => setChosen(null), [first]);
  const facility = chosen === null ? undefined : facilities[chosen];
  if (facilities.length === 0) return null;
  return (
    <Box className="map-section">
      <FacilityMap label={fill(words.map_label, { n: facilities.length })} facilities={facilities} where={where} chosen={chosen} onChoose={setChosen} />
      <Words as="p" className="soft small">{platform().target === "h5" ? words.map_about : words.map_about_plain}</Words>
      <Box live="polite">
        {facility && <Box as="section" className="card" label={words.map_chosen}><FacilityCard facility={facility} category={category(facility.category)} /></Box>}
      </Box>
    </Box>
  );
}
