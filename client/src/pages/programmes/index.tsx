import { open } from "@/api";
import words from "@/text/zh_CN/programmes.json";
import { usePages } from "@/ui/answers";
import { Box, Press, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import "./programmes.css";

export default function Programmes() {
  const found = usePages(() => open.kept("programmes", "/programmes"), []);
  return (
    <Page title={words.title} onRefresh={found.reload}>
      <List
        pages={found} label={words.list} keyOf={(each) => each.token} empty={<Empty text={words.none} />}
        row={(each) => (
          <Press className="programme" onPress={() => go(pages.programme, { token: each.token })}>
            <Words className="programme-name">{each.label}</Words>
            <Box className="soft small">{each.summary}</Box>
          </Press>
        )}
      />
    </Page>
  );
}
