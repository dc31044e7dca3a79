/**
 * How the client looks: type size and contrast. Kept on this phone, in the clear, for it must be right before anybody has
 * signed in. Large type is also a wish in the resident's profile, so that another phone, and the chat, know of it: the
 * profile's counts when somebody signs in, unless it was changed here and not written yet; a change here is written.
 */
import { type Schemas } from "@/api";
import { type Api } from "@/api/client";
import { type Session } from "@/api/session";
import { type Platform } from "@/platform/types";
import { createStore, type Store } from "./store";

const LARGE = "display.large";
const CONTRAST = "display.contrast";
/** Changed here, and the profile does not know it yet. */
const UNWRITTEN = "display.unwritten";

export interface Display {
  /** Large type, and only the entries that most people come for. */
  large: boolean;
  contrast: boolean;
}

export interface Displays {
  shown: Store<Display>;
  change(some: Partial<Display>): void;
  /** What the profile says; counts unless a change of this phone's waits. */
  adopt(profile: Pick<Schemas["ResidentProfile"], "large_type">): void;
  /** Write what waits; without a network, or nobody signed in, it waits on. */
  write(): Promise<void>;
}

export function createDisplay({ plain }: Pick<Platform, "plain">, signedIn: Pick<Session, "known" | "watch">, api: Pick<Api, "patch">): Displays {
  const shown = createStore<Display>({ large: plain.get(LARGE) === "1", contrast: plain.get(CONTRAST) === "1" });
  const waits = () => plain.get(UNWRITTEN) !== null;
  let writing: Promise<void> | null = null;
  const put = (wanted: Display) => {
    plain.set(LARGE, wanted.large ? "1" : "0");
    plain.set(CONTRAST, wanted.contrast ? "1" : "0");
    shown.set(wanted);
  };
  const send = async () => {
    while (waits() && signedIn.known()) {
      const { large } = shown.get();
      await api.patch("/me", { body: { large_type: large } });
      // Tapped again meanwhile: that one is written, too.
      if (shown.get().large === large) plain.remove(UNWRITTEN);
    }
  };
  const write = async () => {
    // A preference is no reason to stop anybody: it stays noted, and is tried again with the network or the next sign-in.
    writing ??= send().catch(() => undefined).finally(() => void (writing = null));
    await writing;
  };
  const adopt: Displays["adopt"] = ({ large_type: large }) => {
    if (shown.get().large === large) plain.remove(UNWRITTEN);
    else if (waits()) void write();
    else put({ ...shown.get(), large });
  };
  signedIn.watch((resident) => {
    if (resident) adopt(resident);
    else plain.remove(UNWRITTEN); // the next person's wishes are their own
  });
  return {
    shown,
    adopt,
    write,
    change: (some) => {
      if (some.large !== undefined && some.large !== shown.get().large) plain.set(UNWRITTEN, "1");
      put({ ...shown.get(), ...some });
      void write();
    },
  };
}
