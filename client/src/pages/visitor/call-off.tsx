import { useState } from "react";
import words from "@/text/zh_CN/visitor.json";
import { useDoing } from "@/ui/answers";
import { Button, Card } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { Choose } from "@/ui/question";
import { Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { type CancelReason } from "./notes";
import { type Stop, work } from "./workday";

const said = words.off;
const REASONS = Object.entries(said.reasons).map(([token, title]) => ({ const: token, title }));

/** Cancel what a family has booked, with a reason that the family reads; without a network they hear of it later, and it says so. */
export function CallOff({ stop, onOff }: { stop: Stop; onOff: () => void }) {
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState<CancelReason | null>(null);
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const cancel = () => doing.run(() => work.note({ kind: "cancel", stop, reason: reason ?? undefined }).then(onOff));
  if (!opened) return <Button wide onPress={() => setOpened(true)}>{said.open}</Button>;
  return (
    <Card title={said.title}>
      <Words as="p" className="soft small">{said.lead}</Words>
      <Choose
        id="off-reason" required label={said.reason} options={REASONS} chosen={reason ? [reason] : []} fault={early && !reason ? said.choose : undefined}
        onChosen={([one]) => setReason(one as CancelReason)}
      />
      {doing.problem && <Trouble problem={doing.problem} />}
      <Sure
        danger ready={reason !== null} onNotReady={() => setEarly(true)} busy={doing.busy} label={said.do} question={said.sure} yes={said.yes} no={said.no}
        onYes={cancel}
      />
      <Button wide onPress={() => setOpened(false)}>{said.close}</Button>
    </Card>
  );
}
