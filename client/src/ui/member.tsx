import { useState } from "react";
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useDoing } from "./answers";
import { Button, Card, Field } from "./controls";
import { Pick, Words } from "./elements";
import { CHILD_KINDS, NOBODY, Person, personBody } from "./person";
import { Choose } from "./question";
import { Trouble } from "./states";
import { Tick } from "./tick";
import { useTyped } from "./typed";
import { useWhom } from "./whom";

type Relation = keyof typeof words.household.relations;
const RELATIONS = Object.entries(words.household.relations).map(([value, label]) => ({ value, label }));
const OTHER = "";
// Read only where somebody is named; a registered child brings their own.
const NOBODY_KIND = "resident_id_card" as const;
const CHILD = "child";

interface MemberProps {
  household: string;
  registered: readonly Schemas["ChildShown"][];
  onAdded: (household: Schemas["HouseholdShown"]) => void;
  onClose: () => void;
}

/** Add a member: a registered child, or somebody by name and number who agrees. */
export function NewMember({ household, registered, onAdded, onClose }: MemberProps) {
  const { api } = useWhom();
  const typed = useTyped(`${household}.member`, NOBODY);
  const [who, setWho] = useState(OTHER);
  const [relation, setRelation] = useState("");
  const [disabled, setDisabled] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const choices = [{ const: OTHER, title: words.household.other_person }, ...registered.map((each) => ({ const: each.id, title: fill(words.household.registered_child, { name: each.name }) }))];
  const add = () => {
    setEarly(!agreed || relation === "");
    if (!agreed || relation === "") return undefined;
    return doing.run(async () => {
      const person = who === OTHER ? personBody(typed.value) : { child_id: who, id_kind: NOBODY_KIND };
      const body = { ...person, relation: relation as Relation, disabled, agreed: true as const };
      const changed = await api.post("/me/household/members", { body, intent: "me.household.member" });
      await typed.clear();
      onAdded(changed);
    });
  };
  return (
    <Card title={words.household.member_add}>
      {registered.length > 0 && (
        <Choose id="member-who" label={words.household.who} options={choices} chosen={[who]} onChosen={([one]) => {
          setWho(one ?? OTHER);
          if (one) setRelation(CHILD);
        }} />
      )}
      {who === OTHER && <Person id="member" typed={typed} kinds={CHILD_KINDS} problem={doing.problem} nameLabel={words.name} />}
      <Field id="member-relation" label={words.household.relation} required fault={early && relation === "" ? words.choose : undefined}>
        {(tied) => <Pick {...tied} value={relation} none={words.choose} options={RELATIONS} onPick={setRelation} />}
      </Field>
      <Tick on={disabled} onTick={setDisabled}>{words.household.disabled}</Tick>
      <Tick on={agreed} onTick={setAgreed}>{words.household.agreed}</Tick>
      {early && !agreed && <Words as="p" className="fault" role="alert">{words.household.agreed_first}</Words>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Button main wide busy={doing.busy} onPress={add}>{words.add}</Button>
      <Button wide onPress={onClose}>{words.close}</Button>
    </Card>
  );
}
