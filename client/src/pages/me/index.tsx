import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import { forgetPerson } from "@/state/person";
import { adoptDisplay, display, setDisplay } from "@/state/display";
import { useStore } from "@/state/store";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Chip, Entry, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages, switchTo } from "@/ui/go";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { moment } from "@/words";
import "./me.css";

export default function Me() {
  const [looks, setLooks] = useState(0);
  return (
    <Page title={words.title} section="me" onRefresh={async () => setLooks(looks + 1)}>
      <Looks />
      <Own about={words.about}><Mine key={looks} /></Own>
    </Page>
  );
}

/** Large type and contrast: first of all, for whoever cannot read the rest without them. */
function Looks() {
  const shown = useStore(display);
  return (
    <Box className="chips" role="group" label={words.display}>
      <Chip on={shown.large} onPress={() => setDisplay({ large: !shown.large })}>{words.large}</Chip>
      <Chip on={shown.contrast} onPress={() => setDisplay({ contrast: !shown.contrast })}>{words.contrast}</Chip>
    </Box>
  );
}

function Mine() {
  const asked = useAnswer(async () => {
    const [me, messages] = await Promise.all([own.get("/me"), own.get("/me/messages", { query: { limit: 1 } })]);
    adoptDisplay(me);
    return { me, unread: messages.unread };
  }, [], { again: true });
  if (!asked.data) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  const { me, unread } = asked.data;
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      <Who me={me} />
      <Box as="section" className="ways" label={words.ways}>
        <Words as="h2">{words.ways}</Words>
        <Entry symbol="person" {...words.way.identity} onPress={() => go(pages.identity)} />
        <Entry symbol="child" label={words.way.children.label} about={me.children.length ? fill(words.way.children.about, { n: me.children.length }) : words.way.children.none} onPress={() => go(pages.children)} />
        <Entry symbol="home" {...words.way.household} onPress={() => go(pages.household)} />
        <Entry symbol="elder" {...words.way.proxies} onPress={() => go(pages.proxies)} />
        <Entry symbol="message" {...words.way.messages} count={unread ? fill(words.unread, { n: unread }) : undefined} onPress={() => go(pages.messages)} />
        <Entry symbol="star" {...words.way.feedback} onPress={() => go(pages.feedback)} />
        <Entry symbol="form" {...words.way.consents} onPress={() => go(pages.consents)} />
        <Entry symbol="notice" {...words.way.data} onPress={() => go(pages.data)} />
        <Entry symbol="again" {...words.way.erase} onPress={() => go(pages.erase)} />
      </Box>
      <Chat />
      <Leave />
    </>
  );
}

function Who({ me }: { me: Schemas["ResidentProfile"] }) {
  if (me.identity === null) {
    return (
      <Card title={words.nameless}>
        <Words as="p">{words.nameless_text}</Words>
        <Button main onPress={() => go(pages.identity)}>{words.identity_first_do}</Button>
      </Card>
    );
  }
  return (
    <Card title={me.identity.name}>
      <Facts lines={[[words.id_number, me.identity.id_number], [words.phone, me.phone], [words.township, me.home_township?.name]]} />
    </Card>
  );
}

/** Six digits that join this account to the chat. */
function Chat() {
  const [code, setCode] = useState<Schemas["ChatCodeView"] | null>(null);
  const doing = useDoing();
  const get = () => doing.run(async () => setCode(await own.post("/me/chat-code", { intent: "me.chat-code" })));
  return (
    <Card title={words.chat.title}>
      <Words as="p">{words.chat.text}</Words>
      {code && (
        <Box live="polite">
          <Words as="p" className="code">{code.code}</Words>
          <Words as="p">{fill(words.chat.how, { until: moment(code.expires_at, now()) })}</Words>
        </Box>
      )}
      {doing.problem && <Trouble problem={doing.problem} onAgain={get} />}
      <Button busy={doing.busy} onPress={get}>{code ? words.chat.again : words.chat.get}</Button>
    </Card>
  );
}

function Leave() {
  const doing = useDoing();
  const leave = async () => {
    await forgetPerson();
    switchTo(pages.home);
  };
  const all = () => doing.run(async () => {
    await own.post("/me/sign-out-everywhere", { intent: "me.sign-out-everywhere" });
    await leave();
  });
  return (
    <Card title={words.leave.title}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={all} />}
      <Sure label={words.leave.here} question={words.leave.here_text} yes={words.yes} no={words.no} onYes={() => doing.run(leave)} />
      <Sure label={words.leave.all} question={words.leave.all_text} yes={words.yes} no={words.no} danger busy={doing.busy} onYes={all} />
    </Card>
  );
}
