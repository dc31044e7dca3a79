import { useState } from "react";
import { own, type Schemas } from "@/api";
import words from "@/text/zh_CN/applications.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Field, Tag } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Skeleton, Trouble } from "@/ui/states";
import { type Application } from "./draft";
import { Papers } from "./papers";

interface CorrectionProps {
  application: Application;
  programme: Schemas["ProgrammeDetail"];
  onChanged: () => Promise<void>;
}

/** What the office asked for, paper by paper: a file, or words where there is none; then it is handed in again. */
export function Correction({ application, programme, onChanged }: CorrectionProps) {
  const path = { application_id: application.id };
  const steps = useAnswer(() => own.get("/applications/{application_id}/correction", { path }), [application.version]);
  const doing = useDoing();
  const submit = () =>
    doing.run(async () => {
      await own.post("/applications/{application_id}/submit", { path, intent: `application.submit.${application.id}.${application.version}` });
      await onChanged();
    });
  const answer = (paper: string, text: string) =>
    doing.run(async () => {
      await own.put("/applications/{application_id}/correction/{paper}", { path: { ...path, paper }, body: { version: application.version, text } });
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
          {!each.answered && <InWords id={each.paper} busy={doing.busy} onSend={(text) => answer(each.paper, text)} />}
        </Box>
      ))}
      <Box className="row fill">
        <Button wide onPress={() => go(pages.form, { id: application.id })}>{words.correction_edit}</Button>
        <Button main wide busy={doing.busy || steps.busy} disabled={left} onPress={submit}>{words.correction_submit}</Button>
      </Box>
    </Card>
  );
}

function InWords({ id, busy, onSend }: { id: string; busy: boolean; onSend: (text: string) => unknown }) {
  const [text, setText] = useState("");
  return (
    <Field id={`words-${id}`} label={words.correction_words}>
      {(tied) => (
        <Box className="stack">
          <TextBox {...tied} lines={3} most={1000} value={text} onText={setText} />
          {text.trim() !== "" && <Button busy={busy} onPress={() => onSend(text)}>{words.correction_send}</Button>}
        </Box>
      )}
    </Field>
  );
}
