import { describe, expect, it } from "vitest";
import { createApi, createLine } from "@/api/client";
import { createIntents } from "@/api/intents";
import { type Problem } from "@/api/problems";
import { createSession } from "@/api/session";
import { memoryPlatform, type Memory, type Reply } from "./memory-platform";
import { type Sent } from "@/platform/types";

const RESIDENT = { id: "R1" };
const BOOKING = { body: { elder_id: "e", slot_id: "s" }, intent: "visit.e.s" } as never;

function phone(reply: (sent: Sent, count: number) => Reply | Promise<Reply>, kept?: Memory) {
  let tokens = 0;
  const platform = memoryPlatform(
    (sent, count) => (sent.path.endsWith("/auth/wechat") ? { body: { token: `t${(tokens += 1)}`, expires_at: "", resident: RESIDENT } } : reply(sent, count)),
    kept,
  );
  const line = createLine(platform, createIntents(platform));
  return { platform, line, open: createApi(line, null), own: createApi(line, createSession(platform)) };
}

const sentTo = (platform: Memory, end: string) => platform.sent.filter((each) => each.path.endsWith(end));
const keys = (platform: Memory) => sentTo(platform, "/visits").map((each) => each.headers["Idempotency-Key"]);

describe("reading", () => {
  it("fills in paths and queries, leaving out what is not said", async () => {
    const { open, platform } = phone(() => ({ body: {} }));
    await open.get("/facilities/{facility_id}", { path: { facility_id: "a/b" }, query: { datum: "gcj02" } });
    await open.get("/facilities", { query: { category: ["x", "y"], q: undefined, open_now: true } });
    expect(platform.sent.map((each) => each.path)).toEqual(["/api/v1/facilities/a%2Fb?datum=gcj02", "/api/v1/facilities?category=x&category=y&open_now=true"]);
    expect(platform.sent[0]?.headers).toEqual({});
  });

  it("tries again when no answer comes, with growing pauses, and then says what to do", async () => {
    const { open, platform } = phone(() => "nothing");
    await expect(open.get("/consents")).rejects.toMatchObject({ code: "no_answer", next: "retry" });
    expect(platform.sent).toHaveLength(3);
    expect(platform.waited).toHaveLength(2);
    expect(platform.waited[1]).toBeGreaterThan(platform.waited[0] ?? 0);
  });

  it("waits as long as the product asks, unless that is too long to wait for", async () => {
    const { open, platform } = phone((_, count) => (count === 1 ? { status: 503, headers: { "retry-after": "5" } } : { body: { items: [] } }));
    await open.get("/consents");
    expect(platform.waited).toEqual([5000]);
    const long = phone(() => ({ status: 503, headers: { "retry-after": "600" }, body: { code: "database_unreachable", detail: "x" } }));
    await expect(long.open.get("/consents")).rejects.toMatchObject({ code: "database_unreachable", next: "wait" });
    expect(long.platform.sent).toHaveLength(1);
  });

  it("gives the last public list, with its time, while there is no network", async () => {
    let up = true;
    const { open, platform } = phone(() => (up ? { body: { items: [1] } } : "nothing"));
    expect(await open.kept("categories", "/service-categories")).toEqual({ data: { items: [1] }, at: null });
    up = false;
    expect(await open.kept("categories", "/service-categories")).toEqual({ data: { items: [1] }, at: platform.at });
    await expect(open.kept("other", "/service-categories")).rejects.toMatchObject({ code: "no_answer" });
  });

  it("keeps no more lists than it may, the newest", async () => {
    const { open, platform } = phone(() => ({ body: { items: [] } }));
    for (let n = 0; n < 20; n += 1) {
      platform.at += 1000;
      await open.kept(`list${n}`, "/service-categories");
    }
    expect([...platform.plainValues.keys()].sort()).toEqual(Array.from({ length: 12 }, (_, n) => `kept.list${n + 8}`).sort());
  });
});

