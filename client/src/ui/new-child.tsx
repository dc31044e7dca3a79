import { useState } from "react";
import { open, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "./answers";
import { ConsentText } from "./consent";
import { Button, Card } from "./controls";
import { Words } from "./elements";
import { CHILD_KINDS, NOBODY, Person, type PersonTyped, personBody } from "./person";
import { Choose } from "./question";
import { Skeleton, Trouble } from "./states";
import { Tick } from "./tick";
import { useTyped } from "./typed";
import { nameOf, useWhom } from "./whom";

type Child = Schemas["ChildShown"];
const CHILD = "child";
const RELATIONS = Object.entries(words.children.relations).map(([token, title]) => ({ const: token, title }));
const NO_CHILD: PersonTyped & { relation: string } = { ...NOBODY, relation: "" };

interface NewChildProps {
  /** What is typed is kept under this name, such as the guardian's id. */
  keptAs: string;
  onMade: (child: Child) => Promise<void>;
  onClose?: () => void;
}

/**
 * Register a child. The guardian's consent stands above the form, and sending it is the consent (PIPL article 31); a
 * proxy sends none, for the guardian gave it in the authorisation and nobody else can.
 */
export function NewChild({ keptAs, onMade, onClose }: NewChildProps) {
  const { api, proxy } = useWhom();
  const texts = useAnswer(() => open.get("/consents"), [], { wait: proxy !== null });
  const typed = useTyped(`${keptAs}.child`, NO_CHILD);
  const [agreed, setAgreed] = useState(false);
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const text = texts.data?.items.find((each) => each.purpose === CHILD);
  if (proxy === null && !text) return texts.problem ? <Trouble problem={texts.problem} onAgain={texts.reload} /> : <Skeleton rows={2} />;
  const { relation } = typed.value;
  const may = (agreed || proxy !== null) && relation !== "";
  const add = () => {
    setEarly(!may);
    return may && doing.run(async () => {
      const body = { ...personBody(typed.value), relation: relation as Child["relation"], ...(proxy === null && { consent_version: text?.current }) };
      const child = await api.post("/me/children", { body, intent: "me.child.add" });
      await typed.clear();
      await onMade(child);
    });
  };
  return (
    <Card title={words.children.add}>
      {proxy === null && text ? (
        <>
          <ConsentText texts={text} />
          <Tick on={agreed} onTick={setAgreed}>{words.children.agree}</Tick>
          {early && !agreed && <Words as="p" className="fault" role="alert">{words.children.agree_first}</Words>}
        </>
      ) : <Words as="p">{words.children.theirs_consent}</Words>}
      <Person id="child" typed={typed} kinds={CHILD_KINDS} problem={doing.problem} nameLabel={words.children.name} />
      <Choose
        id="child-relation" label={proxy === null ? words.children.relation : fill(words.children.theirs_relation, { name: nameOf(proxy) })} required options={RELATIONS}
        chosen={relation ? [relation] : []} onChosen={([one]) => typed.change({ relation: one ?? "" })} fault={early && relation === "" ? words.choose : undefined}
      />
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Button main wide busy={doing.busy} onPress={add}>{words.children.add}</Button>
      {onClose && <Button wide onPress={onClose}>{words.close}</Button>}
    </Card>
  );
}
