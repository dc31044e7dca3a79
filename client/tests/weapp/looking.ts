/** What is true of every screen, whatever it shows. */
import { expect } from "vitest";
import { type Phone } from "./phone";

/** It came to rest with words on it, says nothing that was meant for a machine, names all its controls, and no call was refused. */
export async function faultless(phone: Phone): Promise<void> {
  await phone.settled();
  const words = phone.words();
  expect(words.trim().length, `${phone.at()} is empty`).toBeGreaterThan(0);
  expect(words, phone.at()).not.toMatch(/undefined|null|NaN|\[object|\{\w+\}|\d{4}-\d\d-\d\dT/);
  expect(phone.spoken(), `${phone.at()}\n${words}`).not.toContain("alert");
  expect(phone.silent(), phone.at()).toEqual([]);
  expect(phone.spoken(), phone.at()).toContain("main");
  expect(phone.wechat.asked.filter(({ status }) => status === 0 || status! >= 400).map(({ method, path, status }) => `${method} ${path} ${status}`), phone.at()).toEqual([]);
}
