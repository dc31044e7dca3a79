import { useState } from "react";
import { open } from "@/api";
import { platform } from "@/platform/current";
import { NoPosition } from "@/platform/types";
import settings from "@/settings.json";
import { choosePlace, MAP_DATUM } from "@/state/place";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { useAnswer } from "@/ui/answers";
import { Button, Field } from "@/ui/controls";
import { Box, Press, TextBox, Words } from "@/ui/elements";
import { Trouble } from "@/ui/states";

/** Choose from where to look: the phone's position, or a township by hand. */
export function Where({ onChosen }: { onChosen: () => void }) {
  const [asked, setAsked] = useState("");
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const text = asked.trim();
  const found = useAnswer(() => open.get("/places", { query: { q: text, datum: MAP_DATUM, limit: settings.places_found } }), [text], { wait: text === "" });
  const here = async () => {
    setBusy(true);
    try {
      await choosePlace({ point: await platform().locate(), name: words.where_here, byHand: false });
      onChosen();
    } catch (fault) {
      if (!(fault instanceof NoPosition)) throw fault;
      setFailed(true);
    } finally {
      setBusy(false);
    }
  };
  const pick = async (point: { latitude: number; longitude: number; datum: "wgs84" | "gcj02" | "bd09" }, name: string) => {
    await choosePlace({ point, name, byHand: true });
    onChosen();
  };
  return (
    <Box as="section" className="card" label={words.where}>
      <Button main wide symbol="near" busy={busy} onPress={here}>{words.use_position}</Button>
      <Words as="p" className="soft small">{words.use_position_about}</Words>
      {failed && <Words as="p" className="fault" role="alert">{words.position_failed}</Words>}
      <Field id="where-by-hand" label={words.by_hand}>
        {(tied) => <TextBox {...tied} kind="search" value={asked} onText={setAsked} hint={words.by_hand_hint} most={20} />}
      </Field>
      {text !== "" && found.problem && <Trouble problem={found.problem} onAgain={found.reload} />}
      {text !== "" && found.data && (
        <Box as="ul" className="stack" label={words.by_hand} live="polite">
          {found.data.items.map((each) => (
            <Box as="li" key={each.id}>
              <Press className="button quiet wide" onPress={() => pick(each.location, each.name)}>
                <Words>{each.name}</Words> <Words className="soft small">{each.kind === "township" ? each.district_name : ""}</Words>
              </Press>
            </Box>
          ))}
        </Box>
      )}
      {text !== "" && found.data?.items.length === 0 && !found.busy && <Words as="p" role="status">{fill(words.by_hand_none, { text })}</Words>}
    </Box>
  );
}
