/** The encrypted records of photos on their way: `photo.ID` says what one is, `photopart.ID.N` is its content, base64. */
import { type Problem } from "@/api/problems";
import settings from "@/settings.json";
import { type Picked, type Platform } from "@/platform/types";

const HEAD = "photo.";
const PART = "photopart.";

export type UploadPath = "/applications/{application_id}/documents" | "/objections/{objection_id}/evidence" | "/me/principals/{authorisation_id}/papers";

/** Where a photo goes. `scope`: what shows it, such as the id of an application. */
export interface Target {
  scope: string;
  path: UploadPath;
  values: Record<string, string>;
  fields: Record<string, string>;
  onBehalfOf?: string;
}

export interface Kept {
  id: string;
  key: string;
  target: Target;
  name: string;
  type: string;
  bytes: number;
  parts: number;
  /** What the product said where it does not take it. */
  refused: Pick<Problem, "code" | "detail" | "next" | "status"> | null;
}

export function createRecords({ secret, readFile, makeFile, now }: Platform) {
  const part = (id: string, at: number) => `${PART}${id}.${at}`;
  const write = ({ id, key, target, name, type, bytes, parts, refused }: Kept) =>
    secret.set(HEAD + id, JSON.stringify({ id, key, target, name, type, bytes, parts, refused } satisfies Kept));
  const remove = async ({ id, parts }: Pick<Kept, "id" | "parts">) => {
    await secret.remove(HEAD + id);
    for (let at = 0; at < parts; at += 1) await secret.remove(part(id, at));
  };
  return {
    write,
    remove,
    /** The content first: a record that is there is whole. Gives the number of parts; 0: this phone has no room. */
    async keep(photo: Kept, file: Picked): Promise<number> {
      if (file.bytes > settings.photo_kept_bytes) return 0;
      let parts = 0;
      try {
        const data = await readFile(file);
        for (; parts * settings.photo_part_chars < data.length; parts += 1) {
          const from = parts * settings.photo_part_chars;
          await secret.set(part(photo.id, parts), data.slice(from, from + settings.photo_part_chars));
        }
        await write({ ...photo, parts });
        return parts;
      } catch {
        // Full storage, or a file that cannot be read twice: it is sent all the same, and the screen says what it lacks.
        await remove({ id: photo.id, parts: parts + 1 });
        return 0;
      }
    },
    async all(): Promise<Kept[]> {
      const names = (await secret.names()).filter((each) => each.startsWith(HEAD)).sort();
      const texts = await Promise.all(names.map((each) => secret.get(each)));
      return texts.filter((each) => each !== null).map((each) => JSON.parse(each) as Kept);
    },
    async file(photo: Kept): Promise<Picked | null> {
      const parts = await Promise.all(Array.from({ length: photo.parts }, (_, at) => secret.get(part(photo.id, at))));
      return parts.length === 0 || parts.includes(null) ? null : makeFile(photo.name, photo.type, parts.join(""));
    },
    /** Content whose record was never written: the phone was switched off in between, some time ago. */
    async sweep(present: readonly Kept[]): Promise<void> {
      const names = await secret.names();
      for (const name of names.filter((each) => each.startsWith(PART))) {
        const id = name.slice(PART.length).split(".")[0] ?? "";
        const old = now() - parseInt(id, 36) > settings.photo_orphan_ms;
        if (old && !names.includes(HEAD + id) && !present.some((each) => each.id === id)) await secret.remove(name);
      }
    },
  };
}
