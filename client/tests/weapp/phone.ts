/**
 * A phone with WeChat on it, in memory: the built mini-program (`dist/weapp`) runs as it is, its pages are rendered by WeChat's
 * own template compiler (miniprogram-simulate), and ways lead where they lead. One phone a process, for WeChat's globals and
 * Taro's page stack are the process's.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";
import { vi } from "vitest";
import { createWeChat, type WeChat } from "./wechat";

const BUILT = fileURLToPath(new URL("../../dist/weapp", import.meta.url));
export const PATIENCE = { timeout: 40_000, interval: 10 };
/** What a tap sets off has begun by then: only the network is another process, and that is counted. */
const LOOKS_AT_REST = 6;
/** ms, for WeChat's `setData` and React's next pass. */
const A_MOMENT = 30;
const require = createRequire(import.meta.url);
const globals = globalThis as unknown as Record<string, unknown>;
const WORDLESS = ["wx-button", "wx-input", "wx-textarea", "wx-image", "wx-map", "wx-picker"];
const TYPED = ["wx-input", "wx-textarea"];

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

interface Shown {
  address: string;
  page: Rendered;
}

export interface Phone {
  wechat: WeChat;
  /** Open a page by its address as from a card in the chat, with nothing to go back to. */
  open(address: string): void;
  back(): void;
  /** The address that is shown. */
  at(): string;
  /** The words on the screen, as read from top to bottom. */
  words(): string;
  /** What a screen reader is given: `role name`, one a node that has either. */
  spoken(): string[];
  /** Controls and pictures that say nothing. */
  silent(): string[];
  /** The names of what can be pressed. */
  buttons(): string[];
  /** The classes of the outermost box. */
  look(): string;
  /** The card that is passed on from this screen; undefined where it cannot be. */
  card(): unknown;
  /** An attribute of the first node of this kind, such as the markers of a map. */
  shown(tag: string, attribute: string): unknown;
  /** Another event of WeChat's own components, as a marker that was tapped. */
  happen(tag: string, event: string, detail: unknown): void;
  /** Wait until it can be pressed, press it. By its whole name, else by a part of it; `within`: the label of what it stands in. */
  tap(name: string, within?: string): Promise<void>;
  type(name: string, text: string): Promise<void>;
  /** Pick in one of WeChat's pickers: the place in the list, or the day. */
  pick(name: string, value: string | number): Promise<void>;
  /** Wait for the words, for the address, or for all that is on its way. */
  shows(text: string): Promise<void>;
  leads(address: string): Promise<void>;
  settled(): Promise<void>;
}

