import { own, type Schemas } from "@/api";
import text from "@/text/zh_CN/visits.json";
import { useDoing } from "@/ui/answers";
import { Words } from "@/ui/elements";
import { Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";

const { elders: words } = text;

interface LinkStateProps {
  link: Schemas["ElderLinkItem"];
  onChanged: () => unknown;
}

/** What a link's state means, and the way to take a request back. */
export function LinkState({ link, onChanged }: LinkStateProps) {
  const doing = useDoing();
  const end = async () => {
    if (await doing.run(() => endLink(link))) await onChanged();
  };
  const said = { requested: words.requested, refused: words.refused, ended: words.ended }[link.state];
  return (
    <>
      {said && <Words as="p">{said}</Words>}
      {link.state === "confirmed" && link.on_register === false && <Words as="p">{words.off_register}</Words>}
      {doing.problem && <Trouble problem={doing.problem} onAgain={onChanged} />}
      {link.state === "requested" && link.actions.includes("end") && (
        <Sure danger busy={doing.busy} label={words.withdraw} question={words.withdraw_sure} yes={words.yes} no={words.no} onYes={end} />
      )}
    </>
  );
}

export function endLink(link: Schemas["ElderLinkItem"]) {
  return own.post("/elders/{link_id}/end", { path: { link_id: link.id }, intent: `elder.end.${link.id}` });
}
