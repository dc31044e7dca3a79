/** What the code on a poster opens: asks where it leads, and goes on there, so that "back" leads home. */
import { useRouter } from "@tarojs/taro";
import { useEffect } from "react";
import { open } from "@/api";
import words from "@/text/zh_CN/home.json";
import { useAnswer } from "@/ui/answers";
import { Button } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { leads, moveOn, pages, switchTo } from "@/ui/go";
import { Page } from "@/ui/page";
import { sceneIn } from "@/ui/scene";
import { Skeleton, Trouble } from "@/ui/states";

export default function Scan() {
  const { params } = useRouter();
  const scene = sceneIn(params.scene);
  const asked = useAnswer(() => open.get("/scenes/{scene}", { path: { scene } }), [scene]);
  const way = asked.data;
  const known = way !== null && leads(way.page);
  useEffect(() => {
    if (way !== null && known) moveOn(`/${way.page}`, way.query);
  }, [way, known]);
  return (
    <Page title={words.scan.title}>
      {asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : (way === null || known) && <Skeleton />}
      {way !== null && !known && <Box className="trouble" role="alert"><Words as="p">{words.scan.newer}</Words></Box>}
      {(asked.problem ?? (way !== null && !known)) && (
        <Box className="stack">
          <Button wide onPress={() => switchTo(pages.nearby)}>{words.scan.nearby}</Button>
          <Button wide onPress={() => switchTo(pages.home)}>{words.scan.home}</Button>
        </Box>
      )}
    </Page>
  );
}
