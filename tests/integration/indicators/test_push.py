"""The push to the planning office over real HTTP: signed, once, in order, also after a day without receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug import Response

from config.settings import Settings
from models.indicators.observations import PUSH_CHANNEL, observe
from models.indicators.push import push_handler
from models.kernel import outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import DEAD, DELIVERED, FAILED, PENDING, OutboxMessage
from tests.factories.office import Office

NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
FIELDS = {
    "indicator",
    "period",
    "value",
    "numerator",
    "denominator",
    "coverage",
    "source",
    "as_of",
    "method",
    "revision",
}


def states() -> list[str]:
    return sorted(each["state"] for each in collection(OutboxMessage).find({"channel": PUSH_CHANNEL}))


def test_an_observation_arrives_signed_with_all_its_fields(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]]
) -> None:
    observe("2026-10", NOVEMBER)
    assert tick() == {"delivered": 3}
    assert office.faults == []
    arrived = {each["indicator"]: each for each in office.accepted}
    beds = arrived["nursing_bed_share"]
    assert set(beds) - {"key"} == FIELDS
    assert beds["key"] == "nursing_bed_share:2026-10:1"
    assert (beds["value"], beds["numerator"], beds["denominator"], beds["revision"]) == (45, 13050, 29000, 1)
    assert beds["coverage"]["status"] == "partial"
    assert beds["as_of"] == "2026-11-01T02:30:00+08:00"
    assert tick() == {}
    assert office.calls == 3


def test_the_receipt_is_kept(directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]]) -> None:
    office.answer = lambda number: Response('{"receipt": "R-1"}', status=201)
    observe("2026-10", NOVEMBER)
    tick()
    found = collection(OutboxMessage).find_one({"_id": f"{PUSH_CHANNEL}:elder_care_beds:2026-10:0001"})
    assert found is not None
    assert (found["state"], found["outcome"], found["receipt"]["status"]) == (DELIVERED, "http_201", 201)
    assert "R-1" in found["receipt"]["answer"]


@pytest.mark.slow
def test_after_a_day_without_receiver_everything_arrives_once_and_in_order(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]], clock: FixedClock
) -> None:
    begun = clock.now()
    up_again = begun + timedelta(hours=24)

    def answer(number: int) -> Response:
        if clock.now() < up_again:
            return Response(status=503)
        # Every third answer is lost after the office has taken the observation.
        return Response(status=500, headers={"X-Accepted": "yes"}) if number % 3 == 0 else Response(status=200)

    office.answer = answer
    for hour, month in enumerate(("2026-08", "2026-09", "2026-10")):
        directory("elder_care_home", beds=100 + hour, beds_nursing=hour)
        observe(month, clock.now())
        tick()
        clock.advance(hours=1)
    directory("elder_care_home", beds=7, beds_nursing=7)
    observe("2026-10", clock.now())
    while clock.now() < begun + timedelta(hours=30) and set(states()) != {DELIVERED}:
        tick()
        clock.advance(minutes=10)
    assert set(states()) == {DELIVERED}
    assert clock.now() > up_again
    assert office.faults == []
    keys = [each["key"] for each in office.accepted]
    assert len(keys) == len(set(keys)) == 3 + 4 + 4
    for token in ("childcare_places_per_thousand", "elder_care_beds", "nursing_bed_share"):
        order = [(each["period"], each["revision"]) for each in office.accepted if each["indicator"] == token]
        assert order == sorted(order), token


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 302])
def test_a_refusal_is_final_and_a_person_may_send_it_again(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]], clock: FixedClock, status: int
) -> None:
    office.answer = lambda number: Response(status=status, headers={"Location": "http://127.0.0.1:9/"})
    observe("2026-10", NOVEMBER)
    assert tick() == {"final": 3}
    clock.advance(hours=2)
    assert tick() == {}
    assert states() == [FAILED] * 3
    office.answer = lambda number: Response(status=200)
    key = f"{PUSH_CHANNEL}:elder_care_beds:2026-10:0001"
    assert outbox.retry(key, clock.now())
    assert tick() == {"delivered": 1}
    assert not outbox.retry(key, clock.now())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_trouble_that_passes_is_tried_again(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]], clock: FixedClock, status: int
) -> None:
    office.answer = lambda number: Response(status=status, headers={"Retry-After": "90"})
    observe("2026-10", NOVEMBER)
    assert tick() == {"retry": 3}
    clock.advance(seconds=89)
    assert tick() == {}
    office.answer = lambda number: Response(status=200)
    clock.advance(seconds=1)
    assert tick() == {"delivered": 3}


def test_nobody_listening_is_tried_again(directory: Callable[..., str], settings: Settings, clock: FixedClock) -> None:
    nowhere = settings.model_copy(update={"indicator_endpoint": "http://127.0.0.1:9/nobody"})
    observe("2026-10", NOVEMBER)
    outbox.relay(clock.now())
    assert outbox.deliver(clock.now(), {PUSH_CHANNEL: push_handler(nowhere, clock)}) == {"retry": 3}
    assert states() == [PENDING] * 3


def test_a_receiver_that_never_recovers_leaves_a_dead_letter_that_can_be_seen(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]], clock: FixedClock
) -> None:
    office.answer = lambda number: Response(status=500)
    observe("2026-10", NOVEMBER)
    for _ in range(45):
        tick()
        clock.advance(hours=1)
    assert states() == [DEAD] * 3
    found = collection(OutboxMessage).find_one({"state": DEAD})
    assert found is not None
    assert (found["outcome"], found["receipt"]["status"]) == ("http_500", 500)


def test_a_sender_killed_in_the_act_is_repeated_under_the_same_key(
    directory: Callable[..., str], office: Office, tick: Callable[[], dict[str, int]], clock: FixedClock
) -> None:
    observe("2026-10", NOVEMBER)
    outbox.relay(clock.now())
    key = f"{PUSH_CHANNEL}:elder_care_beds:2026-10:0001"
    assert outbox._claim(key, clock.now()) is not None  # claimed, perhaps sent, never noted
    assert tick() == {"delivered": 2}
    clock.advance(minutes=2)
    assert tick() == {"delivered": 1}
    assert len(office.accepted) == 3
