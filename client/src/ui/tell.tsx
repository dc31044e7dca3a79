import { useState } from "react";
import { open } from "@/api";
import { platform } from "@/platform/current";
import { type MaySend } from "@/platform/types";
import { common } from "@/text";
import { useAnswer, useDoing } from "./answers";
import { Button } from "./controls";
import { Words } from "./elements";
import { Trouble } from "./states";

/**
 * Offered at the moment it helps, such as after handing something in: one agreement is one message (WeChat's rule, which
 * also wants the question asked by a tap alone). `name` as in config/catalogue/wechat/templates.yaml.
 */
export function TellMe({ name }: { name: string }) {
  const { data } = useAnswer(() => open.get("/subscription-templates"), []);
  const [said, setSaid] = useState<MaySend | null>(null);
  const doing = useDoing();
  const ids = (data?.items ?? []).filter((each) => each.name === name).map((each) => each.template_id);
  const ask = () => doing.run(async () => setSaid(await platform().askToSend(ids)));
  if (said !== null) return <Words as="p" className="say" role="status">{common.tell[said]}</Words>;
  if (ids.length === 0) return null;
  return (
    <>
      {doing.problem && <Trouble problem={doing.problem} onAgain={ask} />}
      <Button symbol="notice" busy={doing.busy} onPress={ask}>{common.tell.ask}</Button>
    </>
  );
}
