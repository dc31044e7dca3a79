/** The built mini-program on a phone in memory, against the running product: what a person sees, where a tap leads, what a bad network does. */
import { beforeEach, expect, it, vi } from "vitest";
import { PATIENCE, startPhone } from "./phone";
import { office, PRODUCT, read, readAs } from "./product";

const phone = startPhone(PRODUCT);
const { wechat } = phone;
const COUNTY = "360902";
const near = async () => (await read("/facilities", {}, { district_code: COUNTY, category: "childcare_centre", with_places: "any", limit: 1 })).items[0]!;
const yuan = (fen: number) => (fen / 100).toLocaleString("en-US");

beforeEach(() => {
  wechat.asked.length = 0;
  wechat.trouble = () => undefined;
});

it("home shows the ways, signs nobody in unasked, and grows at one tap", async () => {
  phone.open("/pages/index/index");
  await phone.shows("附近的服务");
  expect(wechat.asked).toEqual([]);
  expect(phone.spoken()).toEqual(expect.arrayContaining(["main", "navigation 主要栏目", "search", "heading"]));
  const before = phone.words();
  await phone.tap("大字版");
  await vi.waitFor(() => expect(phone.look()).toContain("large"), PATIENCE);
  expect(phone.words().length).toBeLessThan(before.length);
  expect(phone.words()).not.toContain("公共服务指标");
  await phone.tap("标准版");
  await phone.tap("附近的服务");
  await phone.leads("/pages/nearby/index");
});

it("what is near is found from the phone's position, and a marker that is tapped shows which one it is", async () => {
  phone.open("/pages/nearby/index");
  await phone.shows("用我现在的位置");
  wechat.trouble = (call) => (call.path === "/facilities" ? { status: 503, body: { code: "unavailable", detail: "系统正忙。" } } : undefined);
  await phone.tap("用我现在的位置");
  await phone.shows("系统正忙。");
  // Tried as often as is safe; then said with its next step, and the person tries again.
  expect(phone.spoken()).toContain("alert");
  wechat.trouble = () => undefined;
  await phone.tap("再试一次");
  await vi.waitFor(() => expect(phone.spoken()).toContain("list 找到的机构"), PATIENCE);
  const { query } = wechat.asked.filter((call) => call.path === "/facilities").at(-1)!;
  expect([query.get("datum"), query.get("lat")]).toEqual(["gcj02", "27.8"]);
  // On WeChat's own map in its own datum.
  const [first, second] = (await read("/facilities", {}, Object.fromEntries(query) as Record<string, string>)).items;
  await phone.tap("看地图");
  await vi.waitFor(() => expect((phone.shown("wx-map", "markers") as unknown[]).slice(0, 2)).toMatchObject([{ latitude: first!.location.latitude }, { id: 1 }]), PATIENCE);
  phone.happen("wx-map", "markertap", { markerId: 1 });
  await vi.waitFor(() => expect(phone.buttons().filter((each) => each === `看${second!.name}的详情`)).toHaveLength(2), PATIENCE);
  await phone.tap(`看${first!.name}的详情`);
  await phone.leads(`/pages/nearby/facility?id=${first!.id}`);
});

it("a facility shows places, prices and what an inspection found, can be called and passed on, and an application begins there", async () => {
  const centre = await near();
  const reviewer = await office(`reviewer-${COUNTY}`);
  const findings = "消防通道堆放杂物，已要求三日内清理（演示）。";
  const { id, version } = await reviewer.post(`/staff/childcare/centres/${centre.id}/inspections`, { kind: "inspection", on: "2026-11-20", outcome: "faults", findings });
  await reviewer.post(`/staff/childcare/inspections/${id}/publish`, { version });
  phone.open(`/pages/nearby/facility?id=${centre.id}`);
  await phone.shows("空余托位");
  await phone.shows(findings);
  const detail = await read("/facilities/{facility_id}", { facility_id: centre.id });
  const care = detail.prices!.find((each) => each.age_group === "toddler")!;
  for (const words of ["托小班", `${yuan(care.amount_fen)} 元/月`, `每月 ${care.amount_fen / 100} 元`, "市场调节价；演示价格"]) expect(phone.words()).toContain(words);
  expect(phone.card()).toEqual({ title: centre.name, path: `/pages/nearby/facility?id=${centre.id}` });
  await phone.tap("打电话");
  await vi.waitFor(() => expect(wechat.calls.makePhoneCall).toMatchObject([{ phoneNumber: centre.phone }]), PATIENCE);
  await phone.tap("申请这里的托位");
  await phone.leads("/pages/programmes/programme?token=childcare_place");
});

it("where nobody has told the prices that is said, with the telephone, and never that it is free", async () => {
  const centre = await near();
  const detail = await read("/facilities/{facility_id}", { facility_id: centre.id }, { datum: "gcj02" });
  wechat.trouble = (call) => (call.path === `/facilities/${centre.id}` ? { status: 200, body: { ...detail, prices: null, prices_valid_from: null } } : undefined);
  phone.open(`/pages/nearby/facility?id=${centre.id}`);
  await phone.shows("还没有登记价格");
  expect(phone.words()).not.toContain("免费");
  await phone.tap("打电话问价格");
  await vi.waitFor(() => expect(wechat.calls.makePhoneCall?.at(-1)).toMatchObject({ phoneNumber: centre.phone }));
});

it("without a network the last list is shown with its time", async () => {
  phone.open("/pages/programmes/index");
  await phone.shows("托位申请");
  expect(phone.spoken()).toContain("list 可以申请的事项");
  wechat.trouble = () => "nothing";
  phone.open("/pages/programmes/index");
  await phone.shows("网络不通，这是");
  expect(phone.words()).toContain("托位申请");
});

it("contrast is one tap away from a masked number", async () => {
  wechat.person = "chenguilan";
  phone.open("/pages/me/index");
  await phone.tap("登录");
  await phone.shows((await (await readAs("chenguilan"))("/me")).identity!.id_number);
  await phone.tap("高对比");
  await vi.waitFor(() => expect(phone.look()).toContain("contrast"), PATIENCE);
});
