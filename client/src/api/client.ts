/**
 * Calls of the API. `open` asks as nobody in particular, `own` as the resident who holds the phone. Each call
 *   - is repeated, with growing pauses, where repeating is safe: reads, and writes that carry an Idempotency-Key;
 *   - signs in again once when the token is over, and is then sent again as it was;
 *   - ends with data or with a Problem (`problems.ts`) that says what to do next.
 */
import settings from "@/settings.json";
import { NoAnswer, type Answer, type Picked, type Platform, type Sent, type Upload } from "@/platform/types";
import { type Intents } from "./intents";
import { keep, last, type Kept } from "./kept";
import { noAnswer, Problem, problemOf, unreadable } from "./problems";
import { type Session } from "./session";
import { type Arguments, type Asked, type Given, type Method, type PathOf } from "./types";

const OVER = 401;
const BUSY = [429, 502, 503, 504];
const IN_FLIGHT = "idempotency_in_flight";

/** What is the same for all clients of one phone. */
export interface Line {
  platform: Platform;
  intents: Intents;
  /** The product's time: the phone's, put right by the answers' Date. */
  now(): number;
  heard(answer: Answer): void;
  /** Intents being sent: taps while the first is under way join it. */
  underWay: Map<string, { body: string; answer: Promise<unknown> }>;
}

export interface Api {
  get<P extends PathOf<"get">>(path: P, ...asked: Arguments<Asked<P, "get">>): Promise<Given<P, "get">>;
  post<P extends PathOf<"post">>(path: P, ...asked: Arguments<Asked<P, "post">>): Promise<Given<P, "post">>;
  put<P extends PathOf<"put">>(path: P, ...asked: Arguments<Asked<P, "put">>): Promise<Given<P, "put">>;
  patch<P extends PathOf<"patch">>(path: P, ...asked: Arguments<Asked<P, "patch">>): Promise<Given<P, "patch">>;
  delete<P extends PathOf<"delete">>(path: P, ...asked: Arguments<Asked<P, "delete">>): Promise<Given<P, "delete">>;
  /** A public list that is kept under `name` and given again, with its time, while there is no network. */
  kept<P extends PathOf<"get">>(name: string, path: P, ...asked: Arguments<Asked<P, "get">>): Promise<Kept<Given<P, "get">>>;
  /** Send a file with text fields. `intent` as for `post`. */
  upload<P extends PathOf<"post">>(path: P, sent: FileSent<P>): Promise<Given<P, "post">>;
}

export interface FileSent<P extends PathOf<"post">> {
  path: Record<string, string>;
  file: Picked;
  fields: Record<string, string>;
  intent: string;
  /** Where the caller keeps the key itself, beside the file. */
  key?: string;
  onPart?: (sent: number) => void;
  onBehalfOf?: string;
  /** Only names the type of the answer. */
  answer?: Given<P, "post">;
}

interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  intent?: string;
  key?: string;
  onBehalfOf?: string;
  upload?: Upload;
}

export function createLine(platform: Platform, intents: Intents): Line {
  let skew = 0;
  return {
    platform,
    intents,
    underWay: new Map(),
    now: () => platform.now() + skew,
    heard: (answer) => {
      const date = Date.parse(answer.header("date") ?? "");
      if (!Number.isNaN(date)) skew = Math.abs(date - platform.now()) < settings.clock_tolerance_ms ? 0 : date - platform.now();
    },
  };
}

/** Who calls: the token, and another one where it is over. */
export type Signer = Pick<Session, "token" | "renew">;

/** `behalf`: the authorisation under which all of it is done in another's name; one intent for each of them. */
export function createApi(line: Line, session: Signer | null, behalf?: string): Api {
  const inTheirName = (asked: Loose): Loose =>
    behalf === undefined ? asked : { ...asked, onBehalfOf: behalf, ...(asked.intent === undefined ? {} : { intent: `for.${behalf}.${asked.intent}` }) };
  const call = (method: Method) => (path: string, asked?: Loose) => carryOut(line, session, method, path, inTheirName(asked ?? {}));
  const read = call("get");
  return {
    get: read,
    post: call("post"),
    put: call("put"),
    patch: call("patch"),
    delete: call("delete"),
    kept: async (name: string, path: string, asked?: Loose) => {
      try {
        const data = await read(path, asked);
        keep(line.platform.plain, name, data, line.now());
        return { data, at: null };
      } catch (fault) {
        const before = fault instanceof Problem && ["no_answer", "broken"].includes(fault.code) ? last(line.platform.plain, name) : null;
        if (before === null) throw fault;
        return before;
      }
    },
    upload: (path: string, { path: values, file, fields, intent, key, onPart, onBehalfOf }: FileSent<never>) =>
      call("post")(path, { path: values, intent, key, onBehalfOf, upload: { field: "file", file, fields, onPart } }),
  } as unknown as Api;
}

