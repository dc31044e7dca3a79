import { type Problem } from "@/api";
import { common } from "@/text";
import words from "@/text/zh_CN/me.json";
import { Field } from "./controls";
import { Day, TextBox, Words } from "./elements";
import { Choose } from "./question";
import { type Typed } from "./typed";

export interface PersonTyped {
  name: string;
  id_number: string;
  id_kind: string;
  birth_date: string;
}

export const NOBODY: PersonTyped = { name: "", id_number: "", id_kind: "resident_id_card", birth_date: "" };
export const CERTIFICATE = "birth_certificate";
export const CHILD_KINDS = ["resident_id_card", "hmt_residence_permit", CERTIFICATE] as const;
export type ChildKind = (typeof CHILD_KINDS)[number];

interface PersonProps {
  id: string;
  typed: Pick<Typed<PersonTyped>, "value" | "restored" | "change">;
  kinds: readonly (keyof typeof words.id_kinds)[];
  problem: Problem | null;
  nameLabel: string;
}

/** Name and number as on the document; a certificate of birth says no date, so it is asked for. */
export function Person({ id, typed, kinds, problem, nameLabel }: PersonProps) {
  const { name, id_number, id_kind, birth_date } = typed.value;
  const options = kinds.map((each) => ({ const: each, title: words.id_kinds[each] }));
  const certificate = id_kind === CERTIFICATE;
  return (
    <>
      {typed.restored && <Words as="p" className="say" role="status">{common.restored}</Words>}
      <Field id={`${id}-name`} label={nameLabel} help={words.identity.name_help} fault={problem?.of("name")} required>
        {(tied) => <TextBox {...tied} value={name} most={50} onText={(text) => typed.change({ name: text })} />}
      </Field>
      <Choose id={`${id}-kind`} label={words.id_kind} required options={options} chosen={[id_kind]} onChosen={([kind]) => typed.change({ id_kind: kind ?? id_kind })} />
      <Field id={`${id}-number`} label={words.id_number} help={certificate ? words.children.certificate_help : words.identity.number_help} fault={problem?.of("id_number")} required>
        {(tied) => <TextBox {...tied} kind="id" value={id_number} most={30} onText={(text) => typed.change({ id_number: text })} />}
      </Field>
      {certificate && (
        <Field id={`${id}-birth`} label={words.birth_date} fault={problem?.of("birth_date")} required>
          {(tied) => <Day {...tied} none={words.choose} value={birth_date} onDay={(day) => typed.change({ birth_date: day })} />}
        </Field>
      )}
    </>
  );
}

/** As the API takes it. */
export function personBody({ name, id_number, id_kind, birth_date }: PersonTyped) {
  return { name, id_number, id_kind: id_kind as ChildKind, ...(id_kind === CERTIFICATE && birth_date ? { birth_date } : {}) };
}
