"""Jobs of the waiting lists: who misses the yearly check rests and then leaves; a list follows a published draw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import models.casework.offer_erasing
import models.housing.erasing
import models.housing.tenancy_erasing  # noqa: F401  the holders make themselves known
from config.loading import Rule, rules
from config.text import say, sentences
from models.housing import draw_results, queries, rechecks, waiting_list
from models.housing.documents import LotteryDraw, WaitingEntry
from models.housing.ordering import list_key
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage
from models.people.holders import all_holders
from tests.factories.housing import (
    AT,
    DISTRICT,
    PROGRAMME,
    assert_flats_agree,
    case_of,
    make_flats,
    make_household,
    open_batch,
    tenancy,
)
from tests.integration.housing.lottery_steps import AFTER, all_steps

KEY = list_key(PROGRAMME, DISTRICT)


def entry(number: Any) -> dict[str, Any]:
    found = collection(WaitingEntry).find_one({"application_id": case_of(number)})
    assert found is not None
    return found


@pytest.mark.usefixtures("database")
def test_the_yearly_check_is_asked_once_then_pauses_then_ends() -> None:
    missed, came = make_household(1), make_household(2)
    due = as_utc(entry(missed)["recheck_due_at"])
    for _ in range(2):
        assert rechecks.recheck_waiting(due - timedelta(days=10)) == {"asked": 2, "paused": 0, "ended": 0}
    assert collection(OutboxMessage).count_documents({"channel": "notice"}) == 2, "told once each"
    waiting_list.act(entry(came)["_id"], "recheck", reason="recheck_done", by=SYSTEM, at=due - timedelta(days=1))
    assert rechecks.recheck_waiting(due + timedelta(days=1))["paused"] == 1
    assert (entry(missed)["state"], entry(came)["state"]) == ("paused", "waiting")
    assert rechecks.recheck_waiting(due + timedelta(days=100)) == {"asked": 0, "paused": 0, "ended": 0}
    assert rechecks.recheck_waiting(due + timedelta(days=200))["ended"] == 1
    assert entry(missed)["moves"][-1]["reason"] == "recheck_missing"


@pytest.mark.usefixtures("database")
def test_a_list_follows_its_published_draw_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [make_household(number) for number in range(5)]
    draw = all_steps()
    monkeypatch.setitem(rules(), "housing.follow_draw_at_once", Rule(value=2, unit="entries", source="test"))
    assert [draw_results.follow_published(AFTER)["left"] for _ in range(3)] == [3, 1, 0]
    assert draw_results.follow_published(AFTER) == {"draws": 0, "left": 0}
    ranks = {case_of(who): queries.my_entry(draw, case_of(who))["rank"] for who in people}
    assert queries.head(KEY, 5) == sorted(ranks, key=lambda case: ranks[case])
    assert collection(LotteryDraw).find_one({"_id": draw})["followed"] == 5  # type: ignore[index]


@pytest.mark.usefixtures("database")
def test_a_resident_who_leaves_gives_the_flat_to_the_next() -> None:
    first, second = make_household(1), make_household(2)
    open_batch(make_flats(1))
    mine = {each.name: each for each in all_holders()}
    assert mine["tenancies"].export(first.id)["tenancies"] and mine["offers"].export(first.id)
    for name in ("offers", "tenancies", "waiting_lists"):
        mine[name].erase(first.id, AT)
        mine[name].erase(first.id, AT)
    assert (tenancy(first)["state"], tenancy(second)["state"]) == ("ended", "offered")
    assert mine["tenancies"].export(first.id) == {"tenancies": [], "rent": []} and mine["offers"].export(first.id) == []
    assert_flats_agree()


def test_every_notice_can_be_said() -> None:
    values = {"programme": "公租房", "estate": "幸福家园", "due": "12月1日", "amount": "300.00"}
    keys = [key for key in sentences() if key.startswith("housing.notice.")]
    assert len(keys) > 30
    for key in keys:
        assert "{" not in say(key, **values)
        assert not key.endswith("_short") or len(say(key)) <= 5
