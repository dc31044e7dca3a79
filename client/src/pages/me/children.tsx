import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { NewChild } from "@/ui/new-child";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Empty, Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { Acting, For, nameOf, useWhom } from "@/ui/whom";
import { IdentityFirst } from "./identity-first";
import "./me.css";

type Child = Schemas["ChildShown"];
const CHILD = "child";

export default function Children() {
  const { params } = useRouter();
  if (params.for) return <For id={params.for} title={words.children.list}><Theirs /></For>;
  return (
    <Page title={words.children.title}>
      <Words as="p" className="soft">{words.children.text}</Words>
      <Own><Mine /></Own>
    </Page>
  );
}

function Mine() {
  const asked = useAnswer(() => own.get("/me"), [], { again: true });
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState("");
  const me = asked.data;
  if (!me) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  if (!me.identity) return <IdentityFirst />;
  const done = async (child: Child) => {
    setAdded(child.name);
    setAdding(false);
    await asked.reload();
  };
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {added !== "" && <Words as="p" className="say" role="status">{fill(words.children.added, { name: added })}</Words>}
      {me.children.length === 0 && !adding && <Empty text={words.children.none} />}
      {me.children.length > 0 && (
        <Box as="ul" className="list" label={words.children.list}>
          {me.children.map((each) => <Box as="li" key={each.id} className="list-row"><One child={each} onGone={asked.reload} /></Box>)}
        </Box>
      )}
      {adding ? <NewChild keptAs={me.id} onMade={done} /> : <Button main wide onPress={() => setAdding(true)}>{words.children.add}</Button>}
    </>
  );
}

/** Of somebody who has authorised this: seen and registered, never removed; the guardian's consent lies in the authorisation. */
function Theirs() {
  const { api, proxy, may } = useWhom();
  const name = nameOf(proxy);
  const asked = useAnswer(() => api.get("/me/children"), [], { again: true, wait: !may(CHILD) });
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState("");
  const done = async (child: Child) => {
    setAdded(child.name);
    setAdding(false);
    await asked.reload();
  };
  const items = asked.data?.items ?? [];
  return (
    <Page title={words.children.list} onRefresh={asked.reload}>
      <Acting />
      {!may(CHILD) && <Words as="p" role="status">{words.children.not_child}</Words>}
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {asked.busy && !asked.data && <Skeleton />}
      {added !== "" && <Words as="p" className="say" role="status">{fill(words.children.added, { name: added })}</Words>}
      {asked.data && <Words as="p" className="soft">{fill(words.children.theirs_text, { name })}</Words>}
      {asked.data && items.length === 0 && !adding && <Empty text={words.children.theirs_none} />}
      {items.length > 0 && (
        <Box as="ul" className="list" label={words.children.list}>
          {items.map((each) => <Box as="li" key={each.id} className="list-row"><Told child={each} relation={fill(words.children.theirs_relation, { name })} /></Box>)}
        </Box>
      )}
      {asked.data && (adding ? <NewChild keptAs={proxy?.id ?? ""} onMade={done} /> : <Button main wide onPress={() => setAdding(true)}>{words.children.add}</Button>)}
    </Page>
  );
}

function Told({ child, relation = words.children.relation }: { child: Child; relation?: string }) {
  return (
    <>
      <Words as="h2">{child.name}</Words>
      <Facts lines={[[relation, child.relation_label], [words.birth_date, child.birth_date], [words.id_number, child.id_number]]} />
    </>
  );
}

function One({ child, onGone }: { child: Child; onGone: () => Promise<void> }) {
  const doing = useDoing();
  const remove = () => doing.run(async () => {
    await own.delete("/me/children/{child_id}", { path: { child_id: child.id } });
    await onGone();
  });
  return (
    <Box className="stack">
      <Told child={child} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={onGone} />}
      <Sure label={words.children.remove} question={fill(words.children.remove_text, { name: child.name })} yes={words.children.remove_yes} no={words.no} danger busy={doing.busy} onYes={remove} />
    </Box>
  );
}
