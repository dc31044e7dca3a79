/**
 * A draft being filled in. What is typed is kept encrypted on the phone at once and written to the product at each step;
 * what was not written yet is found again after the phone was switched off, and goes on top of what the product has.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { type Api, Problem, type Schemas } from "@/api";
import { platform } from "@/platform/current";
import { type Answers, type Changes, changed } from "@/ui/form";

export type Application = Schemas["ApplicationView"];
export const answersOf = (application: Application): Answers => application.form as Answers;
const kept = (id: string) => `draft.${id}`;

/** Answers of a draft that are not written yet; empty where there are none. */
export async function unsaved(id: string): Promise<Changes> {
  const text = await platform().secret.get(kept(id));
  return text === null ? {} : (JSON.parse(text) as Changes);
}

/**
 * Write what differs. Where the answer was lost, or the draft was changed elsewhere, it is read again first: what is
 * there already is not written twice, and what was typed here goes on top.
 */
export async function write(api: Api, application: Application, typed: Changes): Promise<Application> {
  const id = application.id;
  const send = async (present: Application) => {
    const form = changed(answersOf(present), typed);
    if (Object.keys(form).length === 0) return present;
    return api.patch("/applications/{application_id}", { path: { application_id: id }, body: { version: present.version, form } });
  };
  try {
    return await send(application);
  } catch (fault) {
    if (!(fault instanceof Problem) || !["no_answer", "stale_version"].includes(fault.code)) throw fault;
    return send(await api.get("/applications/{application_id}", { path: { application_id: id } }));
  }
}

export interface Draft {
  typed: Changes;
  restored: boolean;
  type: (name: string, value: Changes[string]) => void;
  /** Written: the phone need not keep it. */
  settle: () => Promise<void>;
}

export function useDraft(id: string): Draft {
  const [typed, setTyped] = useState<Changes>({});
  const [restored, setRestored] = useState(false);
  const latest = useRef<Changes>({});
  useEffect(() => {
    void unsaved(id).then((found) => {
      latest.current = { ...found, ...latest.current };
      setTyped(latest.current);
      setRestored(Object.keys(found).length > 0);
    });
  }, [id]);
  const type = useCallback((name: string, value: Changes[string]) => {
    latest.current = { ...latest.current, [name]: value };
    setTyped(latest.current);
    void platform().secret.set(kept(id), JSON.stringify(latest.current));
  }, [id]);
  const settle = useCallback(async () => {
    latest.current = {};
    setTyped({});
    setRestored(false);
    await platform().secret.remove(kept(id));
  }, [id]);
  return { typed, restored, type, settle };
}
