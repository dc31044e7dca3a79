/** This phone's photos on their way (`photos.ts`). They go with whoever signs out. */
import { own, session } from "@/api";
import { platform } from "@/platform/current";
import { createPhotos } from "./photos";

export const photos = createPhotos(platform(), own);
session.watch((resident) => resident === null && photos.forget());
platform().onOnline(() => void sendOn());

/** What an earlier start has left behind is sent without waiting for its screen; nobody is signed in for it anew. */
export async function sendOn(): Promise<void> {
  if (session.known()) await photos.resume();
}
