import { useState } from "react";
import { now, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { Box, Press, Words } from "@/ui/elements";
import { clock, dayOfWeek, isoDay } from "@/words";
import "./visits.css";

const { book: words } = text;

type Slot = Schemas["SlotItem"];
const dayOf = (slot: Slot) => isoDay(Date.parse(slot.starts_at));

/** Free hours: first the day, then the hour. */
export function Hours({ slots, chosen, onChosen }: { slots: readonly Slot[]; chosen: string; onChosen: (id: string) => void }) {
  const days = [...new Set(slots.map(dayOf))];
  const present = slots.find((each) => each.id === chosen);
  const [picked, setPicked] = useState<string | null>(null);
  const shown = picked ?? (present ? dayOf(present) : days[0]);
  const said = (day: string) => dayOfWeek(`${day}T12:00:00+08:00`, now());
  return (
    <>
      <Box className="field" role="radiogroup" label={words.day}>
        <Words className="label">{words.day}</Words>
        <Box className="days">
          {days.map((day) => <Press key={day} role="radio" checked={day === shown} className={`chip ${day === shown ? "on" : ""}`} onPress={() => setPicked(day)}>{said(day)}</Press>)}
        </Box>
      </Box>
      <Box className="field" role="radiogroup" label={words.hour}>
        <Words className="label">{words.hour}</Words>
        <Box className="hours">
          {slots.filter((each) => dayOf(each) === shown).map((each) => {
            const facts = { day: said(dayOf(each)), from: clock(each.starts_at), to: clock(each.ends_at), n: each.free };
            return (
              <Press key={each.id} role="radio" checked={each.id === chosen} label={fill(words.hour_label, facts)} className={`choice hour ${each.id === chosen ? "on" : ""}`} onPress={() => onChosen(each.id)}>
                <Words>{`${facts.from}–${facts.to}`}</Words>
                <Words className="soft small">{fill(words.free, facts)}</Words>
              </Press>
            );
          })}
        </Box>
      </Box>
    </>
  );
}
