import { type ReactNode } from "react";
import { now, open, type Schemas } from "@/api";
import { keepPrescreened } from "@/state/prescreened";
import { fill } from "@/text";
import words from "@/text/zh_CN/nearby.json";
import { useAnswer } from "@/ui/answers";
import { Button, Card, Facts, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { Skeleton, Trouble } from "@/ui/states";
import { dayOfWeek, monthWords } from "@/words";

type View = Schemas["CentreView"];
const CHILDCARE_PLACE = "childcare_place";
const CHILDCARE = "childcare_centre";
const LOOKS: Record<string, "good" | "bad" | "calm"> = { sound: "good", faults: "calm", serious: "bad" };
const noon = (day: string) => dayOfWeek(`${day}T12:00:00+08:00`, now());

/** Whether a childcare centre takes children, the way to apply, and what families and inspectors found; `children` stand below what stops it. */
export function Centre({ facility, children }: { facility: Schemas["FacilityDetail"]; children?: ReactNode }) {
  const asked = useAnswer(() => open.get("/childcare/centres/{centre_id}", { path: { centre_id: facility.id } }), [facility.id]);
  if (!asked.data) return <>{children}{asked.problem ? <Trouble problem={asked.problem} onAgain={asked.reload} /> : <Skeleton rows={2} />}</>;
  const centre = asked.data;
  return (
    <>
      {centre.suspension && <Suspended suspension={centre.suspension} />}
      {!centre.takes_children && <NotTaking reason={centre.reason_label ?? ""} />}
      {children}
      {centre.takes_children && <Free centre={centre} />}
      {centre.takes_children && <Apply centre={centre} />}
      {centre.rating
        ? <Stars title={words.rating} {...centre.rating} />
        : <Card title={words.rating}><Words as="p" className="soft">{words.rating_none}</Words></Card>}
      <Inspections found={centre.inspections} />
    </>
  );
}

export function Stars({ title, average, count }: { title: string; average: number; count: number }) {
  return <Card title={title}><Words as="p">{fill(words.rating_average, { average, count })}</Words></Card>;
}

function Suspended({ suspension }: { suspension: NonNullable<View["suspension"]> }) {
  return (
    <Card title={suspension.kind_label}>
      <Words as="p">{suspension.reason}</Words>
      <Facts lines={[[words.suspended_since, noon(suspension.since)], [words.suspended_until, suspension.until ? noon(suspension.until) : words.suspended_for_good], [words.suspended_state, suspension.state_label]]} />
    </Card>
  );
}

/** From which month on there is room, in each age group. */
function Free({ centre }: { centre: View }) {
  const line = (group: View["groups"][number]): [string, string] => {
    const first = group.months.find((each) => each.free > 0);
    return [group.label, first ? fill(words.free_from, { month: monthWords(first.month), n: first.free, all: group.places }) : words.free_none];
  };
  if (centre.groups.length === 0) return null;
  return <Card title={words.free_places}><Facts lines={centre.groups.map(line)} /></Card>;
}

/** Begin an application with this centre as the first wish. */
function Apply({ centre }: { centre: View }) {
  const begin = () => {
    keepPrescreened(CHILDCARE_PLACE, { choices: [centre.id] });
    go(pages.programme, { token: CHILDCARE_PLACE });
  };
  return <Button main wide symbol="child" onPress={begin}>{words.apply}</Button>;
}

function NotTaking({ reason }: { reason: string }) {
  return (
    <Box className="trouble" role="status">
      <Words as="p" className="trouble-what">{fill(words.not_taking, { reason })}</Words>
      <Button onPress={() => go(pages.nearby, { category: CHILDCARE })}>{words.not_taking_other}</Button>
    </Box>
  );
}

function Inspections({ found }: { found: View["inspections"] }) {
  return (
    <Card title={words.inspections}>
      {found.length === 0 && <Words as="p" className="soft">{words.inspections_none}</Words>}
      {found.length > 0 && (
        <Box as="ul" className="stack" label={words.inspections}>
          {found.map((each) => (
            <Box as="li" key={`${each.on} ${each.kind} ${each.findings}`}>
              <Box className="row">
                <Words as="b">{`${noon(each.on)} ${each.kind_label}`}</Words>
                <Tag look={LOOKS[each.outcome] ?? ""}>{each.outcome_label}</Tag>
              </Box>
              <Words as="p">{each.findings}</Words>
            </Box>
          ))}
        </Box>
      )}
    </Card>
  );
}
