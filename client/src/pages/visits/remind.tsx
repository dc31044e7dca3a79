import { useState } from "react";
import { open } from "@/api";
import { platform } from "@/platform/current";
import { type MaySend } from "@/platform/types";
import text from "@/text/zh_CN/visits.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { Trouble } from "@/ui/states";

const { remind: words } = text;

const TEMPLATE = "visit_reminder";

/** Ask whether WeChat may remind, when there is something to be reminded of. WeChat takes the question by a tap alone. */
export function Remind() {
  const { data } = useAnswer(() => open.get("/subscription-templates"), []);
  const [said, setSaid] = useState<MaySend | null>(platform().target === "h5" ? "nowhere" : null);
  const doing = useDoing();
  const ids = (data?.items ?? []).filter((each) => each.name === TEMPLATE).map((each) => each.template_id);
  const ask = () => doing.run(async () => setSaid(await platform().askToSend(ids)));
  return (
    <Card title={words.title}>
      <Words as="p" className="soft">{said === null ? words.lead : words[said]}</Words>
      {doing.problem && <Trouble problem={doing.problem} />}
      {said === null && ids.length > 0 && <Button busy={doing.busy} onPress={ask}>{words.do}</Button>}
    </Card>
  );
}
