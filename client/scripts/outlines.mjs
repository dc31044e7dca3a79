/** Writes src/pages/nearby/outlines.json: the counties of the catalogue (WGS-84), rounded to what a phone's map can show. */
import { readFileSync, writeFileSync } from "node:fs";

const DECIMALS = 3;
const catalogue = new URL("../../config/catalogue/", import.meta.url);
const target = new URL("../src/pages/nearby/outlines.json", import.meta.url);

const rounded = (point) => point.map((each) => Number(each.toFixed(DECIMALS)));

/** The centre of an area (shoelace formula). */
function middleOf(ring) {
  let [area, east, north] = [0, 0, 0];
  ring.forEach(([x1, y1], at) => {
    const [x2, y2] = ring[(at + 1) % ring.length];
    const cross = x1 * y2 - x2 * y1;
    [area, east, north] = [area + cross, east + (x1 + x2) * cross, north + (y1 + y2) * cross];
  });
  return [east / (3 * area), north / (3 * area)];
}

export function made() {
  const names = Object.fromEntries(readFileSync(new URL("districts.csv", catalogue), "utf8").trim().split("\n").slice(1).map((line) => line.split(",")));
  const { features } = JSON.parse(readFileSync(new URL("districts.geojson", catalogue), "utf8"));
  const counties = features.map(({ properties: { code }, geometry: { coordinates: [ring] } }) => ({ code, name: names[code], middle: rounded(middleOf(ring)), ring: ring.map(rounded) }));
  return `[\n${counties.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`;
}

if (import.meta.url === `file://${process.argv[1]}`) writeFileSync(target, made());
