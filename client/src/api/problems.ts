/** What went wrong, in words, with what one can do about it. */
import { common } from "@/text";
import advice from "@/text/zh_CN/advice.json";
import { type Answer } from "@/platform/types";

/** What a person does next: `src/text/zh_CN/common.json`, `next`. */
export type Next = "retry" | "wait" | "ask" | "sign_in" | "correct" | "reload" | "follow" | "home";

export interface Fault {
  field: string;
  code: string;
  detail: string;
}

/** Every failed call ends as one of these. `code` is the API's stable code, or `no_answer`, `no_login`, `unreadable`. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly code: string,
    readonly detail: string,
    readonly next: Next,
    readonly status = 0,
    readonly faults: readonly Fault[] = [],
    /** What the API says of the present state, where somebody else was faster. */
    readonly current: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${code}`);
  }

  /** What is wrong with one field, "" where nothing is. */
  of(field: string): string {
    return this.faults.find((fault) => fault.field === field || fault.field.endsWith(`.${field}`))?.detail ?? "";
  }

  /** What to do next, in words; "" where `detail` says it already. */
  get advice(): string {
    return texts.reload[this.code] ?? texts.follow[this.code] ?? common.next[this.next];
  }
}

const texts: Record<"reload" | "follow", Record<string, string>> = advice;

export const noAnswer = (): Problem => new Problem("no_answer", common.problem.no_answer, "retry");
export const noLogin = (): Problem => new Problem("no_login", common.problem.no_login, "sign_in");
export const unreadable = (status: number): Problem => new Problem("unreadable", common.problem.unreadable, "wait", status);

/** What the proxy before the product says without the API's form: too much at once, or nobody behind it. */
const BEFORE_THE_API: Record<number, { code: string; detail: string }> = {
  413: { code: "body_too_large", detail: common.problem.too_large },
  ...Object.fromEntries([502, 503, 504].map((status) => [status, { code: "away", detail: common.problem.away }])),
};

/** An answer with an error status (RFC 9457) as a Problem; one that says nothing else is only told to be broken. */
export function problemOf(answer: Answer): Problem {
  const body = parsed(answer.text);
  const bare = BEFORE_THE_API[answer.status] ?? { code: "broken", detail: common.problem.broken };
  const code = typeof body.code === "string" ? body.code : bare.code;
  const detail = typeof body.detail === "string" ? body.detail : bare.detail;
  const faults = Array.isArray(body.faults) ? (body.faults as Fault[]) : [];
  const current = typeof body.current === "object" && body.current ? (body.current as Record<string, unknown>) : {};
  return new Problem(code, detail, nextOf(answer.status, code), answer.status, faults, current);
}

/** Whatever was thrown as a Problem; a fault of our own is told as broken rather than passed over. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem("broken", common.problem.broken, "home");
}

function nextOf(status: number, code: string): Next {
  if (code in texts.follow) return "follow";
  if (code in texts.reload) return "reload";
  if (status === 401) return "sign_in";
  if (status === 429 || status >= 500 || code === "idempotency_in_flight") return "wait";
  if (status === 409) return "reload";
  return status === 403 || status === 404 ? "home" : "correct";
}

function parsed(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
