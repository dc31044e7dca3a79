import { useRouter } from "@tarojs/taro";
import { now, own } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/tenancy.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { Button, Card, Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { useNow } from "@/ui/left";
import { Page } from "@/ui/page";
import { Skeleton, Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { left, moment } from "@/words";

/** What the API gives without describing it (`api/v1/housing/tenancy_views.py`). */
interface Flat {
  flat_id: string;
  estate: string;
  number: string;
  layout_label: string;
  area_hundredths: number;
  rent_fen: number;
}

interface Tenancy {
  id: string;
  application_id: string;
  state: string;
  state_label: string;
  version: number;
  due_at: string | null;
  lease: { number: string; rent_fen: number; starts_on: string | null; ends_on: string | null; flat: Flat } | null;
  actions: { action: string; label: string }[];
}

interface Ledger {
  balance_fen: number;
  items: { id: string; kind_label: string; amount_fen: number; on: string }[];
}

const HUNDRED = 100;
const OFFERED = "offered";
const STEPS = {
  confirm_choice: "/tenancies/{tenancy_id}/confirm-choice", sign: "/tenancies/{tenancy_id}/sign", choose_subsidy: "/tenancies/{tenancy_id}/choose-subsidy",
} as const;
type Step = keyof typeof STEPS;

export default function OneTenancy() {
  const { params } = useRouter();
  const id = params.id ?? "";
  const path = { tenancy_id: id };
  const asked = useAnswer(() => own.get("/tenancies/{tenancy_id}", { path }).then((data) => data as unknown as Tenancy), [id], { again: true });
  const tenancy = asked.data;
  return (
    <Page title={words.tenancy} onRefresh={asked.reload}>
      {asked.problem && <Trouble problem={asked.problem} onAgain={asked.reload} />}
      {!tenancy && asked.busy && <Skeleton />}
      {tenancy && <Shown tenancy={tenancy} onChanged={asked.reload} />}
    </Page>
  );
}

function Shown({ tenancy, onChanged }: { tenancy: Tenancy; onChanged: () => Promise<void> }) {
  const doing = useDoing();
  const at = useNow();
  const may = (action: string) => tenancy.actions.some((each) => each.action === action);
  // One thing at a time: a step beside a choice under way would meet a tenancy that is just changing. Where it was refused, the
  // screen shows what is so now.
  const run = async (work: () => Promise<unknown>) => {
    if (!(await doing.run(work))) await onChanged();
  };
  const step = (name: Step) =>
    run(async () => {
      await own.post(STEPS[name], { path: { tenancy_id: tenancy.id }, intent: `tenancy.${name}.${tenancy.id}.${tenancy.version}` });
      await onChanged();
    });
  const { lease } = tenancy;
  return (
    <>
      <Card title={tenancy.state_label}>
        {tenancy.due_at && <Words as="p">{fill(words.due, { when: moment(tenancy.due_at, now()), left: left(tenancy.due_at, at) })}</Words>}
        {lease && (
          <Facts lines={[
            [words.lease, lease.number], [words.flat, line(lease.flat)], [words.rent, fill(words.yuan, { n: lease.rent_fen / HUNDRED })],
            [words.from_to, [lease.starts_on, lease.ends_on].filter(Boolean).join(" – ")],
          ]} />
        )}
        <Button main={tenancy.state === OFFERED} onPress={() => go(pages.application, { id: tenancy.application_id })}>{tenancy.state === OFFERED ? words.answer : words.state}</Button>
      </Card>
      {doing.problem && <Trouble problem={doing.problem} />}
      {may("choose") && <OtherFlats tenancy={tenancy} busy={doing.busy} run={run} onChanged={onChanged} />}
      {(Object.keys(STEPS) as Step[]).filter(may).map((name) => (
        <Sure key={name} main={name !== "choose_subsidy"} label={tenancy.actions.find((each) => each.action === name)?.label ?? ""} question={words.sure} yes={words.yes} no={words.no} busy={doing.busy} onYes={() => step(name)} />
      ))}
      {lease && <Rent id={tenancy.id} />}
    </>
  );
}

interface OtherFlatsProps {
  tenancy: Tenancy;
  busy: boolean;
  run: (work: () => Promise<unknown>) => Promise<void>;
  onChanged: () => Promise<void>;
}

function OtherFlats({ tenancy, busy, run, onChanged }: OtherFlatsProps) {
  const path = { tenancy_id: tenancy.id };
  const found = useAnswer(() => own.get("/tenancies/{tenancy_id}/flats", { path }).then((data) => data as unknown as { items: Flat[] }), [tenancy.version]);
  const choose = (flat: Flat) =>
    run(async () => {
      await own.post("/tenancies/{tenancy_id}/choose", { path, body: { flat_id: flat.flat_id, version: tenancy.version }, intent: `tenancy.choose.${tenancy.id}.${tenancy.version}` });
      await onChanged();
    });
  return (
    <Card title={words.other_flats}>
      {found.problem && <Trouble problem={found.problem} onAgain={found.reload} />}
      {found.data?.items.length === 0 && <Words as="p">{words.no_flats}</Words>}
      <Box as="ul" className="lines">
        {found.data?.items.map((each) => (
          <Box as="li" key={each.flat_id} className="row between">
            <Words>{line(each)}</Words>
            <Button busy={busy} label={`${words.choose} ${each.estate} ${each.number}`} onPress={() => choose(each)}>{words.choose}</Button>
          </Box>
        ))}
      </Box>
    </Card>
  );
}

function Rent({ id }: { id: string }) {
  const { data } = useAnswer(() => own.get("/tenancies/{tenancy_id}/rent", { path: { tenancy_id: id } }).then((found) => found as unknown as Ledger), [id]);
  if (!data) return null;
  return (
    <Card title={words.rent_title}>
      <Words as="p">{data.balance_fen > 0 ? `${words.balance} ${fill(words.yuan, { n: data.balance_fen / HUNDRED })}` : words.balance_none}</Words>
      <Facts lines={data.items.map((each) => [each.on, `${each.kind_label} ${fill(words.yuan, { n: each.amount_fen / HUNDRED })}`])} />
    </Card>
  );
}

function line(flat: Flat): string {
  return fill(words.flat_line, { estate: flat.estate, number: flat.number, layout: flat.layout_label, area: flat.area_hundredths / HUNDRED, rent: flat.rent_fen / HUNDRED });
}
