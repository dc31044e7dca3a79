import { useState } from "react";
import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useDoing } from "@/ui/answers";
import { CircumstanceFields, circumstancesBody, typedOf } from "@/ui/circumstances";
import { Button, Card, Facts } from "@/ui/controls";
import { Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";

type Household = Schemas["HouseholdShown"];

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

function Edit({ household, onDone, onReload, onClose }: { household: Household; onDone: (household: Household) => void; onReload: () => Promise<void>; onClose: () => void }) {
  const typed = useTyped(`${household.id}.circumstances`, typedOf(household.circumstances));
  const doing = useDoing();
  const told = circumstancesBody(typed.value);
  const save = () => told && doing.run(async () => {
    const changed = await own.patch("/me/household", { body: { version: household.version, ...told } });
    await typed.clear();
    onDone(changed);
  });
  return (
    <Card title={words.household.edit}>
      <CircumstanceFields typed={typed} problem={doing.problem} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      <Button main wide busy={doing.busy} disabled={told === null} onPress={save}>{words.save}</Button>
      <Button wide onPress={onClose}>{words.close}</Button>
    </Card>
  );
}
