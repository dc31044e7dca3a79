import { expect, it } from "vitest";
import { changed, type Form, impersonal, inWords, numberOf, steps } from "@/ui/form";

const text = (more: object) => ({ title: "t", description: "d", type: "string", ...more });
const FORM = {
  required: ["name"],
  properties: {
    name: text({ format: "person-name" }), born: text({ format: "date" }), owns: { ...text({}), type: "boolean" }, months: { ...text({}), type: "integer" },
    kind: text({ oneOf: [{ const: "a", title: "甲" }, { const: "b", title: "乙" }] }), note: text({ "x-multiline": true }), free: text({}),
    claims: { ...text({}), type: "array", items: { oneOf: [{ const: "x", title: "子" }, { const: "y", title: "丑" }] } },
  },
} as unknown as Form;

it("a form is asked in steps of a few, in its order", () => {
  expect(steps(FORM, 3).map((part) => part.map(([name]) => name))).toEqual([["name", "born", "owns"], ["months", "kind", "note"], ["free", "claims"]]);
});

it("a first look asks nothing that says who somebody is", () => {
  expect(impersonal(FORM).map(([name]) => name)).toEqual(["born", "owns", "months", "kind", "claims"]);
});

it("only what differs is written, and what was emptied is taken away", () => {
  const before = { name: "李", owns: false, claims: ["x"], months: 3 };
  expect(changed(before, { name: "李", owns: false, claims: [], months: 4, free: "" })).toEqual({ claims: null, months: 4 });
});

it("what is no number yet stays as it was typed", () => {
  const [months] = [FORM.properties.months!];
  expect([numberOf(months, "12"), numberOf(months, "1.5"), numberOf(months, "x"), numberOf({ ...months, type: "number" }, "1.5")]).toEqual([12, "1.5", "x", 1.5]);
});

it("answers are looked over in the form's words", () => {
  const words = { yes: "是", no: "否" };
  expect([inWords(FORM.properties.owns!, false, words), inWords(FORM.properties.kind!, "b", words), inWords(FORM.properties.claims!, ["x", "y"], words)]).toEqual(["否", "乙", "子，丑"]);
});
