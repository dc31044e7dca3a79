/** What was answered in a first look, by programme, so that nobody answers it again in the form. In memory only. */
import { type Answers } from "@/ui/form";

const answers = new Map<string, Answers>();

export const keepPrescreened = (programme: string, given: Answers): void => void answers.set(programme, given);

/** Takes them out: they are used once. */
export function takePrescreened(programme: string): Answers {
  const found = answers.get(programme) ?? {};
  answers.delete(programme);
  return found;
}