/** The built mini-program's screens, below `pages/`. */
export function screens(): string[] {
  const { pages, subPackages } = JSON.parse(readFileSync(`${BUILT}/app.json`, "utf8")) as { pages: string[]; subPackages: { root: string; pages: string[] }[] };
  return [...pages, ...subPackages.flatMap((each) => each.pages.map((page) => `${each.root}/${page}`))].map((each) => each.replace(/^pages\//, ""));
}

export function startPhone(product: string): Phone {
  const simulate = inDocument();
  const wechat = createWeChat(product);
  const stack: Shown[] = [];
  globals.wx = Object.assign(wechat.wx, ways(stack, (address) => enter(simulate, stack, address)));
  let app: Record<string, (options: unknown) => void> = {};
  globals.App = (options: typeof app) => (app = options);
  globals.getCurrentPages = () => stack.map((each) => each.page.instance);
  globals.getApp = () => app;
  // A page is a component whose functions are its methods.
  globals.Page = ({ data, ...methods }: { data: unknown }) => (globals.Component as (definition: unknown) => void)({ data, methods });
  require(`${BUILT}/app.js`);
  app.onLaunch?.call(app, { path: "pages/index/index", query: {}, scene: 1001 });

  const top = () => stack.at(-1)!;
  const tree = () => top().page.toJSON();
  const fire = (node: Node, event: string, detail: unknown) => top().page.querySelector(`#${String(attribute(node, "id"))}`)!.dispatchEvent(event, { detail });
  /** As a finger: what it did is on the screen before it does the next. */
  const touch = async (node: Node, event: string, detail: unknown) => {
    fire(node, event, detail);
    await new Promise((then) => setTimeout(then, A_MOMENT));
  };
  const wait = (true_: () => boolean, told: () => string) =>
    vi.waitFor(() => {
      if (!true_()) throw new Error(`${told()}\n${top().address}\n${wordsOf(tree())}\n${wechat.asked.map(({ method, path, status }) => `${method} ${path} ${status}`).join("\n")}`);
    }, PATIENCE);
  const found = async (choose: (nodes: Node[]) => Node | undefined, told: string) => {
    await wait(() => choose(all(tree())) !== undefined, () => `no ${told}`);
    return choose(all(tree()))!;
  };
  return {
    wechat,
    open: (address) => (wechat.wx.reLaunch as (to: unknown) => void)({ url: address, now: true }),
    back: () => (wechat.wx.navigateBack as (to: unknown) => void)({}),
    at: () => top().address,
    words: () => wordsOf(tree()),
    spoken: () => all(tree()).map(spokenOf).filter((each) => each !== ""),
    silent: () => all(tree()).filter((node) => WORDLESS.includes(node.tagName) && nameOf(node) === "").map((node) => `${node.tagName} ${String(attribute(node, "class"))}`),
    buttons: () => all(tree()).filter((node) => node.tagName === "wx-button").map(nameOf),
    look: () => String(attribute(tree().children[0] as Node, "class")),
    card: () => top().page.instance.onShareAppMessage?.({ from: "menu" }),
    shown: (tag, name) => attribute(all(tree()).find((node) => node.tagName === tag)!, name),
    happen: (tag, event, detail) => fire(all(tree()).find((node) => node.tagName === tag)!, event, detail),
    tap: async (name, within) => touch(await found((nodes) => pressed(below(nodes, within), name), `button “${name}”`), "tap", {}),
    type: async (name, text) => touch(await found((nodes) => nodes.find((node) => TYPED.includes(node.tagName) && nameOf(node) === name), `field “${name}”`), "input", { value: text }),
    pick: async (name, value) => touch(await found((nodes) => nodes.find((node) => node.tagName === "wx-picker" && nameOf(node).startsWith(name)), `picker “${name}”`), "change", { value }),
    shows: (text) => wait(() => wordsOf(tree()).includes(text), () => `“${text}” is not shown`),
    leads: (address) => wait(() => top().address === address, () => `it does not lead to ${address}`),
    settled: async () => {
      let [before, still] = ["", 0];
      await wait(() => {
        const resting = wechat.quiet() && wordsOf(tree()).trim() !== "" && !all(tree()).some((node) => attribute(node, "ariaBusy") === true);
        const now = JSON.stringify([tree(), wechat.asked.length]);
        still = resting && now === before ? still + 1 : 0;
        before = now;
        return still >= LOOKS_AT_REST;
      }, () => "it does not come to rest");
    },
  };
}

function pressed(nodes: Node[], name: string): Node | undefined {
  const able = nodes.filter((node) => node.tagName === "wx-button" && !attribute(node, "disabled"));
  return able.find((node) => nameOf(node) === name) ?? able.find((node) => nameOf(node).includes(name));
}

function below(nodes: Node[], label?: string): Node[] {
  if (label === undefined) return nodes;
  const around = nodes.find((node) => attribute(node, "ariaLabel") === label);
  return around ? all(around) : [];
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

/** A page's components are compiled once. */
const compiled = new Map<string, string>();

function enter(simulate: Simulate, stack: Shown[], address: string): void {
  const [route = "", query] = address.replace(/^\//, "").split("?");
  if (!compiled.has(route)) compiled.set(route, simulate.load(`${BUILT}/${route}`, "page", { rootPath: BUILT }));
  const page = simulate.render(compiled.get(route)!);
  page.attach(document.body);
  page.instance.route = route as never;
  stack.push({ address, page });
  page.instance.onLoad?.(Object.fromEntries((query ?? "").split("&").filter(Boolean).map((each) => each.split("=", 2) as [string, string])));
  page.instance.onShow?.();
  page.instance.onReady?.();
}

function leave(stack: Shown[]): void {
  const { page } = stack.pop()!;
  page.instance.onUnload?.();
  page.detach();
}

/** WeChat's ways from page to page. */
function ways(stack: Shown[], show: (address: string) => void): Record<string, unknown> {
  type To = { url: string; delta?: number; now?: boolean; success?: (given: unknown) => void; complete?: () => void };
  const way = (move: (to: To) => void) => (to: To) => {
    const go = () => {
      move(to);
      to.success?.({});
      to.complete?.();
    };
    if (to.now) go();
    else setTimeout(go, 0);
  };
  const hide = () => stack.at(-1)?.page.instance.onHide?.();
  const emptied = () => {
    while (stack.length > 0) leave(stack);
  };
  return {
    navigateTo: way(({ url }) => {
      hide();
      show(url);
    }),
    redirectTo: way(({ url }) => {
      leave(stack);
      show(url);
    }),
    reLaunch: way(({ url }) => {
      emptied();
      show(url);
    }),
    navigateBack: way(({ delta = 1 }) => {
      for (let left = Math.min(delta, stack.length - 1); left > 0; left--) leave(stack);
      stack.at(-1)?.page.instance.onShow?.();
    }),
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
