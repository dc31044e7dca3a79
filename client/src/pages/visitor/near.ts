/** Whether the phone is at a home, found on the phone itself: its point is compared here and neither kept nor sent. */
import { type Schemas } from "@/api";
import { type Point } from "@/platform/types";

export type Near = Schemas["NearBody"];
type Home = Schemas["MapPoint"] | null;

const EARTH_M = 6_371_008.8;
const UNKNOWN = "unknown";
const FARTHER = "farther";

/** Metres between two points of one datum. */
export function metres(one: Omit<Point, "datum">, other: Omit<Point, "datum">): number {
  const [north, south] = [radians(one.latitude), radians(other.latitude)];
  const half = Math.sin((north - south) / 2) ** 2 + Math.cos(north) * Math.cos(south) * Math.sin(radians(one.longitude - other.longitude) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Inside or outside, and the band of the distance, by the day's rules; nothing can be said where no home is known. */
export function near(phone: Point, home: Home, rules: Schemas["ArrivalRules"]): Near {
  if (home === null || home.datum !== phone.datum) return { within: null, band: UNKNOWN };
  const far = metres(phone, home);
  const doubt = Math.min(phone.accuracy_m ?? 0, rules.accuracy_most_m);
  const band = rules.bands_m.find((most) => far <= most);
  return { within: far <= rules.radius_m + doubt, band: band === undefined ? FARTHER : String(band) };
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
