import { type Schemas } from "@/api";
import { type Place } from "@/state/place";

export interface MapProps {
  /** Read aloud in place of the drawing: the list below says the same. */
  label: string;
  facilities: readonly Schemas["FacilityCard"][];
  where: Place | null;
  /** The place in `facilities` of the one that is chosen. */
  chosen: number | null;
  onChoose: (index: number | null) => void;
}
