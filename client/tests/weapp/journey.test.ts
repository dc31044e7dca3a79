/** A childcare place in the mini-program, from nobody known to the accepted offer; the office's steps are taken over its API. */
import { beforeAll, expect, it } from "vitest";
import { faultless } from "./looking";
import { PATIENCE, startPhone } from "./phone";
import { office, PRODUCT, read } from "./product";

/** Invented, with numbers that no other test uses; made by whoever starts the tests. */
const { family, child, photo } = JSON.parse(process.env.FAMILY!) as { family: Person; child: Person; photo: string };
interface Person {
  name: string;
  number: string;
}
const COUNTY = "360981";
const phone = startPhone(PRODUCT);
const { wechat } = phone;
const uploads = () => wechat.asked.filter((call) => call.method === "POST" && call.path.endsWith("/documents"));

beforeAll(() => {
  wechat.person = "mini-family";
  wechat.photo = Buffer.from(photo, "base64");
});

async function next(step: string) {
  await phone.tap("保存，下一步");
  await phone.shows(step);
}

async function photograph(paper: string) {
  const before = uploads().length;
  await phone.tap(`给“${paper}”添加照片`);
  await expect.poll(() => uploads().slice(before).map(({ status }) => status), PATIENCE).toEqual([201]);
  await phone.settled();
}

it("a family that nobody knew applies with photos, corrects a paper, and accepts the place", async () => {
  const centre = (await read("/facilities", {}, { district_code: COUNTY, category: "childcare_centre", with_places: "preschool", limit: 1 })).items[0]!;
  phone.open(`/pages/nearby/facility?id=${centre.id}`);
  await phone.tap("申请这里的托位");
  await phone.tap("开始申请");
  await phone.shows("第 1 步");
  await phone.settled();
  await phone.tap("我已阅读并同意");
  await phone.type("姓名", family.name);
  await phone.type("证件号码", family.number);
  await phone.tap("登记");
  await phone.tap("核对无误，登记");
  await phone.shows("已实名：");
  expect(phone.words()).not.toContain(family.number);
  await next("第 2 步");
  // WeChat is closed before anything was sent: what was typed is there again.
  await phone.type("联系电话", "13907951288");
  phone.open(phone.at());
  await phone.shows("找回了上次没有保存完的内容");
  await phone.tap("母亲");
  await phone.tap("登记孩子");
  await phone.type("证件号码", child.number);
  await phone.type("孩子姓名", child.name);
  await phone.tap("我是孩子的父母或其他监护人，已阅读并同意上面的内容");
  // WeChat is closed in the middle: the child's name and number are there again, and sent once.
  phone.open(phone.at());
  await phone.tap("登记孩子");
  await phone.shows("上次没有提交的内容还在");
  await phone.tap("我是孩子的父母或其他监护人，已阅读并同意上面的内容");
  await phone.tap("母亲", "您是孩子的");
  await phone.tap("登记孩子");
  await phone.shows("，2024-05-21");
  await phone.type("孩子姓名", child.name);
  await next("第 3 步");
  await phone.tap("户籍在宜春");
  await phone.type("居住的乡镇（街道）", "licun");
  await phone.tap("丽村镇");
  await phone.pick("希望入托的月份", "2026-12");
  await next("第 4 步");
  await next("第 5 步");
  // The network swallows a photo: it stays on the phone, and is sent again.
  wechat.trouble = (call) => (call.path.endsWith("/documents") ? "nothing" : undefined);
  await phone.tap("给“居住证明”添加照片");
  await phone.shows("没有传上去");
  expect([...wechat.storage.keys()].filter((each) => each.includes("photo"))).not.toEqual([]);
  wechat.trouble = () => undefined;
  wechat.asked = wechat.asked.filter(({ status }) => status !== 0);
  await phone.tap("重新上传");
  await phone.shows("第 1 份");
  await phone.settled();
  expect([...wechat.storage.keys()].filter((each) => each.includes("photo"))).toEqual([]);
  await photograph("出生医学证明");
  await next("第 6 步");
  await phone.tap("提交申请");
  await phone.shows("已提交，待受理");
  // The question is asked at the moment it helps, by this tap alone.
  expect(wechat.calls.requestSubscribeMessage).toBeUndefined();
  await phone.tap("有进展时用微信告诉我");
  await expect.poll(() => wechat.calls.requestSubscribeMessage, PATIENCE).toHaveLength(1);
  const application = wechat.asked.find((call) => call.path.endsWith("/submit"))!.path.split("/")[2]!;

  const [intake, reviewer] = await Promise.all([office(`intake-${COUNTY}`), office(`reviewer-${COUNTY}`)]);
  await intake.step(application, "request-correction", { reason: "照片看不清", papers: ["birth_certificate"] });
  phone.open(`/pages/applications/application?id=${application}`);
  await phone.shows("照片看不清");
  await photograph("出生医学证明");
  await phone.tap("补好了，重新提交");
  await phone.shows("已提交，待受理");
  await intake.step(application, "accept");
  await reviewer.step(application, "approve", { reason: "欢迎" });

  phone.open(`/pages/applications/application?id=${application}`);
  await phone.shows("还有");
  await phone.tap("接受");
  await phone.tap("确定接受");
  await phone.shows("您已接受");
  await phone.shows("已安排");
  await faultless(phone);
  await phone.tap("和机构联系、评价");
  await phone.leads(`/pages/childcare/placement?id=${application}`);
  await faultless(phone);
  phone.open(`/pages/messages/thread?id=${application}`);
  await faultless(phone);
  // Nothing about the family lies in the clear, or stood in an address.
  const open = JSON.stringify([...wechat.storage].filter(([name]) => !name.startsWith("secret."))) + wechat.asked.map((call) => call.path + call.query.toString()).join();
  for (const each of [family.name, family.number, child.name, child.number, "13907951288"]) expect(open).not.toContain(each);
});
