import { useState } from "react";
import { own, Problem, type Schemas } from "@/api";
import { forgetPerson } from "@/state/person";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Tick } from "@/ui/tick";
import { Button, Card } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages, startAnew, switchTo } from "@/ui/go";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import "./me.css";

const OVER = ["withdrawn", "rejected", "approved", "closed"];

export default function Erase() {
  return <Page title={words.erase.title}><Own><Steps /></Own></Page>;
}

/** First what goes and what stays, then the last question; nothing is done before it. */
function Steps() {
  const [last, setLast] = useState(false);
  return last ? <Last onNo={() => setLast(false)} /> : <First onNext={() => setLast(true)} />;
}

function First({ onNext }: { onNext: () => void }) {
  const [understood, setUnderstood] = useState(false);
  const [early, setEarly] = useState(false);
  const next = () => (understood ? onNext() : setEarly(true));
  return (
    <>
      <Words as="p" className="soft">{fill(words.erase.step, { n: 1 })}</Words>
      <Open />
      <Card title={words.erase.goes}>
        <Box as="ul" className="points">{words.erase.goes_list.map((each) => <Box as="li" key={each}>{each}</Box>)}</Box>
      </Card>
      <Card title={words.erase.stays}>
        <Box as="ul" className="points">
          {words.erase.stays_list.map(({ what, why }) => (
            <Box as="li" key={what}>
              <Words as="p">{what}</Words>
              <Words as="p" className="soft small">{why}</Words>
            </Box>
          ))}
        </Box>
      </Card>
      <Button wide onPress={() => go(pages.data)}>{words.erase.copy}</Button>
      <Tick on={understood} onTick={setUnderstood}>{words.erase.understood}</Tick>
      {early && !understood && <Words as="p" className="fault" role="alert">{words.erase.understood_first}</Words>}
      <Button danger wide onPress={next}>{words.erase.next}</Button>
    </>
  );
}

/** What is under way and would be withdrawn. */
function Open() {
  const asked = useAnswer(() => own.get("/applications"), []);
  if (!asked.data) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton rows={1} />;
  const open: Schemas["ApplicationItem"][] = asked.data.items.filter((each) => !OVER.includes(each.state));
  if (open.length === 0) return <Words as="p">{words.erase.open_none}</Words>;
  return (
    <Card title={fill(words.erase.open, { n: open.length })}>
      <Box as="ul" className="points">{open.map((each) => <Box as="li" key={each.id}>{each.programme_label}（{each.state_label}）</Box>)}</Box>
    </Card>
  );
}

function Last({ onNo }: { onNo: () => void }) {
  const doing = useDoing();
  const [lost, setLost] = useState(false);
  const erase = () => doing.run(async () => {
    try {
      const { state } = await own.delete("/me");
      await forgetPerson();
      startAnew(pages.gone, { state });
    } catch (fault) {
      setLost(fault instanceof Problem && fault.code === "no_answer");
      throw fault;
    }
  });
  // Asking again with this token might make a new account where the old one is gone: the person signs in on purpose.
  const look = async () => {
    await forgetPerson();
    switchTo(pages.me);
  };
  return (
    <>
      <Words as="p" className="soft">{fill(words.erase.step, { n: 2 })}</Words>
      <Card title={words.erase.last}>
        <Words as="p" role="alert">{words.erase.last_text}</Words>
        {lost ? <Words as="p" className="fault" role="alert">{words.erase.lost}</Words> : doing.problem && <Trouble problem={doing.problem} />}
        {lost && <Button wide onPress={look}>{words.erase.look}</Button>}
        {!lost && <Button danger wide busy={doing.busy} onPress={erase}>{words.erase.do}</Button>}
        {!lost && <Button main wide disabled={doing.busy} onPress={onNo}>{words.erase.no}</Button>}
      </Card>
    </>
  );
}
