import { now, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/applications.json";
import nearby from "@/text/zh_CN/nearby.json";
import whose from "@/text/zh_CN/whom.json";
import { useDoing } from "@/ui/answers";
import { Facts } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { Countdown } from "@/ui/left";
import { Trouble } from "@/ui/states";
import { Sure } from "@/ui/sure";
import { nameOf, useWhom } from "@/ui/whom";
import { deadline, monthWords } from "@/words";

type Offer = Schemas["OwnOffer"];
const HUNDRED = 100;

/** A flat or a place that waits for an answer: what it is, until when, and a second look before either answer. */
export function OfferCard({ offer, onAnswered }: { offer: Offer; onAnswered: (offer: Offer) => unknown }) {
  const { api, proxy } = useWhom();
  const doing = useDoing();
  const sure = proxy === null ? words : { accept_sure: fill(whose.accept_sure, { name: nameOf(proxy) }), decline_sure: fill(whose.decline_sure, { name: nameOf(proxy) }) };
  const answer = (how: "accept" | "decline") =>
    doing.run(async () => {
      const path = { offer_id: offer.id };
      const intent = `offer.${how}.${offer.id}`;
      await onAnswered(how === "accept" ? await api.post("/offers/{offer_id}/accept", { path, intent }) : await api.post("/offers/{offer_id}/decline", { path, intent }));
    });
  return (
    <Box as="section" className="card offer" label={offer.kind_label}>
      <Words as="h2">{offer.kind_label}</Words>
      <Facts lines={facts(offer.subject)} />
      <Words as="p">{fill(words.offer_until, { when: deadline(offer.expires_at, now()) })}</Words>
      <Countdown until={offer.expires_at} over={words.offer_over} onOver={() => onAnswered(offer)} />
      {doing.problem && <Trouble problem={doing.problem} />}
      {offer.actions.includes("accept") && (
        <Box className="stack">
          <Sure main label={words.accept} question={sure.accept_sure} yes={words.yes_accept} no={words.think} busy={doing.busy} onYes={() => answer("accept")} />
          <Sure danger label={words.decline} question={sure.decline_sure} yes={words.yes_decline} no={words.think} busy={doing.busy} onYes={() => answer("decline")} />
        </Box>
      )}
    </Box>
  );
}

function facts(subject: Offer["subject"]): (readonly [string, string])[] {
  const text = (name: string) => (typeof subject[name] === "string" ? String(subject[name]) : "");
  const group = nearby.groups[text("age_group") as keyof typeof nearby.groups] ?? "";
  const part = (name: string, sentence: string) => (typeof subject[name] === "number" ? fill(sentence, { n: Number(subject[name]) / HUNDRED }) : "");
  return [
    [words.offer_facts.centre, text("centre")], [words.offer_facts.age_group, group], [words.offer_facts.begins, text("begins") && monthWords(text("begins"))],
    [words.offer_facts.estate, text("estate")], [words.offer_facts.address, text("address")], [words.offer_facts.number, text("number")],
    [words.offer_facts.area, part("area_hundredths", words.square_metres)], [words.offer_facts.rent, part("rent_fen", words.yuan)],
  ];
}
