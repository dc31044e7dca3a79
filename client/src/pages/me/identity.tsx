import { useState } from "react";
import { now, own, open, type Schemas } from "@/api";
import { display } from "@/state/display";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { ConsentText, currentText } from "@/ui/consent";
import { Button, Card, Facts } from "@/ui/controls";
import { Declare } from "@/ui/declare";
import { Words } from "@/ui/elements";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { PhoneButton } from "@/ui/phone-button";
import { Skeleton, Trouble } from "@/ui/states";
import { TownshipField } from "@/ui/place-fields";
import { moment } from "@/words";
import "./me.css";

type Me = Schemas["ResidentProfile"];
const PURPOSE = "identity";

export default function Identity() {
  return <Page title={words.identity.title}><Own><Mine /></Own></Page>;
}

function Mine() {
  const asked = useAnswer(() => own.get("/me"), []);
  const me = asked.data;
  if (!me) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  return (
    <>
      {me.identity ? <Known identity={me.identity} /> : <Unknown me={me} onMe={asked.put} />}
      <Phone me={me} onMe={asked.put} />
      <Home me={me} onMe={asked.put} />
    </>
  );
}

function Known({ identity }: { identity: NonNullable<Me["identity"]> }) {
  const kinds: Record<string, string> = words.id_kinds;
  return (
    <Card title={words.identity.who}>
      <Facts lines={[
        [words.name, identity.name], [words.id_kind, kinds[identity.id_kind]], [words.id_number, identity.id_number],
        [words.identity.set_at, moment(identity.set_at, now())],
      ]} />
      <Words as="p" className="soft small">{words.identity.done}</Words>
    </Card>
  );
}

/** First the consent, then the name. */
function Unknown({ me, onMe }: { me: Me; onMe: (me: Me) => void }) {
  const agreed = me.consents.some((each) => each.purpose === PURPOSE && each.holds);
  return <Card title={words.identity.who}>{agreed ? <Declare me={me} onMe={onMe} /> : <Agree onMe={onMe} />}</Card>;
}

function Agree({ onMe }: { onMe: (me: Me) => void }) {
  const asked = useAnswer(() => open.get("/consents"), []);
  const doing = useDoing();
  const texts = asked.data?.items.find((each) => each.purpose === PURPOSE);
  if (!texts) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton rows={2} />;
  const body = { purpose: PURPOSE, version: texts.current, given: true } as const;
  const agree = () => doing.run(async () => onMe(await own.post("/me/consents", { body, intent: `me.consent.${PURPOSE}` })));
  return (
    <>
      <ConsentText texts={texts} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={agree} />}
      <Button main wide busy={doing.busy} label={fill(words.consents.agree_label, { title: currentText(texts)?.title ?? "" })} onPress={agree}>{words.consents.agree}</Button>
    </>
  );
}

function Phone({ me, onMe }: { me: Me; onMe: (me: Me) => void }) {
  const doing = useDoing();
  const take = (code: string) => doing.run(async () => onMe(await own.post("/me/phone", { body: { code }, intent: "me.phone" })));
  return (
    <Card title={words.phone}>
      {me.phone ? <Facts lines={[[words.phone, me.phone]]} /> : <Words as="p">{words.identity.phone_none}</Words>}
      {doing.problem && <Trouble problem={doing.problem} />}
      <PhoneButton busy={doing.busy} onCode={take}>{me.phone ? words.identity.phone_again : words.identity.phone_get}</PhoneButton>
      {me.phone && <Words as="p" className="soft small">{words.identity.phone_withdraw}</Words>}
    </Card>
  );
}

function Home({ me, onMe }: { me: Me; onMe: (me: Me) => void }) {
  const doing = useDoing();
  const [wanted, setWanted] = useState("");
  const save = (home_township_id: string) => {
    setWanted(home_township_id);
    return doing.run(async () => onMe(await own.patch("/me", { body: { home_township_id, large_type: display.get().large } })));
  };
  return (
    <Card title={words.identity.township}>
      <TownshipField id="home-township" label={words.identity.township_choose} help={words.identity.township_help} value={me.home_township?.id ?? ""} name={me.home_township?.name ?? ""} fault={doing.problem?.of("home_township_id")} onTownship={save} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={() => save(wanted)} />}
    </Card>
  );
}
