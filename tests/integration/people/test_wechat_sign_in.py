"""Signing in with WeChat, over HTTP to a stand-in for WeChat."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug import Response

from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.people.documents import Resident
from models.people.sign_in import link_follower, sign_in
from tests.factories.people import Caller, WechatStandIn
from tests.running import free_port


def test_the_first_sign_in_makes_a_resident_and_the_next_finds_it(anyone: Caller, wechat: WechatStandIn) -> None:
    first = anyone("POST", "/auth/wechat", {"code": "login-li"})
    again = anyone("POST", "/auth/wechat", {"code": "login-li"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["resident"]["id"] == again.json["resident"]["id"]
    assert first.json["expires_at"] == "2026-11-23T11:30:00+08:00"
    assert "li" not in str(first.json["resident"])


def test_the_token_opens_the_own_record(
    anyone: Caller, wechat: WechatStandIn, call: Callable[..., Caller], clock: FixedClock
) -> None:
    signed_in = anyone("POST", "/auth/wechat", {"code": "login-li"}).json
    me = call({"Authorization": f"Bearer {signed_in['token']}"})
    assert me("GET", "/me").json["id"] == signed_in["resident"]["id"]
    clock.advance(minutes=121)
    expired = me("GET", "/me")
    assert (expired.status_code, expired.json["code"]) == (401, "token_expired")


def test_openids_are_stored_encrypted_only(anyone: Caller, wechat: WechatStandIn) -> None:
    anyone("POST", "/auth/wechat", {"code": "login-secretname"})
    (stored,) = collection(Resident).find()
    assert b"secretname" not in repr(stored).encode()


def test_sixty_four_first_sign_ins_at_once_make_one_resident(app: Flask, wechat: WechatStandIn) -> None:
    found: list[str] = []
    together = threading.Barrier(64)

    def sign_in_once() -> None:
        together.wait()
        answer = app.test_client().post("/api/v1/auth/wechat", json={"code": "login-li"})
        found.append(answer.json["resident"]["id"] if answer.status_code == 200 else answer.get_data(as_text=True))

    threads = [threading.Thread(target=sign_in_once) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 64
    assert len(set(found)) == 1
    assert collection(Resident).count_documents({}) == 1


@pytest.mark.parametrize(
    ("answer", "status", "code", "retry"),
    [
        ({"errcode": 40029}, 401, "wechat_code_invalid", False),
        ({"errcode": 40163}, 401, "wechat_code_invalid", False),
        ({"errcode": 40226}, 403, "wechat_user_risky", False),
        ({"errcode": -1}, 503, "wechat_unavailable", True),
        ({"errcode": 45011}, 503, "wechat_unavailable", True),
        ({"errcode": 40013}, 503, "wechat_unavailable", True),  # our own appid is wrong
        ({"openid": 7}, 503, "wechat_unavailable", True),
        ({}, 503, "wechat_unavailable", True),
        (Response("<html>", 502), 503, "wechat_unavailable", True),
    ],
)
def test_what_wechat_refuses_has_its_code_and_makes_nobody(
    anyone: Caller, wechat: WechatStandIn, answer: object, status: int, code: str, retry: bool
) -> None:
    wechat.answers["session"] = answer
    refused = anyone("POST", "/auth/wechat", {"code": "login-li"})
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert ("Retry-After" in refused.headers) == retry
    assert refused.json["detail"] != ""
    assert collection(Resident).count_documents({}) == 0


def test_a_silent_wechat_is_503(anyone: Caller, point_at: Callable[[str], None]) -> None:
    point_at(f"http://127.0.0.1:{free_port()}")
    refused = anyone("POST", "/auth/wechat", {"code": "login-li"})
    assert (refused.status_code, refused.json["code"]) == (503, "wechat_unavailable")
    assert "Retry-After" in refused.headers


def test_a_wrong_code_never_reaches_a_resident(anyone: Caller, wechat: WechatStandIn) -> None:
    refused = anyone("POST", "/auth/wechat", {"code": "stolen"})
    assert (refused.status_code, refused.json["code"]) == (401, "wechat_code_invalid")


def test_follower_and_mini_program_are_joined_by_unionid(database: str, clock: FixedClock) -> None:
    _, resident = sign_in("openid-li", None, clock.now())
    assert link_follower("follower-li", None, clock.now()) is None
    assert link_follower("follower-li", "union-li", clock.now()) is None
    sign_in("openid-li", "union-li", clock.now())  # the platform account was joined later
    assert link_follower("follower-li", "union-li", clock.now()) == resident["_id"]
    assert link_follower("follower-li", None, clock.now()) == resident["_id"]
    assert link_follower("follower-other", "union-li", clock.now()) is None


def test_a_unionid_that_another_account_holds_does_not_stop_a_sign_in(database: str, clock: FixedClock) -> None:
    _, first = sign_in("openid-a", "union", clock.now())
    _, second = sign_in("openid-b", "union", clock.now())
    assert first["_id"] != second["_id"]
    assert link_follower("follower", "union", clock.now()) == first["_id"]
