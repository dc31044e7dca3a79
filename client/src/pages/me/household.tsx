import { useState } from "react";
import { own, type Schemas } from "@/api";
import { householdOf } from "@/state/household";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { NewMember } from "@/ui/member";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { Circumstances } from "./circumstances";
import { IdentityFirst } from "./identity-first";
import "./me.css";

type Household = Schemas["HouseholdShown"];
const SELF = "self";

/** The household with whoever asks; null where none is registered. */
async function ask() {
  const [me, household] = await Promise.all([own.get("/me"), householdOf(own)]);
  return { me, household };
}

export default function OwnHousehold() {
  return (
    <Page title={words.household.title}>
      <Words as="p" className="soft">{words.household.text}</Words>
      <Own><Mine /></Own>
    </Page>
  );
}

function Mine() {
  const asked = useAnswer(ask, [], { again: true });
  if (!asked.data) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  const { me, household } = asked.data;
  const put = (changed: Household | null) => asked.put({ me, household: changed });
  if (!me.identity) return <IdentityFirst />;
  if (!household) return <Register onDone={put} />;
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      <Members household={household} me={me} onChanged={put} onReload={asked.reload} />
      <Circumstances household={household} onChanged={put} onReload={asked.reload} />
      <Derived facts={household.facts} />
      <Remove onGone={() => put(null)} />
    </>
  );
}

function Register({ onDone }: { onDone: (household: Household) => void }) {
  const doing = useDoing();
  const register = () => doing.run(async () => onDone(await own.post("/me/household", { body: {}, intent: "me.household" })));
  return (
    <Empty text={words.household.none}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={register} />}
      <Button main busy={doing.busy} onPress={register}>{words.household.register}</Button>
    </Empty>
  );
}

interface MembersProps {
  household: Household;
  me: Schemas["ResidentProfile"];
  onChanged: (household: Household) => void;
  onReload: () => Promise<void>;
}

function Members({ household, me, onChanged, onReload }: MembersProps) {
  const [adding, setAdding] = useState(false);
  return (
    <Box as="section" className="stack" label={words.household.members}>
      <Words as="h2">{words.household.members}</Words>
      <Box as="ul" className="list" label={words.household.members}>
        {household.members.map((each) => (
          <Box as="li" key={each.id} className="list-row"><One member={each} household={household} onChanged={onChanged} onReload={onReload} /></Box>
        ))}
      </Box>
      {adding ? (
        <NewMember household={household.id} registered={me.children} onAdded={(changed) => {
          setAdding(false);
          onChanged(changed);
        }} onClose={() => setAdding(false)} />
      ) : <Button wide onPress={() => setAdding(true)}>{words.household.member_add}</Button>}
    </Box>
  );
}

interface OneProps {
  member: Schemas["MemberShown"];
  household: Household;
  onChanged: (household: Household) => void;
  onReload: () => Promise<void>;
}

function One({ member, household, onChanged, onReload }: OneProps) {
  const doing = useDoing();
  const path = { member_id: member.id };
  const change = () => doing.run(async () => {
    onChanged(await own.patch("/me/household/members/{member_id}", { path, body: { version: household.version, disabled: !member.disabled } }));
  });
  const remove = () => doing.run(async () => onChanged(await own.delete("/me/household/members/{member_id}", { path })));
  return (
    <Box className="stack">
      <Box className="row">
        <Words as="b">{member.name}</Words>
        <Tag>{member.relation_label}</Tag>
      </Box>
      <Words as="p" className="soft small">{member.id_number}</Words>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onReload} />}
      <Button pressed={member.disabled} busy={doing.busy} label={`${member.name} ${words.household.disabled}`} onPress={change}>
        {words.household.disabled}：{member.disabled ? words.on : words.none}
      </Button>
      {member.relation !== SELF && (
        <Sure
          label={words.remove} question={fill(words.household.remove_text, { name: member.name })} yes={words.household.remove_yes} no={words.no}
          danger busy={doing.busy} onYes={remove}
        />
      )}
    </Box>
  );
}

function Derived({ facts }: { facts: Household["facts"] }) {
  const lines = Object.entries(words.household.fact).map(([name, label]) => [label, (facts as Record<string, number>)[name]] as const);
  return <Card title={words.household.facts}><Facts lines={lines} /></Card>;
}

function Remove({ onGone }: { onGone: () => void }) {
  const doing = useDoing();
  const remove = () => doing.run(async () => {
    await own.delete("/me/household");
    onGone();
  });
  return (
    <>
      {doing.problem && <Trouble problem={doing.problem} />}
      <Sure label={words.household.delete} question={words.household.delete_text} yes={words.household.delete_yes} no={words.no} danger busy={doing.busy} onYes={remove} />
    </>
  );
}
