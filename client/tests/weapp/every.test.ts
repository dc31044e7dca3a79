/** Every screen of the mini-program is drawn by WeChat's templates from what the running product answers. */
import { beforeAll, beforeEach, expect, it } from "vitest";
import { faultless } from "./looking";
import { type Phone, screens, startPhone } from "./phone";
import { office, PASSWORD, PRODUCT, read, readAs } from "./product";

const RESIDENT = "chenguilan";
const COUNTY = "360902";
/** Shown by the journeys, whose family has one; here only when there is none. */
const NEEDS_ONE = ["applications/application", "applications/form", "childcare/placement", "messages/thread", "housing/tenancy", "visitor/stop"];
const phone: Phone = startPhone(PRODUCT);

beforeAll(() => {
  phone.wechat.person = RESIDENT;
});
beforeEach(() => {
  phone.wechat.asked.length = 0;
});

/** With the ids that the demo has. */
async function addresses(): Promise<string[]> {
  const own = await readAs(RESIDENT);
  const id = (given: { items: { id: string }[] }) => given.items[0]!.id;
  const centre = id(await read("/facilities", {}, { district_code: COUNTY, category: "childcare_centre", limit: 1 }));
  const notice = id(await read("/public-notices"));
  const draw = id((await read("/lottery-draws")) as { items: { id: string }[] });
  const indicator = (await read("/indicators")).items[0]!.token;
  const [elder, visit, piece] = [id(await own("/elders")), id(await own("/visits")), id(await own("/me/feedback"))];
  return [
    ...["index", "nearby", "programmes", "applications", "notices", "me", "messages", "feedback", "indicators", "circles", "objections", "elders", "visits", "visitor", "objections"].map((part) => `${part}/index`),
    ...["identity", "consents", "children", "household", "proxies", "data", "erase"].map((screen) => `me/${screen}`),
    "notices/draws", `notices/draw?id=${draw}`, "feedback/new", "feedback/public", `feedback/piece?id=${piece}`, `objections/objection?notice=${notice}`,
    `nearby/facility?id=${centre}`, "programmes/programme?token=childcare_place", "programmes/prescreen?token=public_rental_housing",
    `indicators/indicator?token=${indicator}`, "elders/link", `elders/elder?id=${elder}`,
    `visits/wait?elder=${elder}`, `visits/book?elder=${elder}`, `visits/book?elder=${elder}&move=${visit}`, `visits/index?id=${visit}`,
  ];
}

it("each is drawn whole, says who may read what, and asks for nothing that is refused", async () => {
  const all = await addresses();
  for (const address of all) {
    phone.open(`/pages/${address}`);
    await faultless(phone);
  }
  const seen = [...NEEDS_ONE, ...all.map((each) => each.split("?")[0]), "me/gone", "visitor/unlisted", "index/scan"];
  expect(screens().filter((each) => !seen.includes(each))).toEqual([]);
});

it("what is not there is said, with a way on", async () => {
  for (const page of [...NEEDS_ONE, "nearby/facility", "notices/draw", "elders/elder", "feedback/piece"]) {
    phone.open(`/pages/${page}?id=0000000000000000000000000Z`);
    await phone.settled();
    // A stop is a visitor's, who must sign in first.
    const [said, way] = page === "visitor/stop" ? ["探访员", "登录"] : page === "elders/elder" ? ["没有找到这位老人", "看我的老人"] : ["没有找到", "返回首页"];
    expect(phone.words(), page).toContain(said);
    expect(phone.buttons(), page).toContain(way);
  }
});

it("a poster's code opens what it is about in its own place; one that is none of ours says where to look", async () => {
  const centre = (await read("/facilities", {}, { district_code: COUNTY, category: "childcare_centre", limit: 1 })).items[0]!;
  const made: unknown = await (await office("planner")).post(`/staff/facilities/${centre.id}/poster-code`, {});
  phone.open(`/pages/index/scan?scene=${encodeURIComponent((made as { mini: { scene: string } }).mini.scene)}`);
  await phone.leads(`/pages/nearby/facility?id=${centre.id}`);
  await faultless(phone);
  phone.open("/pages/index/scan?scene=another%2Dtown");
  await phone.shows("没有认出这个码");
  expect(phone.silent()).toEqual([]);
  await phone.tap("找附近的服务");
  await phone.leads("/pages/nearby/index");
});

it("an account that was erased is told so, and nothing is asked", async () => {
  await phone.settled();
  phone.wechat.asked.length = 0;
  phone.open("/pages/me/gone");
  await faultless(phone);
  expect(phone.wechat.asked).toEqual([]);
});

it("a visitor signs in, sees the day in order and each stop; the password is kept nowhere", async () => {
  phone.open("/pages/visitor/index");
  await phone.type("账号", `visitor-${COUNTY}`);
  await phone.type("密码", PASSWORD);
  await phone.tap("登录");
  await phone.shows("按路程排好了先后");
  await faultless(phone);
  const stops = phone.buttons().filter((each) => /^第 \d+ 户，/.test(each));
  expect(stops[0]).toContain("第 1 户");
  await phone.tap(stops.at(-1)!);
  await faultless(phone);
  expect(phone.at()).toContain("/pages/visitor/stop?id=");
  expect(JSON.stringify([...phone.wechat.storage])).not.toContain(PASSWORD);
  phone.open("/pages/visitor/unlisted");
  await faultless(phone);
});
