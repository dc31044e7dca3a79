import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { canonical, type DrawRecord, verify } from "@/pages/notices/record";
import { sha256 } from "@/ui/sha256";

const node = (text: string) => createHash("sha256").update(text).digest("hex");

it.each(["", "abc", "宜享", "a".repeat(55), "a".repeat(56), "a".repeat(64), "宜".repeat(1000), "😀|\n"])("hashes as Node does: %s", (text) => {
  expect(sha256(text)).toBe(node(text));
});

function draw(count: number): DrawRecord {
  const entries = Array.from({ length: count }, (_, at) => ({ number: String(at + 1).padStart(6, "0"), seal: node(`seal ${at}`) })).sort((a, b) => (a.seal < b.seal ? -1 : 1));
  const committed = { places: 2, round: "1", programme: "p", entries, seed_source: { issue: "2026137", label: "双色球" } };
  const commitment = node(canonical(committed));
  const seed = "03-07-12-19-25-31-08";
  const result = [...entries].sort((a, b) => (node(`${commitment}|${seed}|${a.seal}`) < node(`${commitment}|${seed}|${b.seal}`) ? -1 : 1)).map((each) => each.number);
  return { state: "published", committed, commitment: { sha256: commitment }, seed, result, void: null };
}

it("a draw is computed again as docs/draws.md says", async () => {
  const rest = async () => undefined;
  const record = draw(450);
  expect(await verify(record, rest)).toBe("verify_same");
  expect(await verify({ ...record, result: [...record.result!].reverse() }, rest)).toBe("verify_result");
  expect(await verify({ ...record, committed: { ...record.committed, places: 3 } }, rest)).toBe("verify_list");
  expect(await verify({ ...record, result: null }, rest)).toBe("verify_sealed");
});

it("canonical JSON sorts names and escapes as little as it can", () => {
  expect(canonical({ b: [1, null, true], a: { 宜: "享\"" } })).toBe('{"a":{"宜":"享\\""},"b":[1,null,true]}');
});
