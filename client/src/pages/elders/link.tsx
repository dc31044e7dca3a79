import { useState } from "react";
import { own, type Schemas } from "@/api";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Field } from "@/ui/controls";
import { TextBox, Words } from "@/ui/elements";
import { useFirstFault } from "@/ui/first-fault";
import { moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { TownshipField } from "@/ui/place-fields";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { useTyped } from "@/ui/typed";

const { link: words, relations } = text;

interface Asking {
  name: string;
  number: string;
  relation: string;
  township: { id: string; name: string } | null;
}

const EMPTY: Asking = { name: "", number: "", relation: "", township: null };
const RELATIONS = Object.entries(relations).map(([token, title]) => ({ const: token, title }));

/** Ask to be linked to an old person; the township checks. */
export default function LinkElder() {
  const me = useAnswer(() => own.get("/me"), []);
  const { value: typed, ready, change: type, clear } = useTyped<Asking>(me.data ? `draft.elder-link.${me.data.id}` : null, EMPTY);
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  const missing = (text: string, say = words.fault) => (asked && text.trim() === "" ? say : undefined);
  const wrong = [["elder-name", typed.name], ["elder-number", typed.number], ["elder-relation", typed.relation]].filter(([, text]) => !text?.trim());
  const showFault = useFirstFault(wrong.map(([id]) => id ?? ""));
  const send = async () => {
    setAsked(true);
    showFault();
    if (!typed.name.trim() || !typed.number.trim() || !typed.relation) return;
    const body: Schemas["LinkBody"] = {
      name: typed.name.trim(), id_number: typed.number.trim(), relation: typed.relation as Schemas["LinkBody"]["relation"],
      ...(typed.township ? { township_id: typed.township.id } : {}),
    };
    const sent = await doing.run(async () => {
      await own.post("/elders", { body, intent: "elder.link" });
      await clear();
    });
    if (sent) moveOn(pages.elders);
  };
  const of = (field: string) => doing.problem?.of(field) || undefined;
  return (
    <Page title={words.title} foot={<Button main wide busy={doing.busy} onPress={send}>{words.do}</Button>}>
      <Words as="p" className="soft">{words.lead}</Words>
      {me.problem && <Trouble problem={me.problem} onAgain={me.reload} />}
      {!ready && !me.problem && <Skeleton rows={3} />}
      {ready && <Card>
        <Field id="elder-name" label={words.name} required fault={missing(typed.name) ?? of("name")}>
          {(tied) => <TextBox {...tied} value={typed.name} onText={(name) => type({ name })} most={100} />}
        </Field>
        <Field id="elder-number" label={words.number} help={words.number_help} required fault={missing(typed.number) ?? of("id_number")}>
          {(tied) => <TextBox {...tied} kind="id" value={typed.number} onText={(number) => type({ number })} most={40} />}
        </Field>
        <Choose
          id="elder-relation" label={words.relation} required fault={missing(typed.relation, words.choose)} options={RELATIONS}
          chosen={typed.relation ? [typed.relation] : []} onChosen={([relation]) => type({ relation: relation ?? "" })}
        />
        <TownshipField
          id="elder-township" label={words.township} help={words.township_help} value={typed.township?.id ?? ""} name={typed.township?.name ?? ""}
          onTownship={(id, name) => type({ township: { id, name } })} onNone={() => type({ township: null })}
        />
        <Words as="p" className="soft small">{words.kept}</Words>
        {doing.problem && <Trouble problem={doing.problem} onAgain={send} />}
      </Card>}
    </Page>
  );
}
