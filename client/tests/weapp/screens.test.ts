/** The built mini-program on a phone in memory: what a person sees, where a tap leads, and what is said when a call fails. */
import { beforeEach, expect, it, vi } from "vitest";
import { answerFrom, type Answer, type Asked } from "./answers";
import { type Phone, startPhone } from "./phone";
import { recordedAt, samples } from "./samples";

const asked: Asked[] = [];
let failing: (call: Asked) => Answer | "nothing" | undefined = () => undefined;
const phone: Phone = startPhone(
  (call) => {
    asked.push(call);
    return failing(call) ?? answerFrom(samples, call);
  },
  () => Date.parse(recordedAt),
);
const shows = (text: string) => vi.waitFor(() => expect(phone.words()).toContain(text), { timeout: 20_000, interval: 5 });
const leads = (address: string) => vi.waitFor(() => expect(phone.went()).toBe(address), { timeout: 20_000, interval: 5 });
const centre = samples["GET /facilities"].items[0]!;

beforeEach(() => {
  asked.length = 0;
  failing = () => undefined;
});

it("home shows the ways, signs nobody in unasked, and grows at one tap", async () => {
  phone.open("/pages/index/index");
  await shows("附近的服务");
  expect(asked).toEqual([]);
  expect(phone.silent()).toEqual([]);
  expect(phone.spoken()).toEqual(expect.arrayContaining(["main", "navigation 主要栏目", "search", "heading"]));
  const before = phone.words();
  phone.tap("大字版");
  await vi.waitFor(() => expect(phone.look()).toContain("large"));
  expect(phone.words().length).toBeLessThan(before.length);
  expect(phone.words()).not.toContain("公共服务指标");
  phone.tap("标准版");
  phone.tap("附近的服务");
  await leads("/pages/nearby/index");
});

it("what is near is found from the phone's position, shown with its distance, and leads to its page", async () => {
  phone.open("/pages/nearby/index");
  await shows("用我现在的位置");
  failing = (call) => (call.path === "/facilities" ? { status: 503, body: { code: "unavailable", detail: "系统正忙。" } } : undefined);
  phone.tap("用我现在的位置");
  await shows("系统正忙。");
  // Tried as often as is safe; then said with its next step, and the person tries again.
  expect(phone.spoken()).toContain("alert");
  failing = () => undefined;
  phone.tap("再试一次");
  await shows(centre.name);
  const { query } = asked.filter((call) => call.path === "/facilities").at(-1)!;
  expect([query.get("datum"), query.get("lat")]).toEqual(["gcj02", "27.8"]);
  expect(phone.spoken()).toContain("list 找到的机构");
  expect(phone.silent()).toEqual([]);
  // On WeChat's own map in its own datum; a marker that is tapped shows which one it is.
  const [, second] = samples["GET /facilities"].items;
  phone.tap("看地图");
  await vi.waitFor(() => expect(phone.shown("wx-map", "markers")).toMatchObject([{ latitude: centre.location.latitude }, { id: 1 }, {}]));
  phone.happen("wx-map", "markertap", { markerId: 1 });
  await vi.waitFor(() => expect(phone.spoken().filter((each) => each === `button 看${second!.name}的详情`)).toHaveLength(2));
  phone.tap(`看${centre.name}的详情`);
  await leads(`/pages/nearby/facility?id=${centre.id}`);
});

it("a facility shows hours, places and what an inspection found, can be called, and an application begins there", async () => {
  phone.open(`/pages/nearby/facility?id=${centre.id}`);
  await shows("空余托位");
  expect(phone.words()).toContain(samples["GET /childcare/centres/{centre_id}"].inspections[0]!.findings);
  expect(phone.words()).toContain(samples["GET /facilities/{facility_id}"].address!);
  expect(phone.silent()).toEqual([]);
  expect(phone.card()).toEqual({ title: centre.name, path: `/pages/nearby/facility?id=${centre.id}` });
  phone.tap("打电话");
  await vi.waitFor(() => expect(phone.calls.makePhoneCall).toMatchObject([{ phoneNumber: centre.phone }]));
  phone.tap("申请这里的托位");
  await leads("/pages/programmes/programme?token=childcare_place");
});

it("programmes are listed, and without a network the last list is shown with its time", async () => {
  phone.open("/pages/programmes/index");
  await shows("托位申请");
  expect(phone.spoken()).toContain("list 可以申请的事项");
  failing = () => "nothing";
  phone.open("/pages/programmes/index");
  await shows("网络不通，这是");
  expect(phone.words()).toContain("托位申请");
});

it("the form keeps what was typed when the phone is switched off before anything was sent", async () => {
  const { id } = samples["POST /applications"];
  phone.open(`/pages/applications/form?id=${id}`);
  await shows("第 2 步");
  expect(phone.spoken()).toEqual(expect.arrayContaining(["radiogroup 与孩子的关系"]));
  expect(phone.silent()).toEqual([]);
  phone.type("孩子姓名", "刘小满");
  phone.open(`/pages/applications/form?id=${id}`);
  await shows("找回了上次没有保存完的内容");
  expect(asked.filter((call) => call.method === "PATCH" && call.path.startsWith("/applications"))).toEqual([]);
});

it("own applications say what comes next, and a draft leads back into its form", async () => {
  phone.open("/pages/applications/index");
  const [item] = samples["GET /applications"].items;
  await shows(item!.next_step.text);
  expect(phone.card()).toBeUndefined();
  phone.tap(item!.programme_label);
  await leads(`/pages/applications/form?id=${item!.id}`);
});

it("my elders lead to booking a visit", async () => {
  phone.open("/pages/elders/index");
  const [link] = samples["GET /elders"].items;
  await shows(link!.name);
  expect(phone.silent()).toEqual([]);
  phone.tap("预约探访");
  await leads(`/pages/visits/book?elder=${link!.id}`);
});

it("a visitor signs in and sees the day's stops in order; the password is kept nowhere", async () => {
  phone.open("/pages/visitor/index");
  await shows("密码");
  phone.type("账号", "visitor-360902");
  phone.type("密码", "a secret word");
  await vi.waitFor(() => phone.tap("登录"));
  const [stop] = samples["GET /staff/visitor-day"].items;
  await shows(stop!.name);
  expect(phone.silent()).toEqual([]);
  expect(JSON.stringify(phone.stored())).not.toContain("a secret word");
  phone.tap(stop!.name);
  await leads(`/pages/visitor/stop?id=${stop!.id}`);
});

it("me shows a masked number, and contrast is one tap away", async () => {
  phone.open("/pages/me/index");
  await shows(samples["GET /me"].identity!.id_number);
  expect(phone.silent()).toEqual([]);
  phone.tap("高对比");
  await vi.waitFor(() => expect(phone.look()).toContain("contrast"));
});
