import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const TOKENS = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
const PAIRS = [
  ["ink", "ground"], ["ink", "card"], ["ink", "raised"], ["soft", "ground"], ["soft", "card"], ["brand", "card"], ["on-brand", "brand"],
  ["brand-ink", "brand-soft"], ["danger", "card"], ["danger", "danger-soft"], ["warn-ink", "warn-soft"], ["card", "danger"],
] as const;

function block(start: string): Record<string, string> {
  const from = TOKENS.indexOf(start);
  const text = TOKENS.slice(from, TOKENS.indexOf("}", from));
  return Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour]));
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const LIGHT = block(".frame {");
it.each([["light", LIGHT, 4.5], ["dark", block("@media (prefers-color-scheme: dark)"), 4.5], ["contrast", block(".frame.contrast"), 7]] as const)(
  "every pair of ink and ground of the %s colours can be read", (_, colours, least) => {
    for (const [ink, ground] of PAIRS) expect([ink, ground, contrast(colours[ink]!, colours[ground]!) >= least]).toEqual([ink, ground, true]);
    // The edge of a field is no text: 3:1.
    expect(contrast(colours["edge-ink"]!, colours.card!)).toBeGreaterThanOrEqual(3);
  },
);

it("the dark and the contrast colours leave no name of the light ones out", () => {
  for (const start of ["@media (prefers-color-scheme: dark)", ".frame.contrast"]) expect(Object.keys(block(start)).sort()).toEqual(Object.keys(LIGHT).sort());
});
