import { useState } from "react";
import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useDoing } from "@/ui/answers";
import { Button, Card, Facts, Field } from "@/ui/controls";
import { Pick, TextBox } from "@/ui/elements";
import { Trouble } from "@/ui/states";

type Household = Schemas["HouseholdShown"];
type Support = keyof typeof words.household.supports;
const SUPPORTS = Object.entries(words.household.supports).map(([value, label]) => ({ value, label }));

interface CircumstancesProps {
  household: Household;
  onChanged: (household: Household) => void;
  onReload: () => Promise<void>;
}

/** Income, dwelling and support of all members together. */
export function Circumstances({ household, onChanged, onReload }: CircumstancesProps) {
  const [editing, setEditing] = useState(false);
  const told = household.circumstances;
  if (editing) {
    const done = (changed: Household) => {
      setEditing(false);
      onChanged(changed);
    };
    return <Edit household={household} onDone={done} onReload={onReload} onClose={() => setEditing(false)} />;
  }
  return (
    <Card title={words.household.circumstances}>
      <Facts lines={[
        [words.household.income, told.yearly_income === null || told.yearly_income === undefined ? words.none : fill(words.household.income_shown, { n: told.yearly_income })],
        [words.household.area, told.floor_area === null || told.floor_area === undefined ? words.none : fill(words.household.area_shown, { n: told.floor_area })],
        [words.household.support, told.support_label ?? words.none],
      ]} />
      <Button onPress={() => setEditing(true)}>{words.household.edit}</Button>
    </Card>
  );
}

/** A typed number, null for nothing typed, undefined for what is none. */
function numberOf(typed: string): number | null | undefined {
  if (typed.trim() === "") return null;
  const number = Number(typed);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function Edit({ household, onDone, onReload, onClose }: { household: Household; onDone: (household: Household) => void; onReload: () => Promise<void>; onClose: () => void }) {
  const told = household.circumstances;
  const [income, setIncome] = useState(String(told.yearly_income ?? ""));
  const [area, setArea] = useState(String(told.floor_area ?? ""));
  const [support, setSupport] = useState<string>(told.support ?? "");
  const doing = useDoing();
  const yearly = numberOf(income);
  const floor = numberOf(area);
  const whole = yearly === null || (yearly !== undefined && Number.isInteger(yearly));
  const right = whole && floor !== undefined;
  const save = () => right && doing.run(async () => {
    const body = { version: household.version, yearly_income: yearly ?? null, floor_area: floor, support: (support || null) as Support | null };
    onDone(await own.patch("/me/household", { body }));
  });
  return (
    <Card title={words.household.edit}>
      <Field id="income" label={words.household.income} help={words.household.income_help} fault={whole ? doing.problem?.of("yearly_income") : words.household.number_wrong}>
        {(tied) => <TextBox {...tied} kind="number" value={income} most={12} onText={setIncome} />}
      </Field>
      <Field id="area" label={words.household.area} help={words.household.area_help} fault={floor === undefined ? words.household.number_wrong : doing.problem?.of("floor_area")}>
        {(tied) => <TextBox {...tied} kind="decimal" value={area} most={12} onText={setArea} />}
      </Field>
      <Field id="support" label={words.household.support}>
        {(tied) => <Pick {...tied} value={support} none={words.none} options={SUPPORTS} onPick={setSupport} />}
      </Field>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      <Button main wide busy={doing.busy} disabled={!right} onPress={save}>{words.save}</Button>
      <Button wide onPress={onClose}>{words.close}</Button>
    </Card>
  );
}
