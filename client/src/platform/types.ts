/**
 * What the client needs of the machine it runs on. One implementation a target: `current.h5.ts`, `current.weapp.ts`;
 * tests use `tests/memory-platform.ts`. Nothing else in the client may touch wx, window storage or fetch.
 */

/** Degrees never travel without the datum they are in. */
export type Datum = "wgs84" | "gcj02" | "bd09";

export interface Point {
  latitude: number;
  longitude: number;
  datum: Datum;
  /** How far off it may be, metres, where the machine says so. */
  accuracy_m?: number;
}

/** What became of the question whether messages may be sent; `nowhere`: this target has no such messages. */
export type MaySend = "accepted" | "refused" | "nowhere";

/** A photo or a file that a person picked; `handle` means something to the platform only. */
export interface Picked {
  name: string;
  type: string;
  bytes: number;
  /** An address that an image can show, for this session. */
  preview: string;
  handle: unknown;
}

export interface Upload {
  field: string;
  file: Picked;
  fields: Readonly<Record<string, string>>;
  /** Told how much of it has left, 0 to 1. */
  onPart?: (sent: number) => void;
}

export interface Sent {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query below the origin, as `/api/v1/…`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  upload?: Upload;
  timeoutMs: number;
}

export interface Answer {
  status: number;
  text: string;
  /** A header of the answer, null where it has none; the name's case does not matter. */
  header(name: string): string | null;
}

/** No answer came: no network, a time-out, a server that hung up. What was sent may have arrived. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** There is nobody to sign in as: the page was not opened by WeChat or by a channel that names the person. */
export class NoLogin extends Error {
  override name = "NoLogin";
}

/** The person, or the machine, does not give the position. */
export class NoPosition extends Error {
  override name = "NoPosition";
}

/** Readable by whoever holds the phone: public data and preferences, never anything about a person. */
export interface PlainStore {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  names(): string[];
}

/** Encrypted at rest: what a person typed, what waits to be sent. */
export interface SecretStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

export interface Platform {
  readonly target: "h5" | "weapp";
  readonly plain: PlainStore;
  readonly secret: SecretStore;
  /** Raises NoAnswer. */
  send(sent: Sent): Promise<Answer>;
  /** A code that says who opened the client. Raises NoLogin. */
  loginCode(): Promise<string>;
  /** Who opened the client, as far as it can be told without asking: H5's code; empty in WeChat, whose person is always the same. */
  opener(): string;
  /** The code by which the channel gives the phone number (H5); null where a button of the target's own asks for it. */
  phoneCode(): string | null;
  /** A token kept for this session only, where the target can (a reload of H5); the mini-program signs in again. */
  readonly session: { get(): string | null; set(token: string | null): void };
  /** Random text of `length` characters, letters and digits. */
  random(length: number): string;
  wait(ms: number): Promise<void>;
  now(): number;
  online(): boolean;
  onOnline(then: () => void): () => void;
  /** Raises NoPosition. */
  locate(): Promise<Point>;
  /** Whether there is anybody who can be asked; else `askToSend` answers `nowhere`. */
  asksToSend(): boolean;
  /** WeChat's prompt for one-time subscription messages; it must be called by a tap, with ids of WeChat's templates. */
  askToSend(templateIds: readonly string[]): Promise<MaySend>;
  call(phone: string): void;
  /** Open a map at a point. The mini-program takes GCJ-02 alone: ask the API with `datum=gcj02`. */
  openMap(point: Point, name: string, address: string): void;
  /** Give a file into the person's hands: a download, or a file to pass on in WeChat to oneself. */
  saveFile(name: string, text: string): Promise<void>;
  /** Open a page of the product's origin, as `/open-data`; the mini-program copies its address. */
  openPage(path: string): void;
  /** Photos by camera or from the album; empty where the person gave up. */
  pickPhotos(most: number): Promise<Picked[]>;
  /** A picked file's content, base64. */
  readFile(file: Picked): Promise<string>;
  /** A file of this content, base64, that can be sent and shown until `dropFile`. */
  makeFile(name: string, type: string, data: string): Promise<Picked>;
  dropFile(file: Picked): void;
}
