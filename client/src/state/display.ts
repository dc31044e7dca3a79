/** How the client looks on this phone: type size and contrast. A preference, kept in the clear. */
import { platform } from "@/platform/current";
import { createStore } from "./store";

const LARGE = "display.large";
const CONTRAST = "display.contrast";

export interface Display {
  /** Large type, and only the entries that most people come for. */
  large: boolean;
  contrast: boolean;
}

const { plain } = platform();
export const display = createStore<Display>({ large: plain.get(LARGE) === "1", contrast: plain.get(CONTRAST) === "1" });

export function setDisplay(change: Partial<Display>): void {
  const wanted = { ...display.get(), ...change };
  plain.set(LARGE, wanted.large ? "1" : "0");
  plain.set(CONTRAST, wanted.contrast ? "1" : "0");
  display.set(wanted);
}

/** The classes of a screen's outermost box; `src/styles/tokens.css` says what they change. */
export const classesOf = (shown: Display): string => `${shown.large ? "large" : ""} ${shown.contrast ? "contrast" : ""}`;
