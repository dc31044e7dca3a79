import { open } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/notices.json";
import { usePages } from "@/ui/answers";
import { Tag } from "@/ui/controls";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { type Draw } from "./record";

interface DrawPage {
  items: Draw[];
  next: string | null;
}

export default function Draws() {
  // The API does not describe the form of a draw.
  const found = usePages<Draw>((cursor) => open.get("/lottery-draws", { query: { cursor } }).then((data) => ({ data: data as unknown as DrawPage, at: null })), []);
  return (
    <Page title={words.draws_title} onRefresh={found.reload}>
      <List pages={found} label={words.draws_title} keyOf={(each) => each.id} empty={<Empty text={words.draws_none} />} row={(each) => (
        <Press className="wait" onPress={() => go(pages.draw, { id: each.id })}>
          <Words as="b">{fill(words.round, { round: each.round })}</Words>
          <Box className="row"><Tag>{words.states[each.state as keyof typeof words.states] ?? each.state}</Tag><Words>{fill(words.places, { n: each.places })}</Words></Box>
        </Press>
      )} />
    </Page>
  );
}
