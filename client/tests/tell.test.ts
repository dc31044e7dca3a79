/** The question whether WeChat may send one message: the exchange with the sandbox's phone, and with WeChat itself. */
import { beforeEach, expect, it, vi } from "vitest";

let asked: unknown[] = [];
let wechat: () => Promise<unknown> = async () => ({});
vi.mock("@tarojs/taro", () => ({ default: { requestSubscribeMessage: (what: unknown) => (asked.push(what), wechat()) } }));
vi.stubGlobal("API_ORIGIN", "");

const ORIGIN = "http://127.0.0.1:8100";
type Heard = (event: { source: unknown; origin: string; data: unknown }) => void;

/** A page in a frame of `parent`; `listening` are those who wait for its messages. */
function framed(parent: unknown) {
  const listening = new Set<Heard>();
  vi.stubGlobal("window", {
    parent, location: { origin: ORIGIN, search: "" },
    addEventListener: (_: string, heard: Heard) => listening.add(heard), removeEventListener: (_: string, heard: Heard) => listening.delete(heard),
  });
  return listening;
}
const h5 = async () => (await import("@/platform/current.h5")).platform();

beforeEach(() => void (asked = []));

it.each([[true, "accepted"], [false, "refused"]])("the sandbox's phone answers %s", async (subscribed, said) => {
  const parent = { location: { origin: ORIGIN }, postMessage: (data: unknown, origin: string) => asked.push([data, origin]) };
  const listening = framed(parent);
  expect((await h5()).asksToSend()).toBe(true);
  const answer = (await h5()).askToSend(["T1"]);
  expect(asked).toEqual([[{ subscribe: ["T1"] }, ORIGIN]]);
  const say = (source: unknown, origin: string, data: unknown) => [...listening].forEach((each) => each({ source, origin, data }));
  say(parent, "https://elsewhere.example", { subscribed: !subscribed });
  say({}, ORIGIN, { subscribed: !subscribed });
  say(parent, ORIGIN, { other: 1 });
  say(parent, ORIGIN, { subscribed });
  expect([await answer, listening.size]).toEqual([said, 0]);
});

it("in a page of its own, or framed by another channel, there is nobody to ask", async () => {
  framed(undefined);
  Object.assign(window, { parent: window });
  expect([(await h5()).asksToSend(), await (await h5()).askToSend(["T1"])]).toEqual([false, "nowhere"]);
  framed({ get location() { throw new Error("another origin"); } });
  expect([(await h5()).asksToSend(), await (await h5()).askToSend(["T1"])]).toEqual([false, "nowhere"]);
});

it.each([
  ["accepted", async () => ({ errMsg: "", T1: "accept", T2: "reject" })],
  ["refused", async () => ({ errMsg: "", T1: "reject", T2: "ban" })],
  ["refused", async () => Promise.reject(new Error("requestSubscribeMessage:fail 20004"))],
])("WeChat's answer is %s", async (said, answers) => {
  wechat = answers;
  const { platform } = await import("@/platform/current.weapp");
  expect(await platform().askToSend(["T1", "T2"])).toBe(said);
  expect(asked).toMatchObject([{ tmplIds: ["T1", "T2"] }]);
});
