import { useState } from "react";
import { open } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/visitor.json";
import { useDoing, useKept } from "@/ui/answers";
import { Card, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { useFirstFault } from "@/ui/first-fault";
import { Choose } from "@/ui/question";
import { Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { useTyped } from "@/ui/typed";
import { type Draft, EMPTY, faultsOf, type Need, NO, type Outcome, pointsFor, reportOf, SEEN, YES } from "./draft";
import { type Checklist, type Stop, work } from "./workday";

const said = words.report;
const YES_NO = [{ const: YES, title: said.yes }, { const: NO, title: said.no }];
const OUTCOMES = Object.entries(words.outcomes).map(([token, title]) => ({ const: token, title }));
// Of what is no point of the checklist.
const FIELDS: Readonly<Record<string, string>> = { outcome: "outcome", programme: "need-which" };
const NOTES_MOST = 2000;
const NEED_MOST = 500;
type Change = (some: Partial<Draft>) => void;

/** What was found at a stop. It is noted on the phone at once, and sent when there is a network. */
export function ReportForm({ stop, owner, checklist }: { stop: Stop; owner: string; checklist: Checklist }) {
  // A planned visit has another id once the product has heard of it; the person stays the same.
  const { value: draft, change, clear } = useTyped<Draft>(`visitor.draft.${owner}.${stop.booked ? stop.id : stop.elder_id}`, EMPTY);
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  const points = pointsFor(checklist, stop);
  const faults = faultsOf(draft, points);
  const shown = asked ? faults : {};
  const whole = Object.keys(faults).length === 0;
  const showFault = useFirstFault(Object.keys(faults).map((each) => FIELDS[each] ?? `point-${each}`));
  const submit = async () => {
    const report = reportOf(draft, points);
    if (report === null) return;
    await doing.run(async () => {
      await work.note({ kind: "complete", stop, report });
      await clear();
    });
  };
  return (
    <Card title={said.title}>
      <Words as="p" className="soft small">{said.kept}</Words>
      <Choose
        id="outcome" label={said.outcome} required fault={shown.outcome} options={OUTCOMES} chosen={draft.outcome ? [draft.outcome] : []}
        onChosen={([one]) => change({ outcome: (one ?? null) as Outcome | null })}
      />
      {draft.outcome === "emergency" && <Box className="say" role="alert">{words.emergency}</Box>}
      {SEEN.includes(draft.outcome) && <Points points={points} draft={draft} change={change} faults={shown} />}
      <Field id="visit-notes" label={said.notes} help={said.notes_help}>
        {(tied) => <TextBox {...tied} lines={3} most={NOTES_MOST} value={draft.notes} onText={(notes) => change({ notes })} />}
      </Field>
      {SEEN.includes(draft.outcome) && <Needs checklist={checklist} draft={draft} change={change} fault={shown.programme} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={submit} />}
      {asked && !whole && <Words as="p" className="fault" role="alert">{said.fault}</Words>}
      <Submit whole={whole} busy={doing.busy} outcome={draft.outcome} onAsked={() => { setAsked(true); showFault(); }} onYes={submit} />
    </Card>
  );
}

function Submit({ whole, busy, outcome, onAsked, onYes }: { whole: boolean; busy: boolean; outcome: Outcome | null; onAsked: () => void; onYes: () => Promise<void> }) {
  const question = fill(said.sure, { outcome: outcome ? words.outcomes[outcome] : "" });
  return <Sure main ready={whole} onNotReady={onAsked} busy={busy} label={said.submit} question={question} yes={said.sure_yes} no={said.sure_no} onYes={onYes} />;
}

function Points({ points, draft, change, faults }: { points: Checklist["items"]; draft: Draft; change: Change; faults: Record<string, string> }) {
  const answer = (token: string, value: string) => change({ answers: { ...draft.answers, [token]: value } });
  return (
    <Box as="section" className="stack" label={said.checklist}>
      <Words as="h3">{said.checklist}</Words>
      {points.map((point) => {
        const given = draft.answers[point.token] ?? "";
        const shared = { id: `point-${point.token}`, label: point.label, required: point.required, fault: faults[point.token] };
        if (point.kind === "number") {
          return (
            <Field key={point.token} {...shared} help={fill(said.number_help, { most: point.most ?? 0 })}>
              {(tied) => <TextBox {...tied} kind="number" most={4} value={given} onText={(text) => answer(point.token, text)} />}
            </Field>
          );
        }
        const options = point.kind === "yes_no" ? YES_NO : Object.entries(point.options).map(([token, title]) => ({ const: token, title }));
        return <Choose key={point.token} {...shared} options={options} chosen={given ? [given] : []} onChosen={([one]) => answer(point.token, one ?? "")} />;
      })}
    </Box>
  );
}

function Needs({ checklist, draft, change, fault }: { checklist: Checklist; draft: Draft; change: Change; fault?: string }) {
  const kinds = Object.entries(checklist.needs).map(([token, title]) => ({ const: token, title }));
  const put = (kind: string, some: Partial<Need>) => change({ needs: draft.needs.map((each) => (each.kind === kind ? { ...each, ...some } : each)) });
  const choose = (chosen: string[]) => change({ needs: chosen.map((kind) => draft.needs.find((each) => each.kind === kind) ?? { kind: kind as Need["kind"] }) });
  return (
    <Box as="section" className="stack" label={said.needs}>
      <Choose id="needs" many label={said.needs} help={said.needs_help} options={kinds} chosen={draft.needs.map((each) => each.kind)} onChosen={choose} />
      {draft.needs.map((need) => (
        <Box key={need.kind} className="stack">
          {need.kind === "programme" && <WhichProgramme chosen={need.programme ?? ""} fault={fault} onChosen={(programme) => put(need.kind, { programme })} />}
          <Field id={`need-${need.kind}`} label={`${checklist.needs[need.kind] ?? ""}：${said.need_note}`}>
            {(tied) => <TextBox {...tied} lines={2} most={NEED_MOST} value={need.note ?? ""} onText={(note) => put(need.kind, { note })} />}
          </Field>
        </Box>
      ))}
    </Box>
  );
}

function WhichProgramme({ chosen, fault, onChosen }: { chosen: string; fault?: string; onChosen: (token: string) => void }) {
  const { data } = useKept(() => open.kept("programmes", "/programmes"), []);
  const options = (data?.items ?? []).map((each) => ({ value: each.token, label: each.label }));
  return (
    <Field id="need-which" label={said.need_programme} required fault={fault}>
      {(tied) => <Pick {...tied} value={chosen} none={said.need_programme_none} options={options} onPick={onChosen} />}
    </Field>
  );
}
