/**
 * A phone with WeChat on it, in memory: the built mini-program (`dist/weapp`) runs as it is, its pages are rendered by WeChat's
 * own template compiler (miniprogram-simulate), and `wx` is a fake whose requests the test answers. One phone a process, for
 * WeChat's globals and Taro's page stack are the process's.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";
import settings from "@/settings.json";
import { type Answer, type Asked } from "./answers";

const BUILT = fileURLToPath(new URL("../../dist/weapp", import.meta.url));
const require = createRequire(import.meta.url);
const globals = globalThis as unknown as Record<string, unknown>;
const WORDLESS = ["wx-button", "wx-input", "wx-textarea", "wx-image", "wx-map"];

/** A node as WeChat would draw it. */
export interface Node {
  tagName: string;
  attrs: { name: string; value: unknown }[];
  children: (Node | string)[];
}

interface Rendered {
  attach(to: unknown): void;
  detach(): void;
  toJSON(): Node;
  querySelector(selector: string): { dispatchEvent(name: string, options: { detail: unknown }): void } | undefined;
  instance: Record<string, ((...given: unknown[]) => unknown) | undefined> & { route?: string };
}

export interface Phone {
  /** Open a page by the address of `wx.navigateTo`, in place of the one that is shown. */
  open(address: string): void;
  /** Where `wx.navigateTo` and its kind last led. */
  went(): string;
  /** The words on the screen, as read from top to bottom. */
  words(): string;
  /** What a screen reader is given: `role name`, one a node that has either. */
  spoken(): string[];
  /** Controls and pictures that say nothing. */
  silent(): string[];
  /** The classes of the outermost box. */
  look(): string;
  /** The card that is passed on from this screen; undefined where it cannot be. */
  card(): unknown;
  tap(name: string): void;
  type(name: string, text: string): void;
  /** An attribute of the first node of this kind, such as the markers of a map. */
  shown(tag: string, attribute: string): unknown;
  /** Another event of WeChat's own components, as a marker that was tapped. */
  happen(tag: string, event: string, detail: unknown): void;
  /** What was asked of WeChat, by function. */
  calls: Record<string, unknown[]>;
  /** All that lies in the phone's storage. */
  stored(): [string, unknown][];
}

export type Reply = (asked: Asked) => Answer | "nothing";

