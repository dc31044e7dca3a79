/** Sentences come from one JSON file a part (src/text/zh_CN); code only fills in what changes. */
import common from "./zh_CN/common.json";

export { common };

/** `fill("共 {n} 条", { n: 3 })` → `共 3 条`; a name without a value stays as it is, so that it is seen. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
