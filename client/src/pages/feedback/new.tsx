import { useRouter } from "@tarojs/taro";
import { useState } from "react";
import { open, own } from "@/api";
import { platform } from "@/platform/current";
import { NoPosition, type Point } from "@/platform/types";
import { common } from "@/text";
import words from "@/text/zh_CN/feedback.json";
import { useAnswer, useDoing } from "@/ui/answers";
import { useCategories } from "@/ui/categories";
import { Button, Field } from "@/ui/controls";
import { Box, Pick, TextBox, Words } from "@/ui/elements";
import { useFirstFault } from "@/ui/first-fault";
import { moveOn, pages } from "@/ui/go";
import { Own } from "@/ui/own";
import { Page } from "@/ui/page";
import { Choose } from "@/ui/question";
import { Skeleton, Trouble } from "@/ui/states";
import { TownshipField } from "@/ui/place-fields";
import { Tick } from "@/ui/tick";
import { type Typed, useTyped } from "@/ui/typed";
import "./feedback.css";

type Kind = "need" | "complaint" | "suggestion" | "praise" | "rating";
const RATING = "rating";
const LEAST = 4;
const EMPTY = { kind: "", text: "", category: "", stars: "", township: "", town: "", publish: false };
type Filled = typeof EMPTY;
const STARS = Object.entries(words.star).map(([token, title]) => ({ const: token, title }));

export default function NewFeedback() {
  const { params } = useRouter();
  return (
    <Page title={words.new}>
      <Own about={words.about}><Form facility={params.facility ?? ""} kind={params.kind ?? ""} category={params.category ?? ""} /></Own>
    </Page>
  );
}

/** What is wrong yet, by field; "" where nothing is. */
function faults({ kind, text, stars }: Filled) {
  const rating = kind === RATING;
  return {
    kind: kind === "" ? words.kind_first : "",
    stars: rating && stars === "" ? words.stars_first : "",
    text: !rating && text.trim().length < LEAST ? words.text_first : "",
  };
}

function Form({ facility, kind, category }: { facility: string; kind: string; category: string }) {
  const me = useAnswer(() => own.get("/me"), []);
  const typed = useTyped<Filled>(me.data ? `${me.data.id}.feedback` : null, EMPTY);
  const [about, setAbout] = useState(facility);
  const [point, setPoint] = useState<Point | null>(null);
  const [early, setEarly] = useState(false);
  const doing = useDoing();
  const filled: Filled = { ...typed.value, kind: typed.value.kind || kind, category: typed.value.category || category };
  const wrong = faults(filled);
  const showFault = useFirstFault(Object.entries(wrong).flatMap(([field, said]) => (said ? [`feedback-${field}`] : [])));
  if (!me.data) return me.problem ? <Trouble problem={me.problem} onAgain={me.reload} /> : <Skeleton />;
  const send = () => {
    const right = Object.values(wrong).every((each) => each === "");
    setEarly(!right);
    showFault();
    return right && doing.run(async () => {
      const piece = await own.post("/feedback", { body: bodyOf(filled, about, point), intent: "feedback.new" });
      await typed.clear();
      moveOn(pages.piece, { id: piece.id, new: "1" });
    });
  };
  const fault = (field: keyof typeof wrong) => (early && wrong[field]) || doing.problem?.of(field) || undefined;
  return (
    <>
      {typed.restored && <Words as="p" className="say" role="status">{common.restored}</Words>}
      {about !== "" && <Facility id={about} onOff={() => setAbout("")} />}
      <What typed={typed} filled={filled} rateable={about !== ""} fault={fault} />
      {about === "" && <Where typed={typed} point={point} onPoint={setPoint} fault={doing.problem?.of("township_id")} />}
      <Tick on={filled.publish} onTick={(publish) => typed.change({ publish })}>{words.publish}</Tick>
      {doing.problem && <Trouble problem={doing.problem} onAgain={send} />}
      <Button main wide busy={doing.busy} onPress={send}>{words.submit}</Button>
    </>
  );
}

function bodyOf(filled: Filled, facility: string, point: Point | null) {
  const { kind, text, category, stars, township, publish } = filled;
  const where = facility !== "" ? { facility_id: facility } : township !== "" ? { township_id: township } : point ? { point } : {};
  return {
    kind: kind as Kind, may_publish: publish, ...where, ...(text.trim() ? { text } : {}), ...(category && !facility ? { about: category } : {}),
    ...(kind === RATING ? { stars: Number(stars) } : {}),
  };
}

interface WhatProps {
  typed: Typed<Filled>;
  filled: Filled;
  /** A rating is of a facility. */
  rateable: boolean;
  fault: (field: "kind" | "stars" | "text") => string | undefined;
}

function What({ typed, filled, rateable, fault }: WhatProps) {
  const categories = useCategories();
  const kinds = Object.entries(words.kinds).map(([token, title]) => ({ const: token, title })).filter((each) => rateable || each.const !== RATING);
  const rating = filled.kind === RATING;
  return (
    <>
      <Choose id="feedback-kind" label={words.kind} required options={kinds} chosen={[filled.kind].filter(Boolean)} onChosen={([kind]) => typed.change({ kind: kind ?? "" })} fault={fault("kind")} />
      {rating && <Choose id="feedback-stars" label={words.stars} required options={STARS} chosen={[filled.stars]} onChosen={([stars]) => typed.change({ stars: stars ?? "" })} fault={fault("stars")} />}
      <Field id="feedback-text" label={rating ? words.text_rating : words.text} help={words.text_help} required={!rating} fault={fault("text")}>
        {(tied) => <TextBox {...tied} lines={6} most={2000} value={filled.text} onText={(text) => typed.change({ text })} />}
      </Field>
      {!rateable && (
        <Field id="feedback-category" label={words.category}>
          {(tied) => <Pick {...tied} value={filled.category} none={words.category_none} options={categories.options} onPick={(category) => typed.change({ category })} />}
        </Field>
      )}
    </>
  );
}

function Facility({ id, onOff }: { id: string; onOff: () => void }) {
  const asked = useAnswer(() => open.get("/facilities/{facility_id}", { path: { facility_id: id }, query: { datum: "gcj02" } }), [id]);
  if (asked.problem) return <Trouble problem={asked.problem} onAgain={asked.reload} />;
  return (
    <Box className="card">
      <Words as="p">{words.facility}：{asked.data?.name ?? "…"}</Words>
      <Button onPress={onOff}>{words.facility_off}</Button>
    </Box>
  );
}

/** Whose it is to answer: a township by hand, or the phone's position for this once. */
function Where({ typed, point, onPoint, fault }: { typed: Typed<Filled>; point: Point | null; onPoint: (point: Point | null) => void; fault?: string }) {
  const [failed, setFailed] = useState(false);
  const here = async () => {
    try {
      onPoint(await platform().locate());
      typed.change({ township: "", town: "" });
      setFailed(false);
    } catch (thrown) {
      if (!(thrown instanceof NoPosition)) throw thrown;
      setFailed(true);
    }
  };
  return (
    <>
      <TownshipField id="feedback-township" label={words.township} help={words.township_help} value={typed.value.township} name={typed.value.town} fault={fault} onTownship={(township, town) => {
        onPoint(null);
        typed.change({ township, town });
      }} />
      {point
        ? <Box className="row"><Words as="p" className="say" role="status">{words.here_done}</Words><Button onPress={() => onPoint(null)}>{words.here_off}</Button></Box>
        : <Button symbol="near" onPress={here}>{words.here}</Button>}
      {failed && <Words as="p" className="fault" role="alert">{words.here_failed}</Words>}
    </>
  );
}
