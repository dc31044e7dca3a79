/** How the client looks on this phone, and in the profile of whoever is signed in (`displays.ts`). */
import { own, session } from "@/api";
import { platform } from "@/platform/current";
import { createDisplay, type Display } from "./displays";

const displays = createDisplay(platform(), session, own);
platform().onOnline(() => void displays.write());

export const display = displays.shown;
export const setDisplay = displays.change;
export const adoptDisplay = displays.adopt;

/** The classes of a screen's outermost box; `src/styles/tokens.css` says what they change. */
export const classesOf = (now: Display): string => `${now.large ? "large" : ""} ${now.contrast ? "contrast" : ""}`;
