import { useState } from "react";
import { open } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import { useAnswer } from "./answers";
import { Button, Field } from "./controls";
import { Box, Press, TextBox, Words } from "./elements";
import { Trouble } from "./states";

interface TownshipFieldProps {
  id: string;
  label: string;
  help: string;
  value: string;
  /** The name of what is chosen, where it is known. */
  name: string;
  fault?: string;
  required?: boolean;
  onTownship: (id: string, name: string) => void;
  /** Where it may also stay open. */
  onNone?: () => void;
}

/** A township by name, pinyin or initials. */
export function TownshipField({ id, label, help, value, name, fault, required, onTownship, onNone }: TownshipFieldProps) {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const found = useAnswer(() => open.get("/places", { query: { q: text, datum: "gcj02", limit: settings.places_found } }), [text], { wait: text === "" });
  const towns = found.data?.items.filter((each) => each.kind === "township") ?? [];
  return (
    <Box className="stack">
      <Field id={id} label={label} help={help} fault={fault} required={required}>
        {(tied) => <TextBox {...tied} kind="search" value={typed} hint={words.township_hint} most={20} onText={setTyped} />}
      </Field>
      {value !== "" && (
        <Box className="row between">
          <Words as="p" className="say" role="status">{fill(words.township_chosen, { name: name || value })}</Words>
          {onNone && <Button onPress={onNone}>{words.township_clear}</Button>}
        </Box>
      )}
      {text !== "" && found.problem && <Trouble problem={found.problem} onAgain={found.reload} />}
      {text !== "" && found.data && (
        <Box as="ul" className="stack" label={words.township}>
          {towns.map((each) => (
            <Box as="li" key={each.id}>
              <Press className="button quiet wide" onPress={() => {
                setTyped("");
                onTownship(each.id, `${each.district_name}${each.name}`);
              }}>
                <Words>{each.name}</Words> <Words className="soft small">{each.district_name}</Words>
              </Press>
            </Box>
          ))}
        </Box>
      )}
      {text !== "" && found.data && towns.length === 0 && <Words as="p" role="status">{fill(words.township_none, { text })}</Words>}
    </Box>
  );
}

interface FacilitiesFieldProps {
  id: string;
  label: string;
  help: string;
  category: string;
  most: number;
  value: readonly string[];
  fault?: string;
  required?: boolean;
  onFacilities: (ids: string[]) => void;
}

/** Some facilities of a kind, in the order of one's wishes. */
export function FacilitiesField({ id, label, help, category, most, value, fault, required, onFacilities }: FacilitiesFieldProps) {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const found = useAnswer(() => open.get("/facilities", { query: { q: text, category: [category], limit: settings.places_found, datum: "gcj02" } }), [text], { wait: text === "" });
  const names = useAnswer(() => Promise.all(value.map((each) => open.get("/facilities/{facility_id}", { path: { facility_id: each }, query: {} }))), [value.join(" ")]);
  const nameOf = (each: string) => names.data?.find((one) => one.id === each)?.name ?? "…";
  const full = value.length >= most;
  return (
    <Box className="stack">
      <Field id={id} label={label} help={help} fault={fault} required={required}>
        {(tied) => <TextBox {...tied} kind="search" value={typed} hint={full ? fill(words.facility_most, { n: most }) : words.facility_hint} disabled={full} most={40} onText={setTyped} />}
      </Field>
      {value.length > 0 && (
        <Box as="ul" className="lines card" label={label}>
          {value.map((each, at) => (
            <Box as="li" key={each} className="row between">
              <Words>{fill(words.facility_chosen, { n: at + 1 })}：{nameOf(each)}</Words>
              <Box className="row">
                {at > 0 && <Button label={fill(words.facility_up, { name: nameOf(each) })} onPress={() => onFacilities(moved(value, at))}>{words.up}</Button>}
                <Button label={fill(words.facility_remove, { name: nameOf(each) })} onPress={() => onFacilities(value.filter((one) => one !== each))}>{words.remove}</Button>
              </Box>
            </Box>
          ))}
        </Box>
      )}
      {text !== "" && found.problem && <Trouble problem={found.problem} onAgain={found.reload} />}
      {text !== "" && !full && found.data && (
        <Box as="ul" className="lines card" label={words.facility_hint}>
          {found.data.items.filter((each) => !value.includes(each.id)).map((each) => (
            <Box as="li" key={each.id} className="row between">
              <Words>{each.name}</Words>
              <Button label={fill(words.facility_add, { name: each.name })} onPress={() => {
                setTyped("");
                onFacilities([...value, each.id]);
              }}>{words.choose_it}</Button>
            </Box>
          ))}
        </Box>
      )}
      {text !== "" && found.data?.items.length === 0 && <Words as="p" role="status">{fill(words.facility_none, { text })}</Words>}
    </Box>
  );
}

function moved(value: readonly string[], at: number): string[] {
  const next = [...value];
  [next[at - 1], next[at]] = [next[at]!, next[at - 1]!];
  return next;
}
