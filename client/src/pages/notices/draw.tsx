import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { open } from "@/api";
import { platform } from "@/platform/current";
import { fill } from "@/text";
import words from "@/text/zh_CN/notices.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { type DrawRecord, type Verdict, verify } from "./record";

export default function OneDraw() {
  const { params } = useRouter();
  const id = params.id ?? "";
  const asked = useAnswer(() => open.get("/lottery-draws/{draw_id}", { path: { draw_id: id } }).then((data) => data as unknown as DrawRecord), [id]);
  return (
    <Page title={words.draw} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!asked.data && asked.busy && <Skeleton />}
      {asked.data && <Shown record={asked.data} />}
    </Page>
  );
}

function Shown({ record }: { record: DrawRecord }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const doing = useDoing();
  const { committed, seed, result } = record;
  const source = committed.seed_source;
  return (
    <>
      <Card title={fill(words.round, { round: committed.round })}>
        <Box className="row"><Tag>{words.states[record.state as keyof typeof words.states] ?? record.state}</Tag></Box>
        <Words as="p">{fill(words.entries, { n: committed.entries.length })} · {fill(words.places, { n: committed.places })}</Words>
        <Facts lines={[[words.commitment, record.commitment.sha256], [words.seed, seed ?? words.seed_none]]} />
        <Words as="p" className="soft small">{fill(words.source, { source: String(source.label ?? source.name ?? source.token ?? ""), issue: String(source.issue ?? "") })}</Words>
        {record.void?.reason && <Words as="p">{words.void_reason}：{record.void.reason}</Words>}
      </Card>
      <Card title={words.verify}>
        <Words as="p" className="soft">{words.verify_about}</Words>
        <Button main busy={doing.busy} onPress={() => doing.run(async () => setVerdict(await verify(record, () => platform().wait(0))))}>{words.verify}</Button>
        {verdict && <Words as="p" className="say" role="status">{words[verdict]}</Words>}
      </Card>
      {result && <Card title={words.chosen}><Words as="p">{result.slice(0, committed.places).join("，")}</Words></Card>}
    </>
  );
}
