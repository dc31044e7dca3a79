import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { frameOf, HEIGHT, meant, scaleOf, WIDTH } from "@/pages/nearby/geometry";
import { made } from "../scripts/outlines.mjs";

const HERE = { longitude: 114.39, latitude: 27.8 };
const NORTH = { longitude: 114.39, latitude: 27.8 + 1_000 / 111_320 };
const EAST = { longitude: 114.39 + 1_000 / (111_320 * Math.cos((27.8 * Math.PI) / 180)), latitude: 27.8 };

it("north is up, east is right, a kilometre is as long in both directions, and all is on the drawing", () => {
  const frame = frameOf([HERE, NORTH, EAST], HERE, 1);
  expect(frame.at(HERE)).toEqual({ x: WIDTH / 2, y: HEIGHT / 2 });
  const [up, right] = [HEIGHT / 2 - frame.at(NORTH).y, frame.at(EAST).x - WIDTH / 2];
  expect(up).toBeCloseTo(right, 6);
  expect(up * frame.metres).toBeCloseTo(1_000, 6);
  expect(up).toBeLessThan(HEIGHT / 2);
  expect(frameOf([HERE, NORTH], HERE, 4).metres).toBeCloseTo(frameOf([HERE, NORTH], HERE, 1).metres / 4, 9);
  expect(frameOf([NORTH, HERE], null, 1).at(NORTH).y).toBeGreaterThan(0);
});

it("the scale is a round number that fits its room", () => {
  for (const metres of [0.7, 3, 8.9, 44, 310]) {
    const scale = scaleOf({ metres, at: () => ({ x: 0, y: 0 }) }, 90);
    expect(scale.length).toBeLessThanOrEqual(90);
    expect(scale.length).toBeGreaterThan(30);
    expect(String(scale.metres)).toMatch(/^[125]0*$/);
  }
});

it("a tap means the nearest within reach, and again the next one there", () => {
  const spots = [{ x: 10, y: 10 }, { x: 12, y: 10 }, { x: 200, y: 10 }];
  expect(meant(spots, { x: 9, y: 10 }, 22, null)).toBe(0);
  expect(meant(spots, { x: 9, y: 10 }, 22, 0)).toBe(1);
  expect(meant(spots, { x: 9, y: 10 }, 22, 1)).toBe(0);
  expect(meant(spots, { x: 100, y: 100 }, 22, 0)).toBeNull();
});

it("the counties' borders are the catalogue's", () => {
  expect(readFileSync(new URL("../src/pages/nearby/outlines.json", import.meta.url), "utf8")).toBe(made());
});
