/**
 * The caseworker on this phone: signed in by name, password and, where one is set up, a code. The password is never
 * kept. The token lies encrypted, as long as it is good, for a visitor's phone closes the client many times a day; when
 * the product says that it is over, the work on the phone stays and the password is asked for again.
 */
import { type Platform } from "@/platform/types";
import { common } from "@/text";
import { createApi, type Line, type Signer } from "./client";
import { Problem } from "./problems";
import { type Schemas } from "./types";

export type Staff = Schemas["StaffProfile"];
const KEPT = "staff";
export const STAFF_OVER = "staff_over";

export interface OnPhone {
  /** null: over, to be signed in again. */
  token: string | null;
  /** Until when the token is good, ms. */
  until: number;
  staff: Staff;
}

export interface StaffSession extends Signer {
  /** Who works on this phone; null: nobody. */
  present(): Promise<OnPhone | null>;
  /** Raises Problem (`login_failed`, `login_locked` …). */
  signIn(username: string, password: string, otp: string): Promise<OnPhone>;
  /** Take the person from this phone. */
  forget(): Promise<void>;
}

export function createStaff(line: Line): StaffSession {
  const secret: Platform["secret"] = line.platform.secret;
  const anybody = createApi(line, null);
  let known: OnPhone | null | undefined;

  const put = async (found: OnPhone | null) => {
    known = found;
    if (found === null) await secret.remove(KEPT);
    else await secret.set(KEPT, JSON.stringify(found));
    return found;
  };
  const present = async () => {
    if (known === undefined) {
      const text = await secret.get(KEPT);
      known ??= text === null ? null : (JSON.parse(text) as OnPhone);
    }
    return known;
  };
  const over = () => new Problem(STAFF_OVER, common.problem.staff_over, "sign_in", 401);
  return {
    present,
    signIn: async (username, password, otp) => {
      const body = { username, password, ...(otp ? { otp } : {}) };
      const { token, expires_at, staff } = await anybody.post("/staff/auth/login", { body });
      const found = { token, until: Date.parse(expires_at), staff };
      await put(found);
      return found;
    },
    forget: async () => void (await put(null)),
    token: async () => {
      const token = (await present())?.token;
      if (!token) throw over();
      return token;
    },
    renew: async (stale) => {
      const found = await present();
      if (found?.token && found.token !== stale) return found.token;
      if (found) await put({ ...found, token: null });
      throw over();
    },
  };
}
