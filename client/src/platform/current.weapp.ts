/** The mini-program in WeChat. */
import Taro from "@tarojs/taro";
import settings from "@/settings.json";
import { NoAnswer, NoLogin, NoPosition, type Answer, type MaySend, type Picked, type Platform, type Point, type Sent } from "./types";

export * from "./types";

declare const API_ORIGIN: string;

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const SECRET = "secret.";
// Known to WeChat, not to Taro's types.
const ENCRYPTED = { encrypt: true } as Record<string, unknown>;

async function send(sent: Sent): Promise<Answer> {
  const url = API_ORIGIN + sent.path;
  try {
    return sent.upload ? await upload(sent, url) : await ask(sent, url);
  } catch {
    throw new NoAnswer();
  }
}

async function ask(sent: Sent, url: string): Promise<Answer> {
  // `PATCH` is missing from Taro's list of methods; WeChat takes it.
  const method = sent.method as keyof Taro.request.Method;
  const answer = await Taro.request<string>({
    url, method, header: { ...sent.headers }, data: sent.body, timeout: sent.timeoutMs, dataType: "text", responseType: "text",
  });
  return answered(answer.statusCode, answer.data, answer.header ?? {});
}

async function upload(sent: Sent, url: string): Promise<Answer> {
  const { field, file, fields, onPart } = sent.upload!;
  const task = Taro.uploadFile({
    url, filePath: file.handle as string, name: field, fileName: file.name, formData: { ...fields }, header: { ...sent.headers },
    timeout: sent.timeoutMs,
  });
  if (onPart) task.onProgressUpdate(({ progress }) => onPart(progress / 100));
  const answer = await task;
  return answered(answer.statusCode, answer.data, answer.header ?? {});
}

function answered(status: number, text: string, headers: Record<string, string>): Answer {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { status, text, header: (name) => lower.get(name.toLowerCase()) ?? null };
}

async function locate(): Promise<Point> {
  try {
    // Fine enough for a visitor at a door; WeChat allows an app either this or the fuzzy one, not both.
    const found = await Taro.getLocation({ type: "gcj02", isHighAccuracy: true });
    return { latitude: found.latitude, longitude: found.longitude, datum: "gcj02", accuracy_m: found.accuracy };
  } catch {
    throw new NoPosition();
  }
}

async function pickPhotos(most: number): Promise<Picked[]> {
  try {
    const chosen = await Taro.chooseMedia({ count: most, mediaType: ["image"], sizeType: ["compressed"], sourceType: ["album", "camera"] });
    return chosen.tempFiles.map((file) => ({
      name: file.tempFilePath.split("/").pop() ?? "", type: "image/jpeg", bytes: file.size, preview: file.tempFilePath, handle: file.tempFilePath,
    }));
  } catch {
    return []; // the person gave up, or refused the album: both are an answer
  }
}

const OWN_PHOTO = "photo-";
let cleared: true | undefined;

