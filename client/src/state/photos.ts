/**
 * Photos of papers on their way to the product. Each lies encrypted under a record of its own, with the key under which
 * it is sent, until the product has answered for it: a phone that dies sends it again, and it arrives once. Its content
 * lies beside the record in parts, for WeChat keeps no more than about 0.7 MB under one name.
 */
import { type FileSent } from "@/api/client";
import { Problem, asProblem } from "@/api/problems";
import { type Picked, type Platform } from "@/platform/types";
import { createRecords, type Kept, type Target, type UploadPath } from "./photo-records";
import { createStore, type Store } from "./store";

export { type Target };

const KEY_LENGTH = 24;
/** Refusals that may be other a minute later; the rest is an answer for good. */
const PASSING = [401, 408, 429];

export interface Photo extends Kept {
  stage: "waits" | "sending" | "failed";
  /** How much of it has left, 0 to 1. */
  sent: number;
  problem: Problem | null;
  /** false: this phone has no room for it, it lasts as long as the screen. */
  safe: boolean;
}

export interface Photos {
  all: Store<readonly Photo[]>;
  /** Keep them, then send them one after the other. */
  add(target: Target, files: readonly Picked[]): Promise<void>;
  /** Send what an earlier start has left behind; what was refused is only shown. */
  resume(): Promise<void>;
  again(id: string): Promise<void>;
  drop(id: string): Promise<void>;
  /** Nobody is signed in any more. */
  forget(): void;
  /** Told of each that has arrived. */
  onSent(then: (target: Target) => void): () => void;
}

type Upload = { upload(path: UploadPath, sent: FileSent<UploadPath>): Promise<unknown> };

export function createPhotos(platform: Platform, api: Upload): Photos {
  const all = createStore<readonly Photo[]>([]);
  const files = new Map<string, Picked>();
  const told = new Set<(target: Target) => void>();
  const records = createRecords(platform);
  const find = (id: string) => all.get().find((each) => each.id === id);
  const change = (id: string, some: Partial<Photo>) => all.set(all.get().map((each) => (each.id === id ? { ...each, ...some } : each)));
  let last: Promise<unknown> = Promise.resolve();

  const send = async (id: string) => {
    const photo = find(id);
    if (photo?.stage !== "waits") return;
    change(id, { stage: "sending", sent: 0, problem: null });
    try {
      const file = files.get(id) ?? (await records.file(photo));
      if (file === null) return await drop(id); // half kept when the phone was switched off: there is nothing to send
      files.set(id, file);
      const { path, values, fields, onBehalfOf } = photo.target;
      await api.upload(path, { path: values, file, fields, onBehalfOf, intent: `photo.${id}`, key: photo.key, onPart: (sent) => change(id, { sent }) });
      await drop(id);
      told.forEach((each) => each(photo.target));
    } catch (fault) {
      await fail(photo, asProblem(fault));
    }
  };
  const fail = async (photo: Photo, problem: Problem) => {
    const refused = refusal(problem);
    change(photo.id, { stage: "failed", problem, refused });
    if (refused && photo.safe) await records.write({ ...photo, refused });
  };
  /** One after the other: a bad network carries one photo better than five at once. */
  const queue = (id: string) => {
    last = last.then(() => send(id));
    return last as Promise<void>;
  };
  const drop = async (id: string) => {
    const photo = find(id);
    all.set(all.get().filter((each) => each.id !== id));
    const file = files.get(id);
    if (file) platform.dropFile(file);
    files.delete(id);
    if (photo) await records.remove(photo);
  };
  const again = async (id: string) => {
    const photo = find(id);
    if (photo?.stage !== "failed") return;
    // A refusal is answered for: the same key would only be told the same once more.
    const fresh = photo.refused ? { key: platform.random(KEY_LENGTH), refused: null } : {};
    change(id, { ...fresh, stage: "waits", problem: null });
    if (photo.safe) await records.write({ ...photo, ...fresh });
    await queue(id);
  };
  return {
    all,
    async add(target, picked) {
      const added = picked.map((file) => fresh(platform, target, file));
      added.forEach((photo, at) => files.set(photo.id, picked[at]!));
      all.set([...all.get(), ...added]);
      for (const [at, photo] of added.entries()) {
        const parts = await records.keep(photo, picked[at]!);
        change(photo.id, { parts, safe: parts > 0 });
      }
      await Promise.all(added.map((photo) => queue(photo.id)));
    },
    async resume() {
      for (const photo of all.get()) if (photo.stage === "failed" && !photo.refused) await again(photo.id);
      const found = (await records.all()).filter((each) => !find(each.id));
      all.set([...all.get(), ...found.map(leftBehind)]);
      await Promise.all(found.map((each) => queue(each.id)));
      await records.sweep(all.get());
    },
    again,
    drop,
    forget: () => {
      files.clear();
      all.set([]);
    },
    onSent: (then) => {
      told.add(then);
      return () => void told.delete(then);
    },
  };
}

function fresh(platform: Platform, target: Target, { name, type, bytes }: Picked): Photo {
  // The id tells when it was begun (`sweep`).
  const id = `${platform.now().toString(36)}-${platform.random(KEY_LENGTH)}`;
  return { id, key: platform.random(KEY_LENGTH), target, name, type, bytes, parts: 0, refused: null, stage: "waits", sent: 0, problem: null, safe: false };
}

function leftBehind(kept: Kept): Photo {
  const { refused } = kept;
  const problem = refused && new Problem(refused.code, refused.detail, refused.next, refused.status);
  return { ...kept, safe: true, sent: 0, stage: refused ? "failed" : "waits", problem };
}

/** An answer for good, null where it may be another the next time. */
function refusal({ code, detail, next, status }: Problem): Kept["refused"] {
  const final = status >= 400 && status < 500 && !PASSING.includes(status) && code !== "idempotency_in_flight";
  return final ? { code, detail, next, status } : null;
}
