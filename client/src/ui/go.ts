/** Ways from screen to screen. Paths are those that the chat's cards and the notices lead to. */
import Taro from "@tarojs/taro";

export const pages = {
  home: "/pages/index/index",
  scan: "/pages/index/scan",
  nearby: "/pages/nearby/index",
  facility: "/pages/nearby/facility",
  programmes: "/pages/programmes/index",
  programme: "/pages/programmes/programme",
  prescreen: "/pages/programmes/prescreen",
  applications: "/pages/applications/index",
  application: "/pages/applications/application",
  form: "/pages/applications/form",
  notices: "/pages/notices/index",
  draws: "/pages/notices/draws",
  draw: "/pages/notices/draw",
  objections: "/pages/objections/index",
  objection: "/pages/objections/objection",
  me: "/pages/me/index",
  identity: "/pages/me/identity",
  consents: "/pages/me/consents",
  children: "/pages/me/children",
  household: "/pages/me/household",
  proxies: "/pages/me/proxies",
  data: "/pages/me/data",
  erase: "/pages/me/erase",
  gone: "/pages/me/gone",
  messages: "/pages/messages/index",
  thread: "/pages/messages/thread",
  feedback: "/pages/feedback/index",
  newFeedback: "/pages/feedback/new",
  piece: "/pages/feedback/piece",
  publicFeedback: "/pages/feedback/public",
  indicators: "/pages/indicators/index",
  indicator: "/pages/indicators/indicator",
  circles: "/pages/circles/index",
  elders: "/pages/elders/index",
  elderLink: "/pages/elders/link",
  elder: "/pages/elders/elder",
  visits: "/pages/visits/index",
  book: "/pages/visits/book",
  waitForHour: "/pages/visits/wait",
  visitor: "/pages/visitor/index",
  stop: "/pages/visitor/stop",
  unlisted: "/pages/visitor/unlisted",
  placement: "/pages/childcare/placement",
  tenancy: "/pages/housing/tenancy",
} as const;

/** Whether a message's page, as `pages/visits/index?id=…`, is a screen of this version. */
export function leads(address: string | null): address is string {
  return address !== null && (Object.values(pages) as string[]).includes(`/${address.split("?")[0]}`);
}

/** Go where a message leads. */
export function follow(address: string): void {
  void Taro.navigateTo({ url: `/${address}` });
}

/** Ids and tokens only: nothing about a person belongs into an address. */
export function go(page: string, values: Readonly<Record<string, string>> = {}): void {
  void Taro.navigateTo({ url: address(page, values) });
}

/** Go there and leave nothing to come back to: for the main sections. */
export function switchTo(page: string): void {
  void Taro.reLaunch({ url: page });
}

/** Go there and leave nothing to come back to, for what is over. */
export function startAnew(page: string, values: Readonly<Record<string, string>> = {}): void {
  void Taro.reLaunch({ url: address(page, values) });
}

/** Replace this screen, so that "back" does not lead to it. */
export function moveOn(page: string, values: Readonly<Record<string, string>> = {}): void {
  void Taro.redirectTo({ url: address(page, values) });
}

export function back(): void {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack();
  else switchTo(pages.home);
}

/** Back to the screen that this one was opened from, where it is that one; else there in place of this one. */
export function backTo(page: string, values: Readonly<Record<string, string>> = {}): void {
  const before = Taro.getCurrentPages().slice(-2)[0];
  if (Taro.getCurrentPages().length > 1 && before?.route !== undefined && page.endsWith(before.route.replace(/^\//, ""))) void Taro.navigateBack();
  else moveOn(page, values);
}

/** Back to the screen that led here and shows this already; go there where nothing did (a link, a reload). */
export function backOr(page: string, values: Readonly<Record<string, string>> = {}): void {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack();
  else moveOn(page, values);
}

function address(page: string, values: Readonly<Record<string, string>>): string {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return query.length ? `${page}?${query.join("&")}` : page;
}
