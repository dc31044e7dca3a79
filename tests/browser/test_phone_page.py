"""A resident chats on the sandbox's phone: through the real webhook, encrypted and signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from pymongo import MongoClient
from pymongo.database import Database

from models.kernel.encryption import seal_json
from models.kernel.outbox import PAYLOAD_CONTEXT, PENDING, OutboxMessage
from models.people.quiet_hours import is_quiet
from tests.browser.client import built_or_skip
from tests.browser.client_visits import Resident
from tests.browser.conftest import picture
from tests.browser.looking import faultless, fits
from tests.running import House, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click("#send")


def choose(page: Page, name: str) -> None:
    page.click(f'button.person[data-name="{name}"]')


def test_a_resident_follows_asks_pages_and_picks(page: Page, town: dict[str, str]) -> None:
    page.goto(f"{town['sandbox']}/phone")
    choose(page, "chenguilan")
    chat = page.locator("#chat")
    say(page, "你好")
    expect(chat).to_contain_text("您好")
    say(page, "温汤镇附近有没有养老院")
    expect(chat).to_contain_text("养老院")
    expect(chat).to_contain_text("0795")
    say(page, "更多")
    say(page, "1")
    expect(chat).to_contain_text("演示路")
    picture(page, "phone-1280")


def test_the_phone_fits_a_small_screen(page: Page, town: dict[str, str]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{town['sandbox']}/phone")
    fits(page)
    picture(page, "phone-360")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/phone", "/planning-office"])
def test_the_sandbox_pages_are_accessible(page: Page, town: dict[str, str], path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{town['sandbox']}{path}")
    faultless(page)
    picture(page, f"{path.strip('/')}-{width}-axe")


def test_one_agreement_in_the_mini_program_is_one_message_on_the_phone(
    page: Page, town: dict[str, str], house: House
) -> None:
    """The question that the screen asks is WeChat's: refused, agreed to, counted, spent on the next message, and gone."""
    built_or_skip()
    family = Resident(town["web"], "chenguilan")
    visit = family.book()
    page.goto(f"{town['sandbox']}/phone#chenguilan")
    mini, facts = page.frame_locator("#mini-frame"), page.locator("#facts")
    expect(mini.get_by_role("heading", level=1)).to_be_visible()
    page.locator("#mini-frame").evaluate(
        f"frame => frame.contentWindow.location.hash = '/pages/visits/index?id={visit['id']}'"
    )
    with MongoClient[dict[str, Any]](house.environment["MONGODB_URI"]) as client:
        database = client.get_default_database()
        assert told(database, f"visit_booked:{visit['id']}") == "no_consent"
        answer(page, mini, "在微信里提醒我", "拒绝")
        expect(mini.get_by_text("没有打开微信提醒")).to_be_visible()
        assert allowed(database) == 0
        answer(page, mini, "在微信里提醒我", "允许一次")
        expect(mini.get_by_text("下一条探访消息会发到您的微信")).to_be_visible()
        expect(facts).to_contain_text("探访提醒 1")
        picture(page, "phone-asked-1280")
        wait_until(lambda: allowed(database) == 1, "the consent is counted")
        taken = {each["id"] for each in family.get("/visits")["items"]} | {visit["slot_id"]}
        free = [
            each["id"]
            for each in family.get(f"/visit-slots?elder_id={family.get('/elders')['items'][0]['id']}")["items"]
        ]
        family.change(visit, "reschedule", slot_id=next(each for each in free if each not in taken))
        assert told(database, f"visit_moved:{visit['id']}") == ""
        sent = page.locator("#chat .bubble.notice")
        expect(sent).to_have_count(1)
        expect(sent).to_contain_text("探访已改到")
        expect(facts).not_to_contain_text("探访提醒")
        family.change(visit, "cancel")
        assert told(database, f"visit_cancelled:{visit['id']}") == "no_consent"
        expect(sent).to_have_count(1)
        assert allowed(database) == 0


def answer(page: Page, mini: FrameLocator, question: str, said: str) -> None:
    """Tap what asks, and answer WeChat's prompt."""
    mini.get_by_role("button", name=question).click()
    page.get_by_role("dialog").get_by_role("button", name=said, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def allowed(database: Database[dict[str, Any]]) -> int:
    """How many messages of visits the product may still send."""
    found = database["subscription_credits"].find_one({"template_id": "sandbox-visit-reminder"})
    return int(found["left"]) if found else 0


def told(database: Database[dict[str, Any]], notice: str) -> str:
    """What became of this notice as a subscription message; at night the morning comes at once."""
    messages = database["outbox_messages"]
    here = {"_id": {"$regex": f"^{notice}.*>wechat_subscribe$"}}

    def settled() -> bool:
        stored = messages.find_one(here)
        if stored is None:
            return False
        if stored["state"] == PENDING and is_quiet(datetime.now(UTC)):
            payload = seal_json({**OutboxMessage.open_payload(stored), "quiet": False}, PAYLOAD_CONTEXT)
            now = {"payload": payload, "next_attempt_at": datetime.now(UTC)}
            messages.update_one({**here, "state": PENDING}, {"$set": now})
        return stored["state"] in ("delivered", "failed")

    wait_until(settled, f"{notice} is told")
    return str((messages.find_one(here) or {})["outcome"])
