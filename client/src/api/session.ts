/**
 * Who is signed in. The token is in memory, and where the target has such a thing in the storage of this session; it
 * says nothing about the person. A token is only found to be over by the product's 401: the phone's clock may be wrong.
 */
import settings from "@/settings.json";
import { NoLogin, type Platform } from "@/platform/types";
import { noAnswer, noLogin, problemOf, unreadable } from "./problems";
import { type Schemas } from "./types";

export type Resident = Schemas["ResidentProfile"];
/** Set once somebody has signed in here, so that the next visit may do so without asking; says no more than that. */
const KNOWN = "known";

export interface Session {
  /** The token, after signing in where there is none yet. Raises Problem. */
  token(): Promise<string>;
  /** A token other than `stale`; calls at once share one sign-in. */
  renew(stale: string): Promise<string>;
  /** Whether somebody signed in here before. */
  known(): boolean;
  /** End it on this phone. */
  forget(): void;
  /** Told whenever somebody has signed in, and of the end. */
  watch(then: (resident: Resident | null) => void): () => void;
}

export function createSession(platform: Platform): Session {
  let underWay: Promise<string> | null = null;
  const watchers = new Set<(resident: Resident | null) => void>();
  const tell = (resident: Resident | null) => watchers.forEach((each) => each(resident));

  const signIn = () => {
    underWay ??= begin().finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const begin = async (): Promise<string> => {
    const { token, resident } = await askForToken(platform);
    platform.session.set(token);
    platform.plain.set(KNOWN, "1");
    tell(resident);
    return token;
  };
  return {
    token: async () => platform.session.get() ?? signIn(),
    renew: async (stale) => {
      const present = platform.session.get();
      return present !== null && present !== stale ? present : signIn();
    },
    known: () => platform.session.get() !== null || platform.plain.get(KNOWN) !== null,
    forget: () => {
      platform.session.set(null);
      platform.plain.remove(KNOWN);
      tell(null);
    },
    watch: (then) => {
      watchers.add(then);
      return () => void watchers.delete(then);
    },
  };
}

async function askForToken(platform: Platform): Promise<Schemas["SignedIn"]> {
  let code: string;
  try {
    code = await platform.loginCode();
  } catch (fault) {
    throw fault instanceof NoLogin ? noLogin() : fault;
  }
  const answer = await platform
    .send({
      method: "POST",
      path: `${settings.api_path}/auth/wechat`,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
      timeoutMs: settings.request_timeout_ms,
    })
    .catch(() => {
      throw noAnswer();
    });
  if (answer.status >= 400) throw problemOf(answer);
  try {
    return JSON.parse(answer.text) as Schemas["SignedIn"];
  } catch {
    throw unreadable(answer.status);
  }
}