function readFile(file: Picked): Promise<string> {
  return new Promise((resolve, reject) => {
    Taro.getFileSystemManager().readFile({
      filePath: file.handle as string, encoding: "base64", success: ({ data }) => resolve(data as string), fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });
}

/**
 * WeChat uploads files alone: it lies in clear in a folder of its own for as long as it is being sent, under the name it
 * had, for a name that differs is another request to the product.
 */
async function makeFile(name: string, type: string, data: string): Promise<Picked> {
  cleared ??= clearOwnPhotos();
  const folder = `${Taro.env.USER_DATA_PATH}/${OWN_PHOTO}${random(16)}`;
  const files = Taro.getFileSystemManager();
  files.mkdirSync(folder, true);
  files.writeFileSync(`${folder}/${name}`, data, "base64");
  return { name, type, bytes: Math.floor((data.length * 3) / 4), preview: `${folder}/${name}`, handle: `${folder}/${name}` };
}

/** What the album gave is WeChat's to delete. */
function dropFile(file: Picked): void {
  const folder = file.preview.slice(0, file.preview.lastIndexOf("/"));
  if (folder.startsWith(`${Taro.env.USER_DATA_PATH}/${OWN_PHOTO}`)) Taro.getFileSystemManager().rmdirSync(folder, true);
}

/** Copies that were being sent when WeChat was closed: their content lies encrypted, these need not stay. */
function clearOwnPhotos(): true {
  const files = Taro.getFileSystemManager();
  const folder = Taro.env.USER_DATA_PATH ?? "";
  for (const each of files.readdirSync(folder)) if (each.startsWith(OWN_PHOTO)) files.rmdirSync(`${folder}/${each}`, true);
  return true;
}

/** A file of the mini-program's own, passed on by the person's hand (to oneself, say) and deleted at once. */
async function passOn(name: string, text: string): Promise<void> {
  const filePath = `${Taro.env.USER_DATA_PATH}/${name}`;
  const files = Taro.getFileSystemManager();
  files.writeFileSync(filePath, text, "utf8");
  try {
    await Taro.shareFileMessage({ filePath, fileName: name });
  } catch {
    return; // the person gave up: an answer, too
  } finally {
    files.unlinkSync(filePath);
  }
}

async function askToSend(templateIds: readonly string[]): Promise<MaySend> {
  try {
    // `entityIds` is Alipay's, and demanded by Taro's types.
    const said = (await Taro.requestSubscribeMessage({ tmplIds: [...templateIds], entityIds: [] })) as unknown as Record<string, string>;
    return templateIds.some((each) => said[each] === "accept") ? "accepted" : "refused";
  } catch {
    return "refused"; // switched off in WeChat's settings, or closed without an answer
  }
}

/** WeChat's random bytes come with a callback; keys need no secrecy, only that no two are alike. */
function random(length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join("");
}

let token: string | null = null;

const made: Platform = {
  target: "weapp",
  plain: {
    get: (name) => Taro.getStorageSync<string>(name) || null,
    set: (name, value) => Taro.setStorageSync(name, value),
    remove: (name) => Taro.removeStorageSync(name),
    names: () => Taro.getStorageInfoSync().keys.filter((key) => !key.startsWith(SECRET)),
  },
  // WeChat encrypts these itself (`encrypt`, base library 2.21.3).
  secret: {
    get: async (name) => {
      try {
        return (await Taro.getStorage<string>({ key: SECRET + name, ...ENCRYPTED })).data;
      } catch {
        return null; // WeChat's way to say that there is none
      }
    },
    set: async (name, value) => {
      await Taro.setStorage({ key: SECRET + name, data: value, ...ENCRYPTED });
    },
    remove: async (name) => {
      await Taro.removeStorage({ key: SECRET + name });
    },
    names: async () => Taro.getStorageInfoSync().keys.filter((key) => key.startsWith(SECRET)).map((key) => key.slice(SECRET.length)),
  },
  send,
  loginCode: async () => {
    const { code } = await Taro.login().catch(() => ({ code: "" }));
    if (!code) throw new NoLogin();
    return code;
  },
  opener: () => "",
  phoneCode: () => null,
  // In memory only: `wx.login` costs nothing, so no token is ever stored.
  session: { get: () => token, set: (given) => void (token = given) },
  random,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => Date.now(),
  online: () => true,
  onOnline: (then) => {
    const heard = ({ isConnected }: { isConnected: boolean }) => isConnected && then();
    Taro.onNetworkStatusChange(heard);
    return () => Taro.offNetworkStatusChange(heard);
  },
  locate,
  asksToSend: () => true,
  askToSend,
  call: (phone) => void Taro.makePhoneCall({ phoneNumber: phone }).catch(() => undefined),
  openMap: (point, name, address) =>
    void Taro.openLocation({ latitude: point.latitude, longitude: point.longitude, name, address, scale: settings.map_scale }),
  saveFile: passOn,
  openPage: (path) => void Taro.setClipboardData({ data: API_ORIGIN + path }).catch(() => undefined),
  pickPhotos,
  readFile,
  makeFile,
  dropFile,
};

export const platform = (): Platform => made;