describe("signing in", () => {
  it("happens once for calls at once, and nothing of the person is stored in the clear", async () => {
    const { own, platform } = phone(() => ({ body: { name: "secret name" } }));
    await Promise.all([own.get("/me"), own.get("/me")]);
    expect(sentTo(platform, "/auth/wechat")).toHaveLength(1);
    expect(sentTo(platform, "/me").map((each) => each.headers.Authorization)).toEqual(["Bearer t1", "Bearer t1"]);
    expect([...platform.plainValues.keys()]).toEqual(["known"]);
    expect([...platform.plainValues.values()].join()).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is renewed when the token is over, and the request sent again as it was, with its key", async () => {
    const { own, platform } = phone((sent) => (sent.headers.Authorization === "Bearer t1" ? { status: 401, body: { code: "token_expired", detail: "" } } : { status: 201, body: { id: "V" } }));
    expect(await own.post("/visits", BOOKING)).toEqual({ id: "V" });
    const [first, again] = sentTo(platform, "/visits");
    expect(again).toEqual({ ...first, headers: { ...first?.headers, Authorization: "Bearer t2" } });
  });

  it("by itself makes no account: one that is gone elsewhere is told, wiped from the phone, and begun anew only when asked", async () => {
    let gone: Reply | null = null;
    const made: unknown[] = [];
    const platform = memoryPlatform((sent) => {
      if (!sent.path.endsWith("/auth/wechat")) return gone ?? { body: {} };
      made.push(JSON.parse(sent.body ?? "{}").existing);
      return gone && made.at(-1) ? { status: 404, body: { code: "no_account", detail: "" } } : { body: { token: `t${made.length}`, resident: RESIDENT } };
    });
    const start = () => {
      const session = createSession(platform);
      return { session, own: createApi(createLine(platform, createIntents(platform)), session) };
    };
    const first = start();
    await first.own.get("/me");
    platform.secrets.set("draft.A", "typed").set("visitor.note.1", "of the office");
    gone = { status: 401, body: { code: "token_expired", detail: "" } }; // and meanwhile the account was erased
    await expect(first.own.get("/me")).rejects.toMatchObject({ code: "no_account", next: "ask" });
    expect(made).toEqual([false, true]);
    expect([...platform.secrets.keys()]).toEqual(["visitor.note.1"]);

    const reopened = start();
    await expect(reopened.own.get("/me")).rejects.toMatchObject({ code: "no_account", next: "ask" });
    expect(made).toEqual([false, true]);
    gone = null;
    reopened.session.begin();
    await reopened.own.get("/me");
    expect(made).toEqual([false, true, false]);
    expect([reopened.session.ended(), platform.plainValues.has("ended")]).toEqual([null, false]);
  });

  it.each(["account_erased", "token_revoked"])("ends without signing in again when the product says %s", async (code) => {
    let over = false;
    const { own, platform } = phone(() => (over ? { status: 401, body: { code, detail: "" } } : { body: {} }));
    await own.get("/me");
    platform.secrets.set("draft.A", "typed");
    over = true;
    await expect(own.get("/me")).rejects.toMatchObject({ code, next: "ask" });
    expect(sentTo(platform, "/auth/wechat")).toHaveLength(1);
    expect(platform.secrets.has("draft.A")).toBe(code === "token_revoked");
  });

  it("of another person in the same browser is their own", async () => {
    const { platform, own } = phone(() => ({ body: {} }));
    await own.get("/me");
    platform.login = "sandbox-other";
    const session = createSession(platform);
    platform.session.set(null);
    expect([session.known(), session.ended()]).toEqual([false, null]);
  });

  it("says so where there is nobody to sign in as", async () => {
    const { own, platform } = phone(() => ({}));
    platform.login = null;
    await expect(own.get("/me")).rejects.toMatchObject({ code: "no_login", next: "sign_in" });
  });
});

describe("an intent", () => {
  it("keeps its key over lost answers, a closed phone and a tap on try again", async () => {
    const lost = phone(() => "nothing");
    await expect(lost.own.post("/visits", BOOKING)).rejects.toMatchObject({ code: "no_answer" });
    const reopened = phone(() => ({ status: 201, body: { id: "V" } }), lost.platform);
    await reopened.own.post("/visits", BOOKING);
    expect(new Set([...keys(lost.platform), ...keys(reopened.platform)]).size).toBe(1);
    expect(keys(lost.platform)).toHaveLength(3);
    expect(reopened.platform.secrets.size).toBe(0);
    await reopened.own.post("/visits", BOOKING);
    expect(new Set(keys(reopened.platform)).size).toBe(2);
  });

  it("is sent once however often it is tapped", async () => {
    const { own, platform } = phone(() => ({ status: 201, body: { id: "V" } }));
    await Promise.all([own.post("/visits", BOOKING), own.post("/visits", BOOKING), own.post("/visits", BOOKING)]);
    expect(sentTo(platform, "/visits")).toHaveLength(1);
  });

  it("with another content is another one, and a refusal ends it", async () => {
    const { own, platform } = phone(() => ({ status: 409, body: { code: "slot_taken", detail: "x" } }));
    await expect(own.post("/visits", BOOKING)).rejects.toMatchObject({ code: "slot_taken", next: "reload" });
    await expect(own.post("/visits", BOOKING)).rejects.toMatchObject({ code: "slot_taken" });
    expect(new Set(keys(platform)).size).toBe(2);
  });

  it("that the product still works on is asked for again", async () => {
    const { own, platform } = phone((_, count) => (count < 3 ? { status: 409, body: { code: "idempotency_in_flight", detail: "" } } : { status: 201, body: {} }));
    await own.post("/visits", BOOKING);
    expect(new Set(keys(platform)).size).toBe(1);
  });
});

it("a write without a key is sent once: whether it arrived is for the screen to look up", async () => {
  const { own, platform } = phone(() => "nothing");
  await expect(own.patch("/me", { body: { large_type: true } })).rejects.toMatchObject({ code: "no_answer" });
  expect(sentTo(platform, "/me")).toHaveLength(1);
});

it("what is wrong with a field is found by its name", async () => {
  const faults = [{ field: "form.child_name", code: "missing", detail: "请填写" }];
  const { open } = phone(() => ({ status: 422, body: { code: "invalid_input", detail: "请检查", faults } }));
  const problem: Problem = await open.post("/programmes/{token}/prescreen", { path: { token: "x" }, body: { form: {} } }).catch((fault) => fault);
  expect([problem.of("child_name"), problem.of("other"), problem.next]).toEqual(["请填写", "", "correct"]);
});

it("an answer that is no JSON is a problem, not a crash", async () => {
  const { platform, line } = phone(() => ({}));
  platform.send = async () => ({ status: 200, text: "<html>", header: () => null });
  await expect(createApi(line, null).get("/consents")).rejects.toMatchObject({ code: "unreadable" });
});

it("the product's time counts where the phone's clock is wrong", async () => {
  const { open, line, platform } = phone(() => ({ body: {}, headers: { date: "Thu, 26 Nov 2026 05:00:00 GMT" } }));
  expect(line.now()).toBe(platform.at);
  await open.get("/consents");
  expect(new Date(line.now()).toISOString()).toBe("2026-11-26T05:00:00.000Z");
});
