"""What residents' journeys in the H5 client share: presses, photos, and the office's steps over its API."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from models.kernel.ids import new_id
from tests.browser.conftest import PATIENCE_MS
from tests.factories.casework import jpeg
from tests.running import DEMO_PASSWORD

# Stops of the Tab key: more than any screen has.
STOPS = 80
# A county in which no other browser test does anything.
COUNTY, TOWN, TOWN_NAME = "360981", "licun", "丽村镇"


class Office:
    """A caseworker of the county, over the API."""

    def __init__(self, web: str, role: str) -> None:
        self._api = f"{web}/api/v1"
        body = {"username": f"{role}-{COUNTY}", "password": DEMO_PASSWORD}
        signed = requests.post(f"{self._api}/staff/auth/login", json=body, timeout=40)
        self._headers = {"Authorization": f"Bearer {signed.json()['token']}"}

    def get(self, path: str) -> Any:
        answer = requests.get(self._api + path, headers=self._headers, timeout=40)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        headers = {**self._headers, "Idempotency-Key": new_id()}
        answer = requests.post(self._api + path, json=body, headers=headers, timeout=40)
        assert answer.ok, answer.text
        return answer.json()

    def send_file(self, path: str, name: str, content: bytes) -> Any:
        headers = {**self._headers, "Idempotency-Key": new_id()}
        answer = requests.post(self._api + path, files={"file": (name, content)}, headers=headers, timeout=40)
        assert answer.ok, answer.text
        return answer.json()

    def version(self, application_id: str) -> int:
        return int(self.get(f"/staff/applications/{application_id}")["version"])

    def step(self, application_id: str, step: str, **body: Any) -> None:
        self.post(f"/staff/applications/{application_id}/{step}", version=self.version(application_id), **body)


class Resident:
    """A resident of the sandbox, over the API."""

    def __init__(self, web: str, name: str) -> None:
        self._api = f"{web}/api/v1"
        self._headers: dict[str, str] = {}
        self._headers = {"Authorization": f"Bearer {self('POST', '/auth/wechat', code=f'sandbox-{name}')['token']}"}

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        headers = {**self._headers, "Idempotency-Key": new_id()}
        answer = requests.request(method, self._api + path, json=body or None, headers=headers, timeout=40)
        assert answer.ok, answer.text
        return answer.json()

    def become(self, name: str, number: str) -> None:
        """Known by name, with the agreements that an application needs."""
        for purpose in ("identity", "verification"):
            self("POST", "/me/consents", purpose=purpose, version=1, given=True)
        self("PUT", "/me/identity", name=name, id_number=number, id_kind="resident_id_card")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def tab_to(page: Page, control: Locator) -> None:
    """Go on by the Tab key until this has the keyboard: without a mouse there is no other way to it."""
    for _ in range(STOPS):
        if control.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {control}")


def key(page: Page, name: str) -> None:
    """Reach a button and press Enter."""
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def key_in(page: Page, label: str, text: str) -> None:
    """Reach a field and type."""
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(text)


def arrow_to(page: Page, group: str, name: str) -> None:
    """Choose by the arrow keys; the group is one stop of the Tab key."""
    radios = page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio")
    tab_to(page, radios.first)
    page.keyboard.press("Space")
    for _ in range(radios.count()):
        if page.get_by_role("radio", name=name).is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    page.keyboard.press("Tab")
    assert radios.evaluate_all("all => !all.includes(document.activeElement)"), "one stop a group"


def keyed_on(page: Page) -> None:
    """As `on`, by the keyboard alone; which goes on at the next step's beginning."""
    line = page.get_by_text("步，共")
    shown = line.inner_text()
    key(page, "保存，下一步")
    expect(line).not_to_have_text(shown)
    expect(line).to_be_focused()


def on(page: Page) -> None:
    """Save this step and wait for the next."""
    shown = page.get_by_text("步，共").inner_text()
    press(page, "保存，下一步")
    expect(page.get_by_text("步，共")).not_to_have_text(shown, timeout=PATIENCE_MS)


def photograph(page: Page, paper: str) -> None:
    files = page.get_by_role("region", name=paper).get_by_role("listitem")
    before = files.count()
    with page.expect_file_chooser() as chosen:
        press(page, f"给“{paper}”添加照片")
    chosen.value.set_files({"name": f"{paper}.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(files).to_have_count(before + 1, timeout=PATIENCE_MS)


def application_of(page: Page) -> str:
    page.wait_for_url("**/applications/application?id=*")
    return page.url.split("id=")[1].split("&")[0]


def reloaded(page: Page, text: str) -> None:
    """What the office did is there once the screen is read again."""
    page.reload()
    expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
