import { useState } from "react";
import { now, own, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useDoing } from "@/ui/answers";
import { Button, Card } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Trouble } from "@/ui/states";
import { moment } from "@/words";
import "./me.css";

type Copy = Schemas["DataCopy"];

export default function Data() {
  return (
    <Page title={words.data.title}>
      <Words as="p">{words.data.text}</Words>
      <Own><Mine /></Own>
    </Page>
  );
}

/** It is in clear: asked for by a press, held in memory while the screen is open, kept nowhere. */
function Mine() {
  const [copy, setCopy] = useState<Copy | null>(null);
  const doing = useDoing();
  const get = () => doing.run(async () => setCopy(await own.get("/me/export")));
  const save = () => copy && platform().saveFile(settings.export_name, JSON.stringify(copy, null, 2));
  const labels: Record<string, string> = words.data.parts;
  return (
    <>
      {doing.problem && <Trouble problem={doing.problem} onAgain={get} />}
      <Button main={copy === null} wide busy={doing.busy} onPress={get}>{copy ? words.data.again : words.data.get}</Button>
      {copy && (
        <>
          <Words as="p" role="status">{fill(words.data.made, { when: moment(copy.exported_at, now()) })}</Words>
          <Button main wide onPress={save}>{words.data.save}</Button>
          <Words as="p" className="soft small">{words.data.save_help}</Words>
          {Object.entries(copy.data).map(([part, content]) => <Part key={part} label={labels[part] ?? part} content={content} />)}
          <Words as="p" className="soft">{words.data.wrong}</Words>
        </>
      )}
    </>
  );
}

/** How much a part holds: records of a list, of the lists in it, or whether there is anything. */
function amount(content: unknown): string {
  if (content === null || content === undefined) return words.data.nothing;
  const lists = Array.isArray(content) ? [content] : Object.values(content).filter(Array.isArray);
  const count = lists.reduce((sum, each) => sum + each.length, 0);
  if (count > 0) return fill(words.data.count, { n: count });
  const some = !Array.isArray(content) && Object.values(content as object).some((each) => each !== null && !Array.isArray(each));
  return some ? words.data.some : words.data.nothing;
}

function Part({ label, content }: { label: string; content: unknown }) {
  const [open, setOpen] = useState(false);
  const much = amount(content);
  return (
    <Card>
      <Box className="row between">
        <Words as="b">{label}</Words>
        <Words className="soft">{much}</Words>
      </Box>
      {much !== words.data.nothing && (
        <Button label={fill(words.data.see_label, { part: label })} expanded={open} onPress={() => setOpen(!open)}>{open ? words.data.fold : words.data.see}</Button>
      )}
      {open && <Words as="p" className="raw">{JSON.stringify(content, null, 1)}</Words>}
    </Card>
  );
}
