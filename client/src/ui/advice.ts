/** The screen on which a problem's next step is taken, by the API's code; the words are in src/text/zh_CN/advice.json. */
import advice from "@/text/zh_CN/advice.json";
import { pages } from "./go";

type Way = keyof typeof advice.way;

const WAYS: Record<string, Way> = {
  consent_missing: "consents", consent_outdated: "consents", consent_in_use: "applications", identity_not_set: "identity",
  already_applied: "applications", exclusive_programme: "applications", too_many_drafts: "applications",
  household_exists: "household", household_in_use: "applications", member_registered: "household", child_registered: "children",
  offer_expired: "applications", thread_closed: "applications", rating_settled: "feedback", notice_over: "feedback",
  own_notice: "applications", proxy_not_in_force: "proxies", proxy_not_allowed: "proxies", too_many_proxies: "proxies",
};

export function wayOf(code: string): { page: string; label: string } | null {
  const way = WAYS[code];
  return way === undefined ? null : { page: pages[way], label: advice.way[way] };
}
