"""Each step once: many processes at once, another's hand in between, kill -9 at every write; and random months."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.eldercare import concern_answers, concern_chain, plan_queries
from models.eldercare.concern_chain import advance
from models.eldercare.concern_finding import find_concerns
from models.eldercare.concern_moving import move_alerts
from models.eldercare.concern_records import Concern
from models.eldercare.documents import Elder, Visit
from models.eldercare.plan_building import plan_present_month
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.database import database as connected
from models.kernel.encryption import seal_text
from models.kernel.ids import new_id
from models.kernel.lifecycle import NOTE_CONTEXT, Raw, note_of
from models.kernel.outbox import OutboxMessage
from models.people.staff_notices import StaffNotice
from tests.factories.concerns import (
    concerns_of,
    deliver_all,
    find_and_tell,
    go_on,
    make_staff,
    minutes,
    only_concern,
    told,
    visited,
    whole_chain,
)
from tests.factories.eldercare import MORNING, make_elder
from tests.failpoints import AFTER, Killable
from tests.quick import empty_database

pytestmark = pytest.mark.usefixtures("database")
SECOND = at_local(date(2026, 11, 2), 9)
NIGHT = at_local(date(2026, 11, 23), 1, 45)
CAUSES = ("not_seen", "plan_uncovered", "planned_missed", "attempts_failed", "emergency")


def unseen(count: int) -> list[Raw]:
    elders = [make_elder(number, at=SECOND, risk_level="raised") for number in range(1, count + 1)]
    assert find_concerns(NIGHT)["opened"] == count
    return elders


def fired(concern: Raw) -> list[tuple[int, int]]:
    """Round and step of every step that was told, in order."""
    return [(each["round"], each["step"]) for each in concern["steps"]]


def test_four_processes_fire_each_step_once() -> None:
    staff = whole_chain()
    elders = unseen(6)
    at = only_concern(elders[0])["alarm_at"]
    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda moment: advance(moment), [at] * 4))
        at = max([each["alarm_at"] for elder in elders for each in concerns_of(elder) if each["alarm_at"]], default=at)
    deliver_all(at)
    for elder in elders:
        concern = only_concern(elder)
        assert fired(concern) == [(1, 0), (1, 1), (1, 2)]
        assert [each["action"] for each in concern["history"]] == ["open", "escalate", "escalate", "overdue"]
    assert [len(told(each)) for each in staff] == [6, 6, 12]


def test_two_job_processes_and_a_restart_fire_each_step_once(database: str) -> None:
    _, township, _ = whole_chain()
    elders = unseen(4)
    at = only_concern(elders[0])["alarm_at"]
    job = "tests.factories.concerns:go_on"
    with Killable(job, database, at) as one, Killable(job, database, at) as other, ThreadPoolExecutor(2) as pool:
        dies, lives = pool.submit(one.run, 3, AFTER), pool.submit(other.run)
        assert not lives.result()
        dies.result()  # where the other was quick it had nothing left to write, and ended
    go_on(minutes(at, 30))  # after the restart; the lease of what was being delivered is over
    for elder in elders:
        assert fired(only_concern(elder)) == [(1, 0), (1, 1)]
    assert len(told(township)) == 4


def _acknowledged(concern: Raw, visitor: Any, at: datetime) -> None:
    concern_answers.acknowledge(concern["_id"], None, by=visitor, at=at, key="a")


def _seen(concern: Raw, visitor: Any, at: datetime) -> None:
    visited({"_id": concern["elder_id"]}, visitor, "seen_well", at)


def _advanced(concern: Raw, visitor: Any, at: datetime) -> None:
    advance(at)


@pytest.mark.parametrize(
    ("meanwhile", "state", "steps"),
    [(_acknowledged, "taken", 1), (_seen, "resolved", 1), (_advanced, "told", 2)],
)
def test_what_another_does_between_reading_and_writing_counts(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[..., None], state: str, steps: int
) -> None:
    visitor, *_ = whole_chain()
    (elder,) = unseen(1)
    concern, waiting = only_concern(elder), [True]
    telling = concern_chain._telling

    def late(*given: Any) -> Any:
        if waiting:
            waiting.clear()
            meanwhile(concern, visitor, concern["alarm_at"])
        return telling(*given)

    monkeypatch.setattr(concern_chain, "_telling", late)
    advance(concern["alarm_at"])
    after = only_concern(elder)
    assert (after["state"], len(after["steps"])) == (state, steps)


def test_a_step_killed_anywhere_fires_once_and_is_told_once(database: str) -> None:
    _, township, _ = whole_chain()
    (elder,) = unseen(1)
    before, at = only_concern(elder), only_concern(elder)["alarm_at"]
    deliver_all(NIGHT)
    before = only_concern(elder)
    points = 0
    with Killable("tests.factories.concerns:go_on", database, at) as target:
        for _ in target.points():
            points += 1
            go_on(minutes(at, 30))  # the lease of what was being delivered is over, the next step's time is not
            concern = only_concern(elder)
            assert fired(concern) == [(1, 0), (1, 1)]
            assert [each["action"] for each in concern["history"]] == ["open", "escalate"]
            assert len(told(township)) == 1
            collection(Concern).replace_one({"_id": before["_id"]}, before)
            collection(OutboxMessage).delete_many({})
            collection(StaffNotice).delete_many({"staff_id": township.id})
    assert points >= 8


def test_finding_killed_anywhere_opens_everybody_once(database: str) -> None:
    visitor, *_ = whole_chain()
    elders = [make_elder(number, at=SECOND, risk_level="raised") for number in range(1, 4)]
    points = 0
    with Killable("tests.factories.concerns:find_and_tell", database, NIGHT) as target:
        for _ in target.points(every=3):
            points += 1
            find_and_tell(minutes(NIGHT, 30))
            numbers = {only_concern(elder)["number"] for elder in elders}
            assert len(numbers) == 3
            assert len(told(visitor)) == 3
            for record in (Concern, OutboxMessage, StaffNotice):
                collection(record).delete_many({})
    assert points > 4


def test_stored_alerts_become_concerns_once(database: str) -> None:
    visitor, *_ = whole_chain()
    elders = [make_elder(1), make_elder(2)]
    visits = [visited(elder, visitor, "seen_well", MORNING - timedelta(days=1)) for elder in elders]
    note = seal_text("已送医院", NOTE_CONTEXT)
    for number, (visit, state) in enumerate(zip(visits, ("open", "acknowledged"), strict=True)):
        history = [{"action": "raise", "from": None, "to": "open", "at": MORNING, "by": {"kind": "system", "id": "s"}}]
        if state == "acknowledged":
            history.append({**history[0], "action": "acknowledge", "to": state, "note": note})
        connected()["staff_alerts"].insert_one({
            "_id": f"{number}" * 26, "version": 1, "created_at": MORNING, "updated_at": MORNING, "state": state,
            "kind": "emergency", "visit_id": visit["_id"], "district_code": visit["district_code"],
            "township_id": visit["township_id"], "history": history,
        })  # fmt: skip
    assert move_alerts(MORNING) == 2
    assert move_alerts(MORNING) == 0
    open_one, over = only_concern(elders[0]), only_concern(elders[1])
    assert (open_one["cause"], open_one["open"], open_one["step"]) == ("emergency", True, 0)
    assert (over["state"], over["open"], note_of(over["history"][-1])) == ("resolved", False, "已送医院")
    assert connected()["staff_alerts"].count_documents({}) == 0


def a_month(seed: int) -> list[Raw]:
    """Visits, absences and nights without jobs as they come; the jobs run on the last night at the latest."""
    chance = Random(seed)
    visitor, *_ = whole_chain()
    make_staff("visitor")
    risks = ("ordinary", "raised", "high")
    elders = [make_elder(number, at=SECOND, risk_level=chance.choice(risks)) for number in range(1, 5)]
    first = chance.randint(3, 25)
    plan_queries.enter_absence(
        new_id(), visitor.id, date(2026, 11, first), date(2026, 11, min(30, first + 5)), "ill", by=visitor, at=MORNING
    )
    visits = sorted((chance.randint(2, 30), chance.randint(9, 17), chance.randrange(4)) for _ in range(6))
    nights = sorted({*(chance.randint(2, 30) for _ in range(3))})
    for day in range(2, 31):
        if day in nights:
            plan_present_month(at_local(date(2026, 11, day), 1, 15))
            find_concerns(at_local(date(2026, 11, day), 1, 45))
        for _, hour, who in [each for each in visits if each[0] == day]:
            at = at_local(date(2026, 11, day), hour, chance.randrange(60))
            outcome = chance.choice(["seen_well", "seen_with_need", "not_at_home", "refused", "emergency"])
            visited(elders[who], visitor, outcome, at)
            if chance.random() < 0.5:
                go_on(at)
    find_and_tell(at_local(date(2026, 12, 1), 1, 45))
    return elders


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_at_the_months_end_who_was_not_seen_is_a_concern_and_who_was_seen_since_is_none(seed: int) -> None:
    empty_database()
    for elder in a_month(seed):
        seen = sorted(
            each["seen_at"] for each in collection(Visit).find({"elder_id": elder["_id"]}) if each.get("seen_at")
        )
        concerns = concerns_of(elder)
        is_open = [each for each in concerns if each["open"]]
        assert len({each["cause"] for each in is_open}) == len(is_open), "one open a cause"
        stored = collection(Elder).find_one({"_id": elder["_id"]})
        assert stored is not None
        assert ("2026-11" in stored["seen_months"]) == bool(seen)
        if not seen:
            assert any(each["cause"] == "not_seen" for each in is_open), seed
        for concern in concerns:
            answered = [at for at in seen if at >= concern["about_at"]]
            assert not (concern["open"] and answered), "open though somebody saw them"
            assert concern["open"] or answered or concern["resolution"]["kind"] == "covered"
            assert concern["cause"] in CAUSES
            assert len(set(fired(concern))) == len(concern["steps"]), "a step twice"
