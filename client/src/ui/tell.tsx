import { useState } from "react";
import { open } from "@/api";
import { platform } from "@/platform/current";
import { type MaySend } from "@/platform/types";
import { common } from "@/text";
import { useAnswer, useDoing } from "./answers";
import { Button, Card } from "./controls";
import { Box, Words } from "./elements";
import { Trouble } from "./states";

/** `title` and `lead` make a card of it. */
type TellWords = Record<MaySend | "ask" | "again", string> & { title?: string; lead?: string };

interface TellMeProps {
  /** As in config/catalogue/wechat/templates.yaml. */
  name: string;
  words?: TellWords;
}

/**
 * Offered at the moment it helps, such as after handing something in: one agreement is one message (WeChat's rule, which
 * also wants the question asked by a tap alone), so it may be asked again. Where nobody can be asked it says so at once.
 */
export function TellMe({ name, words = common.tell }: TellMeProps) {
  const asks = platform().asksToSend();
  const { data } = useAnswer(() => open.get("/subscription-templates"), []);
  const [said, setSaid] = useState<MaySend | null>(asks ? null : "nowhere");
  const doing = useDoing();
  const ids = (data?.items ?? []).filter((each) => each.name === name).map((each) => each.template_id);
  const ask = () => doing.run(async () => setSaid(await platform().askToSend(ids)));
  if (ids.length === 0) return null;
  const spoken = said ?? "lead";
  const offered = (
    <>
      {words[spoken] && <Words as="p" className={said === "accepted" ? "say" : "soft"} role={asks ? "status" : undefined}>{words[spoken]}</Words>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={ask} />}
      {asks && <Button symbol="notice" busy={doing.busy} onPress={ask}>{said === "accepted" ? words.again : words.ask}</Button>}
    </>
  );
  return words.title ? <Card title={words.title}>{offered}</Card> : <Box className="stack">{offered}</Box>;
}
