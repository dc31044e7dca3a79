import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import text from "@/text/zh_CN/visits.json";
import { useAnswer } from "@/ui/answers";
import { Button, Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { AskedOfMe } from "./asked";
import { LinkState } from "./link-state";

const { elders: words } = text;

type Link = Schemas["ElderLinkItem"];

/** The old people I am linked to or asked to be linked to, and who of my family asks for me. */
export default function Elders() {
  const asked = useAnswer(async () => {
    const [links, mine] = await Promise.all([own.get("/elders"), own.get("/elders/asked-of-me")]);
    return { links: links.items.filter((each) => each.state !== "ended"), mine: mine.items };
  }, [], { again: true });
  return (
    <Page title={words.title} onRefresh={asked.reload} foot={<Button main wide symbol="elder" onPress={() => go(pages.elderLink)}>{words.add}</Button>}>
      <Words as="p" className="soft">{words.lead}</Words>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {asked.data === null && asked.busy && <Skeleton />}
      {asked.data && asked.data.mine.length > 0 && <AskedOfMe links={asked.data.mine} onChanged={asked.reload} />}
      {asked.data && asked.data.links.length === 0 && asked.data.mine.length === 0 && <Empty text={words.empty} />}
      {asked.data && asked.data.links.length > 0 && (
        <Box as="ul" className="list" label={words.list}>
          {asked.data.links.map((link) => <Box as="li" key={link.id} className="list-row"><Elder link={link} onChanged={asked.reload} /></Box>)}
        </Box>
      )}
      <Button wide symbol="time" onPress={() => go(pages.visits)}>{words.all_visits}</Button>
      <Button onPress={() => go(pages.visitor)}>{words.staff}</Button>
    </Page>
  );
}

function Elder({ link, onChanged }: { link: Link; onChanged: () => Promise<void> }) {
  const confirmed = link.state === "confirmed";
  const title = (
    <>
      <Words className="tall-name">{link.name}</Words>
      <Words className="soft small">{[link.relation_label, link.township].filter(Boolean).join(" · ")}</Words>
    </>
  );
  return (
    <Box className="stack">
      {confirmed
        ? <Press className="tall" label={fill(words.open, { name: link.name })} onPress={() => go(pages.elder, { id: link.id })}>{title}</Press>
        : <Box className="tall">{title}</Box>}
      <Box className="row">
        <Tag look={confirmed ? "good" : link.state === "requested" ? "calm" : "bad"}>{link.state_label}</Tag>
        {confirmed && link.on_register && <Tag look={link.seen_this_month ? "good" : ""}>{`${words.seen}：${link.seen_this_month ? words.seen_yes : words.seen_no}`}</Tag>}
      </Box>
      <LinkState link={link} onChanged={onChanged} />
      {confirmed && link.on_register && <Button main onPress={() => go(pages.book, { elder: link.id })}>{words.book}</Button>}
    </Box>
  );
}
