import { existsSync } from "node:fs";
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

it("large type leaves the essential ways", () => {
  const essential = entries.filter((each) => each.essential);
  expect(essential.length).toBeGreaterThan(0);
  expect(essential.length).toBeLessThanOrEqual(6);
});
