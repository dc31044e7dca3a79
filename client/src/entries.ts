/**
 * Ways into the client, each on one line. `sections` stand at the foot of main screens; `entries` on the home screen.
 * `essential` entries are those that stay in large-type mode.
 */
import { common } from "@/text";
import words from "@/text/zh_CN/home.json";
import { pages } from "@/ui/go";

export interface Way {
  token: string;
  label: string;
  about?: string;
  symbol: string;
  page: string;
  essential?: boolean;
}

export const sections: readonly Way[] = [
  { token: "home", label: common.nav.home, symbol: "home", page: pages.home },
  { token: "nearby", label: common.nav.nearby, symbol: "near", page: pages.nearby },
  { token: "applications", label: common.nav.applications, symbol: "form", page: pages.applications },
  { token: "me", label: common.nav.me, symbol: "person", page: pages.me },
];

export const entries: readonly Way[] = [
  { token: "nearby", ...words.entries.nearby, symbol: "near", page: pages.nearby, essential: true },
  { token: "programmes", ...words.entries.programmes, symbol: "form", page: pages.programmes, essential: true },
  { token: "applications", ...words.entries.applications, symbol: "time", page: pages.applications, essential: true },
  { token: "notices", ...words.entries.notices, symbol: "notice", page: pages.notices },
  { token: "messages", ...words.entries.messages, symbol: "message", page: pages.messages },
  { token: "feedback", ...words.entries.feedback, symbol: "star", page: pages.feedback, essential: true },
  { token: "circles", ...words.entries.circles, symbol: "circle", page: pages.circles },
  { token: "indicators", ...words.entries.indicators, symbol: "chart", page: pages.indicators },
  { token: "elders", ...words.entries.elders, symbol: "elder", page: pages.elders, essential: true },
];
