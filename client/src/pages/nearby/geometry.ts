/** A piece of the earth on a small drawing: north is up, and metres are alike in both directions. */
import { type Point } from "@/platform/types";

type Degrees = Pick<Point, "longitude" | "latitude">;

export interface Spot {
  x: number;
  y: number;
}

export interface Frame {
  at(point: Degrees): Spot;
  /** Metres that one unit of the drawing stands for. */
  metres: number;
}

export const [WIDTH, HEIGHT] = [360, 300];
const EDGE = 26;
const METRES_A_DEGREE = 111_320;
/** Closer than this nothing more can be told apart. */
const LEAST_METRES = 300;
const STEPS = [1, 2, 5];

/** Everything fits in, `middle` in the middle where it is given; `zoom` 2 shows half as far. */
export function frameOf(points: readonly Degrees[], middle: Degrees | null, zoom: number): Frame {
  const [first] = points;
  const west = Math.min(...points.map((each) => each.longitude));
  const south = Math.min(...points.map((each) => each.latitude));
  const centre = middle ?? (first && {
    longitude: (west + Math.max(...points.map((each) => each.longitude))) / 2, latitude: (south + Math.max(...points.map((each) => each.latitude))) / 2,
  }) ?? { longitude: 0, latitude: 0 };
  const narrow = Math.cos((centre.latitude * Math.PI) / 180);
  const east = (point: Degrees) => (point.longitude - centre.longitude) * narrow * METRES_A_DEGREE;
  const north = (point: Degrees) => (point.latitude - centre.latitude) * METRES_A_DEGREE;
  const across = Math.max(LEAST_METRES, ...points.map((each) => 2 * Math.abs(east(each)))) / (WIDTH - 2 * EDGE);
  const up = Math.max(LEAST_METRES, ...points.map((each) => 2 * Math.abs(north(each)))) / (HEIGHT - 2 * EDGE);
  const metres = Math.max(across, up) / zoom;
  return { metres, at: (point) => ({ x: WIDTH / 2 + east(point) / metres, y: HEIGHT / 2 - north(point) / metres }) };
}

/** A round number of metres for the bar of the scale, at most `most` units long. */
export function scaleOf(frame: Frame, most: number): { metres: number; length: number } {
  const power = 10 ** Math.floor(Math.log10(frame.metres * most));
  const metres = Math.max(...STEPS.map((each) => each * power).filter((each) => each <= frame.metres * most));
  return { metres, length: metres / frame.metres };
}

/** Which spot is meant by a tap: the nearest within reach; tapped again, the next one that lies as close together. */
export function meant(spots: readonly Spot[], tap: Spot, reach: number, present: number | null): number | null {
  const near = spots
    .map((spot, index) => ({ index, far: Math.hypot(spot.x - tap.x, spot.y - tap.y) }))
    .filter(({ far }) => far <= reach)
    .sort((one, other) => one.far - other.far);
  const at = near.findIndex(({ index }) => index === present);
  return near[(at + 1) % Math.max(near.length, 1)]?.index ?? null;
}
