import { expect, it } from "vitest";
import { createApi, createLine } from "@/api/client";
import { createIntents } from "@/api/intents";
import { createSession } from "@/api/session";
import { createDisplay } from "@/state/displays";
import { memoryPlatform, type Memory } from "./memory-platform";

/** A phone of a resident whose profile is `profile`. */
function phone(profile: { large_type: boolean }, kept?: Memory) {
  let up = true;
  const platform = memoryPlatform((sent) => {
    if (!up) return "nothing";
    if (sent.path.endsWith("/auth/wechat")) return { body: { token: "t", expires_at: "", resident: { id: "R", ...profile } } };
    if (sent.method === "PATCH") profile.large_type = JSON.parse(sent.body ?? "{}").large_type;
    return { body: profile };
  }, kept);
  const session = createSession(platform);
  const own = createApi(createLine(platform, createIntents(platform)), session);
  const displays = createDisplay(platform, session, own);
  return { platform, session, own, displays, network: (is: boolean) => void (up = is), large: () => displays.shown.get().large };
}
const written = (platform: Memory) => platform.sent.filter((each) => each.method === "PATCH").map((each) => each.body);

it("the profile's wish counts at sign-in, and a tap is written to it", async () => {
  const { own, displays, large, platform } = phone({ large_type: true });
  await own.get("/me");
  expect(large()).toBe(true);
  displays.change({ large: false, contrast: true });
  await displays.write();
  expect(written(platform)).toEqual(['{"large_type":false}']);
  displays.change({ contrast: false });
  await displays.write();
  expect(written(platform)).toHaveLength(1);
});

it("chosen before anybody has signed in, it becomes the profile's", async () => {
  const profile = { large_type: false };
  const { own, displays, large, platform } = phone(profile);
  displays.change({ large: true });
  expect(written(platform)).toEqual([]);
  await own.get("/me");
  await displays.write();
  expect([large(), profile.large_type]).toEqual([true, true]);
});

it("tapped on and off again there is nothing to write", async () => {
  const { own, displays, platform } = phone({ large_type: false });
  displays.change({ large: true });
  displays.change({ large: false });
  await own.get("/me");
  await displays.write();
  expect([written(platform), platform.plainValues.has("display.unwritten")]).toEqual([[], false]);
});

it("changed without a network it is kept, and written after a restart; the profile does not undo it", async () => {
  const profile = { large_type: false };
  const first = phone(profile);
  await first.own.get("/me");
  first.network(false);
  first.displays.change({ large: true });
  await first.displays.write();
  expect(profile.large_type).toBe(false);
  const reopened = phone(profile, first.platform);
  expect(reopened.large()).toBe(true);
  await reopened.own.get("/me");
  await reopened.displays.write();
  expect([reopened.large(), profile.large_type]).toEqual([true, true]);
});

it("what waits goes with whoever signs out", async () => {
  const { own, displays, session, network, platform } = phone({ large_type: false });
  await own.get("/me");
  network(false);
  displays.change({ large: true });
  session.forget();
  expect(platform.plainValues.has("display.unwritten")).toBe(false);
});
