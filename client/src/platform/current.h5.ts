/** The H5 page: in a browser, or framed by another channel. */
import settings from "@/settings.json";
import { openSecrets } from "./secrets.h5";
import { NoAnswer, NoLogin, NoPosition, type Answer, type MaySend, type Picked, type Platform, type Point, type Sent } from "./types";

export * from "./types";

const PREFIX = "yixiang.";
const TOKEN = `${PREFIX}token`;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const POSITION = { enableHighAccuracy: true, timeout: settings.request_timeout_ms, maximumAge: 60_000 };

/** Who opened the page: `?code=…`, which the channel (in development the sandbox's phone) puts into the address. */
function codeInAddress(): string {
  return inAddress("code") ?? "";
}

function inAddress(name: string): string | null {
  return new URLSearchParams(window.location.search).get(name);
}

function download(name: string, text: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click; it must not stay in memory, for it is everything about a person.
  window.setTimeout(() => URL.revokeObjectURL(address), settings.message_ms);
  return Promise.resolve();
}

async function send(sent: Sent): Promise<Answer> {
  if (sent.upload) return upload(sent, sent.upload);
  const controller = new AbortController();
  const timer = window.setTimeout(() => controller.abort(), sent.timeoutMs);
  try {
    const answer = await fetch(sent.path, {
      method: sent.method,
      headers: sent.headers,
      body: sent.body,
      credentials: "omit",
      signal: controller.signal,
    });
    const text = await answer.text();
    return { status: answer.status, text, header: (name) => answer.headers.get(name) };
  } catch {
    throw new NoAnswer();
  } finally {
    window.clearTimeout(timer);
  }
}

/** By the older way: the newer one does not tell how much has left. */
function upload(sent: Sent, given: NonNullable<Sent["upload"]>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    const lost = () => reject(new NoAnswer());
    asked.open(sent.method, sent.path);
    for (const [name, value] of Object.entries(sent.headers)) asked.setRequestHeader(name, value);
    asked.timeout = sent.timeoutMs;
    asked.upload.onprogress = ({ loaded, total }) => given.onPart?.(total ? loaded / total : 0);
    asked.onload = () => resolve({ status: asked.status, text: asked.responseText, header: (name) => asked.getResponseHeader(name) });
    asked.onerror = lost;
    asked.ontimeout = lost;
    asked.onabort = lost;
    asked.send(form(given));
  });
}

function form(upload: NonNullable<Sent["upload"]>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) made.append(name, value);
  made.append(upload.field, upload.file.handle as Blob, upload.file.name);
  return made;
}

function locate(): Promise<Point> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new NoPosition());
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, datum: "wgs84", accuracy_m: coords.accuracy }),
      () => reject(new NoPosition()),
      POSITION,
    );
  });
}

/** A hidden file field; there is no other way to a phone's camera from a page. */
function pickPhotos(most: number): Promise<Picked[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*,application/pdf";
    input.multiple = most > 1;
    input.hidden = true;
    input.addEventListener("cancel", () => done([]));
    input.addEventListener("change", () => done([...(input.files ?? [])].slice(0, most)));
    const done = (files: File[]) => {
      input.remove();
      resolve(files.map((file) => ({ name: file.name, type: file.type, bytes: file.size, preview: URL.createObjectURL(file), handle: file })));
    };
    document.body.append(input);
    input.click();
  });
}

function readFile(file: Picked): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file.handle as Blob);
  });
}

function makeFile(name: string, type: string, data: string): Promise<Picked> {
  const file = new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name, { type });
  return Promise.resolve({ name, type, bytes: file.size, preview: URL.createObjectURL(file), handle: file });
}

/** In development the sandbox's phone frames this page and asks as WeChat would; other channels have no such messages. */
function askToSend(templateIds: readonly string[]): Promise<MaySend> {
  if (!framedByUs()) return Promise.resolve("nowhere");
  return new Promise((resolve) => {
    const heard = (event: MessageEvent<{ subscribed?: unknown }>) => {
      if (event.source !== window.parent || event.origin !== window.location.origin || typeof event.data.subscribed !== "boolean") return;
      window.removeEventListener("message", heard);
      resolve(event.data.subscribed ? "accepted" : "refused");
    };
    window.addEventListener("message", heard);
    window.parent.postMessage({ subscribe: templateIds }, window.location.origin);
  });
}

/** Another channel's page, of another origin, would never answer. */
function framedByUs(): boolean {
  if (window.parent === window) return false;
  try {
    return window.parent.location.origin === window.location.origin;
  } catch {
    return false;
  }
}

function random(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

const made: Platform = {
  target: "h5",
  plain: {
    get: (name) => localStorage.getItem(PREFIX + name),
    set: (name, value) => localStorage.setItem(PREFIX + name, value),
    remove: (name) => localStorage.removeItem(PREFIX + name),
    names: () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
  },
  secret: openSecrets(),
  send,
  loginCode: () => (codeInAddress() ? Promise.resolve(codeInAddress()) : Promise.reject(new NoLogin())),
  opener: codeInAddress,
  phoneCode: () => inAddress("phone_code"),
  // Kept under the code that it was given for: another person in the same tab never meets this one's token.
  session: {
    get: () => sessionStorage.getItem(`${TOKEN}.${codeInAddress()}`),
    set: (token) => {
      if (token === null) sessionStorage.removeItem(`${TOKEN}.${codeInAddress()}`);
      else sessionStorage.setItem(`${TOKEN}.${codeInAddress()}`, token);
    },
  },
  random,
  wait: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
  now: () => Date.now(),
  online: () => navigator.onLine,
  onOnline: (then) => {
    window.addEventListener("online", then);
    return () => window.removeEventListener("online", then);
  },
  locate,
  asksToSend: framedByUs,
  askToSend,
  call: (phone) => window.location.assign(`tel:${phone.replace(/[^\d+]/g, "")}`),
  openMap: (point, name) => {
    const marker = `coord:${point.latitude},${point.longitude};title:${name}`;
    const query = new URLSearchParams({ marker, coord_type: point.datum === "wgs84" ? "1" : "2", referer: settings.map_referer });
    window.open(`${settings.map_page}?${query.toString()}`, "_blank", "noopener");
  },
  saveFile: download,
  openPage: (path) => void window.open(path, "_blank", "noopener"),
  pickPhotos,
  readFile,
  makeFile,
  dropFile: (file) => URL.revokeObjectURL(file.preview),
};

export const platform = (): Platform => made;