export function startPhone(reply: Reply, now: () => number): Phone {
  const simulate = inDocument();
  const calls: Record<string, unknown[]> = {};
  const store = new Map<string, unknown>();
  globals.wx = fakeWx(reply, now, calls, store);
  let app: Record<string, (options: unknown) => void> = {};
  globals.App = (options: typeof app) => (app = options);
  const stack: Rendered["instance"][] = [];
  globals.getCurrentPages = () => stack;
  globals.getApp = () => app;
  // A page is a component whose functions are its methods.
  globals.Page = ({ data, ...methods }: { data: unknown }) => (globals.Component as (definition: unknown) => void)({ data, methods });
  require(`${BUILT}/app.js`);
  app.onLaunch?.call(app, { path: "pages/index/index", query: {}, scene: 1001 });
  const known = new Map<string, string>();
  let page: Rendered | undefined;

  const show = (address: string) => {
    const [route = "", query] = address.replace(/^\//, "").split("?");
    page?.instance.onUnload?.();
    page?.detach();
    const id = known.get(route) ?? simulate.load(`${BUILT}/${route}`, "page", { rootPath: BUILT });
    known.set(route, id);
    page = simulate.render(id);
    page.attach(document.body);
    page.instance.route = route as never;
    stack.splice(0, 1, page.instance);
    page.instance.onLoad?.(Object.fromEntries(new URLSearchParams(query)));
    page.instance.onShow?.();
    page.instance.onReady?.();
  };
  const tree = () => page!.toJSON();
  const find = (what: (node: Node) => boolean, told: string) => {
    const node = all(tree()).find(what);
    if (!node) throw new Error(`no ${told} on the screen:\n${wordsOf(tree())}`);
    return node;
  };
  const fire = (node: Node, event: string, detail: unknown) => page!.querySelector(`#${String(attribute(node, "id"))}`)!.dispatchEvent(event, { detail });
  return {
    calls,
    stored: () => [...store],
    open: show,
    went: () => (calls.went?.at(-1) as { url: string } | undefined)?.url ?? "",
    words: () => wordsOf(tree()),
    spoken: () => all(tree()).map(spokenOf).filter((each) => each !== ""),
    silent: () => all(tree()).filter((node) => WORDLESS.includes(node.tagName) && nameOf(node) === "").map((node) => `${node.tagName} ${String(attribute(node, "class"))}`),
    look: () => String(attribute(tree().children[0] as Node, "class")),
    card: () => page?.instance.onShareAppMessage?.({ from: "menu" }),
    tap: (name) => fire(find((node) => node.tagName === "wx-button" && nameOf(node).includes(name) && !attribute(node, "disabled"), `button “${name}”`), "tap", {}),
    type: (name, text) => fire(find((node) => ["wx-input", "wx-textarea"].includes(node.tagName) && nameOf(node) === name, `field “${name}”`), "input", { value: text }),
    shown: (tag, name) => attribute(find((node) => node.tagName === tag, tag), name),
    happen: (tag, event, detail) => fire(find((node) => node.tagName === tag, tag), event, detail),
  };
}

interface Simulate {
  load(path: string, tag: string, options: { rootPath: string }): string;
  render(id: string): Rendered;
}

function inDocument(): Simulate {
  const { window } = new JSDOM("<body></body>", { url: "https://weapp.test" });
  Object.assign(globals, { window, document: window.document });
  for (const name of ["HTMLElement", "Element", "Node", "Event", "CustomEvent", "TouchEvent", "Text"]) globals[name] = window[name as "Event"];
  return require("miniprogram-simulate") as Simulate;
}

type Options = Record<string, unknown> & { success?: (given: unknown) => void; fail?: (given: unknown) => void; complete?: () => void };

function fakeWx(reply: Reply, now: () => number, calls: Record<string, unknown[]>, store: Map<string, unknown>): Record<string, unknown> {
  const after = (options: Options, result: unknown, well = true) =>
    setTimeout(() => {
      (well ? options.success : options.fail)?.(result);
      options.complete?.();
    }, 0);
  const done = (name: string, result: unknown = {}) => (options: Options = {}) => {
    (calls[name] ??= []).push(options);
    after(options, result);
  };
  return {
    request: (options: Options) => {
      const answer = reply(askedOf(options));
      if (answer === "nothing") return after(options, { errMsg: "request:fail" }, false);
      return after(options, { statusCode: answer.status, data: JSON.stringify(answer.body), header: { Date: new Date(now()).toUTCString() } });
    },
    getStorageSync: (key: string) => store.get(key) ?? "",
    setStorageSync: (key: string, data: unknown) => void store.set(key, data),
    removeStorageSync: (key: string) => void store.delete(key),
    getStorageInfoSync: () => ({ keys: [...store.keys()] }),
    getStorage: (options: Options) => after(options, { data: store.get(String(options.key)), errMsg: "getStorage:fail data not found" }, store.has(String(options.key))),
    setStorage: (options: Options) => {
      store.set(String(options.key), options.data);
      after(options, {});
    },
    removeStorage: (options: Options) => {
      store.delete(String(options.key));
      after(options, {});
    },
    login: done("login", { code: "code-of-wechat" }),
    getLocation: done("getLocation", { latitude: 27.8, longitude: 114.39, accuracy: 30 }),
    requestSubscribeMessage: done("requestSubscribeMessage"),
    makePhoneCall: done("makePhoneCall"),
    openLocation: done("openLocation"),
    navigateTo: done("went"),
    redirectTo: done("went"),
    reLaunch: done("went"),
    setNavigationBarTitle: done("title"),
    stopPullDownRefresh: done("stopPullDownRefresh"),
    pageScrollTo: done("pageScrollTo"),
    onNetworkStatusChange: () => undefined,
    offNetworkStatusChange: () => undefined,
    nextTick: (then: () => void) => setTimeout(then, 0),
    getWindowInfo: () => ({ windowWidth: 375, windowHeight: 700, pixelRatio: 2 }),
    getSystemInfoSync: () => ({ windowWidth: 375, windowHeight: 700, pixelRatio: 2 }),
    canIUse: () => false,
  };
}

function askedOf(options: Options): Asked {
  const { pathname, searchParams } = new URL(String(options.url));
  const body = options.data as string | undefined;
  return {
    method: String(options.method) as Asked["method"], path: pathname.slice(settings.api_path.length), query: searchParams,
    headers: options.header as Record<string, string>, body: body ? JSON.parse(body) : undefined,
  };
}

function all(node: Node | string): Node[] {
  return typeof node === "string" ? [] : [node, ...node.children.flatMap(all)];
}

function attribute(node: Node, name: string): unknown {
  return node.attrs.find((each) => each.name === name)?.value ?? "";
}

function wordsOf(node: Node | string): string {
  if (typeof node === "string") return node;
  return node.children.map(wordsOf).join(node.tagName === "wx-text" ? "" : "\n").replace(/\n+/g, "\n");
}

/** What is read aloud in place of a node: its label, else its words that are not for the eye alone. */
function nameOf(node: Node): string {
  const label = attribute(node, "ariaLabel");
  if (label !== "") return String(label);
  return node.children.map((each) => (typeof each === "string" ? each : attribute(each, "ariaHidden") === true ? "" : nameOf(each))).join(" ").replace(/\s+/g, " ").trim();
}

function spokenOf(node: Node): string {
  return [attribute(node, "ariaRole"), attribute(node, "ariaLabel")].filter((each) => each !== "").join(" ");
}
