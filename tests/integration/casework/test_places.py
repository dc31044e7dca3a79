"""Places: no place is given twice, none is stranded, whatever happens at once or in between."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from models.casework import operations
from models.casework.documents import ACCEPTED, APPROVED, Application
from models.casework.queries import form_of
from models.childcare import places
from models.childcare.documents import ChildcareCentre
from models.childcare.operations import reconcile_places
from models.childcare.places import Hold
from models.facilities.documents import Facility
from models.kernel.database import collection
from models.kernel.errors import Conflict, DomainError
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from tests.factories.casework import (
    MORNING,
    approve,
    assert_places_agree,
    copies_of,
    make_accepted,
    make_centre,
    make_guardian,
    now,
)

pytestmark = pytest.mark.usefixtures("database")
LATER = MORNING + timedelta(minutes=10)


def outcome_of(raw: Raw) -> str:
    try:
        return str(approve(raw)["state"])
    except Conflict as refused:
        return refused.code


def free(centre: str, group: str = "toddler") -> Any:
    found = collection(Facility).find_one({"_id": centre})
    assert found is not None
    return found[f"free_{group}"]


def test_an_approval_takes_the_first_ranked_free_place() -> None:
    full, roomy = make_centre(toddler=0), make_centre(toddler=2)
    done = approve(make_accepted(make_guardian(), [roomy]))
    attempt = done["version"] - 1
    assert done["placement"] == {"centre_id": roomy, "age_group": "toddler", "attempt": attempt, "rank": 1}
    assert (free(roomy), free(roomy, "infant"), free(full)) == (1, 1, 0)
    last, second = make_centre(toddler=1), roomy
    approve(make_accepted(make_guardian(), [last]))
    assert approve(make_accepted(make_guardian(), [last, second]))["placement"]["rank"] == 2
    assert_places_agree()


def test_without_a_free_place_the_application_stays_as_it_is() -> None:
    centre = make_centre(toddler=1)
    approve(make_accepted(make_guardian(), [centre]))
    waiting = make_accepted(make_guardian(), [centre])
    with pytest.raises(Conflict) as refused:
        approve(waiting)
    assert refused.value.code == "no_free_place"
    assert refused.value.details == {"state": ACCEPTED, "version": waiting["version"]}
    assert now(waiting) == waiting
    assert_places_agree()


def test_a_withdrawal_frees_the_place_for_the_next() -> None:
    centre, first_guardian = make_centre(toddler=1), make_guardian()
    first = approve(make_accepted(first_guardian, [centre]))
    second = make_accepted(make_guardian(), [centre])
    operations.withdraw(first["_id"], version=None, by=first_guardian, at=MORNING, key=new_id())
    assert free(centre) == 1
    assert approve(second)["state"] == APPROVED
    assert_places_agree()


def test_the_same_request_again_takes_no_second_place() -> None:
    raw, key = make_accepted(make_guardian(), [make_centre(toddler=5)]), new_id()
    first, again = approve(raw, key=key), approve(raw, key=key)
    assert again == first
    assert_places_agree()


@pytest.mark.parametrize(
    "change", [{"status": "closed"}, {"registration_valid_until": "2026-11-22"}, {"registration_valid_until": None}]
)
def test_a_centre_that_closed_or_lapsed_gets_no_child(change: dict[str, Any]) -> None:
    lapsed, good = make_centre(), make_centre()
    raw = make_accepted(make_guardian(), [lapsed, good])
    collection(Facility).update_one({"_id": lapsed}, {"$set": change})
    assert approve(raw)["placement"]["centre_id"] == good


def test_a_child_who_grew_into_the_next_group_gets_its_place() -> None:
    grown = make_centre(toddler=1, preschool=1)
    raw = make_accepted(make_guardian(), [grown])
    done = approve(raw, at=MORNING + timedelta(days=200))
    assert done["placement"]["age_group"] == "preschool"


def test_fewer_places_in_the_directory_take_nobodys_away() -> None:
    centre = make_centre(toddler=2)
    first = make_accepted(make_guardian(), [centre])
    for raw in (first, *copies_of(first, 1)):
        approve(raw)
    collection(Facility).update_one({"_id": centre}, {"$set": {"places_toddler": 1}, "$inc": {"version": 1}})
    third = make_accepted(make_guardian(), [centre])
    assert outcome_of(third) == "no_free_place"
    assert collection(Application).count_documents({"state": APPROVED}) == 2


def test_64_approvals_of_the_last_10_places() -> None:
    centres = [make_centre(toddler=4), make_centre(toddler=3), make_centre(toddler=3)]
    first = make_accepted(make_guardian(), centres)
    raws = [first, *copies_of(first, 63, [random.Random(n).sample(centres, 3) for n in range(63)])]
    with ThreadPoolExecutor(64) as hands:
        outcomes = list(hands.map(outcome_of, raws))
    assert sorted(set(outcomes)) == ["approved", "no_free_place"]
    assert outcomes.count("approved") == 10
    assert_places_agree()


def test_64_mixed_approvals_and_withdrawals_on_the_last_places() -> None:
    centres = [make_centre(toddler=3), make_centre(toddler=2)]
    first = make_accepted(make_guardian(), centres)
    raws = [first, *copies_of(first, 31 + 6, [random.Random(n).sample(centres, 2) for n in range(31 + 6)])]
    raws, newcomers = raws[:32], raws[32:]
    guardians = [Resident.actor(raw["resident_id"]) for raw in raws]
    placed = [raw for raw in raws[:5] if outcome_of(raw) == "approved"]
    assert len(placed) == 5

    def act(number: int) -> str:
        raw, by = raws[number % 32], guardians[number % 32]
        try:
            if number % 4 == 0 or (number < 32 and number < 5):
                return str(operations.withdraw(raw["_id"], version=None, by=by, at=MORNING, key=new_id())["state"])
            return outcome_of(raw)
        except DomainError as refused:
            return refused.code

    with ThreadPoolExecutor(64) as hands:
        outcomes = list(hands.map(act, range(64)))
    assert set(outcomes) <= {
        "approved", "withdrawn", "no_free_place", "stale_version", "illegal_transition", "conflict"
    }  # fmt: skip
    reconcile_places(LATER)
    assert_places_agree()
    assert collection(Application).count_documents({"state": APPROVED}) <= 5
    # Nothing is stranded: the places that are free now can all be given.
    left = sum(free(centre) for centre in centres)
    later = [outcome_of(raw) for raw in newcomers[: left + 1]]
    assert later == ["approved"] * left + ["no_free_place"]
    assert_places_agree()


def test_two_reviewers_of_the_same_application_take_one_place() -> None:
    for _ in range(5):
        raw = make_accepted(make_guardian(), [make_centre(toddler=1), make_centre(toddler=1)])
        with ThreadPoolExecutor(8) as hands:
            outcomes = list(hands.map(outcome_of, [raw] * 8))
        assert outcomes.count("approved") == 1
        assert set(outcomes) <= {"approved", "stale_version", "no_free_place"}
    reconcile_places(LATER)
    assert_places_agree()


def test_a_place_held_by_an_attempt_that_died_is_used_by_the_next() -> None:
    raw = make_accepted(make_guardian(), [make_centre(toddler=1)])
    hold = Hold(raw_choice(raw), "toddler", raw["version"])
    assert places.take(raw["_id"], hold, MORNING)
    assert approve(raw)["state"] == APPROVED
    assert_places_agree()


def test_a_place_held_by_an_attempt_that_died_goes_to_another_after_a_while() -> None:
    raw = make_accepted(make_guardian(), [make_centre(toddler=1)])
    centre = raw_choice(raw)
    other = make_accepted(make_guardian(), [centre])
    assert places.take(raw["_id"], Hold(centre, "toddler", raw["version"]), MORNING)
    assert sum(reconcile_places(MORNING + timedelta(seconds=5)).values()) == 0, "it may still be under way"
    assert outcome_of(other) == "no_free_place"
    done = {name: count for name, count in reconcile_places(LATER).items() if count}
    assert done == {"given_up": 1}
    assert sum(reconcile_places(LATER).values()) == 0
    # The slow process that wakes up now finds its version gone.
    assert outcome_of(raw) == "stale_version"
    assert outcome_of(other) == "approved"
    assert outcome_of(now(raw)) == "no_free_place"
    assert_places_agree()


def test_a_withdrawal_that_died_before_giving_back_is_completed() -> None:
    centre, guardian = make_centre(toddler=1), make_guardian()
    raw = approve(make_accepted(guardian, [centre]))
    collection(Application).update_one(
        {"_id": raw["_id"]}, {"$set": {"state": "withdrawn", "release_due": True}, "$inc": {"version": 1}}
    )
    assert reconcile_places(LATER)["given_back"] == 1
    assert free(centre) == 1
    assert_places_agree()


def test_an_approval_that_died_before_the_centre_heard_of_it_is_completed() -> None:
    raw = approve(make_accepted(make_guardian(), [make_centre(toddler=1)]))
    centre = raw["placement"]["centre_id"]
    holder = f"holders.{raw['_id']}.state"
    collection(ChildcareCentre).update_one({"_id": centre}, {"$set": {holder: "held"}, "$inc": {"held": 1}})
    assert reconcile_places(LATER)["confirmed"] == 1
    assert_places_agree()


def raw_choice(raw: Raw) -> str:
    """The centre it names first."""
    return str(form_of(raw)["choices"][0])
