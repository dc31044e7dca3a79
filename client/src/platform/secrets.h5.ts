/**
 * Storage that is encrypted at rest: AES-GCM under a key that the browser keeps and no script can read out. Where the
 * browser has no such key (a page that is not secure, a private window without a database), what is kept lasts as long
 * as the page, and nothing is ever written in the clear instead.
 */
import { type SecretStore } from "./types";

const DATABASE = "yixiang";
const KEYS = "keys";
const VALUES = "values";
const IV_BYTES = 12;

interface Sealed {
  iv: Uint8Array;
  data: ArrayBuffer;
}

export function openSecrets(): SecretStore {
  let opened: Promise<SecretStore> | undefined;
  const store = () => (opened ??= lasting().catch(() => passing()));
  return {
    get: async (name) => (await store()).get(name),
    set: async (name, value) => (await store()).set(name, value),
    remove: async (name) => (await store()).remove(name),
    names: async () => (await store()).names(),
  };
}

async function lasting(): Promise<SecretStore> {
  const database = await open();
  const key = await ownKey(database);
  // Encrypting takes its time: what was typed before must not overtake what was typed last, nor come back after it was sent.
  const latest = new Map<string, symbol>();
  const begin = (name: string) => {
    const turn = Symbol(name);
    latest.set(name, turn);
    return () => latest.get(name) === turn;
  };
  return {
    get: async (name) => {
      const sealed = await ask<Sealed | undefined>(database, VALUES, "readonly", (values) => values.get(name));
      if (!sealed) return null;
      const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv as BufferSource }, key, sealed.data);
      return new TextDecoder().decode(clear);
    },
    set: async (name, value) => {
      const isLatest = begin(name);
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(value));
      if (!isLatest()) return;
      await ask(database, VALUES, "readwrite", (values) => values.put({ iv, data } satisfies Sealed, name));
    },
    remove: async (name) => {
      begin(name);
      await ask(database, VALUES, "readwrite", (values) => values.delete(name));
    },
    names: async () => (await ask<IDBValidKey[]>(database, VALUES, "readonly", (values) => values.getAllKeys())).map(String),
  };
}

function passing(): SecretStore {
  const values = new Map<string, string>();
  return {
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    remove: async (name) => void values.delete(name),
    names: async () => [...values.keys()],
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(KEYS);
      asked.result.createObjectStore(VALUES);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error(DATABASE));
  });
}

/** The key of this browser; two tabs that open at once end up with the one that was stored first. */
async function ownKey(database: IDBDatabase): Promise<CryptoKey> {
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(KEYS, "readwrite");
    const keys = transaction.objectStore(KEYS);
    let key = fresh;
    const known = keys.get(VALUES);
    known.onsuccess = () => {
      if (known.result) key = known.result as CryptoKey;
      else keys.put(fresh, VALUES);
    };
    transaction.oncomplete = () => resolve(key);
    transaction.onerror = () => reject(transaction.error ?? new Error(KEYS));
  });
}

function ask<T>(
  database: IDBDatabase,
  store: string,
  mode: IDBTransactionMode,
  question: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const asked = question(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error ?? new Error(store));
  });
}
