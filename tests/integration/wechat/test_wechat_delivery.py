"""The outbox's WeChat channels keep within quotas and consents, and never send twice what may have been sent."""

import pytest

from bot.wechat.delivery import handlers
from bot.wechat.sandbox.people import Person
from bot.wechat.service import CUSTOM_SEND, SUBSCRIBE_SEND, Wechat
from models.conversations import credits, inbound
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.encryption import seal_text
from models.kernel.ids import new_id
from models.kernel.outbox import Handler, OutboxEntry, OutboxMessage, deliver, enqueue
from models.people.documents import Resident
from models.platform import Platform
from tests.conftest import MORNING
from tests.integration.wechat.conftest import Sandbox

LILI = Person("lili")
TEMPLATE, TEMPLATE_ID = "application_progress", "sandbox-application-progress"
DATA = {"matter": "托位申请", "state": "已受理", "at": "2026年11月23日", "note": "三个工作日内答复"}


@pytest.fixture
def channels(wechat: Wechat, sandbox: Sandbox, clock: FixedClock) -> dict[str, Handler]:
    sandbox.state.now = clock.now
    sandbox.state.chat(LILI.name)
    return handlers(Platform(sandbox_settings(wechat), clock, wechat))


def sandbox_settings(wechat: Wechat):  # type: ignore[no-untyped-def]
    from tests.factories.wechat import wechat_settings

    return wechat_settings()


def follower_writes(sandbox: Sandbox, key: str = "m", window: str = "message") -> None:
    """The same act as WeChat and as we count it."""
    sandbox.state.allow(LILI.name, window)
    at = sandbox.state.now()
    assert isinstance(inbound.claim(key, key, LILI.official_openid, window, at), inbound.Claim)  # type: ignore[arg-type]


def consent(sandbox: Sandbox, key: str = "c") -> None:
    sandbox.state.record("credit", name=LILI.name, template_id=TEMPLATE_ID, change=1)
    credits.grant(LILI.mini_openid, TEMPLATE_ID, key, MORNING)


def sent(sandbox: Sandbox) -> list[str]:
    entries = sandbox.state.chat(LILI.name).entries.values()
    return [entry.get("text") or "/".join(entry.get("values", [])) for entry in entries if entry["side"] == "in"]


def put(key: str, channel: str, clock: FixedClock, fallbacks: tuple[str, ...] = (), **payload: object) -> None:
    enqueue(OutboxEntry(key=key, channel=channel, payload=payload, fallbacks=fallbacks), clock.now())


def states() -> dict[str, str]:
    return {m["_id"]: f"{m['state']} {m.get('outcome') or ''}".strip() for m in collection(OutboxMessage).find({})}


