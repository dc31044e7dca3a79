import { useEffect } from "react";
import { type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { photos } from "@/state/sending";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import whose from "@/text/zh_CN/whom.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Sending, usePhotos } from "@/ui/photos";
import { Trouble } from "@/ui/states";
import { useWhom } from "@/ui/whom";
import common from "@/text/zh_CN/programmes.json";
import { type Application } from "./draft";

type Kind = Pick<Schemas["PaperKindView"], "token" | "label" | "help" | "required" | "files_most">;

interface PapersProps {
  application: Application;
  kinds: readonly Kind[];
  onChanged: () => Promise<void>;
}

/** The papers of an application: photos are sent at once, again by themselves, and again by hand. */
export function Papers({ application, kinds, onChanged }: PapersProps) {
  const { api, may } = useWhom();
  const path = { application_id: application.id };
  const reusable = useAnswer(() => api.get("/applications/{application_id}/reusable-papers", { path }), [application.id], { wait: !may("papers") });
  const looking = useDoing();
  const look = () => looking.run(onChanged);
  useEffect(() => {
    // A photo that an earlier start had left behind may have arrived since the application was read.
    if (may("papers")) void look();
  }, []); // eslint-disable-line react-hooks/exhaustive-deps
  if (!may("papers")) return <Words as="p">{whose.not_papers}</Words>;
  return (
    <Box className="stack">
      {looking.problem && <Trouble problem={looking.problem} onAgain={look} />}
      {kinds.map((kind) => (
        <Paper key={kind.token} kind={kind} application={application} reusable={reusable.data?.items.filter((each) => each.paper === kind.token) ?? []} onChanged={onChanged} />
      ))}
    </Box>
  );
}

function Paper({ kind, application, reusable, onChanged }: { kind: Kind; application: Application; reusable: Schemas["ReusableView"][]; onChanged: () => Promise<void> }) {
  const { api, proxy } = useWhom();
  const sending = usePhotos(application.id).filter((each) => each.target.fields.paper === kind.token);
  const doing = useDoing();
  const files = application.papers.filter((each) => each.paper === kind.token);
  const room = kind.files_most - files.length - sending.length;
  const path = { application_id: application.id };
  const target = { scope: application.id, path: "/applications/{application_id}/documents", values: path, fields: { paper: kind.token }, onBehalfOf: proxy?.id } as const;
  const pick = async () => photos.add(target, await platform().pickPhotos(room));
  const remove = (id: string) => doing.run(async () => {
    await api.delete("/applications/{application_id}/documents/{document_id}", { path: { ...path, document_id: id } });
    await onChanged();
  });
  const reuse = (from: Schemas["ReusableView"]) => doing.run(async () => {
    const body = { application_id: from.application_id, document_id: from.document.id };
    await api.post("/applications/{application_id}/documents/reuse", { path, body, intent: `paper.reuse.${application.id}.${from.document.id}` });
    await onChanged();
  });
  return (
    <Box as="section" className="card" label={kind.label}>
      <Box className="row"><Words as="h2">{kind.label}</Words><Tag look={kind.required ? "calm" : ""}>{kind.required ? common.required : common.optional}</Tag></Box>
      <Words as="p" className="help">{kind.help}</Words>
      {doing.problem && <Trouble problem={doing.problem} />}
      {files.length > 0 && (
        <Box as="ul" className="lines" label={kind.label}>
          {files.map((each, at) => (
            <Box as="li" key={each.id} className="row between">
              <Words>{fill(words.file_n, { n: at + 1 })} · {each.name}</Words>
              <Button danger busy={doing.busy} label={fill(words.paper_remove_label, { name: kind.label, n: at + 1 })} onPress={() => remove(each.id)}>{words.paper_remove}</Button>
            </Box>
          ))}
        </Box>
      )}
      <Sending photos={sending} />
      {room > 0 && <Button symbol="camera" label={fill(words.photo_label, { name: kind.label })} onPress={pick}>{words.photo}</Button>}
      {room > 0 && files.length === 0 && reusable.map((each) => (
        <Button key={each.document.id} busy={doing.busy} onPress={() => reuse(each)}>{fill(words.reuse, { name: kind.label })}</Button>
      ))}
    </Box>
  );
}
