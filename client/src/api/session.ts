/**
 * Who is signed in. The token is in memory, and where the target has such a thing in the storage of this session; it
 * says nothing about the person. A token is only found to be over by the product's 401: the phone's clock may be wrong.
 *
 * A phone on which somebody has signed in before signs in again by itself, but never makes an account by that. Where the
 * account is gone, was signed out elsewhere or here, the session has ended, also after a restart: it says so, and begins
 * again when a person asks.
 */
import settings from "@/settings.json";
import { NoLogin, type Platform } from "@/platform/types";
import { common } from "@/text";
import { sha256 } from "@/ui/sha256";
import { noAnswer, noLogin, Problem, problemOf, unreadable } from "./problems";
import { type Schemas } from "./types";

export type Resident = Schemas["ResidentProfile"];
const OVER = 401;
/**
 * Set once somebody has signed in here, so that the next visit may do so without asking; and how their session has ended,
 * until they sign in again. Both hold a mark of who opened the client, for another person in the same browser is neither.
 */
const KNOWN = "known";
const ENDED = "ended";
const MARK_LENGTH = 16;
/** The account is no more, or not to be found: nothing of the person stays here. */
const GONE = ["account_erased", "no_account"];
const REVOKED = "token_revoked";
const SIGNED_OUT = "signed_out";
/** What a caseworker's work has noted on this phone is not the resident's. */
const OF_THE_OFFICE = /^(staff$|visitor\.)/;

export interface Session {
  /** The token, after signing in where there is none yet. Raises Problem. */
  token(): Promise<string>;
  /** A token other than `stale`, of which the product said `why`; calls at once share one sign-in. Raises Problem. */
  renew(stale: string, why: Problem): Promise<string>;
  /** Why nobody is signed in any more, null where that is not so; the person asks to sign in by `begin`. */
  ended(): Problem | null;
  /** A person asks to sign in: from now on an account may be made. */
  begin(): void;
  /** Whether somebody signed in here before. */
  known(): boolean;
  /** End it on this phone. */
  forget(): void;
  /** Told whenever somebody has signed in, and of the end. */
  watch(then: (resident: Resident | null) => void): () => void;
}

export function createSession(platform: Platform): Session {
  let underWay: Promise<string> | null = null;
  const mark = () => sha256(platform.opener()).slice(0, MARK_LENGTH);
  const [endedFor, code = ""] = (platform.plain.get(ENDED) ?? "").split(" ");
  let ended = endedFor === mark() ? endOf(code) : null;
  const watchers = new Set<(resident: Resident | null) => void>();
  const tell = (resident: Resident | null) => watchers.forEach((each) => each(resident));

  const known = () => platform.session.get() !== null || platform.plain.get(KNOWN) === mark();
  const leave = (code: string) => {
    ended = endOf(code);
    platform.plain.set(ENDED, `${mark()} ${code}`);
    platform.session.set(null);
    platform.plain.remove(KNOWN);
    tell(null);
  };
  const end = async (code: string): Promise<never> => {
    if (GONE.includes(code)) await forgetKept(platform.secret);
    leave(code);
    throw ended ?? noLogin();
  };
  const signIn = async () => {
    if (ended) throw ended;
    underWay ??= begin().finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const begin = async (): Promise<string> => {
    const { token, resident } = await askForToken(platform, known()).catch((fault: unknown) => {
      if (fault instanceof Problem && GONE.includes(fault.code)) return end(fault.code);
      throw fault;
    });
    platform.session.set(token);
    platform.plain.set(KNOWN, mark());
    tell(resident);
    return token;
  };
  return {
    token: async () => platform.session.get() ?? signIn(),
    renew: async (stale, why) => {
      const present = platform.session.get();
      if (present !== null && present !== stale) return present;
      return ended === null && [...GONE, REVOKED].includes(why.code) ? end(why.code) : signIn();
    },
    known,
    ended: () => ended,
    begin: () => {
      ended = null;
      platform.plain.remove(ENDED);
    },
    forget: () => leave(SIGNED_OUT),
    watch: (then) => {
      watchers.add(then);
      return () => void watchers.delete(then);
    },
  };
}

/** Take from the phone what was typed or waits to be sent for the resident. */
export async function forgetKept(secret: Platform["secret"]): Promise<void> {
  for (const name of await secret.names()) if (!OF_THE_OFFICE.test(name)) await secret.remove(name);
}

/** In words of the client's own: after a restart there is nobody to ask. */
function endOf(code: string): Problem | null {
  return isEnd(code) ? new Problem(code, common.ended[code], "ask", OVER) : null;
}

const isEnd = (code: string): code is keyof typeof common.ended => code in common.ended;
export const isGone = (problem: Problem | null): boolean => GONE.includes(problem?.code ?? "");

async function askForToken(platform: Platform, existing: boolean): Promise<Schemas["SignedIn"]> {
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
      body: JSON.stringify({ code, existing }),
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
