import { now, open, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { ConsentText, type ConsentTexts, currentText } from "@/ui/consent";
import { Button, Card, Tag } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { day } from "@/words";
import "./me.css";

type Me = Schemas["ResidentProfile"];
type Standing = Schemas["ConsentStanding"];
const CHILD = "child";
const PHONE = "phone";

export default function Consents() {
  return (
    <Page title={words.consents.title}>
      <Words as="p" className="soft">{words.consents.text}</Words>
      <Own><Mine /></Own>
    </Page>
  );
}

function Mine() {
  const texts = useAnswer(() => open.get("/consents"), []);
  const me = useAnswer(() => own.get("/me"), [], { again: true });
  const problem = texts.problem ?? me.problem;
  if (!texts.data || !me.data) return problem ? <Trouble problem={problem} onAgain={() => Promise.all([texts.reload(), me.reload()])} /> : <Skeleton />;
  const said = me.data.consents;
  return (
    <>
      {texts.data.items.map((each) => (
        <Purpose key={each.purpose} texts={each} standing={said.find((one) => one.purpose === each.purpose)} onMe={me.put} />
      ))}
    </>
  );
}

function Purpose({ texts, standing, onMe }: { texts: ConsentTexts; standing?: Standing; onMe: (me: Me) => void }) {
  const doing = useDoing();
  const title = currentText(texts)?.title ?? "";
  const purpose = texts.purpose as "identity";
  const say = (given: boolean) => doing.run(async () => {
    const version = given ? texts.current : (standing?.version ?? texts.current);
    onMe(await own.post("/me/consents", { body: { purpose, version, given }, intent: `me.consent.${purpose}` }));
  });
  const holds = standing?.state === "given";
  return (
    <Card title={title}>
      {texts.purpose !== CHILD && <State standing={standing} />}
      <ConsentText texts={texts} folded />
      {doing.problem && <Trouble problem={doing.problem} onAgain={() => say(!holds)} />}
      {texts.purpose === CHILD && <Words as="p">{words.consents.child}</Words>}
      {texts.purpose === CHILD && <Button onPress={() => go(pages.children)}>{words.children.title}</Button>}
      {texts.purpose === PHONE && !standing?.holds && <Words as="p">{words.consents.phone}</Words>}
      {texts.purpose === PHONE && !standing?.holds && <Button onPress={() => go(pages.identity)}>{words.identity.title}</Button>}
      {texts.purpose !== CHILD && texts.purpose !== PHONE && !standing?.holds && (
        <Button main busy={doing.busy} label={fill(words.consents.agree_label, { title })} onPress={() => say(true)}>{words.consents.agree}</Button>
      )}
      {texts.purpose !== CHILD && holds && (
        <Sure label={words.consents.withdraw} question={words.consents.withdraw_text} yes={words.consents.withdraw_yes} no={words.no} danger busy={doing.busy} onYes={() => say(false)} />
      )}
    </Card>
  );
}

function State({ standing }: { standing?: Standing }) {
  if (!standing) return <Words as="p"><Tag>{words.consents.not_given}</Tag></Words>;
  const when = day(standing.at, now());
  if (standing.state !== "given") return <Words as="p"><Tag>{fill(words.consents.withdrawn, { when })}</Tag></Words>;
  return <Words as="p">{standing.holds ? <Tag look="good">{fill(words.consents.given, { when })}</Tag> : <Tag look="calm">{words.consents.outdated}</Tag>}</Words>;
}
