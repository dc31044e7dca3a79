import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/messages.json";
import { useAnswer, useDoing, usePages } from "@/ui/answers";
import { Button, Entry, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { follow, go, leads, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Empty, Trouble } from "@/ui/states";
import { moment } from "@/words";
import "./messages.css";

type Message = Schemas["MessageShown"];
const PLACED = "placed";

export default function Messages() {
  const [looks, setLooks] = useState(0);
  return (
    <Page title={words.title} onRefresh={async () => setLooks(looks + 1)}>
      <Own about={words.about}><Mine key={looks} /></Own>
    </Page>
  );
}

function Mine() {
  const told = usePages<Message>((cursor) => own.get("/me/messages", { query: { cursor } }).then((data) => ({ data, at: null })), [], { again: true });
  return (
    <>
      <Threads />
      <List pages={told} label={words.list} keyOf={(each) => each.id} row={(each) => <One message={each} />} empty={<Empty text={words.none} />} />
    </>
  );
}

/** A thread for each child that has a place. */
function Threads() {
  const asked = useAnswer(() => own.get("/childcare/placements"), [], { again: true });
  if (asked.problem) return <Trouble problem={asked.problem} onAgain={asked.reload} />;
  const placed = asked.data?.items.filter((each) => each.state === PLACED) ?? [];
  if (placed.length === 0) return null;
  return (
    <Box as="section" className="stack" label={words.threads}>
      <Words as="h2">{words.threads}</Words>
      {placed.map((each) => (
        <Entry
          key={each.id} symbol="child" label={each.place?.centre ?? words.thread} about={fill(words.with, { group: each.place?.age_group_label ?? "" })}
          count={each.unread ? words.thread_new : undefined} onPress={() => go(pages.thread, { id: each.id })}
        />
      ))}
    </Box>
  );
}

/** A message with what to do next: where it leads, or "I know". Opening either way notes it as read. */
function One({ message }: { message: Message }) {
  const [read, setRead] = useState(message.read_at !== null);
  const doing = useDoing();
  const note = () => doing.run(async () => {
    await own.put("/me/messages/{message_id}/read", { path: { message_id: message.id } });
    setRead(true);
  });
  const { page } = message;
  const away = leads(page);
  const open = () => {
    if (!read) void note(); // it leads there whether or not the note arrives
    if (away) follow(page);
  };
  return (
    <Box className="message">
      <Box className="row between">
        <Words className="soft small">{moment(message.created_at, now())}</Words>
        {!read && <Tag look="bad">{words.unread}</Tag>}
      </Box>
      <Words as="p" className="message-text">{message.text}</Words>
      {doing.problem && <Trouble problem={doing.problem} onAgain={note} />}
      {away && <Button main={!read} label={fill(words.open_label, { text: message.text.slice(0, 20) })} onPress={open}>{words.open}</Button>}
      {!away && !read && <Button busy={doing.busy} onPress={note}>{words.read}</Button>}
    </Box>
  );
}
