/**
 * For whom something is done: for oneself, or for somebody who has authorised this (me/proxies). A screen that can do both
 * carries `for`, the id of the authorisation, in its address, and everything below `For` asks the API in that name.
 */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { type Api, inTheNameOf, own, type Schemas, session } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/whom.json";
import { useAnswer } from "./answers";
import { Button, Card, Chip } from "./controls";
import { Box, Words } from "./elements";
import { pages, startAnew } from "./go";
import { Page } from "./page";
import { Choose } from "./question";
import { Skeleton, Trouble } from "./states";

export type Proxy = Schemas["ProxyShown"];
type Action = Proxy["actions"][number];

export interface Whom {
  api: Api;
  /** null: for oneself. */
  proxy: Proxy | null;
  /** What an address needs to stay with the same person. */
  way: Record<string, string>;
  may: (action: Action) => boolean;
}

const ONESELF = "";
const MYSELF: Whom = { api: own, proxy: null, way: {}, may: () => true };
const Present = createContext<Whom>(MYSELF);
export const useWhom = (): Whom => useContext(Present);

/** Who may be acted for now. */
async function principals(): Promise<Proxy[]> {
  return (await own.get("/me/principals")).items.filter((each) => each.in_force);
}

/** A screen in the name of whoever `id` stands for; `id` undefined: for oneself. `title`: of the screen until that is known. */
export function For({ id, title, children }: { id?: string; title: string; children: ReactNode }) {
  return id ? <Another id={id} title={title}>{children}</Another> : <>{children}</>;
}

function Another({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  const asked = useAnswer(principals, [id]);
  const proxy = asked.data?.find((each) => each.id === id) ?? null;
  const whom = useMemo<Whom | null>(
    () => proxy && { api: inTheNameOf(id), proxy, way: { for: id }, may: (action) => proxy.actions.includes(action) }, [id, proxy],
  );
  if (whom !== null) return <Present.Provider value={whom}>{children}</Present.Provider>;
  return (
    <Page title={title}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!asked.data && !asked.problem && <Skeleton />}
      {asked.data && <Card title={words.over}><Words as="p">{words.over_text}</Words><Back /></Card>}
    </Page>
  );
}

/** Says who acts for whom, on every screen that is somebody else's, with the way back to one's own. */
export function Acting() {
  const { proxy } = useWhom();
  if (proxy === null) return null;
  const name = nameOf(proxy);
  return (
    <Box as="section" className="card raised" label={words.acting}>
      <Words as="b">{fill(words.now, { name })}</Words>
      <Words as="p" className="soft small">{fill(words.now_text, { name, relation: proxy.relation_label })}</Words>
      <Back />
    </Box>
  );
}

const Back = () => <Button onPress={() => startAnew(pages.applications)}>{words.back}</Button>;

export const nameOf = (proxy: Proxy | null) => proxy?.applicant ?? words.somebody;

/** Those for whom a programme may be applied for; empty for whoever acts for nobody, and before anybody has signed in. */
export function usePrincipals(): Proxy[] {
  const asked = useAnswer(async () => (session.known() ? principals() : []), [], { again: true });
  return asked.data ?? [];
}

/** Whether an authorisation lets its holder begin an application of this kind. */
export const mayBegin = (proxy: Proxy, programme: string): boolean =>
  proxy.actions.includes("draft") && (proxy.programmes.length === 0 || proxy.programmes.includes(programme));

/** Asked at the beginning of an application, of whoever acts for somebody. */
export function ForWhom({ proxies, chosen, onChosen }: { proxies: readonly Proxy[]; chosen?: string; onChosen: (id?: string) => void }) {
  if (proxies.length === 0) return null;
  const options = [
    { const: ONESELF, title: words.myself },
    ...proxies.map((each) => ({ const: each.id, title: fill(words.another, { name: nameOf(each), relation: each.relation_label }) })),
  ];
  return <Choose id="for-whom" required label={words.question} help={words.help} options={options} chosen={[chosen ?? ONESELF]} onChosen={([id]) => onChosen(id || undefined)} />;
}

/** Whose list is shown; not there for whoever acts for nobody. */
export function WhoseChips({ proxies, chosen, onChosen }: { proxies: readonly Proxy[]; chosen?: string; onChosen: (id?: string) => void }) {
  if (proxies.length === 0) return null;
  return (
    <Box className="chips" role="group" label={words.whose}>
      <Chip on={chosen === undefined} onPress={() => onChosen(undefined)}>{words.mine}</Chip>
      {proxies.map((each) => <Chip key={each.id} on={chosen === each.id} onPress={() => onChosen(each.id)}>{fill(words.theirs, { name: nameOf(each) })}</Chip>)}
    </Box>
  );
}
