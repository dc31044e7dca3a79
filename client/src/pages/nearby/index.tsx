import { useRouter } from "@tarojs/taro";
import { useEffect, useState } from "react";
import { open, type Schemas } from "@/api";
import { MAP_DATUM, place, type Place } from "@/state/place";
import { useStore } from "@/state/store";
import settings from "@/settings.json";
import words from "@/text/zh_CN/nearby.json";
import { useAnswer, usePages } from "@/ui/answers";
import { useCategories } from "@/ui/categories";
import { Button, Chip, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { FacilityCard } from "@/ui/facility-card";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { MapSection } from "./map-section";
import "./nearby.css";
import { Where } from "./where";

interface Filters {
  category: string;
  open_now: boolean;
  inclusive: boolean;
  places: boolean;
  q: string;
}

const NONE: Filters = { category: "", open_now: false, inclusive: false, places: false, q: "" };

function ask(where: Place | null, filters: Filters, cursor?: string) {
  const point = where === null ? {} : { lat: where.point.latitude, lng: where.point.longitude };
  const query = {
    ...point, datum: where?.point.datum ?? MAP_DATUM, category: filters.category ? [filters.category] : undefined, open_now: filters.open_now || undefined,
    inclusive: filters.inclusive || undefined, with_places: filters.places ? ("any" as const) : undefined, q: filters.q || undefined,
    limit: settings.page_size, cursor,
  };
  // Kept for when there is no network, unless the list would tell where the phone was or what was looked for.
  const keepable = (where === null || where.byHand) && !filters.q && !cursor;
  return keepable ? open.kept("nearby", "/facilities", { query }) : open.get("/facilities", { query }).then((data) => ({ data, at: null }));
}

export default function Nearby() {
  const { params } = useRouter();
  const where = useStore(place);
  const [filters, setFilters] = useState<Filters>({ ...NONE, q: decodeURIComponent(params.q ?? ""), category: params.category ?? "" });
  const [typed, setTyped] = useState(filters.q);
  const [choosing, setChoosing] = useState(false);
  const [mapped, setMapped] = useState(false);
  const categories = useCategories();
  const change = (some: Partial<Filters>) => setFilters((before) => ({ ...before, ...some }));
  // A township's poster says where; it is for now, and what was chosen by hand is remembered as before.
  const township = params.township ?? "";
  const there = useAnswer(() => open.get("/places/{place_id}", { path: { place_id: township }, query: { datum: MAP_DATUM } }), [township], { wait: township === "" });
  useEffect(() => {
    if (there.data !== null) place.set({ point: there.data.location, name: there.data.name, byHand: true });
  }, [there.data]);
  const waiting = (where === null && filters.q === "") || there.busy;
  const found = usePages<Schemas["FacilityCard"]>((cursor) => ask(where, filters, cursor), [where, filters], { wait: waiting });
  const filtered = Object.values({ ...filters, q: "" }).some(Boolean);
  return (
    <Page title={words.title} section="nearby" onRefresh={found.reload}>
      {where !== null && (
        <Box className="row between">
          <Words as="p">{words.where}：{where.name}</Words>
          <Button onPress={() => setChoosing(!choosing)} expanded={choosing}>{words.where_change}</Button>
        </Box>
      )}
      {there.problem && <Trouble problem={there.problem} onAgain={there.reload} />}
      {there.busy && <Skeleton />}
      {(choosing || (waiting && !there.busy)) && <Where onChosen={() => setChoosing(false)} />}
      <Field id="nearby-q" label={words.search}>
        {(tied) => (
          <TextBox {...tied} kind="search" value={typed} hint={words.search_hint} most={40} onText={(text) => {
            setTyped(text);
            if (text.trim() === "") change({ q: "" });
          }} onDone={() => change({ q: typed.trim() })} />
        )}
      </Field>
      <Field id="nearby-category" label={words.category}>
        {(tied) => <Pick {...tied} value={filters.category} none={words.category_all} options={categories.options} onPick={(category) => change({ category })} />}
      </Field>
      <Box className="chips" role="group" label={words.category}>
        <Chip on={filters.open_now} onPress={() => change({ open_now: !filters.open_now })}>{words.open_now}</Chip>
        <Chip on={filters.inclusive} onPress={() => change({ inclusive: !filters.inclusive })}>{words.inclusive}</Chip>
        <Chip on={filters.places} onPress={() => change({ places: !filters.places })}>{words.with_places}</Chip>
      </Box>
      {!waiting && (found.items?.length ?? 0) > 0 && <Button wide symbol="near" expanded={mapped} onPress={() => setMapped(!mapped)}>{mapped ? words.map_hide : words.map_show}</Button>}
      {!waiting && mapped && <MapSection facilities={found.items ?? []} where={where} category={categories.label} />}
      {!waiting && (
        <List
          pages={found} label={words.list} keyOf={(each) => each.id} row={(each) => <FacilityCard facility={each} category={categories.label(each.category)} />}
          empty={<Empty text={words.empty}>{filtered && <Button onPress={() => setFilters({ ...NONE, q: filters.q })}>{words.empty_filters}</Button>}</Empty>}
        />
      )}
    </Page>
  );
}
