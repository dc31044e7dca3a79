import { type Schemas } from "@/api";
import { type Api } from "@/api/client";

/** The household of whoever is asked for; null where none is registered: an empty answer, no fault. */
export async function householdOf(api: Api): Promise<Schemas["HouseholdShown"] | null> {
  return ((await api.get("/me/household")) as Schemas["HouseholdShown"] | undefined) ?? null;
}
