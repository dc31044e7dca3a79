/** What a fake `wx.request` answers with: the recorded samples, one for each call of the API's description. */
import { type Given, type Method, type PathOf } from "@/api/types";

type Get = Extract<PathOf<"get">,
  | "/service-categories" | "/places" | "/facilities" | "/facilities/{facility_id}" | "/facilities/{facility_id}/rating" | "/programmes" | "/programmes/{token}"
  | "/childcare/centres/{centre_id}" | "/applications" | "/applications/{application_id}" | "/offers" | "/me" | "/me/messages" | "/me/feedback" | "/elders" | "/elders/asked-of-me"
  | "/staff/visitor-day" | "/staff/visit-checklist">;
type Post = Extract<PathOf<"post">, "/auth/wechat" | "/applications" | "/staff/auth/login">;

export type Samples = { [P in Get as `GET ${P}`]: Given<P, "get"> } & { [P in Post as `POST ${P}`]: Given<P, "post"> };

export interface Asked {
  method: Uppercase<Method>;
  /** Below `/api/v1`, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** The sample of a call; a call without one is a fault of the test. */
export function answerFrom(samples: Samples, asked: Asked): Answer {
  const named = Object.entries(samples).filter(([name]) => new RegExp(`^${name.replace(/\{\w+\}/g, "[^/]+")}$`).test(`${asked.method} ${asked.path}`));
  // "/elders/asked-of-me" is meant before "/elders/{id}".
  const [name, body] = named.sort(([one], [other]) => one.split("{").length - other.split("{").length)[0] ?? [];
  if (name === undefined) throw new Error(`no sample of ${asked.method} ${asked.path}`);
  return { status: asked.method === "POST" && name === "POST /applications" ? 201 : 200, body };
}
