import { useState } from "react";
import { office, type Schemas, type Staff } from "@/api";
import { platform } from "@/platform/current";
import { fill } from "@/text";
import words from "@/text/zh_CN/visitor.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Field, Tag } from "@/ui/controls";
import { Box, Press, TextBox, Words } from "@/ui/elements";
import { moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { TownshipField } from "@/ui/place-fields";
import { Choose } from "@/ui/question";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { SignIn } from "./sign-in";
import { useWork } from "./use-work";
import "./visitor.css";
import { work, type Workday } from "./workday";

type Person = Schemas["StaffElderItem"];
const said = words.unlisted;
const NAME_MOST = 40;

/** Visit somebody who is not on today's list: find the person by name, make sure, put them on the list. */
export default function UnlistedPerson() {
  const day = useWork();
  return (
    <Page title={said.title}>
      {!day.ready && <Skeleton />}
      {day.ready && (day.staff === null || day.over) && <SignIn key={day.staff?.id ?? ""} over={day.staff} />}
      {day.staff !== null && <Find day={day} staff={day.staff} />}
    </Page>
  );
}

function Find({ day, staff }: { day: Workday; staff: Staff }) {
  const { townships } = staff;
  const [town, setTown] = useState<{ id: string; name: string } | null>(townships.length === 1 ? (townships[0] ?? null) : null);
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const [people, setPeople] = useState<{ name: string; items: Person[] } | null>(null);
  const [picked, setPicked] = useState<Person | null>(null);
  const doing = useDoing();
  const find = async () => {
    setAsked(true);
    const sought = name.trim();
    if (sought === "" || town === null) return;
    setPicked(null);
    await doing.run(async () => {
      const { items } = await office.post("/staff/visit-people", { body: { name: sought, township_id: town.id } });
      setPeople({ name: sought, items });
    });
  };
  const noTown = asked && town === null ? said.missing_township : undefined;
  if (picked) return <IsIt day={day} person={picked} onOther={() => setPicked(null)} />;
  return (
    <>
      <Card>
        <Words as="p" className="soft">{said.lead}</Words>
        {townships.length > 1 && (
          <Choose
            id="unlisted-township" label={said.township} required fault={noTown} options={townships.map((each) => ({ const: each.id, title: each.name }))}
            chosen={town ? [town.id] : []} onChosen={([id]) => setTown(townships.find((each) => each.id === id) ?? null)}
          />
        )}
        {townships.length === 0 && (
          <TownshipField
            id="unlisted-township" label={said.township} help={said.township_help} required fault={noTown}
            value={town?.id ?? ""} name={town?.name ?? ""} onTownship={(id, called) => setTown({ id, name: called })}
          />
        )}
        <Field id="unlisted-name" label={said.name} help={said.name_help} required fault={asked && name.trim() === "" ? said.missing : undefined}>
          {(tied) => <TextBox {...tied} value={name} most={NAME_MOST} onText={setName} onDone={find} />}
        </Field>
        {doing.problem && <Trouble problem={doing.problem} onAgain={find} />}
        <Button main wide symbol="search" busy={doing.busy} onPress={find}>{said.find}</Button>
      </Card>
      {people && <Found {...people} onPick={setPicked} />}
    </>
  );
}

function Found({ name, items, onPick }: { name: string; items: readonly Person[]; onPick: (person: Person) => void }) {
  if (items.length === 0) {
    return <Box live="polite"><Empty text={fill(said.none, { name })}><Words as="p" className="soft">{said.none_about}</Words></Empty></Box>;
  }
  return (
    <Box as="section" className="stack" label={said.found} live="polite">
      <Words as="h2">{said.found}</Words>
      <Box as="ul" className="list" label={said.found}>
        {items.map((each) => (
          <Box as="li" key={each.id} className="list-row">
            <Press className="stop" label={fill(said.pick, { name: each.name, place: each.community })} onPress={() => onPick(each)}>
              <Box className="stop-words">
                <Words className="stop-name">{each.name}</Words>
                <Words className="soft small">{[each.township, each.community].join(" · ")}</Words>
                <Box className="row">
                  <Tag look={each.risk_level === "high" ? "bad" : ""}>{fill(words.risk, { risk: each.risk_label })}</Tag>
                  {each.seen_this_month && <Tag look="good">{said.seen}</Tag>}
                </Box>
              </Box>
            </Press>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

/** The person in full, so that nobody is taken for another; this look is recorded. */
function IsIt({ day, person, onOther }: { day: Workday; person: Person; onOther: () => void }) {
  const datum = platform().target === "weapp" ? ("gcj02" as const) : ("wgs84" as const);
  const { data, problem, reload } = useAnswer(() => office.get("/staff/visit-people/{elder_id}", { path: { elder_id: person.id }, query: { datum } }), [person.id]);
  const doing = useDoing();
  const listed = day.day?.items.find((each) => each.elder_id === person.id && each.state !== "done");
  const add = () =>
    doing.run(async () => {
      if (data === null) return;
      await work.list(data);
      moveOn(pages.stop, { id: data.id });
    });
  return (
    <>
      {problem && <Trouble problem={problem} onAgain={reload} />}
      {!data && !problem && <Skeleton rows={2} />}
      {data && (
        <Card title={data.name}>
          <Facts lines={[[words.who.address, data.address], [words.who.place, data.community], [words.who.language, data.language_label]]} />
          {listed ? <Words as="p" role="status">{said.listed}</Words> : <Words as="p">{said.is_it}</Words>}
          {doing.problem && <Trouble problem={doing.problem} onAgain={add} />}
          {listed
            ? <Button main wide onPress={() => moveOn(pages.stop, { id: listed.id })}>{said.to_stop}</Button>
            : <Button main wide busy={doing.busy} onPress={add}>{said.add}</Button>}
        </Card>
      )}
      <Button wide onPress={onOther}>{said.other}</Button>
    </>
  );
}
