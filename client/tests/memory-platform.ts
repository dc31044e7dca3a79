/** A machine to run the client on in tests: storage in memory, time that stands still, answers given by the test. */
import { NoAnswer, NoLogin, type Answer, type Platform, type Sent } from "@/platform/types";

export interface Given {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Reply = Given | "nothing";

export interface Memory extends Platform {
  /** Everything that was sent, in order. */
  sent: Sent[];
  waited: number[];
  secrets: Map<string, string>;
  plainValues: Map<string, string>;
  at: number;
  login: string | null;
}

export function answer({ status = 200, body, headers = {} }: Given): Answer {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, text: body === undefined ? "" : JSON.stringify(body), header: (name) => lower.get(name.toLowerCase()) ?? null };
}

/** `reply` answers each request; "nothing" is a request without an answer. `kept`: what an earlier start left behind. */
export function memoryPlatform(reply: (sent: Sent, count: number) => Reply | Promise<Reply>, kept?: Memory): Memory {
  const secrets = kept?.secrets ?? new Map<string, string>();
  const plainValues = kept?.plainValues ?? new Map<string, string>();
  let token: string | null = null;
  let drawn = 0;
  const made: Memory = {
    target: "h5", sent: [], waited: [], secrets, plainValues, at: Date.parse("2026-11-26T02:00:00Z"), login: "sandbox-test",
    plain: {
      get: (name) => plainValues.get(name) ?? null,
      set: (name, value) => void plainValues.set(name, value),
      remove: (name) => void plainValues.delete(name),
      names: () => [...plainValues.keys()],
    },
    secret: {
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, value) => void secrets.set(name, value),
      remove: async (name) => void secrets.delete(name),
      names: async () => [...secrets.keys()],
    },
    send: async (sent) => {
      made.sent.push(sent);
      const given = await reply(sent, made.sent.length);
      if (given === "nothing") throw new NoAnswer();
      return answer(given);
    },
    loginCode: async () => {
      if (made.login === null) throw new NoLogin();
      return made.login;
    },
    opener: () => made.login ?? "",
    phoneCode: () => null,
    session: { get: () => token, set: (value) => void (token = value) },
    random: (length) => `${"k".repeat(length)}${(drawn += 1)}`.slice(-length),
    wait: async (ms) => void made.waited.push(ms),
    now: () => made.at,
    online: () => true,
    onOnline: () => () => undefined,
    locate: async () => ({ latitude: 27.8, longitude: 114.4, datum: "wgs84" }),
    asksToSend: () => false,
    askToSend: async () => "nowhere",
    call: () => undefined,
    openMap: () => undefined,
    saveFile: async () => undefined,
    openPage: () => undefined,
    pickPhotos: async () => [],
    readFile: async (file) => String(file.handle),
    makeFile: async (name, type, data) => ({ name, type, bytes: data.length, preview: name, handle: data }),
    dropFile: () => undefined,
  };
  return made;
}
