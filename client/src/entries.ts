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
];

export const entries: readonly Way[] = [
  { token: "nearby", ...words.entries.nearby, symbol: "near", page: pages.nearby, essential: true },
];
