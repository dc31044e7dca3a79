"""What is read of a county's register and plan for a campaign's trial, list and progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bench.plans import Listening, examined
from config.loading import rule, rules
from models.eldercare import campaign_standing, campaigns
from models.eldercare.campaigns import Order, follow_campaigns
from models.kernel import database as kernel
from models.kernel.actors import SUPERVISOR
from tests.factories.eldercare import DISTRICT, SANYANG, XIAPU, make_elder, make_visitor, staff_actor
from tests.integration.eldercare.test_campaigns import ANYBODY, FRIDAY, START, SUNDAY, begin, now, rows_of


def test_trial_list_and_progress_read_what_they_show(
    listening: Listening, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a county's people: those who may be of the group, the days on the page, and one count."""
    make_visitor()
    for number in range(1, 25):
        make_elder(
            number, risk_level="high" if number % 6 == 0 else "ordinary", township_id=(SANYANG, XIAPU)[number % 2]
        )
    least = rules()["campaigns.standing_people_least"]
    monkeypatch.setitem(rules(), "campaigns.standing_people_least", least.model_copy(update={"value": 2}))
    by, risk = staff_actor(SUPERVISOR), {**ANYBODY, "risk_levels": ["high"]}
    order = Order("heat", DISTRICT, [], risk, FRIDAY, SUNDAY, "x" * 10)

    def read_by(work: Callable[[], Any]) -> tuple[Any, int]:
        listening.reset()
        listening.on = True
        found = work()
        listening.on = False
        asked = [each for each in listening.asked if each.collection in ("elders", "planned_visits")]
        return found, sum(examined(kernel.database(), each) for each in asked)

    counted, read = read_by(lambda: campaigns.preview(order, by=by, at=START))
    assert (counted, read) == ({SANYANG: 4}, 4), "of 24 people the four of high risk"
    campaign = begin(townships=(SANYANG, XIAPU))
    assert follow_campaigns(START)["planned"] == 24
    assert [campaign_standing.note_progress(START) for _ in range(2)] == [1, 0]
    (whole, _, as_of), read = read_by(lambda: campaigns.progress(campaign["_id"], by, START))
    assert (whole.people, whole.planned + whole.uncovered, as_of, read) == (24, 24, START, 0), "a job has counted"
    page, read = read_by(lambda: campaigns.visits_of(now(campaign), None, False, None, 4, by=by))
    rows = rows_of(campaign).values()
    busiest = max(Counter(day for state, _, day, *_ in rows if state == "planned").values())
    assert len(page.items) == 4 and page.next and read <= busiest + sum(state == "uncovered" for state, *_ in rows)
    listed, cursor = list(page.items), page.next
    while cursor:
        page = campaigns.visits_of(now(campaign), None, False, cursor, 4, by=by)
        listed, cursor = [*listed, *page.items], page.next
    assert sorted(each["elder_id"] for each in listed) == sorted(rows_of(campaign)), "each of them once"
    later = START + timedelta(minutes=rule("campaigns.standing_minutes_most") + 1)
    assert campaigns.progress(campaign["_id"], by, later)[2] is None, "nobody has counted for long"
