import Taro, { useRouter } from "@tarojs/taro";
import { useEffect, useState } from "react";
import { open, own, Problem, type Schemas } from "@/api";
import settings from "@/settings.json";
import { takePrescreened } from "@/state/prescreened";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { focusOn } from "@/ui/focus";
import { type Form, steps, type Value } from "@/ui/form";
import { moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { useArrived } from "@/ui/photos";
import { Skeleton, Trouble } from "@/ui/states";
import { Acting, For, useWhom } from "@/ui/whom";
import { Check } from "./check";
import { answersOf, type Application, useDraft, write } from "./draft";
import { Fields } from "./fields";
import { Papers } from "./papers";
import { MyPart, myPartDone } from "./people-fields";
import "./applications.css";

const STEP = "form-step";

interface Loaded {
  application: Application;
  programme: Schemas["ProgrammeDetail"];
  /** null: it is another's, whose name and agreements are not for whoever acts for them. */
  profile: Schemas["ResidentProfile"] | null;
}

export default function ApplicationForm() {
  const { params } = useRouter();
  return <For id={params.for} title={words.title}><Opening id={params.id ?? ""} /></For>;
}

function Opening({ id }: { id: string }) {
  const { api, proxy } = useWhom();
  const loaded = useAnswer<Loaded>(async () => {
    const [application, profile] = await Promise.all([api.get("/applications/{application_id}", { path: { application_id: id } }), proxy ? null : own.get("/me")]);
    return { application, profile, programme: await open.get("/programmes/{token}", { path: { token: application.programme } }) };
  }, [id]);
  // What arrives while this is being read may be missing from it.
  useArrived(id, () => loaded.data === null && loaded.reload());
  if (!loaded.data) return <Page title={words.title}>{loaded.problem ? <Trouble problem={loaded.problem} onAgain={loaded.reload} /> : <Skeleton />}</Page>;
  return <Filling loaded={loaded.data} put={loaded.put} />;
}

function Filling({ loaded, put }: { loaded: Loaded; put: (loaded: Loaded) => void }) {
  const { application, programme, profile } = loaded;
  const form = programme.form as unknown as Form;
  const parts = steps(form, settings.questions_a_step);
  // Who has been here before begins at the questions.
  const all = parts.length + 3;
  const papersAt = all - 2;
  const { api, way, may } = useWhom();
  const mineDone = profile === null || myPartDone(programme.consents, profile);
  const [step, setStep] = useState(may("draft") ? (mineDone ? 1 : 0) : papersAt);
  const [names, setNames] = useState<Record<string, string>>({});
  const draft = useDraft(application.id);
  const doing = useDoing();
  const answers = answersOf(application);
  const update = (now: Application) => put({ ...loaded, application: now });
  const read = async () => update(await api.get("/applications/{application_id}", { path: { application_id: application.id } }));
  // Also where it arrives while another step is shown, as after a restart.
  useArrived(application.id, () => read().catch(() => undefined));
  useEffect(() => {
    for (const [name, value] of Object.entries(takePrescreened(application.programme))) if (answers[name] === undefined) draft.type(name, value);
    if (profile?.identity && answers.applicant_name === undefined && "applicant_name" in form.properties) draft.type("applicant_name", profile.identity.name);
  }, [application.id, profile?.identity]); // eslint-disable-line react-hooks/exhaustive-deps
  const to = (wanted: number) =>
    doing.run(async () => {
      if (Object.keys(draft.typed).length > 0) {
        update(await write(api, application, draft.typed));
        await draft.settle();
      }
      setStep(wanted);
      void Taro.pageScrollTo({ scrollTop: 0, duration: 0 });
    }).then((done) => done && focusOn(STEP));
  const submit = () =>
    doing.run(async () => {
      await api.post("/applications/{application_id}/submit", { path: { application_id: application.id }, intent: `application.submit.${application.id}.${application.version}` });
      await draft.settle();
      moveOn(pages.application, { id: application.id, done: "submitted", ...way });
    }).then((done) => (done ? undefined : read().catch(() => undefined)));
  const stepOf = (field: string) => {
    const name = field.replace(/^form\./, "");
    const at = parts.findIndex((part) => part.some(([each]) => each === name));
    return at < 0 ? papersAt : at + 1;
  };
  const title = step === 0 ? words.steps.me : step === papersAt ? words.steps.papers : step === all - 1 ? words.steps.check : words.steps.questions;
  const foot = (
    <>
      {step > 0 && <Button wide disabled={doing.busy} onPress={() => to(step - 1)}>{words.back}</Button>}
      {step < all - 1 && <Button main wide busy={doing.busy} disabled={step === 0 && !mineDone} onPress={() => to(step + 1)}>{words.next}</Button>}
      {step === all - 1 && may("submit") && <Button main wide busy={doing.busy} disabled={application.missing.length > 0} onPress={submit}>{words.submit}</Button>}
    </>
  );
  return (
    <Page title={programme.label} foot={foot}>
      <Acting />
      {!may("draft") && <Words as="p" role="status">{whose.not_draft}</Words>}
      {step === all - 1 && !may("submit") && <Words as="p" role="status">{whose.not_submit}</Words>}
      <Words as="p" id={STEP} className="steps" focusable>{fill(words.step, { n: step + 1, all, name: title })}</Words>
      {draft.restored && <Words as="p" className="say" role="status">{words.restored}</Words>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={step === all - 1 ? submit : () => to(step + 1)} />}
      {step === 0 && profile === null && <Words as="p" className="soft">{whose.identity}</Words>}
      {step === 0 && profile !== null && <MyPart purposes={programme.consents} profile={profile} onChanged={(now) => put({ ...loaded, profile: now })} />}
      {step > 0 && step < papersAt && (
        <Fields
          form={form} named={parts[step - 1] ?? []} application={application} names={names} onName={(id, name) => setNames({ ...names, [id]: name })}
          value={(name) => (name in draft.typed ? draft.typed[name] : (answers[name] as Value | undefined))} fault={(name) => (doing.problem instanceof Problem ? doing.problem.of(name) : "")}
          type={draft.type}
        />
      )}
      {step === papersAt && (
        <>
          <Words as="p" className="soft">{words.papers_lead}</Words>
          <Papers application={application} kinds={programme.papers} onChanged={read} />
        </>
      )}
      {step === all - 1 && <Check application={application} form={form} names={names} onStep={(field) => to(stepOf(field))} />}
    </Page>
  );
}
