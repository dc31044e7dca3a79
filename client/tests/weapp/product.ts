/** The running product beside the phone: its address, what it publishes, and its caseworkers, whose steps are taken over its API. */
import { type Given, type PathOf } from "@/api/types";

const told = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/browser/test_mini_program.py starts the product and these tests`);
  return value;
};
export const PRODUCT = told("PRODUCT");
export const PASSWORD = told("STAFF_PASSWORD");

type Values = Record<string, string | number>;

async function call(method: "GET" | "POST", path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${PRODUCT}/api/v1${path}`, {
    method, headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export type Get = <P extends PathOf<"get">>(template: P, path?: Values, query?: Values) => Promise<Given<P, "get">>;

function reader(headers: Record<string, string>): Get {
  return async (template, path = {}, query = {}) => {
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => String(path[name]));
    return (await call("GET", `${filled}?${new URLSearchParams(query as Record<string, string>)}`, headers)) as never;
  };
}

/** What anybody can read. */
export const read = reader({});

/** What a resident of the sandbox can read. */
export async function readAs(name: string): Promise<Get> {
  const { token } = (await call("POST", "/auth/wechat", {}, { code: `sandbox-${name}` })) as { token: string };
  return reader({ Authorization: `Bearer ${token}` });
}

export interface Office {
  /** One step of an application, at the version that it has. */
  step(application: string, step: string, body?: object): Promise<void>;
  post(path: string, body: object): Promise<{ id: string; version: number }>;
}

export async function office(username: string): Promise<Office> {
  const { token } = (await call("POST", "/staff/auth/login", {}, { username, password: PASSWORD })) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const post = async (path: string, body: object) => (await call("POST", path, headers, body)) as { id: string; version: number };
  return {
    post,
    step: async (application, step, body = {}) => {
      const { version } = (await call("GET", `/staff/applications/${application}`, headers)) as { version: number };
      await post(`/staff/applications/${application}/${step}`, { version, ...body });
    },
  };
}