def test_a_customer_message_needs_an_act_of_the_follower_and_stops_at_five(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    openid = LILI.official_openid
    put("before", "wechat_custom", clock, openid=openid, text="零")
    deliver(clock.now(), channels)
    assert states() == {"before": "failed outside_reply_window"}
    follower_writes(sandbox)
    for number in range(6):
        put(f"k{number}", "wechat_custom", clock, openid=openid, text=str(number))
        clock.advance(seconds=1)
    deliver(clock.now(), channels)
    assert sent(sandbox) == ["0", "1", "2", "3", "4"]
    assert states()["k5"] == "failed outside_reply_window"


def test_a_menu_click_allows_three_within_a_minute(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    follower_writes(sandbox, window="event")
    assert [inbound.reserve_quota(LILI.official_openid, clock.now()) for _ in range(4)] == ["m", "m", "m", None]
    clock.advance(seconds=30)
    follower_writes(sandbox, "later", window="event")
    assert inbound.reserve_quota(LILI.official_openid, clock.now()) == "later"
    clock.advance(seconds=61)
    assert inbound.reserve_quota(LILI.official_openid, clock.now()) is None


def test_a_new_message_renews_the_quota_and_does_not_add_to_it(clock: FixedClock, database: str) -> None:
    for number in range(2):
        inbound.claim(f"m{number}", f"n{number}", "o", "message", clock.advance(minutes=1))
    taken = [inbound.reserve_quota("o", clock.now()) for _ in range(6)]
    assert taken == ["m1"] * 5 + [None]
    inbound.return_quota("m1")
    assert inbound.reserve_quota("o", clock.now()) == "m1"
    assert inbound.reserve_quota("o", clock.advance(hours=49)) is None


def test_one_consent_is_one_message_and_the_rest_goes_the_next_way(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    consent(sandbox)
    follower_writes(sandbox)
    person = Resident(
        id=new_id(), created_at=MORNING, updated_at=MORNING, mini_openid=LILI.mini_openid,
        official_openid=LILI.official_openid,
    )  # fmt: skip
    collection(Resident).insert_one(person.raw())
    for number in (1, 2):
        put(f"n{number}", "wechat_subscribe", clock, ("wechat_custom",), resident_id=person.id, template=TEMPLATE,
            data=DATA, text=f"进展 {number}")  # fmt: skip
        deliver(clock.now(), channels)
        clock.advance(seconds=1)
    deliver(clock.now(), channels)
    assert sent(sandbox) == ["托位申请/已受理/2026年11月23日/三个工作日内答复", "进展 2"]
    assert states() == {"n1": "delivered", "n2": "failed no_consent", "n2>wechat_custom": "delivered"}
    assert credits.counts(LILI.mini_openid) == {TEMPLATE_ID: 0}


def test_a_refusal_by_wechat_empties_the_ledger_and_a_pause_gives_the_consent_back(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    credits.grant(LILI.mini_openid, TEMPLATE_ID, "a", MORNING)
    credits.grant(LILI.mini_openid, TEMPLATE_ID, "b", MORNING)
    put("n1", "wechat_subscribe", clock, openid=LILI.mini_openid, template=TEMPLATE, data=DATA)
    sandbox.fault("45011", SUBSCRIBE_SEND)
    deliver(clock.now(), channels)
    assert credits.counts(LILI.mini_openid) == {TEMPLATE_ID: 2}
    deliver(clock.advance(seconds=61), channels)
    assert states() == {"n1": "failed 43101"}
    assert credits.counts(LILI.mini_openid) == {TEMPLATE_ID: 0}


def test_a_days_quota_stops_the_channel_and_keeps_the_backlog(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    follower_writes(sandbox)
    for number in range(3):
        put(f"k{number}", "wechat_custom", clock, openid=LILI.official_openid, text=str(number))
        clock.advance(seconds=1)
    sandbox.fault("45009", CUSTOM_SEND)
    deliver(clock.now(), channels)
    assert sandbox.calls.count(CUSTOM_SEND) == 1
    assert {state.split()[0] for state in states().values()} == {"pending"}
    deliver(clock.advance(hours=15), channels)
    assert sorted(sent(sandbox)) == ["0", "1", "2"]


def test_what_may_have_been_sent_is_uncertain_and_stays_so(
    channels: dict[str, Handler], sandbox: Sandbox, clock: FixedClock
) -> None:
    follower_writes(sandbox)
    put("k", "wechat_custom", clock, openid=LILI.official_openid, text="一")
    sandbox.fault("500", CUSTOM_SEND)
    deliver(clock.now(), channels)
    deliver(clock.advance(hours=2), channels)
    assert states() == {"k": "uncertain status_500"}
    assert sandbox.calls.count(CUSTOM_SEND) == 1


def test_payloads_that_name_nobody_or_nothing_fail_for_good(channels: dict[str, Handler], clock: FixedClock) -> None:
    put("a", "wechat_custom", clock, resident_id="nobody", text="一")
    put("b", "wechat_custom", clock, openid="o")
    put("c", "wechat_subscribe", clock, openid="o", template="unknown")
    put("d", "wechat_subscribe", clock, template=TEMPLATE)
    deliver(clock.now(), channels)
    assert states() == {
        "a": "failed no_follower", "b": "failed nothing_to_say", "c": "failed no_template", "d": "failed no_follower",
    }  # fmt: skip


def test_credits_are_spent_once_a_key_and_never_below_none(database: str) -> None:
    assert [credits.grant("o", "t", key, MORNING) for key in ("a", "a", "b")] == [True, False, True]
    assert [credits.spend("o", "t", key, MORNING) for key in ("1", "1", "2", "3")] == [True, True, True, False]
    assert credits.counts("o") == {"t": 0}
    credits.give_back("o", "t", "2", MORNING)
    credits.give_back("o", "t", "2", MORNING)
    assert credits.counts("o") == {"t": 1}
    assert not credits.spend("other", "t", "1", MORNING)
    assert seal_text("o", "c") != seal_text("o", "c")
