import { type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { Card, Field } from "@/ui/controls";
import { TextBox, Words } from "@/ui/elements";
import { Choose } from "@/ui/question";

const { book: words } = text;

export interface Wished {
  ticked: readonly string[];
  said: string;
  /** One more was tapped than is allowed. */
  over?: boolean;
}

export const EMPTY: Wished = { ticked: [], said: "" };
const SAID_MOST = 200;

/** What the visitor is asked to do: some of the catalogue's, and words. */
export function Wishes({ catalogue, wished, onWished }: { catalogue: Schemas["WishCatalogue"]; wished: Wished; onWished: (some: Partial<Wished>) => void }) {
  const { most, items } = catalogue;
  const options = items.map(({ token, label }) => ({ const: token, title: label }));
  const tick = (ticked: string[]) => onWished(ticked.length > most ? { over: true } : { ticked, over: false });
  return (
    <Card>
      <Choose
        id="wishes" many label={fill(words.wishes, { most })} fault={wished.over ? fill(words.too_many, { most }) : undefined} options={options}
        chosen={wished.ticked} onChosen={tick}
      />
      <Field id="wish-words" label={words.words}>
        {(tied) => <TextBox {...tied} lines={2} most={SAID_MOST} hint={words.words_hint} value={wished.said} onText={(said) => onWished({ said })} />}
      </Field>
      <Words as="p" className="soft small">{words.kept}</Words>
    </Card>
  );
}
