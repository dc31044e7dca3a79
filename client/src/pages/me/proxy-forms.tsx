import { useState } from "react";
import { now, open, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { type ConsentTexts, ConsentText } from "@/ui/consent";
import { Choose } from "@/ui/question";
import { Button, Card, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { NOBODY, Person } from "@/ui/person";
import { Skeleton, Trouble } from "@/ui/states";
import { TownshipField } from "@/ui/place-fields";
import { Tick } from "@/ui/tick";
import { useTyped } from "@/ui/typed";
import { moment } from "@/words";
import { IdentityFirst } from "./identity-first";

type Action = keyof typeof words.proxies.action;
type Relation = keyof typeof words.proxies.relations;
type Me = Schemas["ResidentProfile"];
const listed = (labels: Record<string, string>) => Object.entries(labels).map(([token, title]) => ({ const: token, title }));
const RELATIONS = Object.entries(words.proxies.relations).map(([value, label]) => ({ value, label }));
const ACTIONS = listed(words.proxies.action);
const DAYS = listed(words.proxies.day_choices);
const USUAL: Action[] = ["draft", "papers", "submit"];
const YEAR = "365";
const CHILD = "child";

interface Scope {
  relation: string;
  actions: string[];
  days: string;
}

function useScope() {
  const [scope, setScope] = useState<Scope>({ relation: "", actions: USUAL, days: YEAR });
  const [early, setEarly] = useState(false);
  const complete = scope.relation !== "" && scope.actions.length > 0;
  const body = { relation: scope.relation as Relation, actions: scope.actions as Action[], programmes: [], days: Number(scope.days) };
  return { scope, change: (some: Partial<Scope>) => setScope({ ...scope, ...some }), early, complete, body, check: () => setEarly(!complete) };
}

/** Who the other one is, what may be done, and for how long. */
function ScopeFields({ id, label, told }: { id: string; label: string; told: ReturnType<typeof useScope> }) {
  const { scope, change, early } = told;
  return (
    <>
      <Field id={`${id}-relation`} label={label} required fault={early && scope.relation === "" ? words.choose : undefined}>
        {(tied) => <Pick {...tied} value={scope.relation} none={words.choose} options={RELATIONS} onPick={(relation) => change({ relation })} />}
      </Field>
      <Choose id={`${id}-actions`} label={words.proxies.actions} many required options={ACTIONS} chosen={scope.actions} onChosen={(actions) => change({ actions })} fault={early && scope.actions.length === 0 ? words.proxies.actions_least : undefined} />
      <Choose id={`${id}-days`} label={words.proxies.days} options={DAYS} chosen={[scope.days]} onChosen={([days]) => change({ days: days ?? YEAR })} />
    </>
  );
}

/** Nobody else consents for a guardian (PIPL article 31): it is done here, or a proxy has nothing to do with children. */
function ChildConsent({ agreed, early, onAgreed, onTexts }: { agreed: boolean; early: boolean; onAgreed: (agreed: boolean) => void; onTexts: (texts: ConsentTexts) => void }) {
  const asked = useAnswer(async () => {
    const texts = (await open.get("/consents")).items.find((each) => each.purpose === CHILD) ?? null;
    if (texts) onTexts(texts);
    return texts;
  }, []);
  if (!asked.data) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton rows={2} />;
  return (
    <Box className="card raised">
      <Words as="p">{words.proxies.child_consent}</Words>
      <ConsentText texts={asked.data} />
      <Tick on={agreed} onTick={onAgreed}>{words.proxies.child_agree}</Tick>
      {early && !agreed && <Words as="p" className="fault" role="alert">{words.proxies.child_agree_first}</Words>}
    </Box>
  );
}

/** Authorise somebody: a code that is handed over. */
export function Offer({ onDone }: { onDone: () => Promise<void> }) {
  const [shown, setShown] = useState(false);
  const [code, setCode] = useState<Schemas["ProxyOffered"] | null>(null);
  const [agreed, setAgreed] = useState(false);
  const [texts, setTexts] = useState<ConsentTexts | null>(null);
  const told = useScope();
  const doing = useDoing();
  const children = told.scope.actions.includes(CHILD);
  const [early, setEarly] = useState(false);
  const offer = () => {
    told.check();
    setEarly(children && !agreed);
    if (children && (!agreed || texts === null)) return undefined;
    return told.complete && doing.run(async () => {
      const body = { ...told.body, child_consent_version: children ? texts?.current : undefined };
      setCode(await own.post("/me/proxies", { body, intent: "proxy.offer" }));
      setShown(false);
      setAgreed(false);
      await onDone();
    });
  };
  if (code) {
    return (
      <Card title={words.proxies.code}>
        <Words as="p" className="code-long">{code.code}</Words>
        <Words as="p" role="status">{fill(words.proxies.code_text, { until: moment(code.code_expires_at, now()) })}</Words>
        <Button onPress={() => setCode(null)}>{words.proxies.code_done}</Button>
      </Card>
    );
  }
  if (!shown) return <Button main wide onPress={() => setShown(true)}>{words.proxies.offer}</Button>;
  return (
    <Card title={words.proxies.offer}>
      <ScopeFields id="offer" label={words.proxies.relation} told={told} />
      {children && <ChildConsent agreed={agreed} early={early} onAgreed={setAgreed} onTexts={setTexts} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={offer} />}
      <Button main wide busy={doing.busy} onPress={offer}>{words.proxies.offer_do}</Button>
      <Button wide onPress={() => setShown(false)}>{words.close}</Button>
    </Card>
  );
}

export function Accept({ me, onDone }: { me: Me; onDone: () => Promise<void> }) {
  const [shown, setShown] = useState(false);
  const [code, setCode] = useState("");
  const [done, setDone] = useState(false);
  const doing = useDoing();
  const accept = () => doing.run(async () => {
    await own.post("/me/principals", { body: { code: code.trim() }, intent: "proxy.accept" });
    setCode("");
    setShown(false);
    setDone(true);
    await onDone();
  });
  if (!shown) {
    return (
      <>
        {done && <Words as="p" className="say" role="status">{words.proxies.accepted}</Words>}
        <Button wide onPress={() => setShown(true)}>{words.proxies.accept}</Button>
      </>
    );
  }
  if (!me.identity) return <IdentityFirst />;
  return (
    <Card title={words.proxies.accept}>
      <Field id="accept-code" label={words.proxies.accept_code} help={words.proxies.accept_help} fault={doing.problem?.of("code")} required>
        {(tied) => <TextBox {...tied} value={code} most={40} onText={setCode} />}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={accept} />}
      <Button main wide busy={doing.busy} disabled={code.trim() === ""} onPress={accept}>{words.proxies.accept_do}</Button>
      <Button wide onPress={() => setShown(false)}>{words.close}</Button>
    </Card>
  );
}

/** For somebody without a telephone, who signs a paper. */
export function Paper({ me, onDone }: { me: Me; onDone: () => Promise<void> }) {
  const [shown, setShown] = useState(false);
  const [township, setTownship] = useState({ id: "", name: "" });
  const typed = useTyped(`${me.id}.principal`, NOBODY);
  const told = useScope();
  const doing = useDoing();
  const request = () => {
    told.check();
    return told.complete && doing.run(async () => {
      const { name, id_number, id_kind } = typed.value;
      const body = { ...told.body, name, id_number, id_kind: id_kind as "resident_id_card", township_id: township.id };
      await own.post("/me/principals/requests", { body, intent: "proxy.request" });
      await typed.clear();
      setShown(false);
      await onDone();
    });
  };
  if (!shown) return <Button wide onPress={() => setShown(true)}>{words.proxies.paper}</Button>;
  return (
    <Card title={words.proxies.paper}>
      <Words as="p">{words.proxies.paper_text}</Words>
      <Person id="principal" typed={typed} kinds={["resident_id_card", "hmt_residence_permit"]} problem={doing.problem} nameLabel={words.proxies.paper_name} />
      <TownshipField id="principal-township" label={words.township} help={words.identity.township_help} required value={township.id} name={township.name} fault={doing.problem?.of("township_id")} onTownship={(id, name) => setTownship({ id, name })} />
      <ScopeFields id="principal" label={words.proxies.relation_paper} told={told} />
      {told.scope.actions.includes(CHILD) && <Words as="p" role="status">{words.proxies.child_on_paper}</Words>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={request} />}
      <Button main wide busy={doing.busy} disabled={township.id === ""} onPress={request}>{words.proxies.paper_do}</Button>
      <Button wide onPress={() => setShown(false)}>{words.close}</Button>
    </Card>
  );
}
