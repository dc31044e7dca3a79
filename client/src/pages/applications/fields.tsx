import { type Schemas } from "@/api";
import { type Form, type Named, type Value } from "@/ui/form";
import { FacilitiesField, TownshipField } from "@/ui/place-fields";
import { Question } from "@/ui/question";
import { HouseholdField } from "./household-field";
import { ChildField } from "./people-fields";
import { type Application } from "./draft";

interface FieldsProps {
  form: Form;
  named: readonly Named[];
  value: (name: string) => Value | null | undefined;
  fault: (name: string) => string;
  type: (name: string, value: Value | null) => void;
  application: Application;
  /** Names of what was picked since the form was opened, by id. */
  names: Record<string, string>;
  onName: (id: string, name: string) => void;
}

/** Some questions of a form, each by the piece that suits its kind. */
export function Fields({ form, named, value, fault, type, application, names, onName }: FieldsProps) {
  const chooseChild = (name: string) => (child: Schemas["ChildShown"]) => {
    type(name, child.id);
    // The birth date is known with the child; its name is shown masked and stays to be typed.
    for (const [other, field] of Object.entries(form.properties)) if (field.format === "date" && other.startsWith("child_")) type(other, child.birth_date);
  };
  return (
    <>
      {named.map(([name, field]) => {
        const now = value(name);
        const text = typeof now === "string" ? now : "";
        const shared = { label: field.title, help: field.description, fault: fault(name), required: form.required.includes(name), value: text };
        if (field.format === "child") return <ChildField key={name} {...shared} keptAs={application.id} onChild={chooseChild(name)} />;
        if (field.format === "household") return <HouseholdField key={name} {...shared} keptAs={application.id} onHousehold={(id) => type(name, id)} />;
        if (field.format === "township") {
          const known = names[text] ?? (text !== "" && text === application.township_id ? (application.township ?? "") : "");
          return (
            <TownshipField key={name} id={`q-${name}`} {...shared} name={known} onTownship={(id, title) => {
              onName(id, title);
              type(name, id);
            }} />
          );
        }
        if (field.items?.format === "facility") {
          return (
            <FacilitiesField
              key={name} id={`q-${name}`} {...shared} value={Array.isArray(now) ? now : []} category={field["x-category"] ?? ""} most={field.maxItems ?? 1}
              onFacilities={(ids) => type(name, ids.length ? ids : null)}
            />
          );
        }
        return <Question key={name} name={name} field={field} value={now} fault={shared.fault} required={shared.required} onValue={(given) => type(name, given)} />;
      })}
    </>
  );
}
