/**
 * A draft being filled in. What is typed is kept encrypted on the phone at once and written to the product at each step;
 * what was not written yet is found again after the phone was switched off, and goes on top of what the product has.
 */
import { useCallback } from "react";
import { type Api, Problem, type Schemas } from "@/api";
import { type Answers, type Changes, changed } from "@/ui/form";
import { useTyped } from "@/ui/typed";

export type Application = Schemas["ApplicationView"];
export const answersOf = (application: Application): Answers => application.form as Answers;
const NOTHING: Changes = {};

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
  const { value, restored, change, clear } = useTyped<Changes>(`draft.${id}`, NOTHING);
  const type = useCallback((name: string, answer: Changes[string]) => change({ [name]: answer }), [change]);
  return { typed: value, restored, type, settle: clear };
}
