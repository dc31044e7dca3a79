import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";

vi.stubGlobal("defineAppConfig", (config: unknown) => config);
vi.mock("@tarojs/taro", () => ({ default: {} }));
const { default: config } = (await import("@/app.config")) as unknown as { default: { pages: string[]; subPackages: { root: string; pages: string[] }[] } };
const { pages } = await import("@/ui/go");
const { entries, sections } = await import("@/entries");

const screens = [...config.pages, ...config.subPackages.flatMap(({ root, pages: inner }) => inner.map((page) => `${root}/${page}`))];

it("every screen that is named has a file, and every way leads to a screen", () => {
  for (const screen of screens) expect([screen, existsSync(new URL(`../src/${screen}.tsx`, import.meta.url))]).toEqual([screen, true]);
  const ways = [...Object.values(pages), ...entries.map((each) => each.page), ...sections.map((each) => each.page)];
  for (const way of ways) expect(screens).toContain(way.slice(1));
});

it("there is a way to every screen", () => {
  expect(screens.filter((screen) => !(Object.values(pages) as string[]).includes(`/${screen}`))).toEqual([]);
});

const product = new URL("../../", import.meta.url);
/** Where the product names screens: the catalogue, and code of any layer. */
const NAMING = ["config", "models", "bot", "api", "jobs", "deploy"];

/** The screens that a file gives a name, and those whose name it has from another. */
function namedIn(text: string): Map<string, string> {
  const from = [...text.matchAll(/^from ([\w.]+) import (.*PAGE.*)$/gm)].flatMap(([, module = "", names = ""]) => {
    const there = namedIn(readFileSync(new URL(`${module.replace(/\./g, "/")}.py`, product), "utf8"));
    return [...there].filter(([name]) => names.split(", ").includes(name));
  });
  return new Map([...from, ...[...text.matchAll(/^(\w*PAGE) = "(pages\/[\w/]+)"/gm)].map(([, name = "", screen = ""]): [string, string] => [name, screen])]);
}

/** Addresses that the chat, notices, posters and WeChat's templates lead to, as they stand in the product: `pages/part/screen`, and what it is told. */
function led(): [address: string, screen: string, told: string | undefined][] {
  const files = NAMING.flatMap((part) => readdirSync(new URL(`${part}/`, product), { recursive: true }).map((name) => `${part}/${String(name)}`))
    .filter((name) => /\.(py|yaml)$/.test(name));
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file, product), "utf8");
    const named = namedIn(text);
    const written = [...text.matchAll(/: "?(pages\/[\w/]+)(?:\?(\w+)=)?/g)].map(([, screen = "", told]) => [screen, told] as const);
    const anyhow = [...text.matchAll(/["' ](pages\/[a-z]+\/\w+)/g)].map(([, screen = ""]) => [screen, undefined] as const);
    const made = [...text.matchAll(/\{(\w*PAGE)\}\?(\w+)=/g)].map(([, name = "", told]) => [named.get(name) ?? "", told] as const);
    return [...written, ...anyhow, ...made, ...[...named.values()].map((screen) => [screen, undefined] as const)].map(([screen, told]) => [`${file}: ${screen} ${told ?? ""}`, screen, told] as [string, string, string | undefined]);
  });
}

it.each(led())("%s opens a screen that reads what it is told", (_, screen, told) => {
  expect(screens).toContain(screen);
  // Whoever was asked something sees all that was asked: the screen needs not be told which.
  if (told !== undefined && told !== "asked") expect(readFileSync(new URL(`../src/${screen}.tsx`, import.meta.url), "utf8")).toContain(`params.${told}`);
});

it("the chat's, the notices', the posters' and the templates' addresses were found", () => {
  expect(led().filter(([address]) => address.startsWith("config")).length).toBeGreaterThan(10);
  expect(led().filter(([address]) => address.startsWith("models")).length).toBeGreaterThan(10);
});

it("the screen that a poster's code opens reads the scene", () => {
  const [, landing = ""] = /^landing: (\S+)$/m.exec(readFileSync(new URL("config/catalogue/wechat/scenes.yaml", product), "utf8")) ?? [];
  expect(readFileSync(new URL(`../src/${landing}.tsx`, import.meta.url), "utf8")).toContain("params.scene");
});

it("large type leaves the essential ways", () => {
  const essential = entries.filter((each) => each.essential);
  expect(essential.length).toBeGreaterThan(0);
  expect(essential.length).toBeLessThanOrEqual(6);
});
