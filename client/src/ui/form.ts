/** The part of JSON Schema that programmes use for their forms (`config/programme_forms.py`). */

export type Format = "date" | "month" | "person-name" | "id-number" | "mobile-phone" | "township" | "facility" | "child" | "household";
export type Value = string | number | boolean | string[];
export type Answers = Readonly<Record<string, Value>>;
/** What is being written; null takes an answer away. */
export type Changes = Readonly<Record<string, Value | null>>;

export interface Choice {
  const: string;
  title: string;
}

export interface FormField {
  type: "string" | "integer" | "number" | "boolean" | "array";
  title: string;
  description: string;
  format?: Format;
  maxLength?: number;
  oneOf?: Choice[];
  minimum?: number;
  maximum?: number;
  items?: { oneOf?: Choice[]; format?: Format };
  maxItems?: number;
  "x-category"?: string;
  "x-multiline"?: boolean;
}

export interface Form {
  required: string[];
  properties: Record<string, FormField>;
}

export type Named = [name: string, field: FormField];

/** The questions in steps of a few, in the form's order. */
export function steps(form: Form, most: number): Named[][] {
  const all = Object.entries(form.properties);
  return Array.from({ length: Math.ceil(all.length / most) }, (_, step) => all.slice(step * most, (step + 1) * most));
}

/** A typed number as the form wants it: itself where it is none yet, so that nothing typed is lost. */
export function numberOf(field: FormField, typed: string): Value {
  const number = Number(typed);
  if (typed.trim() === "" || Number.isNaN(number)) return typed;
  return field.type === "integer" && !Number.isInteger(number) ? typed : number;
}

/** Empty answers are none. */
export function given(value: Value | null | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

/** What differs from what the product has; an answer that was emptied is taken away. */
export function changed(before: Answers, now: Changes): Changes {
  const found: Record<string, Value | null> = {};
  for (const [name, value] of Object.entries(now)) {
    const wanted = given(value) ? value : null;
    if (JSON.stringify(wanted) !== JSON.stringify(before[name] ?? null)) found[name] = wanted;
  }
  return found;
}

/** An answer in the words of the form, for looking it over; ids of things have names of their own. */
export function inWords(field: FormField, value: Value, words: { yes: string; no: string }): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  const choices = field.oneOf ?? field.items?.oneOf ?? [];
  const title = (each: string) => choices.find((choice) => choice.const === each)?.title ?? each;
  return Array.isArray(value) ? value.map(title).join("，") : title(String(value));
}

/** Questions that say nothing of who somebody is: a first answer asks for these alone. */
export function impersonal(form: Form): Named[] {
  return Object.entries(form.properties).filter(
    ([, field]) => (field.format === undefined || field.format === "date" || field.format === "month") && !field["x-multiline"] && (field.type !== "string" || field.oneOf || field.format),
  );
}
