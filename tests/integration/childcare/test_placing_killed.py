"""kill -9 at the writes of an approval, an offer, an answer and a withdrawal: completed, given once, never stranded."""

from __future__ import annotations

import pytest

from models.casework.documents import WITHDRAWN
from models.casework.offer_documents import Offer
from models.childcare.documents import ENDED, ChildcarePlacement
from models.facilities.documents import Facility
from models.kernel.database import collection
from tests.factories.casework import MORNING, copies_of, make_accepted, make_guardian
from tests.factories.childcare import assert_places_agree
from tests.factories.childcare_cases import roomy
from tests.failpoints import Killable
from tests.integration.childcare.placing_steps import both, jobs

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.slow
def test_killed_anywhere_on_the_way(database: str) -> None:
    centre = roomy(1)
    copies_of(make_accepted(make_guardian(), [centre]), 1)
    points = 0
    with Killable("tests.integration.childcare.placing_steps:whole_way", database, MORNING) as target:
        for _ in target.points():
            points += 1
            jobs(MORNING)
            assert_places_agree()
    assert points > 8
    assert {raw["state"] for raw in both()} == {WITHDRAWN}
    placements = list(collection(ChildcarePlacement).find())
    assert [raw["state"] for raw in placements] == [ENDED, ENDED]
    for raw in placements:
        assert [each["action"] for each in raw["history"] if each["action"] != "give_up"] == [
            "enter", "offer", "take_up", "end",
        ]  # fmt: skip
    assert sorted(raw["state"] for raw in collection(Offer).find()) == ["accepted", "accepted"]
    found = collection(Facility).find_one({"_id": centre})
    assert found is not None
    assert found["free_toddler"] == 1
