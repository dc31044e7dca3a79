"""Places are offered by the published order, held while asked, and never given twice or stranded, whatever happens."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from models.casework import offers, operations
from models.casework.documents import FORM_CONTEXT, WITHDRAWN, Application
from models.casework.queries import form_of
from models.childcare import places
from models.childcare.documents import ENDED, OFFERED, PLACED, WAITING, ChildcareCentre, ChildcarePlacement
from models.childcare.operations import fill_all, follow_up_handler, pass_time, reconcile_places
from models.childcare.places import Hold
from models.childcare.placing import CHANNEL
from models.childcare.queries import after_decline
from models.childcare.stays import stay_of
from models.facilities.documents import Facility
from models.kernel.database import collection
from models.kernel.encryption import seal_json
from models.kernel.errors import Conflict, DomainError
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, deliver, relay
from models.people.documents import Resident
from tests.factories.casework import (
    CHILD_BORN,
    MORNING,
    approve,
    make_accepted,
    make_centre,
    make_guardian,
    now,
)
from tests.factories.childcare import answer, assert_places_agree, offered_at, placement_of
from tests.factories.childcare_cases import entered, roomy

pytestmark = pytest.mark.usefixtures("database")
LATER = MORNING + timedelta(minutes=10)
EXPIRED = MORNING + timedelta(days=7)


def free(centre: str, group: str = "toddler") -> Any:
    found = collection(Facility).find_one({"_id": centre})
    assert found is not None
    return found[f"free_{group}"]


def withdraw(raw: Raw, at: Any = MORNING) -> Raw:
    by = Resident.actor(raw["resident_id"])
    return operations.withdraw(raw["_id"], version=None, by=by, at=at, key=new_id())


def test_approval_leads_to_an_offer_of_the_first_choice_with_room_and_acceptance_to_the_place() -> None:
    full, room = make_centre(toddler=0), roomy(2)
    first = make_accepted(make_guardian(), [room])
    collection(Application).update_one(
        {"_id": first["_id"]}, {"$set": {"form": seal_json({**form_of(first), "choices": [full, room]}, FORM_CONTEXT)}}
    )
    raw = approve(first)
    assert offered_at(raw) == room
    assert (free(room), now(raw)["placement"]) == (1, {})
    assert_places_agree()
    answer(raw)
    placed = placement_of(raw)
    assert (placed["state"], placed["place"]["rank"], placed["place"]["age_group"]) == (PLACED, 2, "toddler")
    assert now(raw)["placement"]["centre_id"] == room
    assert_places_agree()
    relay(LATER)
    told = [each["_id"] for each in collection(OutboxMessage).find({"channel": "notice"})]
    assert [step in " ".join(told) for step in ("told_offered", "told_placed")] == [True, True]


def test_without_room_the_child_waits_and_a_decline_goes_to_the_next_by_order_not_by_luck() -> None:
    centre = roomy(1)
    template = make_accepted(make_guardian(), [centre])
    first = entered(template, [centre])
    late = entered(template, [centre], at=MORNING + timedelta(days=3))
    early = entered(template, [centre], at=MORNING + timedelta(days=1))
    urgent = entered(template, [centre], at=MORNING + timedelta(days=4), priority_claims=["disability"])
    assert {placement_of(each)["state"] for each in (late, early, urgent)} == {WAITING}
    for raw, following in ((first, urgent), (urgent, early), (early, late)):
        answer(raw, "decline")
        assert placement_of(raw)["state"] == ENDED, "no choice is left"
        assert offered_at(following) == centre
        assert_places_agree()


def test_an_expired_offer_goes_to_the_next_and_its_child_on_to_the_next_choice() -> None:
    popular, other = roomy(1), roomy(1)
    template = make_accepted(make_guardian(), [popular])
    slow, waiting = entered(template, [popular, other]), entered(template, [popular])
    offer_id = placement_of(slow)["offer"]["id"]
    assert after_decline(slow["_id"]) == "next_choice"
    assert offers.expire_due(EXPIRED) == 1
    assert after_decline(slow["_id"]) == "end", "no choice is left after this one"
    assert (offered_at(slow), offered_at(waiting)) == (other, popular)
    with pytest.raises(DomainError):
        offers.accept(offer_id, by=Resident.actor(slow["resident_id"]), at=EXPIRED, key=new_id())
    answer(slow, at=EXPIRED)
    assert placement_of(slow)["place"]["centre_id"] == other
    assert_places_agree()


def test_siblings_go_first_at_the_centre_of_the_brother_or_sister_only() -> None:
    centre, elsewhere = roomy(2), roomy(1)
    template = make_accepted(make_guardian(), [centre])
    brother = entered(template, [centre])
    answer(brother)
    filler, other = entered(template, [centre]), entered(template, [elsewhere])
    stranger = entered(template, [centre, elsewhere])
    sister = entered(template, [elsewhere, centre], at=MORNING + timedelta(days=2), of=brother)
    answer(filler, "decline")
    assert (offered_at(sister), offered_at(stranger)) == (centre, None)
    answer(other, "decline")
    assert offered_at(stranger) == elsewhere
    assert_places_agree()


def test_a_stay_that_meets_one_full_month_is_not_offered() -> None:
    centre = make_centre(toddler=5, preschool=1)
    template = make_accepted(make_guardian(), [centre])
    entered(template, [centre])
    older, younger = entered(template, [centre]), entered(template, [centre], child_birth_date="2026-04-10")
    assert offered_at(older) is None, "the one preschool place is taken from April 2027 to March 2028"
    assert offered_at(younger) == centre, "and free when this child needs it"
    beside = entered(template, [centre], child_birth_date="2025-11-20", start_month="2026-12")
    assert offered_at(beside) is None
    collection(Facility).update_one({"_id": centre}, {"$set": {"places_preschool": 2}, "$inc": {"version": 1}})
    assert fill_all(LATER)["offers"] == 1
    assert_places_agree()


@pytest.mark.parametrize(
    "change", [{"status": "closed"}, {"registration_valid_until": "2026-11-22"}, {"registration_valid_until": None}]
)
def test_a_centre_that_closed_or_lapsed_makes_no_new_offers_and_keeps_its_children(change: dict[str, Any]) -> None:
    lapsed = roomy(3)
    template = make_accepted(make_guardian(), [lapsed])
    placed, asked = entered(template, [lapsed]), entered(template, [lapsed])
    answer(placed)
    collection(Facility).update_one({"_id": lapsed}, {"$set": change, "$inc": {"version": 1}})
    newcomer = entered(template, [lapsed])
    assert offered_at(newcomer) is None
    told = [pass_time(LATER), pass_time(LATER)]
    assert [each["families_told"] for each in told] == [1, 0]
    assert (placement_of(placed)["state"], placement_of(asked)["state"]) == (PLACED, WAITING)
    collection(Facility).update_one(
        {"_id": lapsed}, {"$set": {"status": "open", "registration_valid_until": "2029-01-01"}, "$inc": {"version": 1}}
    )
    fill_all(LATER)
    assert (offered_at(asked), offered_at(newcomer)) == (lapsed, lapsed)
    assert_places_agree()


def test_a_withdrawal_frees_the_place_for_the_next_and_time_ends_stays() -> None:
    centre = roomy(1)
    guardian = make_guardian()
    first = approve(make_accepted(guardian, [centre]))
    template = make_accepted(make_guardian(), [centre])
    second, third = entered(template, [centre]), entered(template, [centre])
    answer(first)
    withdraw(now(first))
    assert (now(first)["state"], now(first)["placement"], placement_of(first)["state"]) == (WITHDRAWN, {}, ENDED)
    second, third = sorted((second, third), key=lambda raw: offered_at(raw) is None)
    assert (offered_at(second), offered_at(third)) == (centre, None)
    withdraw(now(second))
    assert offered_at(third) == centre, "an offer under way goes to the next, too"
    answer(third)
    assert_places_agree()
    grown = MORNING.replace(year=2028, month=4, day=2)
    assert pass_time(grown)["outgrown"] == 1
    relay(grown)
    deliver(grown, {CHANNEL: follow_up_handler(lambda: grown)})
    assert (placement_of(third)["end_reason"], now(third)["state"]) == ("stay_over", "ended")
    assert_places_agree(grown)


def test_months_that_begin_are_shown_in_the_directory() -> None:
    centre = make_centre(toddler=1, preschool=1)
    answer(approve(make_accepted(make_guardian(), [centre])))
    assert (free(centre), free(centre, "preschool")) == (0, 1)
    spring = MORNING.replace(year=2027, month=4)
    pass_time(spring)
    assert (free(centre), free(centre, "preschool")) == (1, 0)
    assert_places_agree(spring)


def act(raws: list[Raw], number: int) -> str:
    """One of 64 hands: answers, withdraws, lets expire, or fills."""
    raw, chance = raws[number % len(raws)], random.Random(number)
    try:
        kind = chance.choice(["accept", "accept", "decline", "expire", "withdraw", "fill"])
        if kind == "expire":
            return f"expired {offers.expire_due(EXPIRED)}"
        if kind == "fill":
            return f"filled {fill_all(MORNING)['offers']}"
        if kind == "withdraw":
            return str(withdraw(raw)["state"])
        current = placement_of(raw)
        if not current.get("offer"):
            return "no offer"
        return str(answer(raw, kind)["state"])
    except (KeyError, DomainError) as refused:
        return getattr(refused, "code", "gone")


def test_64_hands_accept_decline_expire_and_withdraw() -> None:
    centres = [roomy(4), roomy(3), roomy(2)]
    template = make_accepted(make_guardian(), centres)
    raws = [entered(template, random.Random(n).sample(centres, 2 + n % 2)) for n in range(24)]
    with ThreadPoolExecutor(64) as hands:
        outcomes = list(hands.map(lambda number: act(raws, number), range(64)))
    assert "accepted" in outcomes
    reconcile_places(LATER)
    assert_places_agree()
    assert "withdrawn" in outcomes
    for raw in collection(ChildcarePlacement).find():
        assert [each["from"] for each in raw["history"][1:]] == [each["to"] for each in raw["history"][:-1]]
        if now(raw)["state"] == WITHDRAWN:
            assert raw["state"] == ENDED
    # Nothing is stranded: newcomers get exactly what is free now.
    left = sum(free(centre) for centre in centres)
    later = [entered(template, centres) for _ in range(left + 1)]
    assert [offered_at(raw) is not None for raw in later] == [True] * left + [False]
    assert_places_agree()


def test_a_place_held_by_a_process_that_died_goes_on_after_a_while() -> None:
    centre = roomy(1)
    template = make_accepted(make_guardian(), [centre])
    collection(Facility).update_one({"_id": centre}, {"$set": {"status": "closed"}})
    dead, other = entered(template, [centre]), entered(template, [centre])
    collection(Facility).update_one({"_id": centre}, {"$set": {"status": "open"}})
    stay = stay_of(CHILD_BORN, "2026-12")
    assert places.take(dead["_id"], Hold(centre, placement_of(dead)["version"], stay), MORNING)
    assert sum(reconcile_places(MORNING + timedelta(seconds=5)).values()) == 0, "it may still be under way"
    done = {name: count for name, count in reconcile_places(LATER).items() if count}
    assert done == {"given_up": 1}
    assert offered_at(dead) or offered_at(other)
    assert sum(reconcile_places(LATER).values()) == 0
    assert_places_agree()


def test_what_never_was_under_way_is_released() -> None:
    centre = roomy(1)
    assert places.take(new_id(), Hold(centre, 1, stay_of(CHILD_BORN, "2026-12")), MORNING)
    assert reconcile_places(LATER)["released"] == 1
    found = collection(ChildcareCentre).find_one({"_id": centre})
    assert found is not None
    assert (found["holders"], free(centre)) == ({}, 1)


def test_offers_are_refused_to_others(database: str) -> None:
    raw = entered(make_accepted(make_guardian(), [roomy(1)]), [roomy(1)])
    with pytest.raises((Conflict, DomainError)):
        offers.accept(placement_of(raw)["offer"]["id"], by=Resident.actor(new_id()), at=MORNING, key=new_id())
    assert placement_of(raw)["state"] == OFFERED
