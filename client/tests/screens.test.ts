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

/** Addresses that the chat, notices and WeChat's templates lead to, as they stand in the product: `pages/part/screen`, and what it is told. */
function led(): [address: string, screen: string, told: string | undefined][] {
  const product = new URL("../../", import.meta.url);
  const files = ["config/catalogue/dialogues/pages.yaml", "config/catalogue/wechat/templates.yaml", ...readdirSync(new URL("models/", product), { recursive: true })
    .filter((name) => String(name).endsWith(".py")).map((name) => `models/${String(name)}`)];
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file, product), "utf8");
    const named = new Map([...text.matchAll(/^(\w*PAGE) = "(pages\/[\w/]+)"/gm)].map(([, name = "", screen = ""]) => [name, screen]));
    const written = [...text.matchAll(/: "?(pages\/[\w/]+)(?:\?(\w+)=)?/g)].map(([, screen = "", told]) => [screen, told] as const);
    const made = [...text.matchAll(/\{(\w*PAGE)\}\?(\w+)=/g)].map(([, name = "", told]) => [named.get(name) ?? "", told] as const);
    return [...written, ...made, ...[...named.values()].map((screen) => [screen, undefined] as const)].map(([screen, told]) => [`${file}: ${screen} ${told ?? ""}`, screen, told] as [string, string, string | undefined]);
  });
}

it.each(led())("%s opens a screen that reads what it is told", (_, screen, told) => {
  expect(screens).toContain(screen);
  // Whoever was asked something sees all that was asked: the screen needs not be told which.
  if (told !== undefined && told !== "asked") expect(readFileSync(new URL(`../src/${screen}.tsx`, import.meta.url), "utf8")).toContain(`params.${told}`);
});

it("the chat's, the notices' and the templates' addresses were found", () => {
  expect(led().filter(([address]) => address.startsWith("config")).length).toBeGreaterThan(10);
  expect(led().filter(([address]) => address.startsWith("models")).length).toBeGreaterThan(10);
});

it("large type leaves the essential ways", () => {
  const essential = entries.filter((each) => each.essential);
  expect(essential.length).toBeGreaterThan(0);
  expect(essential.length).toBeLessThanOrEqual(6);
});
