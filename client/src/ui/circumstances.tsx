import { type Problem, type Schemas } from "@/api";
import words from "@/text/zh_CN/me.json";
import { Field } from "./controls";
import { Pick, TextBox } from "./elements";
import { type Typed } from "./typed";

export type Support = keyof typeof words.household.supports;
const SUPPORTS = Object.entries(words.household.supports).map(([value, label]) => ({ value, label }));

/** As it is typed. */
export interface Circumstances {
  income: string;
  area: string;
  support: string;
}

export const UNTOLD: Circumstances = { income: "", area: "", support: "" };

export function typedOf(told: Schemas["HouseholdShown"]["circumstances"]): Circumstances {
  return { income: String(told.yearly_income ?? ""), area: String(told.floor_area ?? ""), support: told.support ?? "" };
}

/** A typed number, null for nothing typed, undefined for what is none. */
function numberOf(typed: string): number | null | undefined {
  if (typed.trim() === "") return null;
  const number = Number(typed);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function yuanOf(typed: string): number | null | undefined {
  const yuan = numberOf(typed);
  return yuan === null || Number.isInteger(yuan) ? yuan : undefined;
}

/** As the API takes it; null while something typed is no number. */
export function circumstancesBody({ income, area, support }: Circumstances) {
  const [yearly_income, floor_area] = [yuanOf(income), numberOf(area)];
  return yearly_income === undefined || floor_area === undefined ? null : { yearly_income, floor_area, support: (support || null) as Support | null };
}

/** Income, dwelling and support of all members together. */
export function CircumstanceFields({ typed, problem }: { typed: Typed<Circumstances>; problem: Problem | null }) {
  const { income, area, support } = typed.value;
  return (
    <>
      <Field id="income" label={words.household.income} help={words.household.income_help} fault={yuanOf(income) === undefined ? words.household.number_wrong : problem?.of("yearly_income")}>
        {(tied) => <TextBox {...tied} kind="number" value={income} most={12} onText={(text) => typed.change({ income: text })} />}
      </Field>
      <Field id="area" label={words.household.area} help={words.household.area_help} fault={numberOf(area) === undefined ? words.household.number_wrong : problem?.of("floor_area")}>
        {(tied) => <TextBox {...tied} kind="decimal" value={area} most={12} onText={(text) => typed.change({ area: text })} />}
      </Field>
      <Field id="support" label={words.household.support}>
        {(tied) => <Pick {...tied} value={support} none={words.none} options={SUPPORTS} onPick={(one) => typed.change({ support: one })} />}
      </Field>
    </>
  );
}
