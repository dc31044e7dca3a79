"""The H5 client's screens of one's own: sign in, real name, phone, consents, messages, feedback, erasure; and of the public."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.wechat.sandbox.people import Person
from tests.browser.client import PATIENCE_MS, WIDTHS, built
from tests.browser.conftest import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Everything that this browser holds, and every address it has been at: what must not name a person.
HELD = """async () => {
  const found = [location.href, JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done, fail) => {
      const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); asked.onerror = fail; });
    for (const store of base.objectStoreNames) {
      const all = await new Promise((done, fail) => {
        const asked = base.transaction(store).objectStore(store).getAll(); asked.onsuccess = () => done(asked.result); asked.onerror = fail; });
      for (const each of all) for (const value of Object.values(each ?? {})) {
        found.push(value instanceof CryptoKey ? "key extractable: " + value.extractable : typeof value === "string" ? value
          : new TextDecoder().decode(value)); }
      const keys = await new Promise((done, fail) => {
        const asked = base.transaction(store).objectStore(store).getAllKeys(); asked.onsuccess = () => done(asked.result); asked.onerror = fail; });
      found.push(JSON.stringify(keys));
    }
    base.close();
  }
  return found.join("\\n");
}"""
NAME, NUMBER = "欧阳明德", "360902199107150019"


def open_as(page: Page, town: dict[str, str], screen: str, resident: str) -> None:
    """As the sandbox's phone opens it: with a code to sign in, and one for the phone number."""
    why = built()
    if why:
        pytest.skip(why)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{town['sandbox']}/phone/app/?code=sandbox-{resident}&phone_code=phone-{resident}#/{screen}")
