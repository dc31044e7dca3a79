import { useState } from "react";
import { open, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button } from "@/ui/controls";
import { Declare } from "@/ui/declare";
import { Box, Words } from "@/ui/elements";
import { NewChild } from "@/ui/new-child";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { useWhom } from "@/ui/whom";

const AGREE = "agree";

interface ChildFieldProps {
  label: string;
  help: string;
  value: string;
  fault?: string;
  required?: boolean;
  /** What is typed is kept under this name, such as the application's id. */
  keptAs: string;
  onChild: (child: Schemas["ChildShown"]) => void;
}

/** Which of the applicant's children; one that is not registered yet is registered here. */
export function ChildField({ label, help, value, fault, required, keptAs, onChild }: ChildFieldProps) {
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
      {making ? <NewChild keptAs={keptAs} onMade={made} onClose={() => setMaking(false)} /> : <Button onPress={() => setMaking(true)}>{words.child_new}</Button>}
    </Box>
  );
}

/** Real name and the agreements that a programme asks for; done once, and skipped where all is there. */
export function MyPart({ purposes, profile, onChanged }: { purposes: string[]; profile: Schemas["ResidentProfile"]; onChanged: (profile: Schemas["ResidentProfile"]) => void }) {
  const consents = useAnswer(() => open.get("/consents"), []);
  const doing = useDoing();
  if (!consents.data) return consents.problem ? <Trouble problem={consents.problem} onAgain={consents.reload} /> : <Skeleton />;
  const asked = consents.data.items.filter((each) => purposes.includes(each.purpose) && each.purpose !== "child");
  const holds = (purpose: string) => profile.consents.some((each) => each.purpose === purpose && each.holds);
  const agree = (purpose: string, version: number) =>
    doing.run(async () => onChanged(await own.post("/me/consents", { body: { purpose: purpose as Schemas["ConsentBody"]["purpose"], version, given: true }, intent: `consent.${purpose}.${version}` })));
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
        <Box className="card"><Declare me={profile} onMe={onChanged} /></Box>
      )}
    </Box>
  );
}

/** Whether real name and agreements are there. */
export function myPartDone(purposes: string[], profile: Schemas["ResidentProfile"]): boolean {
  const needed = purposes.filter((each) => each !== "child");
  return needed.every((purpose) => profile.consents.some((each) => each.purpose === purpose && each.holds)) && (!needed.includes("identity") || profile.identity !== null);
}
