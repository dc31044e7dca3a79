import { useState } from "react";
import { own, type Schemas } from "@/api";
import { householdOf } from "@/state/household";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { CircumstanceFields, circumstancesBody, UNTOLD } from "@/ui/circumstances";
import { Button } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { NewMember } from "@/ui/member";
import { Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";
import { useWhom } from "@/ui/whom";

type Household = Schemas["HouseholdShown"];

interface HouseholdFieldProps {
  label: string;
  help: string;
  value: string;
  fault?: string;
  required?: boolean;
  /** What is typed is kept under this name, such as the application's id. */
  keptAs: string;
  onHousehold: (id: string) => void;
}

/** The resident's household: registered here the first time, then the same for every programme. */
export function HouseholdField({ label, help, value, fault, required, keptAs, onHousehold }: HouseholdFieldProps) {
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
      {!mine.data && may("household") && (making ? <NewHousehold keptAs={keptAs} onMade={put} /> : <Button onPress={() => setMaking(true)}>{words.household_new}</Button>)}
      {fault && <Words as="p" className="fault" role="alert">{fault}</Words>}
    </Box>
  );
}

function Known({ household, chosen, onChosen, onChanged }: { household: Household; chosen: boolean; onChosen: (id: string) => void; onChanged: (household: Household) => void }) {
  const [adding, setAdding] = useState(false);
  const { may, proxy } = useWhom();
  const registered = useAnswer(() => own.get("/me/children"), [], { wait: proxy !== null });
  return (
    <Box className="card">
      <Box as="ul" className="lines">
        {household.members.map((each) => <Box as="li" key={each.id}>{each.relation_label} · {each.name} · {each.id_number}</Box>)}
      </Box>
      {adding ? (
        <NewMember household={household.id} registered={registered.data?.items ?? []} onAdded={(now) => {
          setAdding(false);
          onChanged(now);
        }} onClose={() => setAdding(false)} />
      ) : may("household") && <Button onPress={() => setAdding(true)}>{words.member_add}</Button>}
      {chosen ? <Words as="p" className="soft" role="status">{words.household_used}</Words> : <Button main onPress={() => onChosen(household.id)}>{words.household_use}</Button>}
    </Box>
  );
}

function NewHousehold({ keptAs, onMade }: { keptAs: string; onMade: (household: Household) => void }) {
  const typed = useTyped(`${keptAs}.household`, UNTOLD);
  const { api } = useWhom();
  const doing = useDoing();
  const told = circumstancesBody(typed.value);
  const make = () =>
    told && doing.run(async () => {
      // What is not told is left out: it was never known.
      const body = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
      const made = await api.post("/me/household", { body, intent: "household.register" });
      await typed.clear();
      onMade(made);
    });
  return (
    <Box className="card">
      {doing.problem && <Trouble problem={doing.problem} onAgain={make} />}
      <CircumstanceFields typed={typed} problem={doing.problem} />
      <Button main busy={doing.busy} disabled={told === null} onPress={make}>{words.household_new}</Button>
    </Box>
  );
}
