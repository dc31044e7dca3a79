import { useState } from "react";
import { open, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { useWhom } from "@/ui/whom";

const RELATIONS = Object.entries(words.relations).map(([value, label]) => ({ value, label }));
const AGREE = "agree";

interface ChildFieldProps {
  label: string;
  help: string;
  value: string;
  fault?: string;
  required?: boolean;
  onChild: (child: Schemas["ChildShown"]) => void;
}

/** Which of the applicant's children; one that is not registered yet is registered here. */
export function ChildField({ label, help, value, fault, required, onChild }: ChildFieldProps) {
  const { api, may } = useWhom();
  const mine = useAnswer(() => api.get("/me/children"), [], { wait: !may("child") });
  const [making, setMaking] = useState(false);
  const made = async (child: Schemas["ChildShown"]) => {
    setMaking(false);
    await mine.reload();
    onChild(child);
  };
  if (!may("child")) return <Words as="p" role="status">{whose.not_child}</Words>;
  if (!mine.data) return mine.problem ? <Trouble problem={mine.problem} onAgain={mine.reload} /> : <Skeleton rows={1} />;
  const options = mine.data.items.map((each) => ({ const: each.id, title: `${each.name}，${each.birth_date}` }));
  return (
    <Box className="stack">
      <Choose id="q-child" label={label} help={mine.data.items.length ? help : words.child_none} fault={fault} required={required} options={options} chosen={value ? [value] : []}
        onChosen={([id]) => {
          const child = mine.data?.items.find((each) => each.id === id);
          if (child) onChild(child);
        }} />
      {making ? <NewChild onMade={made} onCancel={() => setMaking(false)} /> : <Button onPress={() => setMaking(true)}>{words.child_new}</Button>}
    </Box>
  );
}

function NewChild({ onMade, onCancel }: { onMade: (child: Schemas["ChildShown"]) => Promise<void>; onCancel: () => void }) {
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const [relation, setRelation] = useState("");
  const { api, proxy } = useWhom();
  const [agreed, setAgreed] = useState(proxy !== null);
  const consents = useAnswer(() => open.get("/consents"), []);
  const doing = useDoing();
  const consent = consents.data?.items.find((each) => each.purpose === "child");
  const text = consent?.versions.find((each) => each.version === consent.current)?.text ?? "";
  const add = () =>
    doing.run(async () => {
      const body = { name, id_number: number, id_kind: "resident_id_card" as const, relation: relation as Schemas["ChildBody"]["relation"], consent_version: proxy === null ? (consent?.current ?? 1) : undefined };
      await onMade(await api.post("/me/children", { body, intent: "child.register" }));
    });
  return (
    <Box className="card raised">
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Field id="new-child-name" label={words.child_name} required fault={doing.problem?.of("name")}>{(tied) => <TextBox {...tied} value={name} onText={setName} most={40} />}</Field>
      <Field id="new-child-number" label={words.child_id} required fault={doing.problem?.of("id_number")}>{(tied) => <TextBox {...tied} kind="id" value={number} onText={setNumber} most={18} />}</Field>
      <Field id="new-child-relation" label={proxy === null ? words.child_relation : whose.child_relation} required fault={doing.problem?.of("relation")}>{(tied) => <Pick {...tied} value={relation} none="—" options={RELATIONS} onPick={setRelation} />}</Field>
      {/* The guardian has agreed in the authorisation; nobody else can. */}
      {proxy !== null && <Words as="p" className="soft small">{whose.child_consent}</Words>}
      {proxy === null && <Words as="p" className="small consent-text">{text}</Words>}
      {proxy === null && <Choose id="new-child-agree" many label={words.consent} options={[{ const: AGREE, title: words.child_agree }]} chosen={agreed ? [AGREE] : []} onChosen={(now) => setAgreed(now.length > 0)} />}
      <Box className="row fill">
        <Button wide onPress={onCancel}>{words.cancel}</Button>
        <Button main wide busy={doing.busy} disabled={!agreed || !name || !number || !relation} onPress={add}>{words.add}</Button>
      </Box>
    </Box>
  );
}

/** Real name and the agreements that a programme asks for; done once, and skipped where all is there. */
export function MyPart({ purposes, profile, onChanged }: { purposes: string[]; profile: Schemas["ResidentProfile"]; onChanged: (profile: Schemas["ResidentProfile"]) => void }) {
  const consents = useAnswer(() => open.get("/consents"), []);
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const doing = useDoing();
  if (!consents.data) return consents.problem ? <Trouble problem={consents.problem} onAgain={consents.reload} /> : <Skeleton />;
  const asked = consents.data.items.filter((each) => purposes.includes(each.purpose) && each.purpose !== "child");
  const holds = (purpose: string) => profile.consents.some((each) => each.purpose === purpose && each.holds);
  const agree = (purpose: string, version: number) =>
    doing.run(async () => onChanged(await own.post("/me/consents", { body: { purpose: purpose as Schemas["ConsentBody"]["purpose"], version, given: true }, intent: `consent.${purpose}.${version}` })));
  // Declared once: where the answer was lost, what the product has tells whether it arrived.
  const declare = () =>
    doing.run(async () => {
      const before = doing.problem?.code === "no_answer" ? await own.get("/me") : null;
      onChanged(before?.identity ? before : await own.put("/me/identity", { body: { name, id_number: number, id_kind: "resident_id_card" } }));
    });
  return (
    <Box className="stack">
      <Words as="p" className="soft">{words.consents_lead}</Words>
      {doing.problem && <Trouble problem={doing.problem} />}
      {asked.map((each) => {
        const text = each.versions.find((version) => version.version === each.current);
        return (
          <Box key={each.purpose} className="card">
            <Words as="h2">{text?.title}</Words>
            <Words as="p" className="small consent-text">{text?.text}</Words>
            <Choose id={`consent-${each.purpose}`} many label={text?.title ?? ""} options={[{ const: AGREE, title: words.consent }]} chosen={holds(each.purpose) ? [AGREE] : []}
              onChosen={() => !holds(each.purpose) && void agree(each.purpose, each.current)} />
          </Box>
        );
      })}
      {profile.identity ? <Words as="p" role="status">{fill(words.identity_done, { name: profile.identity.name, number: profile.identity.id_number })}</Words> : holds("identity") && (
        <Box className="card">
          <Field id="me-name" label={words.name} help={words.name_help} required fault={doing.problem?.of("name")}>{(tied) => <TextBox {...tied} value={name} onText={setName} most={40} />}</Field>
          <Field id="me-number" label={words.id_number} help={words.id_number_help} required fault={doing.problem?.of("id_number")}>{(tied) => <TextBox {...tied} kind="id" value={number} onText={setNumber} most={18} />}</Field>
          <Button main busy={doing.busy} disabled={!name || !number} onPress={declare}>{words.steps.me}</Button>
        </Box>
      )}
    </Box>
  );
}

/** Whether real name and agreements are there. */
export function myPartDone(purposes: string[], profile: Schemas["ResidentProfile"]): boolean {
  const needed = purposes.filter((each) => each !== "child");
  return needed.every((purpose) => profile.consents.some((each) => each.purpose === purpose && each.holds)) && (!needed.includes("identity") || profile.identity !== null);
}
