/** What this phone keeps of whoever is signed in. */
import { session } from "@/api";
import { forgetKept } from "@/api/session";
import { platform } from "@/platform/current";

/** Sign out here, and let nothing of the person stay: drafts, what waited to be sent, the place picked by hand. */
export async function forgetPerson(): Promise<void> {
  session.forget();
  await forgetKept(platform().secret);
}
