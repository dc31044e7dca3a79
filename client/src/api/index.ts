/** The clients of this phone. A screen imports `open` for what is public, `own` for what is the resident's. */
import { platform } from "@/platform/current";
import { type Api, createApi, createLine } from "./client";
import { createIntents } from "./intents";
import { createSession } from "./session";
import { createStaff } from "./staff";

const line = createLine(platform(), createIntents(platform()));

export const session = createSession(platform());
export const open = createApi(line, null);
export const own = createApi(line, session);
/** As `own`, in the name of the one whose authorisation this is. */
export const inTheNameOf = (authorisationId: string): Api => createApi(line, session, authorisationId);
/** The caseworker who works on this phone, and calls as that person. */
export const staff = createStaff(line);
export const office = createApi(line, staff);
/** The product's time in ms: for countdowns and for "today", whatever the phone's clock says. */
export const now = line.now;

export { type Api } from "./client";
export { Problem } from "./problems";
export { type Kept } from "./kept";
export { type Staff } from "./staff";
export { type Schemas } from "./types";
