import { useRouter } from "@tarojs/taro";
import { useEffect } from "react";
import { now, own, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { photos } from "@/state/sending";
import words from "@/text/zh_CN/notices.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Field } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { moveOn, pages } from "@/ui/go";
import { Page } from "@/ui/page";
import { Sending, useArrived, usePhotos } from "@/ui/photos";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { useTyped } from "@/ui/typed";
import { moment } from "@/words";
import { isUndecided, whose } from "./objections";

const NOTHING = { statement: "" };

/** With `notice`, a new objection to it; with `id`, how one's own stands. */
export default function Objection() {
  const { params } = useRouter();
  return params.notice ? <Filing notice={params.notice} /> : <Standing id={params.id ?? ""} />;
}

function Filing({ notice }: { notice: string }) {
  const me = useAnswer(() => own.get("/me"), []);
  const typed = useTyped(me.data ? `${me.data.id}.objection.${notice}` : null, NOTHING);
  const { statement } = typed.value;
  const doing = useDoing();
  const file = () =>
    doing.run(async () => {
      const filed = (await own.post("/public-notices/{notice_id}/objections", { path: { notice_id: notice }, body: { statement }, intent: `objection.${notice}` })) as Schemas["OwnObjectionView"];
      await typed.clear();
      moveOn(pages.objection, { id: filed.id });
    });
  return (
    <Page title={words.object_title} foot={<Button main wide busy={doing.busy} disabled={statement.trim() === ""} onPress={file}>{words.send}</Button>}>
      {doing.problem && <Trouble problem={doing.problem} onAgain={file} />}
      <Words as="p" className="soft">{words.object_lead}</Words>
      <Field id="objection-statement" label={words.statement} required fault={doing.problem?.of("statement")}>
        {(tied) => <TextBox {...tied} lines={6} most={2000} value={statement} onText={(text) => typed.change({ statement: text })} />}
      </Field>
    </Page>
  );
}

function Standing({ id }: { id: string }) {
  const path = { objection_id: id };
  const asked = useAnswer(() => own.get("/objections/{objection_id}", { path }), [id], { again: true });
  const doing = useDoing();
  const objection = asked.data;
  const undecided = objection !== null && isUndecided(objection);
  const sending = usePhotos(id);
  useArrived(id, asked.reload);
  const unread = objection?.unread === true;
  // It waits on the home screen until it was read here; should that not arrive, it waits there once more.
  useEffect(() => {
    if (unread) own.put("/objections/{objection_id}/read", { path: { objection_id: id } }).catch(() => undefined);
  }, [id, unread]);
  const add = async () => photos.add({ scope: id, path: "/objections/{objection_id}/evidence", values: path, fields: {} }, await platform().pickPhotos(1));
  const withdraw = () =>
    doing.run(async () => {
      await own.post("/objections/{objection_id}/withdraw", { path, intent: `objection.withdraw.${id}` });
      await asked.reload();
    });
  return (
    <Page title={words.objection} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!objection && asked.busy && <Skeleton />}
      {doing.problem && <Trouble problem={doing.problem} />}
      {objection && (
        <>
          <Card title={objection.state_label}>
            <Words as="p">{objection.next_step}</Words>
            <Facts lines={[
              [words.against, objection.programme_label], [words.against_whom, whose(objection)], [words.filed, moment(objection.filed_at, now())],
              undecided ? [words.due, moment(objection.due_at, now())] : [words.closed, objection.closed_at && moment(objection.closed_at, now())],
            ]} />
            {objection.ruling && <Words as="p">{words.ruling}：{objection.ruling}</Words>}
          </Card>
          <Card title={words.said}>
            <Words as="p">{objection.statement}</Words>
            <Box as="ul" className="lines" label={words.evidence}>{objection.evidence.map((each) => <Box as="li" key={each.id}>{each.name}</Box>)}</Box>
            <Sending photos={sending} />
            {undecided && <Button symbol="camera" busy={doing.busy} onPress={add}>{words.evidence_add}</Button>}
          </Card>
          {undecided && <Sure danger label={words.withdraw} question={words.withdraw_sure} yes={words.withdraw_yes} no={words.think} busy={doing.busy} onYes={withdraw} />}
        </>
      )}
    </Page>
  );
}
