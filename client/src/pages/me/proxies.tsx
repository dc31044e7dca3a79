import { now, own, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { photos } from "@/state/sending";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Sending, useArrived, usePhotos } from "@/ui/photos";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { day } from "@/words";
import { Accept, Offer, Paper } from "./proxy-forms";
import "./me.css";

type Proxy = Schemas["ProxyShown"];
const OVER = ["ended", "refused"];
const REQUESTED = "requested";
const CHILD = "child";
const PHOTOS = 3;

export default function Proxies() {
  return <Page title={words.proxies.title}><Own><Both /></Own></Page>;
}

function Both() {
  const asked = useAnswer(async () => {
    const [me, mine, theirs] = await Promise.all([own.get("/me"), own.get("/me/proxies"), own.get("/me/principals")]);
    return { me, mine: mine.items, theirs: theirs.items };
  }, [], { again: true });
  if (!asked.data) return asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton />;
  const { me, mine, theirs } = asked.data;
  const living = (all: Proxy[]) => all.filter((each) => !OVER.includes(each.state));
  const past = [...mine, ...theirs].filter((each) => OVER.includes(each.state));
  return (
    <>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      <Part title={words.proxies.mine} none={words.proxies.mine_none} items={living(mine)} own onChanged={asked.reload} />
      <Offer onDone={asked.reload} />
      <Part title={words.proxies.theirs} none={words.proxies.theirs_none} items={living(theirs)} onChanged={asked.reload} />
      <Accept me={me} onDone={asked.reload} />
      <Paper me={me} onDone={asked.reload} />
      {past.length > 0 && <Past items={past} mine={mine} />}
    </>
  );
}

function Part({ title, none, items, own: given = false, onChanged }: { title: string; none: string; items: Proxy[]; own?: boolean; onChanged: () => Promise<void> }) {
  return (
    <Box as="section" className="stack" label={title}>
      <Words as="h2">{title}</Words>
      {items.length === 0 && <Words as="p" className="soft">{none}</Words>}
      {items.length > 0 && (
        <Box as="ul" className="list" label={title}>
          {items.map((each) => <Box as="li" key={each.id} className="list-row"><One proxy={each} own={given} onChanged={onChanged} /></Box>)}
        </Box>
      )}
    </Box>
  );
}

/** `张*替我办理`, `替李*办理`. */
function title(proxy: Proxy, given: boolean): string {
  const name = (given ? proxy.proxy : proxy.applicant) ?? words.proxies.somebody;
  return fill(given ? words.proxies.by : words.proxies.for, { name });
}

function One({ proxy, own: given, onChanged }: { proxy: Proxy; own: boolean; onChanged: () => Promise<void> }) {
  const doing = useDoing();
  const path = { authorisation_id: proxy.id };
  const end = () => doing.run(async () => {
    if (given) await own.post("/me/proxies/{authorisation_id}/revoke", { path, intent: `proxy.end.${proxy.id}` });
    else await own.post("/me/principals/{authorisation_id}/give-up", { path, intent: `proxy.end.${proxy.id}` });
    await onChanged();
  });
  const actions: Record<string, string> = words.proxies.action;
  return (
    <Box className="stack">
      <Box className="row">
        <Words as="b">{title(proxy, given)}</Words>
        <Tag look={proxy.in_force ? "good" : "calm"}>{proxy.state_label}</Tag>
      </Box>
      <Facts lines={[
        [words.proxies.can, proxy.actions.map((each) => actions[each] ?? each).join("，")],
        [words.proxies.until, day(proxy.expires_at, now())],
      ]} />
      {!given && proxy.in_force && proxy.actions.includes(CHILD) && (
        <Button onPress={() => go(pages.children, { for: proxy.id })}>{fill(words.proxies.see_children, { name: proxy.applicant ?? words.proxies.person })}</Button>
      )}
      {!given && proxy.state === REQUESTED && <Papers proxy={proxy} onChanged={onChanged} />}
      {doing.problem && <Trouble problem={doing.problem} onAgain={onChanged} />}
      {given
        ? <Sure label={words.proxies.revoke} question={words.proxies.revoke_text} yes={words.proxies.revoke_yes} no={words.no} danger busy={doing.busy} onYes={end} />
        : <Sure label={words.proxies.give_up} question={words.proxies.give_up_text} yes={words.proxies.give_up_yes} no={words.no} danger busy={doing.busy} onYes={end} />}
    </Box>
  );
}

/** Photos of the paper that somebody without a telephone has signed. */
function Papers({ proxy, onChanged }: { proxy: Proxy; onChanged: () => Promise<void> }) {
  const sending = usePhotos(proxy.id);
  useArrived(proxy.id, onChanged);
  const target = { scope: proxy.id, path: "/me/principals/{authorisation_id}/papers", values: { authorisation_id: proxy.id }, fields: {} } as const;
  const add = async () => photos.add(target, await platform().pickPhotos(PHOTOS));
  return (
    <Box className="stack">
      <Words as="p">{proxy.papers.length ? words.proxies.paper_next : words.proxies.paper_waits}</Words>
      {proxy.papers.length > 0 && <Words as="p" className="soft small">{fill(words.proxies.paper_added, { n: proxy.papers.length })}</Words>}
      <Sending photos={sending} />
      <Button main={proxy.papers.length === 0} symbol="camera" onPress={add}>{words.proxies.paper_add}</Button>
    </Box>
  );
}

function Past({ items, mine }: { items: Proxy[]; mine: Proxy[] }) {
  return (
    <Box as="section" className="stack" label={words.proxies.past}>
      <Words as="h2">{words.proxies.past}</Words>
      <Box as="ul" className="list" label={words.proxies.past}>
        {items.map((each) => (
          <Box as="li" key={each.id} className="list-row stack">
            <Box className="row"><Words>{title(each, mine.includes(each))}</Words><Tag>{each.state_label}</Tag></Box>
            {each.reason && <Words as="p">{each.reason}</Words>}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
