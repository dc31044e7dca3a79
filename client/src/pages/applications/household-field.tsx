import { useState } from "react";
import { type Schemas } from "@/api";
import { householdOf } from "@/state/household";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { useWhom } from "@/ui/whom";

type Household = Schemas["HouseholdShown"];
const SUPPORTS = Object.entries(words.supports).map(([value, label]) => ({ value, label }));
const RELATIONS = Object.entries(words.member_relations).map(([value, label]) => ({ value, label }));
const AGREE = "agree";

interface HouseholdFieldProps {
  label: string;
  help: string;
  value: string;
  fault?: string;
  required?: boolean;
  onHousehold: (id: string) => void;
}

/** The resident's household: registered here the first time, then the same for every programme. */
export function HouseholdField({ label, help, value, fault, required, onHousehold }: HouseholdFieldProps) {
  const [making, setMaking] = useState(required ?? false);
  const { api, may } = useWhom();
  const mine = useAnswer<Household | false>(async () => (await householdOf(api)) ?? false, []);
  if (mine.data === null) return mine.problem ? <Trouble problem={mine.problem} onAgain={mine.reload} /> : <Skeleton rows={1} />;
  const put = (household: Household) => {
    mine.put(household);
    onHousehold(household.id);
  };
  return (
    <Box className={`field ${fault ? "wrong" : ""}`} role="group" label={label}>
      <Box className="label">{label}</Box>
      <Words as="p" className="help">{mine.data ? help : words.household_none}</Words>
      {mine.data && <Known household={mine.data} chosen={value === mine.data.id} onChosen={onHousehold} onChanged={put} />}
      {!mine.data && !may("household") && <Words as="p">{whose.not_household}</Words>}
      {!mine.data && may("household") && (making ? <NewHousehold onMade={put} /> : <Button onPress={() => setMaking(true)}>{words.household_new}</Button>)}
      {fault && <Words as="p" className="fault" role="alert">{fault}</Words>}
    </Box>
  );
}

function Known({ household, chosen, onChosen, onChanged }: { household: Household; chosen: boolean; onChosen: (id: string) => void; onChanged: (household: Household) => void }) {
  const [adding, setAdding] = useState(false);
  const { may } = useWhom();
  return (
    <Box className="card">
      <Box as="ul" className="lines">
        {household.members.map((each) => <Box as="li" key={each.id}>{each.relation_label} · {each.name} · {each.id_number}</Box>)}
      </Box>
      {adding ? (
        <NewMember onMade={(now) => {
          setAdding(false);
          onChanged(now);
        }} onCancel={() => setAdding(false)} />
      ) : may("household") && <Button onPress={() => setAdding(true)}>{words.member_add}</Button>}
      {chosen ? <Words as="p" className="soft" role="status">{words.household_used}</Words> : <Button main onPress={() => onChosen(household.id)}>{words.household_use}</Button>}
    </Box>
  );
}

function NewHousehold({ onMade }: { onMade: (household: Household) => void }) {
  const [income, setIncome] = useState("");
  const [area, setArea] = useState("");
  const [support, setSupport] = useState("");
  const { api } = useWhom();
  const doing = useDoing();
  const make = () =>
    doing.run(async () => {
      const body = {
        ...(income && { yearly_income: Number(income) }), ...(area && { floor_area: Number(area) }), ...(support && { support: support as keyof typeof words.supports }),
      };
      onMade(await api.post("/me/household", { body, intent: "household.register" }));
    });
  return (
    <Box className="card">
      {doing.problem && <Trouble problem={doing.problem} onAgain={make} />}
      <Field id="household-income" label={words.household_income} fault={doing.problem?.of("yearly_income")}>{(tied) => <TextBox {...tied} kind="number" value={income} onText={setIncome} most={12} />}</Field>
      <Field id="household-area" label={words.household_area} fault={doing.problem?.of("floor_area")}>{(tied) => <TextBox {...tied} kind="decimal" value={area} onText={setArea} most={8} />}</Field>
      <Field id="household-support" label={words.household_support}>{(tied) => <Pick {...tied} value={support} none={words.support_none} options={SUPPORTS} onPick={setSupport} />}</Field>
      <Button main busy={doing.busy} onPress={make}>{words.household_new}</Button>
    </Box>
  );
}

function NewMember({ onMade, onCancel }: { onMade: (household: Household) => void; onCancel: () => void }) {
  const [relation, setRelation] = useState("");
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const [agreed, setAgreed] = useState(false);
  const { api } = useWhom();
  const doing = useDoing();
  const add = () =>
    doing.run(async () => {
      const body = { relation: relation as Schemas["MemberBody"]["relation"], name, id_number: number, agreed: true as const, disabled: false, id_kind: "resident_id_card" as const };
      onMade(await api.post("/me/household/members", { body, intent: "household.member" }));
    });
  return (
    <Box className="card raised">
      {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
      <Field id="member-relation" label={words.member_relation} required>{(tied) => <Pick {...tied} value={relation} none="—" options={RELATIONS} onPick={setRelation} />}</Field>
      <Field id="member-name" label={words.member_name} required fault={doing.problem?.of("name")}>{(tied) => <TextBox {...tied} value={name} onText={setName} most={40} />}</Field>
      <Field id="member-number" label={words.member_id} required fault={doing.problem?.of("id_number")}>{(tied) => <TextBox {...tied} kind="id" value={number} onText={setNumber} most={18} />}</Field>
      <Choose id="member-agree" many label={words.consent} options={[{ const: AGREE, title: words.member_agree }]} chosen={agreed ? [AGREE] : []} onChosen={(now) => setAgreed(now.length > 0)} />
      <Box className="row fill">
        <Button wide onPress={onCancel}>{words.cancel}</Button>
        <Button main wide busy={doing.busy} disabled={!agreed || !name || !number || !relation} onPress={add}>{words.add}</Button>
      </Box>
    </Box>
  );
}
