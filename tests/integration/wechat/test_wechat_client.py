"""Our calls to WeChat: one token for all, one renewal, bounded time and retries, an outcome for every answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.wechat.outcomes import (
    BadCode,
    Delivered,
    Final,
    QuotaExhausted,
    Retryable,
    RiskyUser,
    Uncertain,
    WechatRefused,
    WechatUnavailable,
)
from bot.wechat.sandbox.people import Person
from bot.wechat.service import CUSTOM_SEND, LOGIN, SEC_CHECK, USER_INFO, Wechat
from bot.wechat.tokens import WechatToken
from config.settings import Settings
from models.kernel.clock import FixedClock, SystemClock
from models.kernel.database import collection
from tests.conftest import MORNING
from tests.integration.wechat.conftest import Sandbox

LILI = Person("lili")
TOKEN = "/cgi-bin/stable_token"


@pytest.fixture
def follower(sandbox: Sandbox) -> str:
    """A follower who has just written, so that five messages may be sent."""
    sandbox.state.chat(LILI.name)
    sandbox.state.allow(LILI.name, "message")
    return LILI.official_openid


def test_a_login_code_gives_openid_and_unionid(wechat: Wechat) -> None:
    session = wechat.jscode2session("sandbox-lili")
    assert (session.openid, session.unionid) == (LILI.mini_openid, LILI.unionid)


@pytest.mark.parametrize("code", ["wrong", "", "sandbox-", "phone-lili", "x" * 200, "a\x00b", "sandbox-a b"])
def test_bad_login_codes(wechat: Wechat, code: str) -> None:
    with pytest.raises(BadCode):
        wechat.jscode2session(code)


def test_a_risky_user_and_a_dead_wechat(wechat: Wechat, sandbox: Sandbox) -> None:
    with pytest.raises(RiskyUser):
        wechat.jscode2session("sandbox-risky")
    for fault in ("down", "500", "45011", "-1"):
        sandbox.fault(fault, LOGIN)
        with pytest.raises(WechatUnavailable):
            wechat.jscode2session("sandbox-lili")
    sandbox.fault("40013", LOGIN)
    with pytest.raises(WechatRefused, match="40013"):
        wechat.jscode2session("sandbox-lili")


def test_the_phone_code_is_not_the_login_code(wechat: Wechat) -> None:
    assert wechat.phone_number("phone-lili") == LILI.phone
    assert wechat.phone_number("phone-13800138000") == "13800138000"
    with pytest.raises(BadCode):
        wechat.phone_number("sandbox-lili")


def test_a_follower_is_known_by_unionid(wechat: Wechat, follower: str) -> None:
    assert wechat.official_user(follower).unionid == wechat.jscode2session("sandbox-lili").unionid


def test_texts_are_checked(wechat: Wechat) -> None:
    assert wechat.msg_sec_check(LILI.mini_openid, "谢谢工作人员").passes
    assert wechat.msg_sec_check(LILI.mini_openid, "这是违规示例").suggest == "risky"


def test_eight_cold_threads_and_two_processes_fetch_one_token(sandbox: Sandbox, follower: str) -> None:
    settings = Settings(wechat_api_base=sandbox.url)
    clients = [Wechat(settings, SystemClock()) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda n: clients[n % 2].official.access_token, range(8)))
    assert len(tokens) == 1
    assert sandbox.calls.count(TOKEN) == 1
    stored = collection(WechatToken).find_one({})
    assert stored is not None
    assert next(iter(tokens)).encode() not in stored["token"]


@pytest.mark.parametrize("code", ["40001", "42001"])
def test_a_stale_token_is_renewed_once_and_the_call_repeated_once(
    wechat: Wechat, sandbox: Sandbox, follower: str, code: str
) -> None:
    assert wechat.send_custom(follower, "一") == Delivered()
    first = wechat.official.access_token
    sandbox.fault(code, CUSTOM_SEND)
    assert wechat.send_custom(follower, "二") == Delivered()
    assert wechat.official.access_token != first
    assert sandbox.calls.count(CUSTOM_SEND) == 3


def test_a_lasting_40001_ends_after_one_renewal(wechat: Wechat, sandbox: Sandbox, follower: str) -> None:
    sandbox.fault("40001", CUSTOM_SEND, times=100)
    outcome = wechat.send_custom(follower, "一")
    assert isinstance(outcome, Retryable)
    assert sandbox.calls.count(CUSTOM_SEND) == 2
    assert sandbox.calls.count(TOKEN) <= 3


def test_a_token_is_replaced_before_it_ends(wechat: Wechat, sandbox: Sandbox, clock: FixedClock) -> None:
    sandbox.state.now = clock.now
    first = wechat.official.access_token
    clock.advance(seconds=6800)
    assert wechat.official.access_token == first
    clock.advance(seconds=150)
    assert wechat.official.access_token != first


def test_many_who_meet_a_stale_token_renew_it_once(wechat: Wechat, sandbox: Sandbox) -> None:
    stale = wechat.official.access_token
    with ThreadPoolExecutor(8) as pool:
        renewed = set(pool.map(lambda _: wechat.official.tokens.renew(stale), range(8)))
    assert len(renewed) == 1
    assert stale not in renewed
    assert sandbox.calls.count(TOKEN) <= 3


@pytest.mark.parametrize("code", [45015, 45047, 43101, 47003, 40003])
def test_refusals_are_final(wechat: Wechat, sandbox: Sandbox, follower: str, code: int) -> None:
    sandbox.fault(str(code), CUSTOM_SEND)
    assert wechat.send_custom(follower, "一") == Final(code)


def test_used_up_quotas_stop_the_channel_until_they_are_new(wechat: Wechat, sandbox: Sandbox, follower: str) -> None:
    sandbox.fault("45011", CUSTOM_SEND)
    assert wechat.send_custom(follower, "一") == QuotaExhausted(45011, 60)
    sandbox.fault("45009", CUSTOM_SEND)
    # It is 09:30 in China: new at midnight there, in 14 hours and a half.
    assert wechat.send_custom(follower, "一") == QuotaExhausted(45009, 14.5 * 3600 + 1)


def test_a_message_that_may_have_left_is_uncertain_and_not_repeated(
    wechat: Wechat, sandbox: Sandbox, follower: str
) -> None:
    assert wechat.official.access_token
    wechat.official.timeout = (1, 0.3)
    sandbox.fault("late", CUSTOM_SEND, seconds=1)
    assert isinstance(wechat.send_custom(follower, "一"), Uncertain)
    sandbox.fault("500", CUSTOM_SEND)
    assert isinstance(wechat.send_custom(follower, "二"), Uncertain)
    assert sandbox.calls.count(CUSTOM_SEND) == 2


def test_a_wechat_that_cannot_be_reached_is_retried_later(clock: FixedClock, database: str) -> None:
    dead = Wechat(Settings(wechat_api_base="http://127.0.0.1:9"), clock)
    started = time.monotonic()
    assert isinstance(dead.send_custom("o", "一"), Retryable)
    with pytest.raises(WechatUnavailable):
        dead.jscode2session("sandbox-lili")
    assert time.monotonic() - started < 5


def test_questions_are_asked_again_where_that_does_no_harm(wechat: Wechat, sandbox: Sandbox, follower: str) -> None:
    sandbox.fault("500", USER_INFO, times=2)
    assert wechat.official_user(follower).subscribed
    assert sandbox.calls.count(USER_INFO) == 3
    sandbox.fault("500", SEC_CHECK, times=3)
    with pytest.raises(WechatUnavailable):
        wechat.msg_sec_check(LILI.mini_openid, "谢谢")
    assert sandbox.calls.count(SEC_CHECK) == 3


def test_a_slow_wechat_does_not_hold_us_longer_than_the_time_out(wechat: Wechat, sandbox: Sandbox) -> None:
    wechat.mini.timeout = (1, 0.3)
    sandbox.fault("late", LOGIN, seconds=2)
    started = time.monotonic()
    with pytest.raises(WechatUnavailable):
        wechat.jscode2session("sandbox-lili")
    assert time.monotonic() - started < 1


def test_errors_never_quote_token_or_secret(wechat: Wechat, sandbox: Sandbox, follower: str) -> None:
    secret = wechat.official.secret
    sandbox.fault("500", USER_INFO, times=3)
    with pytest.raises(WechatUnavailable) as caught:
        wechat.official_user(follower)
    told = f"{caught.value!r} {caught.value.reason} {caught.value.__cause__!r}"
    assert wechat.official.access_token not in told
    assert secret not in told


def test_the_sandbox_counts_customer_messages_as_wechat_does(
    wechat: Wechat, sandbox: Sandbox, clock: FixedClock
) -> None:
    sandbox.state.now = clock.now
    openid = LILI.official_openid
    assert wechat.send_custom(openid, "一") == Final(40003)
    sandbox.state.chat(LILI.name)
    assert wechat.send_custom(openid, "一") == Final(45015)
    sandbox.state.allow(LILI.name, "event")
    assert [wechat.send_custom(openid, "一") for _ in range(4)] == [Delivered()] * 3 + [Final(45047)]
    clock.advance(seconds=61)
    assert wechat.send_custom(openid, "一") == Final(45015)
    sandbox.state.allow(LILI.name, "message")
    clock.advance(hours=47)
    assert [wechat.send_custom(openid, "一") for _ in range(6)] == [Delivered()] * 5 + [Final(45047)]
    assert clock.now() > MORNING
    assert threading.active_count() < 200
