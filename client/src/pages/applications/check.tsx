import { type Schemas } from "@/api";
import words from "@/text/zh_CN/form.json";
import { Button, Card, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { type Form, type FormField, inWords, type Value } from "@/ui/form";
import { answersOf, type Application } from "./draft";

const OF_OTHERS = ["child", "household", "township", "facility"];

/** Everything once more before it is handed in, and what is still missing. */
export function Check({ application, form, names, onStep }: { application: Application; form: Form; names: Record<string, string>; onStep: (field: string) => void }) {
  const answers = answersOf(application);
  const missing: Schemas["FaultView"][] = application.missing;
  const shown = (name: string, field: FormField): string => {
    const value: Value | undefined = answers[name];
    if (value === undefined) return words.empty_answer;
    if (field.format === "township") return names[String(value)] ?? application.township ?? words.check_chosen;
    if (OF_OTHERS.includes(field.format ?? "") || field.items?.format) return words.check_chosen;
    return inWords(field, value, words);
  };
  return (
    <>
      <Words as="p" className="soft">{words.check_lead}</Words>
      {missing.length > 0 ? (
        <Card title={words.missing}>
          <Box as="ul" className="lines">
            {missing.map((each) => (
              <Box as="li" key={each.field} className="row between">
                <Words>{each.detail || each.field}</Words>
                <Button onPress={() => onStep(each.field)}>{words.edit}</Button>
              </Box>
            ))}
          </Box>
        </Card>
      ) : <Words as="p" className="say" role="status">{words.missing_none}</Words>}
      <Card><Facts lines={Object.entries(form.properties).map(([name, field]) => [field.title, shown(name, field)])} /></Card>
    </>
  );
}
