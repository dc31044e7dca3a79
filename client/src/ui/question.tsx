import { common } from "@/text";
import words from "@/text/zh_CN/form.json";
import { Field } from "./controls";
import { Box, Day, Press, TextBox, Words } from "./elements";
import { type FormField, numberOf, type Value } from "./form";

export interface QuestionProps {
  name: string;
  field: FormField;
  value: Value | null | undefined;
  onValue: (value: Value | null) => void;
  fault?: string;
  required?: boolean;
}

const KINDS = { "person-name": "text", "id-number": "id", "mobile-phone": "phone" } as const;

/** One question that is answered by typing or choosing; those about people and places have pieces of their own. */
export function Question({ name, field, value, onValue, fault, required }: QuestionProps) {
  const shared = { id: `q-${name}`, label: field.title, help: field.description, fault, required };
  if (field.type === "boolean") {
    const options = [{ const: "yes", title: words.yes }, { const: "no", title: words.no }];
    return <Choose {...shared} options={options} chosen={value === true ? ["yes"] : value === false ? ["no"] : []} onChosen={([one]) => onValue(one === undefined ? null : one === "yes")} />;
  }
  if (field.oneOf) return <Choose {...shared} options={field.oneOf} chosen={value ? [String(value)] : []} onChosen={([one]) => onValue(one ?? null)} />;
  if (field.items?.oneOf) {
    return <Choose {...shared} many options={field.items.oneOf} chosen={Array.isArray(value) ? value : []} onChosen={(many) => onValue(many.length ? many : null)} />;
  }
  if (field.format === "date" || field.format === "month") {
    return <Field {...shared}>{(tied) => <Day {...tied} only={field.format === "month" ? "month" : "day"} none={words.choose_day} value={String(value ?? "")} onDay={(day) => onValue(day || null)} />}</Field>;
  }
  const number = field.type === "integer" || field.type === "number";
  const kind = number ? (field.type === "integer" ? "number" : "decimal") : (KINDS[field.format as keyof typeof KINDS] ?? "text");
  return (
    <Field {...shared}>
      {(tied) => (
        <TextBox
          {...tied} kind={kind} lines={field["x-multiline"] ? 4 : 1} most={field.maxLength} value={String(value ?? "")}
          onText={(text) => onValue(text === "" ? null : number ? numberOf(field, text) : text)}
        />
      )}
    </Field>
  );
}

interface ChooseProps {
  id: string;
  label: string;
  help?: string;
  fault?: string;
  required?: boolean;
  many?: boolean;
  /** Short answers, such as days: two beside each other. */
  short?: boolean;
  options: readonly { const: string; title: string }[];
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
}

/** One of a few, or some of them: large lines to press rather than a small list that opens. */
export function Choose({ id, label, help, fault, required, many, short, options, chosen, onChosen }: ChooseProps) {
  const press = (token: string) => {
    const on = chosen.includes(token);
    if (many) onChosen(options.map((each) => each.const).filter((each) => (each === token ? !on : chosen.includes(each))));
    else onChosen(on && !required ? [] : [token]);
  };
  const described = [help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <Box id={`${id}-field`} className={`field ${fault ? "wrong" : ""}`} role={many ? "group" : "radiogroup"} label={label} required={required && !many} describedBy={described || undefined}>
      <Box className="label">
        {label}
        {required && <Words className="needed">{common.required}</Words>}
      </Box>
      {help && <Words as="p" className="help" id={`${id}-help`}>{help}</Words>}
      <Box className={`choices ${short ? "pairs" : ""}`}>
        {options.map((each) => {
          const on = chosen.includes(each.const);
          return (
            <Press key={each.const} className={`choice ${on ? "on" : ""}`} role={many ? "checkbox" : "radio"} checked={on} onPress={() => press(each.const)}>
              <Words className="choice-mark" hidden>{on ? (many ? "☑" : "◉") : many ? "☐" : "○"}</Words>
              <Words>{each.title}</Words>
            </Press>
          );
        })}
      </Box>
      {fault && <Words as="p" className="fault" id={`${id}-fault`} role="alert">{fault}</Words>}
    </Box>
  );
}
