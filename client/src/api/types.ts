/** Types of calls, taken from the generated description of the API (`schema.ts`). */
import { type components, type paths } from "./schema";

export type Schemas = components["schemas"];
export type Method = "get" | "post" | "put" | "patch" | "delete";
/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;

type JsonOf<R> = R extends { content: { "application/json": infer T } } ? T : R extends { content: Record<string, infer T> } ? T : unknown;
/** What a call gives; `unknown` where the API does not say. */
export type Given<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer R }
  ? R extends { 200: infer A }
    ? JsonOf<A>
    : R extends { 201: infer B }
      ? JsonOf<B>
      : void
  : never;

type Wanted<P extends keyof paths, M extends Method> = Operation<P, M> extends { parameters: infer A } ? A : never;
export type PathValues<P extends keyof paths, M extends Method> = Wanted<P, M> extends { path: infer V } ? V : undefined;
export type Query<P extends keyof paths, M extends Method> = Wanted<P, M> extends { query?: infer V } ? V : undefined;
export type Body<P extends keyof paths, M extends Method> = Operation<P, M> extends { requestBody: { content: { "application/json": infer T } } }
  ? T
  : undefined;

/** Where the API wants an Idempotency-Key, the caller names the intent (`intents.ts`). */
type Keyed<P extends keyof paths, M extends Method> = Wanted<P, M> extends { header: { "Idempotency-Key": string } }
  ? { intent: string }
  : { intent?: undefined };
type Placed<V> = V extends undefined ? { path?: undefined } : { path: V };
type Told<V> = V extends undefined ? { body?: Readonly<Record<string, unknown>> } : { body: V };
export type Asked<P extends keyof paths, M extends Method> = Keyed<P, M> &
  Placed<PathValues<P, M>> &
  Told<Body<P, M>> & {
    query?: Query<P, M>;
    /** The authorisation under which somebody acts for another (header On-Behalf-Of). */
    onBehalfOf?: string;
  };
/** The last argument of a call: left out where nothing in it is needed. */
export type Arguments<A> = Record<string, never> extends A ? [asked?: A] : [asked: A];
