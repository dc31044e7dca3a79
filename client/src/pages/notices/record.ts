/**
 * A lottery draw's public record, and how it is computed again (docs/draws.md): the commitment is the hash of the sealed
 * list, an entry's rank the hash of commitment, seed and its seal.
 */
import { sha256 } from "@/ui/sha256";

export interface Draw {
  id: string;
  programme: string;
  round: string;
  places: number;
  district_code: string | null;
  state: string;
  entries?: number;
}

export interface Entry {
  number: string;
  seal: string;
}

export interface DrawRecord {
  state: string;
  committed: { places: number; round: string; programme: string; entries: Entry[]; seed_source: Record<string, unknown> };
  commitment: { sha256: string };
  seed: string | null;
  result: string[] | null;
  void: { reason?: string } | null;
}

export type Verdict = "verify_same" | "verify_sealed" | "verify_list" | "verify_result";

/** Compute it again; `rest` lets the screen breathe between parts of a long list. */
export async function verify(record: DrawRecord, rest: () => Promise<void>): Promise<Verdict> {
  const commitment = sha256(canonical(record.committed));
  if (commitment !== record.commitment.sha256) return "verify_list";
  if (record.seed === null || record.result === null) return "verify_sealed";
  const ranked: [string, string][] = [];
  for (const [at, entry] of record.committed.entries.entries()) {
    ranked.push([sha256(`${commitment}|${record.seed}|${entry.seal}`), entry.number]);
    if (at % 200 === 199) await rest();
  }
  ranked.sort(([one], [other]) => (one < other ? -1 : 1));
  return ranked.map(([, number]) => number).join() === record.result.join() ? "verify_same" : "verify_result";
}

/** JSON with sorted keys and no white space; numbers of a record are whole. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${parts.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}
