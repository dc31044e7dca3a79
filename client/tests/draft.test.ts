import { expect, it, vi } from "vitest";
import { type Sent } from "@/platform/types";
import { memoryPlatform, type Reply } from "./memory-platform";

let reply: (sent: Sent) => Reply = () => ({});
const machine = memoryPlatform((sent) => (sent.path.endsWith("/auth/wechat") ? { body: { token: "t", resident: { id: "R" } } } : reply(sent)));
vi.mock("@/platform/current", () => ({ platform: () => machine }));
const { own, now } = await import("@/api");
const { write } = await import("@/pages/applications/draft");
const { left } = await import("@/words");

type Application = Parameters<typeof write>[1];
const DRAFT = { id: "A", version: 1, form: { name: "李" } } as unknown as Application;
const writes = () => machine.sent.filter((each) => each.method === "PATCH").map((each) => JSON.parse(each.body ?? "") as unknown);

it("a step of the form that meets a busy server says when to come back, and is sent again as it was", async () => {
  machine.sent.length = 0;
  reply = () => ({ status: 503, headers: { "retry-after": "600" }, body: { code: "unavailable", detail: "服务暂时繁忙" } });
  await expect(write(own, DRAFT, { phone: "139" })).rejects.toMatchObject({ code: "unavailable", next: "wait", advice: expect.stringContaining("您填写的内容还在") });
  reply = () => ({ body: { ...DRAFT, version: 2 } });
  expect(await write(own, DRAFT, { phone: "139" })).toMatchObject({ version: 2 });
  expect(writes()).toEqual([{ version: 1, form: { phone: "139" } }, { version: 1, form: { phone: "139" } }]);
});

it("where the answer was lost, what arrived is not written twice, and what was changed elsewhere stays", async () => {
  machine.sent.length = 0;
  reply = (sent) => (sent.method === "PATCH" ? "nothing" : { body: { ...DRAFT, version: 2, form: { name: "李", phone: "139", other: "x" } } });
  expect(await write(own, DRAFT, { phone: "139" })).toMatchObject({ version: 2, form: { other: "x" } });
  expect(writes()).toHaveLength(1);
});

it("an offer's time is left by the product's clock, however wrong the phone's is", async () => {
  const product = Date.parse("2026-11-26T02:00:00Z");
  for (const hours of [-9, 5]) {
    machine.at = product + hours * 3_600_000;
    reply = () => ({ body: {}, headers: { date: new Date(product).toUTCString() } });
    await own.get("/offers");
    expect(left("2026-11-28T05:00:00Z", now())).toBe("还有 2 天 3 小时");
  }
});
