import { useRouter, useShareAppMessage } from "@tarojs/taro";
import { useState } from "react";
import { inTheNameOf, open, own, session, type Schemas } from "@/api";
import { useDoing, useAnswer } from "@/ui/answers";
import { fill } from "@/text";
import words from "@/text/zh_CN/programmes.json";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { ForWhom, mayBegin, usePrincipals } from "@/ui/whom";
import "./programmes.css";

type Programme = Schemas["ProgrammeDetail"];

export default function OneProgramme() {
  const { params } = useRouter();
  const token = params.token ?? "";
  const asked = useAnswer(() => open.get("/programmes/{token}", { path: { token } }), [token]);
  const programme = asked.data;
  useShareAppMessage(() => ({ title: programme?.label ?? words.title, path: `${pages.programme}?token=${token}` }));
  const proxies = usePrincipals().filter((each) => mayBegin(each, token));
  const [whom, setWhom] = useState<string>();
  return (
    <Page title={programme?.label ?? words.what} onRefresh={asked.reload} foot={programme && <Begin token={token} whom={whom} />}>
      <ForWhom proxies={proxies} chosen={whom} onChosen={setWhom} />
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!programme && asked.busy && <Skeleton />}
      {programme && <Shown programme={programme} />}
    </Page>
  );
}

/** Begin, or go on with the draft that is there: nobody fills in the same form twice. */
function Begin({ token, whom }: { token: string; whom?: string }) {
  const doing = useDoing();
  const api = whom ? inTheNameOf(whom) : own;
  const mine = useAnswer(async () => (session.known() ? api.get("/applications") : null), [token, whom], { again: true });
  const draft = mine.data?.items.find((each) => each.programme === token && each.state === "draft");
  const begin = () =>
    doing.run(async () => {
      session.begin(); // whoever begins an application asks to sign in
      const made = draft ?? (await api.post("/applications", { body: { programme: token }, intent: `application.create.${token}` }));
      go(pages.form, { id: made.id, ...(whom && { for: whom }) });
    });
  return (
    <Box className="stack wide">
      {doing.problem && <Trouble problem={doing.problem} onAgain={begin} />}
      <Box className="row fill">
        <Button wide onPress={() => go(pages.prescreen, { token })}>{words.prescreen}</Button>
        <Button main wide busy={doing.busy} onPress={begin}>{draft ? words.go_on : words.apply}</Button>
      </Box>
    </Box>
  );
}

function Shown({ programme }: { programme: Programme }) {
  const { waiting_list: waiting, public_notice: notice } = programme;
  return (
    <>
      <Card><Words as="p">{programme.summary}</Words></Card>
      <Card title={words.who}>
        <Box as="ul" className="lines">{programme.eligibility.map((each) => <Box as="li" key={each.token}>{each.label}</Box>)}</Box>
      </Card>
      <Card title={words.papers}>
        <Box as="ul" className="lines">
          {programme.papers.map((each) => (
            <Box as="li" key={each.token} className="line">
              <Box className="row">
                <Words as="b">{each.label}</Words>
                <Tag look={each.required ? "calm" : ""}>{each.required ? words.required : words.optional}</Tag>
              </Box>
              <Words className="soft small">{each.help}</Words>
            </Box>
          ))}
        </Box>
      </Card>
      <Card title={words.deadlines}>
        <Facts lines={programme.deadlines.map((each) => [each.label, fill(words.working_days, { n: each.working_days })])} />
        {typeof notice?.days === "number" && <Words as="p">{fill(words.notice_days, { n: notice.days })}</Words>}
      </Card>
      {waiting && (
        <Card title={words.waiting}>
          <Box as="ul" className="lines">{waiting.order.map((each) => <Box as="li" key={each.label}>{each.label}</Box>)}</Box>
        </Card>
      )}
    </>
  );
}
