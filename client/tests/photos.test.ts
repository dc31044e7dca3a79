import { expect, it } from "vitest";
import { createApi, createLine } from "@/api/client";
import { createIntents } from "@/api/intents";
import { createSession } from "@/api/session";
import { createPhotos, type Target } from "@/state/photos";
import settings from "@/settings.json";
import { type Picked, type Sent } from "@/platform/types";
import { type Memory, memoryPlatform, type Reply } from "./memory-platform";

const TARGET: Target = { scope: "A", path: "/applications/{application_id}/documents", values: { application_id: "A" }, fields: { paper: "id_card" } };
const CONTENT = "i".repeat(settings.photo_part_chars + 10);
const photo = (name = "a.jpg", handle = CONTENT): Picked => ({ name, type: "image/jpeg", bytes: handle.length, preview: name, handle });

/** A phone; `kept`: what an earlier start left behind. */
function phone(reply: (sent: Sent) => Reply | Promise<Reply>, kept?: Memory) {
  const platform = memoryPlatform((sent) => (sent.path.endsWith("/auth/wechat") ? { body: { token: "t", expires_at: "", resident: { id: "R" } } } : reply(sent)), kept);
  const photos = createPhotos(platform, createApi(createLine(platform, createIntents(platform)), createSession(platform)));
  const uploads = () => platform.sent.filter((each) => each.upload);
  return { platform, photos, uploads, key: (at: number) => uploads()[at]?.headers["Idempotency-Key"], shown: () => photos.all.get().map(({ name, stage }) => `${name} ${stage}`) };
}

it("a photo that was being sent when the phone was switched off is sent again with its key, and then forgotten", async () => {
  let sending = () => undefined as void;
  const begun = new Promise<void>((then) => (sending = then));
  const before = phone(() => {
    sending();
    return new Promise<Reply>(() => undefined); // killed before the answer
  });
  void before.photos.add(TARGET, [photo()]);
  await begun;
  expect(before.shown()).toEqual(["a.jpg sending"]);
  expect([...before.platform.plainValues.values()].join()).not.toContain(CONTENT);

  const reopened = phone(() => ({ status: 201, body: {} }), before.platform);
  const arrived: string[] = [];
  reopened.photos.onSent((target) => arrived.push(target.scope));
  await reopened.photos.resume();
  expect(reopened.uploads()).toHaveLength(1);
  expect(reopened.key(0)).toBe(before.key(0));
  expect(reopened.uploads()[0]?.upload).toMatchObject({ field: "file", fields: { paper: "id_card" }, file: { name: "a.jpg", handle: CONTENT } });
  expect([arrived, reopened.shown(), [...reopened.platform.secrets.keys()]]).toEqual([["A"], [], []]);
  await reopened.photos.resume();
  expect(reopened.uploads()).toHaveLength(1);
});

it("killed between the answer and its note, it is sent with the same key: the product takes it once", async () => {
  const { platform, photos, key } = phone(() => ({ status: 201, body: {} }));
  const remove = platform.secret.remove;
  platform.secret.remove = () => new Promise(() => undefined);
  void photos.add(TARGET, [photo()]);
  await expect.poll(() => key(0)).toBeDefined();
  platform.secret.remove = remove;
  const reopened = phone(() => ({ status: 201, body: {} }), platform);
  await reopened.photos.resume();
  expect(reopened.key(0)).toBe(key(0));
});

it("without a network it waits, is shown with its problem, and goes by hand or when there is one", async () => {
  let up = false;
  const { photos, shown, key, uploads, platform } = phone(() => (up ? { status: 201, body: {} } : "nothing"));
  await photos.add(TARGET, [photo("a.jpg"), photo("b.jpg")]);
  expect(shown()).toEqual(["a.jpg failed", "b.jpg failed"]);
  expect(photos.all.get()[0]?.problem).toMatchObject({ code: "no_answer" });
  up = true;
  const before = uploads().length;
  await photos.again(photos.all.get()[0]!.id);
  expect(shown()).toEqual(["b.jpg failed"]);
  await photos.resume();
  expect([shown(), platform.secrets.size]).toEqual([[], 0]);
  expect([key(before), key(before + 1)]).toEqual([key(0), key(3)]);
});

it("what the product refuses is shown after a restart, not sent by itself, and by hand it is another intent", async () => {
  const before = phone(() => ({ status: 422, body: { code: "file_unreadable", detail: "看不清" } }));
  await before.photos.add(TARGET, [photo()]);
  const reopened = phone(() => ({ status: 201, body: {} }), before.platform);
  await reopened.photos.resume();
  expect(reopened.uploads()).toHaveLength(0);
  expect(reopened.photos.all.get()[0]).toMatchObject({ stage: "failed", problem: { code: "file_unreadable", detail: "看不清" } });
  await reopened.photos.again(reopened.photos.all.get()[0]!.id);
  expect(reopened.key(0)).not.toBe(before.key(0));
  expect(reopened.platform.secrets.size).toBe(0);
});

it("on a phone without room it is sent all the same, and says that it is not kept", async () => {
  const { platform, photos } = phone(() => "nothing");
  const set = platform.secret.set;
  platform.secret.set = async (name, value) => (name.endsWith(".1") ? Promise.reject(new Error("full")) : set(name, value));
  await photos.add(TARGET, [photo()]);
  expect(photos.all.get()[0]).toMatchObject({ stage: "failed", safe: false });
  expect([...platform.secrets.keys()]).toEqual([]);
});

it("half a photo of a phone that died while keeping it goes, after a while", async () => {
  const { platform, photos } = phone(() => ({}));
  const id = `${(platform.at - settings.photo_orphan_ms - 1).toString(36)}-k`;
  platform.secrets.set(`photopart.${id}.0`, "x").set(`photopart.${platform.at.toString(36)}-k.0`, "x");
  await photos.resume();
  expect([...platform.secrets.keys()]).toEqual([`photopart.${platform.at.toString(36)}-k.0`]);
});
