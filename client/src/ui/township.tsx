import { useState } from "react";
import { open } from "@/api";
import settings from "@/settings.json";
import { common, fill } from "@/text";
import { useAnswer } from "./answers";
import { Field } from "./controls";
import { Box, Press, TextBox, Words } from "./elements";
import { Trouble } from "./states";

interface TownshipProps {
  id: string;
  label: string;
  help?: string;
  /** The name of what is chosen, "" where nothing is. */
  name: string;
  fault?: string;
  required?: boolean;
  onTownship: (id: string, name: string) => void;
}

/** A township by name, pinyin or initials. */
export function Township({ id, label, help, name, fault, required, onTownship }: TownshipProps) {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const query = { q: text, datum: "gcj02" as const, limit: settings.places_found };
  const found = useAnswer(() => open.get("/places", { query }), [text], { wait: text === "" });
  const towns = found.data?.items.filter((each) => each.kind === "township") ?? [];
  return (
    <Box className="stack">
      <Field id={id} label={label} help={help} fault={fault} required={required}>
        {(tied) => <TextBox {...tied} kind="search" value={typed} hint={common.township.hint} most={20} onText={setTyped} />}
      </Field>
      {name !== "" && <Words as="p" className="say" role="status">{fill(common.township.chosen, { name })}</Words>}
      {text !== "" && found.problem && <Trouble problem={found.problem} onAgain={found.reload} />}
      {text !== "" && towns.length > 0 && (
        <Box as="ul" className="stack" label={common.township.found}>
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
      {text !== "" && found.data && !found.busy && towns.length === 0 && <Words as="p" role="status">{fill(common.township.none, { text })}</Words>}
    </Box>
  );
}
