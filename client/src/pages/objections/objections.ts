/** What list and single screen of one's objections say alike. */
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/notices.json";

type Objection = Schemas["OwnObjectionView"];
const UNDECIDED = ["filed", "open"];

/** Until then it can be taken back, and files can be added. */
export const isUndecided = (objection: Objection): boolean => UNDECIDED.includes(objection.state);

/** Against whom, as far as the public notice says so: `欧* · 樟树市临江镇`; the place alone once the notice is over. */
export function whose(objection: Objection): string {
  const { applicant, district, township } = objection;
  return applicant === null ? `${district}${township}` : fill(words.line, { applicant, district, township });
}
