import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { open, type Schemas } from "@/api";
import { keepPrescreened } from "@/state/prescreened";
import words from "@/text/zh_CN/programmes.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { type Changes, type Form, type FormField, given, impersonal, type Value } from "@/ui/form";
import { backTo, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { FacilitiesField } from "@/ui/place-fields";
import { Question } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import "./programmes.css";

type Result = Schemas["PrescreenResult"];
type Household = NonNullable<Schemas["PrescreenBody"]["household"]>;

const HOUSEHOLD: [keyof Household & string, string, FormField["type"]][] = [
  ["size", words.prescreen_size, "integer"], ["per_capita_income", words.prescreen_income, "number"], ["per_capita_floor_area", words.prescreen_area, "number"],
];
const LOOKS = { met: "good", not_met: "bad" } as const;

export default function Prescreen() {
  const { params } = useRouter();
  const token = params.token ?? "";
  const programme = useAnswer(() => open.get("/programmes/{token}", { path: { token } }), [token]);
  const [answers, setAnswers] = useState<Changes>({});
  const [household, setHousehold] = useState<Record<string, Value | null>>({});
  const [result, setResult] = useState<Result | null>(null);
  const doing = useDoing();
  const ask = () =>
    doing.run(async () => {
      const form = Object.fromEntries(Object.entries(answers).filter(([, value]) => given(value))) as Record<string, Value>;
      const told = Object.fromEntries(Object.entries(household).filter(([, value]) => typeof value === "number")) as Household;
      setResult(await open.post("/programmes/{token}/prescreen", { path: { token }, body: { form, household: Object.keys(told).length ? told : undefined } }));
      keepPrescreened(token, form);
    });
  if (!programme.data) return <Page title={words.prescreen_title}>{programme.problem ? <Trouble problem={programme.problem} onAgain={programme.reload} /> : <Skeleton />}</Page>;
  return (
    <Page title={words.prescreen_title} foot={result ? <Foot token={token} onAgain={() => setResult(null)} /> : <Button main wide busy={doing.busy} onPress={ask}>{words.prescreen_ask}</Button>}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={ask} />}
      {result ? <Shown result={result} /> : (
        <>
          <Words as="p" className="soft">{words.prescreen_lead}</Words>
          {impersonal(programme.data.form as unknown as Form).map(([name, field]) => {
            const put = (value: Value | null) => setAnswers({ ...answers, [name]: value });
            const fault = doing.problem?.of(name);
            if (field.items?.format !== "facility") return <Question key={name} name={name} field={field} value={answers[name]} fault={fault} onValue={put} />;
            const chosen = answers[name];
            return (
              <FacilitiesField
                key={name} id={`q-${name}`} label={field.title} help={field.description} category={field["x-category"] ?? ""} most={field.maxItems ?? 1}
                value={Array.isArray(chosen) ? chosen : []} fault={fault} onFacilities={(ids) => put(ids.length ? ids : null)}
              />
            );
          })}
          {programme.data.household !== "none" && (
            <Card title={words.prescreen_household}>
              {HOUSEHOLD.map(([name, title, type]) => (
                <Question key={name} name={name} field={{ type, title, description: "" }} value={household[name]} fault={doing.problem?.of(name)} onValue={(value) => setHousehold({ ...household, [name]: value })} />
              ))}
            </Card>
          )}
        </>
      )}
    </Page>
  );
}

function Foot({ token, onAgain }: { token: string; onAgain: () => void }) {
  return (
    <>
      <Button wide onPress={onAgain}>{words.prescreen_again}</Button>
      <Button main wide onPress={() => backTo(pages.programme, { token })}>{words.apply}</Button>
    </>
  );
}

function Shown({ result }: { result: Result }) {
  return (
    <>
      <Card title={words.prescreen_result}>
        <Box role="status"><Words as="p" className="programme-name">{result.text}</Words></Box>
        {result.turns_on_text && <Words as="p">{result.turns_on_text}</Words>}
        <Words as="p" className="soft small">{words.prescreen_note}</Words>
      </Card>
      <Card title={words.prescreen_rules}>
        <Box as="ul" className="lines">
          {result.rules.map((each) => (
            <Box as="li" key={each.token} className="line">
              <Box className="row"><Words as="b">{each.label}</Words><Tag look={LOOKS[each.outcome as keyof typeof LOOKS] ?? ""}>{each.outcome_label}</Tag></Box>
              {each.reason && <Words as="p">{each.reason}</Words>}
              {[each.advice, ...each.changes].filter(Boolean).map((text) => <Words as="p" key={text} className="soft small">{text}</Words>)}
            </Box>
          ))}
        </Box>
      </Card>
    </>
  );
}
