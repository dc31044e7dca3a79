"""A follower becomes a known resident: by the code of the mini-program, or by the unionid; never by guessing."""

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from bot.dialogues.engine import answer
from bot.dialogues.services import Services
from bot.wechat.messages import Inbound
from bot.wechat.outcomes import WechatUnavailable
from bot.wechat.service import Follower
from config.settings import Settings
from models.conversations import binding
from models.conversations.documents import ChatCode
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import LimitReached
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.people.erasure import erase_resident, export_resident
from models.platform import Platform
from tests.integration.conversations.conftest import Tell

URL = "/api/v1/me/chat-code"


def code_of(client: FlaskClient, headers: dict[str, str]) -> str:
    answer = client.post(URL, headers={**headers, "Idempotency-Key": new_id()})
    assert answer.status_code == 201, answer.json
    assert answer.json["expires_at"] == "2026-11-23T09:40:00+08:00"
    return str(answer.json["code"])


def test_the_code_joins_the_two(client: FlaskClient, resident: Callable[..., dict[str, str]], tell: Tell) -> None:
    me = resident()
    code = code_of(client, me)
    assert len(code) == 6
    assert "确认是您本人" in tell(code)
    assert "没有在办的申请" in tell("进度")
    found = collection(Resident).find_one({"_id": me["X-Resident-Id"]})
    assert found is not None and found["official_openid_index"]
    assert b"oA" not in found["official_openid"]


def test_a_code_is_good_once_and_for_ten_minutes(
    client: FlaskClient, resident: Callable[..., dict[str, str]], tell: Tell, clock: FixedClock
) -> None:
    me = resident()
    code = code_of(client, me)
    assert "确认" in tell(code, key="k")
    assert "确认" in tell(code, key="k"), "the same message once more"
    assert "不对" in tell(code, openid="oB")
    late = binding.issue_code(me["X-Resident-Id"], clock.now()).text
    clock.advance(minutes=10)
    assert "不对" in tell(late)


def test_a_new_code_ends_the_one_before(resident: Callable[..., dict[str, str]], tell: Tell, clock: FixedClock) -> None:
    me = resident()["X-Resident-Id"]
    first, second = binding.issue_code(me, clock.now()).text, binding.issue_code(me, clock.now()).text
    assert "不对" in tell(first)
    assert "确认" in tell(second)


def test_codes_an_hour_are_limited(
    resident: Callable[..., dict[str, str]], client: FlaskClient, clock: FixedClock
) -> None:
    me = resident()
    for _ in range(6):
        code_of(client, me)
    refused = client.post(URL, headers={**me, "Idempotency-Key": new_id()})
    assert (refused.status_code, refused.json["code"]) == (429, "chat_code_limit")
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    clock.advance(minutes=60)
    assert binding.issue_code(me["X-Resident-Id"], clock.now())


def test_codes_asked_for_at_once_are_counted_each(resident: Callable[..., dict[str, str]], clock: FixedClock) -> None:
    me, made, refused = resident()["X-Resident-Id"], [], []

    def ask() -> None:
        try:
            made.append(binding.issue_code(me, clock.now()).text)
        except LimitReached:
            refused.append(1)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (6, 4)


def test_the_code_is_not_stored_and_needs_a_key_and_a_sign_in(
    client: FlaskClient, resident: Callable[..., dict[str, str]]
) -> None:
    me = resident()
    code = code_of(client, me)
    assert code not in repr(list(collection(ChatCode).find()))
    assert client.post(URL, headers=me).json["code"] == "idempotency_key_missing"
    assert client.post(URL, headers={"Idempotency-Key": new_id()}).status_code == 401


def test_a_follower_moves_to_whom_the_last_code_belongs(
    resident: Callable[..., dict[str, str]], tell: Tell, clock: FixedClock
) -> None:
    first, second = resident()["X-Resident-Id"], resident()["X-Resident-Id"]
    for person in (first, second):
        tell(binding.issue_code(person, clock.now()).text)
    assert binding.resident_of("oA", clock.now()) == second
    stored = collection(Resident).find_one({"_id": first})
    assert stored is not None and "official_openid" not in stored


def test_two_followers_with_one_code_at_once_only_one_is_joined(
    resident: Callable[..., dict[str, str]], tell: Tell, clock: FixedClock
) -> None:
    code = binding.issue_code(resident()["X-Resident-Id"], clock.now()).text
    texts: list[str] = []
    threads = [threading.Thread(target=lambda n=n: texts.append(tell(code, openid=f"o{n}"))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("确认" in text for text in texts) == 1


class Weixin:
    """Answers who a follower is, and counts how often it was asked."""

    def __init__(self, unionid: str | None) -> None:
        self.unionid, self.asked = unionid, 0

    def official_user(self, openid: str, patient: bool = True) -> Follower:
        self.asked += 1
        if self.unionid == "down":
            raise WechatUnavailable("down")
        return Follower(openid, True, self.unionid)


@pytest.mark.parametrize(("unionid", "known"), [("U1", True), ("U2", False), (None, False), ("down", False)])
def test_the_unionid_joins_where_both_accounts_share_a_platform(
    settings: Settings, clock: FixedClock, resident: Callable[..., dict[str, str]], unionid: str | None, known: bool
) -> None:
    me = resident(unionid_index=blind_index("unionid", "U1"))["X-Resident-Id"]
    weixin = Weixin(unionid)
    services = Services(Platform(settings, clock, weixin), "oA", "m1", clock.now())
    assert services.resident_by_unionid(None) == (me if known else None)
    assert weixin.asked == 1


def test_weixin_is_asked_once_a_day_and_again_after_it_was_down(settings: Settings, clock: FixedClock) -> None:
    weixin = Weixin("down")
    platform = Platform(settings, clock, weixin)

    def progress() -> int:
        now = clock.now()
        message = Inbound(key=new_id(), kind="text", openid="oA", account="gh", created_at=now, content="查进度")
        answer(message, now, platform)
        clock.advance(hours=8)
        return weixin.asked

    assert [progress(), progress()] == [1, 2]
    weixin.unionid = None
    assert [progress() for _ in range(7)] == [3, 3, 3, 4, 4, 4, 5]


def test_erasing_a_resident_reaches_the_chat_and_a_copy_shows_it(
    resident: Callable[..., dict[str, str]], tell: Tell, clock: FixedClock
) -> None:
    from models.conversations.documents import Conversation, HandOver

    me = resident()["X-Resident-Id"]
    tell(binding.issue_code(me, clock.now()).text)
    tell("人工")
    tell("袁州区")
    tell("补贴没到账")
    copy = export_resident(me, Resident.actor(me), clock.now())["data"]["conversations"]
    assert [said["text"] for said in copy["handovers"][0]["said"]] == ["人工", "补贴没到账"]
    assert len(copy["conversations"]) == 1
    erase_resident(me, Resident.actor(me), clock.now())
    assert collection(Conversation).count_documents({}) == 0
    assert collection(ChatCode).count_documents({}) == 0
    (ticket,) = collection(HandOver).find()
    assert "messages" not in ticket and "openid" not in ticket and "resident_id" not in ticket
    assert "六位数字" in tell("进度")
