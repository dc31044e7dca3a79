import { useShareAppMessage } from "@tarojs/taro";
import { useState } from "react";
import { entries } from "@/entries";
import { display, setDisplay } from "@/state/display";
import { useStore } from "@/state/store";
import words from "@/text/zh_CN/home.json";
import { Button, Entry } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Search } from "./search";
import { Waits } from "./waits";
import "../nearby/nearby.css";

export default function Home() {
  const { large } = useStore(display);
  const [looks, setLooks] = useState(0);
  useShareAppMessage(() => ({ title: words.lead, path: pages.home }));
  return (
    <Page title={words.title} section="home" onRefresh={async () => setLooks(looks + 1)}>
      <Box className="row between">
        <Words as="p" className="soft">{words.lead}</Words>
        <Button symbol="large" onPress={() => setDisplay({ large: !large })}>{large ? words.large_off : words.large_on}</Button>
      </Box>
      <Search />
      <Waits key={looks} />
      <Words as="h2">{words.can}</Words>
      <Box className="entries">
        {entries.filter((each) => !large || each.essential).map((each) => (
          <Entry key={each.token} symbol={each.symbol} label={each.label} about={each.about} onPress={() => go(each.page)} />
        ))}
      </Box>
    </Page>
  );
}
