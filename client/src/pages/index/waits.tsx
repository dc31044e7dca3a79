import { useState } from "react";
import { own, session, type Schemas } from "@/api";
import settings from "@/settings.json";
import { common, fill } from "@/text";
import words from "@/text/zh_CN/home.json";
import { useAnswer } from "@/ui/answers";
import { Button, Card, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Left } from "@/ui/left";
import { Skeleton, Trouble } from "@/ui/states";

const APPLICANT = "applicant";
const DRAFT = "draft";
const OFFERED = "offered";
const SATISFACTION = "satisfaction";

/** What waits for the resident. Nobody is signed in, and no account made, before somebody asks for it. */
export function Waits() {
  const [asked, setAsked] = useState(session.known());
  const begin = () => {
    session.begin();
    setAsked(true);
  };
  if (asked) return <Waiting />;
  return (
    <Card title={words.waits}>
      <Words as="p" className="soft">{words.waits_ask}</Words>
      <Button onPress={begin}>{common.sign_in}</Button>
    </Card>
  );
}

function Waiting() {
  const asked = useAnswer(async () => {
    const [applications, messages, feedback, objections, offers] = await Promise.all([
      own.get("/applications"), own.get("/me/messages", { query: { limit: 1 } }), own.get("/me/feedback", { query: { limit: settings.page_size } }),
      own.get("/objections", { query: { limit: settings.page_size } }), own.get("/offers"),
    ]);
    const offered = offers.items.filter((each) => each.state === OFFERED);
    const answered = feedback.items.filter((each) => each.actions.includes(SATISFACTION));
    const ruled = objections.items.filter((each) => each.unread);
    return { mine: applications.items.filter((each) => each.next_step.turn === APPLICANT), unread: messages.unread, answered, ruled, offered };
  }, [], { again: true });
  if (asked.problem) return <Trouble problem={asked.problem} onAgain={asked.reload} />;
  if (!asked.data) return <Skeleton rows={1} />;
  const { mine, unread, answered, ruled, offered } = asked.data;
  const nothing = offered.length + mine.length + unread + answered.length + ruled.length === 0;
  return (
    <Card title={words.waits}>
      {nothing && <Words as="p" className="soft">{words.waits_none}</Words>}
      {offered.map((each) => (
        <Press key={each.id} className="wait" onPress={() => go(pages.application, { id: each.application_id })}>
          <Box className="row">
            <Words as="b">{each.kind_label}</Words>
            <Tag look="bad">{words.waits_offer}</Tag>
          </Box>
          <Words className="facility-line"><Left until={each.expires_at} /></Words>
        </Press>
      ))}
      {mine.length > 0 && <Box as="ul" className="stack">{mine.map((each) => <Box as="li" key={each.id}><Turn application={each} /></Box>)}</Box>}
      {unread > 0 && <Button onPress={() => go(pages.messages)}>{fill(words.waits_unread, { n: unread })}</Button>}
      {answered.map((each) => (
        <Button key={each.id} onPress={() => go(pages.piece, { id: each.id })}>{fill(words.waits_answered, { kind: each.kind_label })}</Button>
      ))}
      {ruled.map((each) => (
        <Button key={each.id} onPress={() => go(pages.objection, { id: each.id })}>{fill(words.waits_objection, { programme: each.programme_label })}</Button>
      ))}
    </Card>
  );
}

function Turn({ application }: { application: Schemas["ApplicationItem"] }) {
  const { next_step: step } = application;
  return (
    <Press className="wait" onPress={() => go(application.state === DRAFT ? pages.form : pages.application, { id: application.id })}>
      <Box className="row">
        <Words as="b">{application.programme_label}</Words>
        <Tag look="calm">{words.waits_turn}</Tag>
      </Box>
      <Words className="facility-line">{step.text}</Words>
      {step.due_at && <Words className="soft small facility-line"><Left until={step.due_at} /></Words>}
    </Press>
  );
}
