import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useDoing } from "@/ui/answers";
import { Card, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { day } from "@/words";

const { asked: words, elders } = text;

type Asked = Schemas["AskedLink"];
const PRESENT = ["requested", "confirmed"];

/** Who wants to be linked to me as my family, and who is: I decide. */
export function AskedOfMe({ links, onChanged }: { links: readonly Asked[]; onChanged: () => Promise<void> }) {
  const present = links.filter((each) => PRESENT.includes(each.state));
  if (present.length === 0) return null;
  return (
    <Card title={words.title}>
      <Words as="p" className="soft">{words.lead}</Words>
      <Box as="ul" className="stack">
        {present.map((each) => <Box as="li" key={each.id}><One link={each} onChanged={onChanged} /></Box>)}
      </Box>
    </Card>
  );
}

function One({ link, onChanged }: { link: Asked; onChanged: () => Promise<void> }) {
  const doing = useDoing();
  const name = link.asker ?? words.nobody;
  const path = { link_id: link.id };
  const decide = async (work: () => Promise<unknown>) => {
    if (await doing.run(work)) await onChanged();
  };
  const confirm = () => decide(() => own.post("/elders/{link_id}/confirm", { path, intent: `elder.confirm.${link.id}` }));
  const refuse = () => decide(() => own.post("/elders/{link_id}/refuse", { path, intent: `elder.refuse.${link.id}` }));
  const requested = link.state === "requested";
  return (
    <Box className="stack">
      <Words as="p"><Words as="b">{fill(words.line, { name, relation: link.relation_label })}</Words></Words>
      <Box className="row">
        <Tag look={requested ? "calm" : "good"}>{link.state_label}</Tag>
        <Words className="soft small">{fill(words.since, { when: day(link.created_at, now()) })}</Words>
      </Box>
      {doing.problem && <Trouble problem={doing.problem} onAgain={onChanged} />}
      {requested && <Sure main busy={doing.busy} label={words.confirm} question={fill(words.confirm_sure, { name })} yes={elders.yes} no={elders.no} onYes={confirm} />}
      <Sure
        danger busy={doing.busy} label={requested ? words.refuse : words.end} question={requested ? words.refuse_sure : words.end_sure} yes={elders.yes} no={elders.no}
        onYes={refuse}
      />
    </Box>
  );
}
