"""From the list to a key: who is offered which flat, what each answer leads to, and that no flat is given twice."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from models.casework import offers
from models.casework.documents import Application
from models.casework.offer_documents import Offer
from models.housing import allocation, estates, tenancies
from models.housing.documents import WaitingEntry
from models.housing.flat_documents import Flat, Tenancy
from models.housing.tenancy_queries import after_decline
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, DomainError, Forbidden, IllegalTransition, NotFound
from models.kernel.ids import new_id
from tests.factories.housing import (
    AT,
    INTAKE,
    REVIEWER,
    assert_flats_agree,
    case_of,
    flat_row,
    import_flats,
    make_flats,
    make_household,
    open_batch,
    tenancy,
)

pytestmark = pytest.mark.usefixtures("database")


def offer_of(who: Actor) -> str:
    found = collection(Tenancy).find_one({"_id": case_of(who)}) or {}
    if not found.get("offer"):
        raise NotFound()
    return str(found["offer"]["id"])


def accept(who: Actor, **more: Any) -> dict[str, Any]:
    return offers.accept(offer_of(who), by=who, at=more.pop("at", AT), key=new_id(), **more)


def decline(who: Actor, at: Any = AT) -> dict[str, Any]:
    return offers.decline(offer_of(who), by=who, at=at, key=new_id())


def entry(who: Actor) -> dict[str, Any]:
    found = collection(WaitingEntry).find_one({"application_id": case_of(who)})
    assert found is not None
    return found


def step(operation: Any, who: Actor, by: Actor, *values: Any, at: Any = AT) -> dict[str, Any]:
    made: dict[str, Any] = operation(
        case_of(who), *values, version=tenancy(who)["version"], by=by, at=at, key=new_id()
    )  # fmt: skip
    return made


def test_import_names_rows_at_fault_and_a_second_run_changes_nothing() -> None:
    rows = [flat_row(1), flat_row(2, layout="palace"), flat_row(3, area="60.01"), flat_row(4, rent="3e2"), flat_row(1)]
    first = import_flats(*rows)
    assert (first.added, first.updated) == (1, 0)
    assert [(each["line"], each["column"]) for each in first.faults] == [
        (3, "layout"), (4, "area_sqm"), (5, "rent_yuan"), (6, "number"),
    ]  # fmt: skip
    again = import_flats(flat_row(1))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)
    assert import_flats(flat_row(1, rent="310")).updated == 1
    assert [each["rent_fen"] for each in collection(Flat).find()] == [31000]


def test_offers_go_out_in_the_lists_order_and_a_declined_flat_goes_to_the_next_at_once() -> None:
    people = [make_household(number) for number in range(4)]
    open_batch(make_flats(2))
    assert [tenancy(who)["state"] for who in people[:2]] == ["offered", "offered"]
    assert collection(Tenancy).find_one({"_id": case_of(people[2])}) is None
    let_go = tenancy(people[0])["flat"]["id"]
    decline(people[0])
    assert tenancy(people[2])["flat"]["id"] == let_go
    assert tenancy(people[0])["state"] == "waiting" and entry(people[0])["state"] == "waiting"
    assert_flats_agree()


def test_declines_lead_to_the_end_of_the_list_and_then_out_of_it() -> None:
    first, second = make_household(1), make_household(2)
    flats = make_flats(4)
    for number in range(3):
        batch = open_batch([flats[number]], at=AT + timedelta(days=number))
        if number == 2:
            assert tenancy(second)["state"] == "offered", "the first stands behind now"
            decline(second)
        assert tenancy(first)["state"] == "offered"
        assert after_decline(case_of(first)) == ("keep", "to_the_end", "end")[number], "said before it is done"
        decline(first)
        estates.close_batch(batch, by=REVIEWER, at=AT)
        if tenancy(second)["state"] == "offered":
            offers.withdraw(offer_of(second), by=REVIEWER, at=AT)
    assert (tenancy(first)["state"], tenancy(first)["declines"]) == ("ended", 3)
    assert (entry(first)["state"], entry(first)["moves"][-1]["reason"]) == ("ended", "offers_declined")
    assert "offer_declined" in [each["reason"] for each in entry(first)["moves"]]
    assert tenancy(second)["declines"] == 1, "an offer that the office took back counts for nobody"
    assert_flats_agree()


def test_an_expired_offer_goes_to_the_next_household() -> None:
    first, second = make_household(1), make_household(2)
    open_batch(make_flats(1))
    with pytest.raises(Conflict, match="offer_expired"):
        accept(first, at=AT + timedelta(days=9))
    assert offers.expire_due(AT + timedelta(days=7)) == 0
    assert offers.expire_due(AT + timedelta(days=9)) == 1
    assert (tenancy(first)["state"], tenancy(first)["declines"]) == ("waiting", 1)
    assert tenancy(second)["state"] == "offered"
    assert_flats_agree()


def test_the_whole_way_from_offer_to_a_free_flat_again() -> None:
    who, other = make_household(1), make_household(2)
    flats = make_flats(3)
    open_batch(flats, offers_at_once=1)
    with pytest.raises(Forbidden):
        offers.accept(offer_of(who), by=other, at=AT, key=new_id())
    accept(who)
    assert entry(who)["moves"][-1]["reason"] == "allocated"
    tenancies.choose(case_of(who), flats[2], by=who, at=AT, key=new_id())
    assert {each["_id"]: each["state"] for each in collection(Flat).find()} == {
        flats[0]: "free", flats[1]: "free", flats[2]: "held",
    }  # fmt: skip
    tenancies.confirm_choice(case_of(who), by=who, at=AT, key=new_id())
    assert tenancy(other)["state"] == "offered", "whose turn it is next"
    with pytest.raises(IllegalTransition):
        step(tenancies.hand_over, who, INTAKE, date(2026, 12, 1))
    tenancies.sign(case_of(who), by=who, at=AT, key=new_id())
    step(tenancies.hand_over, who, INTAKE, date(2026, 12, 1))
    with pytest.raises(NotFound):
        tenancies.sign(case_of(who), by=other, at=AT, key=new_id())
    assert collection(Flat).find_one({"_id": flats[2]})["state"] == "let"  # type: ignore[index]
    tenancies.leave(case_of(who), "give_notice", "moved_away", by=who, at=AT, key=new_id())
    assert collection(Flat).find_one({"_id": flats[2]})["state"] == "let"  # type: ignore[index]
    step(tenancies.hand_back, who, INTAKE, date(2027, 1, 10), at=AT + timedelta(days=60))
    assert collection(Flat).find_one({"_id": flats[2]})["state"] == "free"  # type: ignore[index]
    assert_flats_agree()


def test_money_instead_of_a_flat_and_a_withdrawn_application_free_the_flat() -> None:
    first, second, third = (make_household(number) for number in range(3))
    open_batch(make_flats(1))
    tenancies.choose_subsidy(case_of(first), by=first, at=AT, key=new_id())
    assert tenancy(first)["subsidy_fen"] == 800 * 16
    assert (entry(first)["state"], tenancy(second)["state"]) == ("ended", "offered")
    accept(second)
    collection(Application).update_one({"_id": case_of(second)}, {"$set": {"state": "withdrawn"}})
    allocation.application_ended({"_id": case_of(second), "state": "withdrawn"}, AT)
    assert (tenancy(second)["state"], tenancy(third)["state"]) == ("ended", "offered")
    assert_flats_agree()


def test_times_that_are_over_close_choices_and_free_unsigned_flats() -> None:
    who = make_household(1)
    open_batch(make_flats(1))
    accept(who)
    assert tenancies.pass_time(AT + timedelta(days=3))["choices_closed"] == 0
    assert tenancies.pass_time(AT + timedelta(days=5))["choices_closed"] == 1
    assert tenancies.pass_time(AT + timedelta(days=25))["leases_lapsed"] == 1
    assert (tenancy(who)["state"], tenancy(who)["end_reason"]) == ("ended", "not_signed")
    step(lambda case, **more: tenancies.restore(case, note="住院", **more), who, REVIEWER)
    assert entry(who)["state"] == "waiting"
    assert_flats_agree()


def test_two_who_want_one_flat_get_one_each() -> None:
    people = [make_household(number) for number in range(5)]
    flats = make_flats(7)
    open_batch(flats)
    for who in people:
        accept(who)
    wanted = flats[5:]

    def choose(who: Actor) -> str | None:
        for flat in random.Random(who.id).sample(wanted, 2):
            with suppress(DomainError):
                return str(tenancies.choose(case_of(who), flat, by=who, at=AT, key=new_id())["flat"]["id"])
        return None

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(choose, people))
    assert_flats_agree()
    assert {each["state"] for each in collection(Flat).find({"_id": {"$in": wanted}})} == {"held"}
    assert collection(Flat).count_documents({"state": "held"}) == len(people)


def test_64_clients_accept_decline_expire_withdraw_and_choose_at_once() -> None:
    people = [make_household(number) for number in range(24)]
    flats = make_flats(10)
    open_batch(flats)
    late = AT + timedelta(days=9)

    def act(who: Actor, rng: random.Random) -> None:
        rng.choice([
            lambda: accept(who), lambda: accept(who), lambda: decline(who),
            lambda: offers.expire_due(late), lambda: offers.withdraw(offer_of(who), by=REVIEWER, at=AT),
            lambda: tenancies.choose(case_of(who), rng.choice(flats), by=who, at=AT, key=new_id()),
            lambda: tenancies.choose_subsidy(case_of(who), by=who, at=AT, key=new_id()),
            lambda: allocation.end(case_of(who), "withdrawn", AT), lambda: allocation.fill_all(AT),
        ])()  # fmt: skip

    def client(number: int) -> None:
        rng = random.Random(number)
        for _ in range(2):
            with suppress(DomainError):
                act(rng.choice(people), rng)

    with ThreadPoolExecutor(64) as pool:
        for each in [pool.submit(client, number) for number in range(64)]:
            error = each.exception()
            assert error is None or isinstance(error, DomainError), repr(error)
    allocation.reconcile_flats(AT + timedelta(minutes=5))
    allocation.fill_all(AT)
    assert_flats_agree()
    free = collection(Flat).count_documents({"state": "free"})
    waiting = [t for t in collection(Tenancy).find({"state": "waiting"}) if not t["passed_batches"]]
    assert not (free and waiting), "a flat is free while somebody waits for it"
    for offer in collection(Offer).find():
        assert [each["to"] for each in offer["history"]][-1] == offer["state"] and len(offer["history"]) <= 2