async function carryOut(line: Line, session: Signer | null, method: Method, path: string, asked: Loose): Promise<unknown> {
  const body = asked.body === undefined ? "" : JSON.stringify(asked.body);
  if (asked.intent === undefined) return answered(await sendSigned(line, session, made(method, path, asked, body)));
  const present = line.underWay.get(asked.intent);
  if (present?.body === body) return present.answer;
  const answer = withKey(line, session, method, path, asked, body, asked.intent).finally(() => line.underWay.delete(asked.intent ?? ""));
  line.underWay.set(asked.intent, { body, answer });
  return answer;
}

async function withKey(
  line: Line, session: Signer | null, method: Method, path: string, asked: Loose, body: string, intent: string,
): Promise<unknown> {
  const meant = asked.upload ? `${asked.upload.file.name} ${asked.upload.file.bytes} ${JSON.stringify(asked.upload.fields)}` : body;
  const key = asked.key ?? (await line.intents.key(intent, meant));
  const sent = made(method, path, asked, body, { "Idempotency-Key": key });
  const answer = await sendSigned(line, session, sent);
  // Done or refused for good; after a fault of the server, or a lost sign-in, the same intent is sent again.
  if (asked.key === undefined && answer.status < 500 && answer.status !== OVER && !BUSY.includes(answer.status) && !inFlight(answer)) await line.intents.done(intent);
  return answered(answer);
}

function made(method: Method, path: string, asked: Loose, body: string, more: Record<string, string> = {}): Sent {
  const headers: Record<string, string> = { ...more };
  if (body) headers["Content-Type"] = "application/json";
  if (asked.onBehalfOf) headers["On-Behalf-Of"] = asked.onBehalfOf;
  return {
    method: method.toUpperCase() as Sent["method"],
    path: settings.api_path + filled(path, asked.path ?? {}) + queryOf(asked.query ?? {}),
    headers,
    ...(body ? { body } : {}),
    ...(asked.upload ? { upload: asked.upload } : {}),
    timeoutMs: asked.upload ? settings.upload_timeout_ms : settings.request_timeout_ms,
  };
}

function filled(path: string, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function queryOf(query: Record<string, unknown>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((each) => each !== undefined && each !== null && each !== "")
      .map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`),
  );
  return parts.length ? `?${parts.join("&")}` : "";
}

async function sendSigned(line: Line, session: Signer | null, sent: Sent): Promise<Answer> {
  if (session === null) return sendPatiently(line, sent);
  const token = await session.token();
  const first = await sendPatiently(line, signed(sent, token));
  return first.status === OVER ? sendPatiently(line, signed(sent, await session.renew(token, problemOf(first)))) : first;
}

function signed(sent: Sent, token: string): Sent {
  return { ...sent, headers: { ...sent.headers, Authorization: `Bearer ${token}` } };
}

/** Try a few times where repeating is safe; raises Problem where no answer came. */
async function sendPatiently(line: Line, sent: Sent): Promise<Answer> {
  const tries = sent.method === "GET" || "Idempotency-Key" in sent.headers ? settings.tries_most : 1;
  for (let attempt = 1; ; attempt += 1) {
    let pause = pauseAfter(attempt, line.platform);
    try {
      const answer = await line.platform.send(sent);
      line.heard(answer);
      if (attempt >= tries || !(BUSY.includes(answer.status) || inFlight(answer))) return answer;
      const asked = Number(answer.header("retry-after") ?? 0) * 1_000;
      if (asked > settings.backoff_most_ms) return answer; // too long to let somebody wait before a still screen
      pause = Math.max(pause, asked);
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
      if (attempt >= tries) throw noAnswer();
    }
    await line.platform.wait(pause);
  }
}

/** Doubling, with up to half of it at random, so that many phones do not come back at once. */
function pauseAfter(attempt: number, platform: Platform): number {
  const whole = Math.min(settings.backoff_most_ms, settings.backoff_first_ms * 2 ** (attempt - 1));
  const part = (platform.random(1).charCodeAt(0) % 16) / 32;
  return whole * (1 - part);
}

function inFlight(answer: Answer): boolean {
  return answer.status === 409 && answer.text.includes(IN_FLIGHT);
}

function answered(answer: Answer): unknown {
  if (answer.status >= 400) throw problemOf(answer);
  if (answer.text === "") return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    throw unreadable(answer.status);
  }
}
