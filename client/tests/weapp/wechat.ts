/**
 * WeChat around the mini-program, in memory: its storage, its files, its album, and its network, which is the real one: requests
 * and uploads go to the running product. Only what a person or a bad network does is made up.
 */
import settings from "@/settings.json";

export const FILES = "wxfile://usr";

/** A call of the product. */
export interface Asked {
  method: string;
  /** Below `/api/v1`, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  /** Undefined until it was answered; 0 where there was no answer. */
  status?: number;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface WeChat {
  wx: Record<string, unknown>;
  /** Of the functions that the mini-program has called, with what; requests are in `asked`. */
  calls: Record<string, unknown[]>;
  asked: Asked[];
  storage: Map<string, unknown>;
  files: Map<string, Buffer>;
  /** Whose WeChat it is: a name of the sandbox's residents, or any other. */
  person: string;
  /** What the network does to a call: an answer in the product's place, or none. Set by a test. */
  trouble: (call: Asked) => Answer | "nothing" | undefined;
  /** The photo that the person takes. */
  photo: Buffer;
  /** Nothing is on its way. */
  quiet(): boolean;
}

type Options = Record<string, unknown> & { success?: (given: unknown) => void; fail?: (given: unknown) => void; complete?: () => void };
interface Reply {
  statusCode: number;
  data: string;
  header: Record<string, string>;
}

export function createWeChat(product: string): WeChat {
  let running = 0;
  const made: WeChat = {
    wx: {}, calls: {}, asked: [], storage: new Map(), files: new Map(), person: "", trouble: () => undefined, photo: Buffer.alloc(0), quiet: () => running === 0,
  };

  /** `send` reaches the product, unless the network does otherwise. */
  const reach = async (options: Options, method: string, send: (url: string) => Promise<Response>): Promise<Reply> => {
    const { pathname, search, searchParams } = new URL(String(options.url));
    const call: Asked = { method, path: pathname.slice(settings.api_path.length), query: searchParams, headers: options.header as Asked["headers"] };
    made.asked.push(call);
    const trouble = made.trouble(call);
    call.status = 0;
    if (trouble === "nothing") throw new Error("request:fail");
    if (trouble) return { statusCode: (call.status = trouble.status), data: JSON.stringify(trouble.body), header: { Date: new Date().toUTCString() } };
    const answer = await send(product + pathname + search);
    const data = await answer.text();
    call.status = answer.status;
    return { statusCode: answer.status, data, header: Object.fromEntries(answer.headers) };
  };
  const settle = (options: Options, doing: Promise<unknown>) => {
    running += 1;
    void doing.then((given) => options.success?.(given), (fault: unknown) => options.fail?.({ errMsg: String(fault) })).finally(() => {
      running -= 1;
      options.complete?.();
    });
  };
  const record = (name: string, options: Options) => (made.calls[name] ??= []).push(options);
  // As WeChat: with callbacks they are called, without any it gives a promise.
  const done = (name: string, result: () => unknown = () => ({})) => (options: Options = {}) => {
    record(name, options);
    const doing = Promise.resolve().then(result);
    settle(options, doing);
    return options.success || options.fail || options.complete ? undefined : doing;
  };

  Object.assign(made.wx, storageOf(made, settle), filesOf(made, settle), {
    env: { USER_DATA_PATH: FILES },
    request: (options: Options) => {
      const method = String(options.method);
      settle(options, reach(options, method, (url) => fetch(url, { method, headers: options.header as Asked["headers"], body: (options.data as string | undefined) || undefined })));
    },
    uploadFile: (options: Options) => {
      record("uploadFile", options);
      settle(options, reach(options, "POST", (url) => fetch(url, { method: "POST", headers: options.header as Asked["headers"], body: formOf(made, options) })));
      return { onProgressUpdate: (then: (given: { progress: number }) => void) => then({ progress: 100 }), abort: () => undefined };
    },
    login: done("login", () => ({ code: `sandbox-${made.person}` })),
    getLocation: done("getLocation", () => ({ latitude: 27.8, longitude: 114.39, accuracy: 30 })),
    chooseMedia: done("chooseMedia", () => {
      const tempFilePath = `wxfile://tmp_${made.files.size}.jpg`;
      made.files.set(tempFilePath, made.photo);
      return { tempFiles: [{ tempFilePath, size: made.photo.length, fileType: "image" }] };
    }),
    requestSubscribeMessage: (options: Options) =>
      done("requestSubscribeMessage", () => Object.fromEntries((options.tmplIds as string[]).map((each) => [each, "accept"])))(options),
    makePhoneCall: done("makePhoneCall"),
    openLocation: done("openLocation"),
    setClipboardData: done("setClipboardData"),
    shareFileMessage: done("shareFileMessage"),
    setNavigationBarTitle: done("setNavigationBarTitle"),
    stopPullDownRefresh: done("stopPullDownRefresh"),
    pageScrollTo: done("pageScrollTo"),
    onNetworkStatusChange: () => undefined,
    offNetworkStatusChange: () => undefined,
    nextTick: (then: () => void) => setTimeout(then, 0),
    getWindowInfo: () => ({ windowWidth: 375, windowHeight: 700, pixelRatio: 2 }),
    getSystemInfoSync: () => ({ windowWidth: 375, windowHeight: 700, pixelRatio: 2 }),
    canIUse: () => false,
  });
  return made;
}

function storageOf({ storage }: WeChat, settle: (options: Options, doing: Promise<unknown>) => void): Record<string, unknown> {
  return {
    getStorageSync: (key: string) => storage.get(key) ?? "",
    setStorageSync: (key: string, data: unknown) => void storage.set(key, data),
    removeStorageSync: (key: string) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    getStorage: (options: Options) =>
      settle(options, storage.has(String(options.key)) ? Promise.resolve({ data: storage.get(String(options.key)) }) : Promise.reject(new Error("getStorage:fail data not found"))),
    setStorage: (options: Options) => settle(options, Promise.resolve(void storage.set(String(options.key), options.data))),
    removeStorage: (options: Options) => settle(options, Promise.resolve(void storage.delete(String(options.key)))),
  };
}

function filesOf({ files }: WeChat, settle: (options: Options, doing: Promise<unknown>) => void): Record<string, unknown> {
  const folders = new Set([FILES]);
  const below = (path: string) => [...files.keys(), ...folders].filter((each) => each.startsWith(`${path}/`));
  const found = (path: string) => {
    const content = files.get(path);
    if (!content) throw new Error(`no such file or directory ${path}`);
    return content;
  };
  const manager = {
    readFile: (options: Options) => settle(options, Promise.resolve().then(() => ({ data: found(String(options.filePath)).toString(options.encoding as BufferEncoding) }))),
    writeFileSync: (path: string, data: string, encoding: BufferEncoding) => {
      if (!folders.has(path.slice(0, path.lastIndexOf("/")))) throw new Error(`no such file or directory ${path}`);
      files.set(path, Buffer.from(data, encoding));
    },
    mkdirSync: (path: string) => void folders.add(path),
    readdirSync: (path: string) => [...new Set(below(path).map((each) => each.slice(path.length + 1).split("/")[0]))],
    rmdirSync: (path: string) => [path, ...below(path)].forEach((each) => {
      files.delete(each);
      folders.delete(each);
    }),
    unlinkSync: (path: string) => found(path) && files.delete(path),
  };
  return { getFileSystemManager: () => manager };
}

function formOf({ files }: WeChat, options: Options): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries((options.formData ?? {}) as Record<string, string>)) form.append(name, value);
  const content = files.get(String(options.filePath));
  if (!content) throw new Error("uploadFile:fail file doesn't exist");
  form.append(String(options.name), new Blob([new Uint8Array(content)], { type: "image/jpeg" }), String(options.fileName ?? "photo.jpg"));
  return form;
}
