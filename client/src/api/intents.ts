/**
 * One key an intent. "Book this hour for my mother" is one intent, however often it is tapped, repeated or sent again
 * after the phone was switched off: all of it carries one Idempotency-Key, so that the product carries it out once.
 *
 * Key and body are kept in the encrypted storage until a final answer came. Another body under the same name is
 * another intent: the product refuses a key that comes back with other content.
 */
import { type Platform } from "@/platform/types";

const PREFIX = "intent.";
const KEY_LENGTH = 24;

interface Kept {
  key: string;
  body: string;
}

export interface Intents {
  /** The key of what is meant, made now or earlier. */
  key(name: string, body: string): Promise<string>;
  /** A final answer came, good or bad: what comes next is another intent. */
  done(name: string): Promise<void>;
}

export function createIntents(platform: Pick<Platform, "secret" | "random">): Intents {
  return {
    async key(name, body) {
      const text = await platform.secret.get(PREFIX + name);
      const kept = text === null ? null : (JSON.parse(text) as Kept);
      if (kept?.body === body) return kept.key;
      const key = platform.random(KEY_LENGTH);
      await platform.secret.set(PREFIX + name, JSON.stringify({ key, body } satisfies Kept));
      return key;
    },
    done: (name) => platform.secret.remove(PREFIX + name),
  };
}
