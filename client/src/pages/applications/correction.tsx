import { type Schemas } from "@/api";
import words from "@/text/zh_CN/applications.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Field, Tag } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { useArrived } from "@/ui/photos";
import { Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { useWhom } from "@/ui/whom";
import { type Application } from "./draft";
import { Papers } from "./papers";

const NOTHING = { text: "" };

interface CorrectionProps {
  application: Application;
  programme: Schemas["ProgrammeDetail"];
  onChanged: () => Promise<void>;
}

/** What the office asked for, paper by paper: a file, or words where there is none; then it is handed in again. */
export function Correction({ application, programme, onChanged }: CorrectionProps) {
  const path = { application_id: application.id };
  const { api, may, way } = useWhom();
  const steps = useAnswer(() => api.get("/applications/{application_id}/correction", { path }), [application.version]);
  const doing = useDoing();
  useArrived(application.id, onChanged);
  const submit = () =>
    doing.run(async () => {
      await api.post("/applications/{application_id}/submit", { path, intent: `application.submit.${application.id}.${application.version}` });
      await onChanged();
    });
  const answer = (paper: string, text: string) =>
    doing.run(async () => {
      await api.put("/applications/{application_id}/correction/{paper}", { path: { ...path, paper }, body: { version: application.version, text } });
      await onChanged();
    });
  if (!steps.data) return steps.problem ? <Trouble problem={steps.problem} onAgain={steps.reload} /> : <Skeleton rows={2} />;
  const reason = application.correction?.reason;
  const left = steps.data.items.some((each) => each.answered === null);
  return (
    <Card title={words.correction}>
      {typeof reason === "string" && <Words as="p" className="item-name">{reason}</Words>}
      {doing.problem && <Trouble problem={doing.problem} />}
      {steps.data.items.map((each) => (
        <Box key={each.paper} className="stack">
          <Box className="row"><Words as="b">{each.label}</Words><Tag look={each.answered ? "good" : "calm"}>{each.answered ? words.correction_answered : words.correction_open}</Tag></Box>
          {each.remark && <Words as="p">{each.remark}</Words>}
          <Papers application={application} kinds={programme.papers.filter((kind) => kind.token === each.paper)} onChanged={onChanged} />
          {!each.answered && may("papers") && <InWords application={application.id} paper={each.paper} busy={doing.busy} onSend={(text) => answer(each.paper, text)} />}
        </Box>
      ))}
      {left && <Words as="p" className="soft small">{words.correction_left}</Words>}
      <Box className="row fill">
        {may("draft") && <Button wide onPress={() => go(pages.form, { id: application.id, ...way })}>{words.correction_edit}</Button>}
        {may("submit") && <Button main wide busy={doing.busy || steps.busy} disabled={left} onPress={submit}>{words.correction_submit}</Button>}
      </Box>
      {!may("submit") && <Words as="p">{whose.not_submit}</Words>}
    </Card>
  );
}

function InWords({ application, paper, busy, onSend }: { application: string; paper: string; busy: boolean; onSend: (text: string) => Promise<boolean> }) {
  const typed = useTyped(`words.${application}.${paper}`, NOTHING);
  const { text } = typed.value;
  const send = async () => {
    if (await onSend(text)) await typed.clear();
  };
  return (
    <Field id={`words-${paper}`} label={words.correction_words}>
      {(tied) => (
        <Box className="stack">
          <TextBox {...tied} lines={3} most={1000} value={text} onText={(now) => typed.change({ text: now })} />
          {text.trim() !== "" && <Button busy={busy} onPress={send}>{words.correction_send}</Button>}
        </Box>
      )}
    </Field>
  );
}
