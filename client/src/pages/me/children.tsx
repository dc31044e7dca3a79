import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { open, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { ConsentText } from "@/ui/consent";
import { Button, Card, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { CHILD_KINDS, NOBODY, Person, personBody } from "@/ui/person";
import { Choose } from "@/ui/question";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { Tick } from "@/ui/tick";
import { useTyped } from "@/ui/typed";
import { Acting, For, nameOf, useWhom } from "@/ui/whom";
import { IdentityFirst } from "./identity-first";
import "./me.css";

type Me = Schemas["ResidentProfile"];
type Child = Schemas["ChildShown"];
const CHILD = "child";
const RELATIONS = Object.entries(words.children.relations).map(([token, title]) => ({ const: token, title }));

export default function Children() {
  const { params } = useRouter();
  if (params.for) return <For id={params.for} title={words.children.list}><Theirs /></For>;
  return (
    <Page title={words.children.title}>
      <Words as="p" className="soft">{words.children.text}</Words>
      <Own><Mine /></Own>
    </Page>
  );
}

function Mine() {
  const asked = useAnswer(() => own.get("/me"), [], { again: true });
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState("");
  const me = asked.data;
  if (!me) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  if (!me.identity) return <IdentityFirst />;
  const done = async (name: string) => {
    setAdded(name);
    setAdding(false);
    await asked.reload();
  };
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {added !== "" && <Words as="p" className="say" role="status">{fill(words.children.added, { name: added })}</Words>}
      {me.children.length === 0 && !adding && <Empty text={words.children.none} />}
      {me.children.length > 0 && (
        <Box as="ul" className="list" label={words.children.list}>
          {me.children.map((each) => <Box as="li" key={each.id} className="list-row"><One child={each} onGone={asked.reload} /></Box>)}
        </Box>
      )}
      {adding ? <Add me={me} onDone={done} /> : <Button main wide onPress={() => setAdding(true)}>{words.children.add}</Button>}
    </>
  );
}

/** Of somebody who has authorised this: seen and registered, never removed; the guardian's consent lies in the authorisation. */
function Theirs() {
  const { api, proxy, may } = useWhom();
  const name = nameOf(proxy);
  const asked = useAnswer(() => api.get("/me/children"), [], { again: true, wait: !may(CHILD) });
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState("");
  const done = async (child: string) => {
    setAdded(child);
    setAdding(false);
    await asked.reload();
  };
  const items = asked.data?.items ?? [];
  return (
    <Page title={words.children.list} onRefresh={asked.reload}>
      <Acting />
      {!may(CHILD) && <Words as="p" role="status">{words.children.not_child}</Words>}
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {asked.busy && !asked.data && <Skeleton />}
      {added !== "" && <Words as="p" className="say" role="status">{fill(words.children.added, { name: added })}</Words>}
      {asked.data && <Words as="p" className="soft">{fill(words.children.theirs_text, { name })}</Words>}
      {asked.data && items.length === 0 && !adding && <Empty text={words.children.theirs_none} />}
      {items.length > 0 && (
        <Box as="ul" className="list" label={words.children.list}>
          {items.map((each) => <Box as="li" key={each.id} className="list-row"><Told child={each} relation={fill(words.children.theirs_relation, { name })} /></Box>)}
        </Box>
      )}
      {asked.data && (adding ? <AddTheirs name={name} onDone={done} /> : <Button main wide onPress={() => setAdding(true)}>{words.children.add}</Button>)}
    </Page>
  );
}

function Told({ child, relation = words.children.relation }: { child: Child; relation?: string }) {
  return (
    <>
      <Words as="h2">{child.name}</Words>
      <Facts lines={[[relation, child.relation_label], [words.birth_date, child.birth_date], [words.id_number, child.id_number]]} />
    </>
  );
}

function One({ child, onGone }: { child: Child; onGone: () => Promise<void> }) {
  const doing = useDoing();
  const remove = () => doing.run(async () => {
    await own.delete("/me/children/{child_id}", { path: { child_id: child.id } });
    await onGone();
  });
  return (
    <Box className="stack">
      <Told child={child} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={onGone} />}
      <Sure label={words.children.remove} question={fill(words.children.remove_text, { name: child.name })} yes={words.children.remove_yes} no={words.no} danger busy={doing.busy} onYes={remove} />
    </Box>
  );
}

/** The guardian's consent stands above the form; sending it is the consent (PIPL article 31). */
function Add({ me, onDone }: { me: Me; onDone: (name: string) => Promise<void> }) {
  const texts = useAnswer(() => open.get("/consents"), []);
  const typed = useTyped(`${me.id}.child`, NOBODY);
  const [relation, setRelation] = useState("");
  const [agreed, setAgreed] = useState(false);
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const text = texts.data?.items.find((each) => each.purpose === CHILD);
  if (!text) return texts.problem ? <Trouble problem={texts.problem} onAgain={texts.reload} /> : <Skeleton rows={2} />;
  const add = () => {
    setEarly(!agreed || relation === "");
    if (!agreed || relation === "") return undefined;
    return doing.run(async () => {
      const body = { ...personBody(typed.value), relation: relation as Child["relation"], consent_version: text.current };
      const child = await own.post("/me/children", { body, intent: "me.child.add" });
      await typed.clear();
      await onDone(child.name);
    });
  };
  return (
    <Card title={words.children.add}>
      <ConsentText texts={text} />
      <Tick on={agreed} onTick={setAgreed}>{words.children.agree}</Tick>
      {early && !agreed && <Words as="p" className="fault" role="alert">{words.children.agree_first}</Words>}
      <Person id="child" typed={typed} kinds={CHILD_KINDS} problem={doing.problem} nameLabel={words.children.name} />
      <Choose id="child-relation" label={words.children.relation} required options={RELATIONS} chosen={[relation]} onChosen={([one]) => setRelation(one ?? "")} fault={early && relation === "" ? words.choose : undefined} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Button main wide busy={doing.busy} onPress={add}>{words.children.add}</Button>
    </Card>
  );
}

function AddTheirs({ name, onDone }: { name: string; onDone: (child: string) => Promise<void> }) {
  const { api, proxy } = useWhom();
  const typed = useTyped(`${proxy?.id ?? ""}.child`, NOBODY);
  const [relation, setRelation] = useState("");
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const add = () => {
    setEarly(relation === "");
    if (relation === "") return undefined;
    return doing.run(async () => {
      const body = { ...personBody(typed.value), relation: relation as Child["relation"] };
      const child = await api.post("/me/children", { body, intent: "me.child.add" });
      await typed.clear();
      await onDone(child.name);
    });
  };
  return (
    <Card title={words.children.add}>
      <Words as="p">{words.children.theirs_consent}</Words>
      <Person id="child" typed={typed} kinds={CHILD_KINDS} problem={doing.problem} nameLabel={words.children.name} />
      <Choose id="child-relation" label={fill(words.children.theirs_relation, { name })} required options={RELATIONS} chosen={[relation]} onChosen={([one]) => setRelation(one ?? "")} fault={early && relation === "" ? words.choose : undefined} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Button main wide busy={doing.busy} onPress={add}>{words.children.add}</Button>
    </Card>
  );
}
