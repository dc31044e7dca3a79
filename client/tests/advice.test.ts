import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { type Problem, problemOf } from "@/api/problems";
import advice from "@/text/zh_CN/advice.json";
import { answer } from "./memory-platform";

vi.mock("@tarojs/taro", () => ({ default: {} }));
const { wayOf } = await import("@/ui/advice");

const problem = (status: number, code: string): Problem => problemOf(answer({ status, body: { code, detail: "x" } }));
const errors = readFileSync(new URL("../../config/text/zh_CN/errors.yaml", import.meta.url), "utf8");

it("every code with advice is one of the API's", () => {
  for (const code of [...Object.keys(advice.reload), ...Object.keys(advice.follow)]) expect(errors).toMatch(new RegExp(`^${code}: `, "m"));
});

it.each([
  [409, "stale_version", "reload", "您填写的内容还在", null],
  [409, "offer_expired", "reload", "下次轮到会再通知您", "/pages/applications/index"],
  [409, "identity_not_set", "follow", "登记好再回来", "/pages/me/identity"],
  [403, "consent_missing", "follow", "请先阅读并同意", "/pages/me/consents"],
  [404, "proxy_not_in_force", "follow", "请对方重新委托", "/pages/me/proxies"],
  [401, "wechat_code_invalid", "follow", "从微信重新打开", null],
  [409, "something_new", "reload", "请刷新后再看", null],
] as const)("%i %s says what to do next", (status, code, next, words, page) => {
  expect(problem(status, code)).toMatchObject({ next, advice: expect.stringContaining(words) });
  expect(wayOf(code)?.page ?? null).toBe(page);
});

it("where the API's sentence says it all, nothing general is put below it", () => {
  expect(problem(409, "household_exists")).toMatchObject({ next: "follow", advice: "" });
});

it("what the proxy says without the API's form is told in words, too", () => {
  const told = (status: number) => problemOf(answer({ status, body: "<html>" }));
  expect(told(413)).toMatchObject({ code: "body_too_large", next: "correct", detail: expect.stringContaining("太大") });
  expect(told(502)).toMatchObject({ code: "away", next: "wait", detail: expect.stringContaining("暂时连不上") });
  expect(told(500)).toMatchObject({ code: "broken", next: "wait" });
});
