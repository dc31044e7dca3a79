"""Households and flats as a state machine: whatever happens in whatever order, the stored truth is the model's."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.casework import offers
from models.housing import allocation, tenancies
from models.housing.documents import WaitingEntry
from models.housing.flat_documents import Flat, Tenancy
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection, database
from models.kernel.errors import DomainError
from models.kernel.ids import new_id
from tests.factories.housing import (
    AT,
    INTAKE,
    assert_flats_agree,
    case_of,
    make_flats,
    make_household,
    open_batch,
)

PEOPLE, FLATS = 4, 3
who_of = st.integers(0, PEOPLE - 1)
# What each state allows its household, by the words of the programme; the model, written apart from the table.
MAY = {
    "offered": {"accept", "decline", "subsidy"},
    "choosing": {"confirm", "subsidy"},
    "to_sign": {"sign"},
    "signed": {"hand_over"},
    "tenant": {"give_notice"},
    "leaving": {"hand_back"},
    "waiting": {"subsidy"},
    "subsidy": set(),
    "ended": set(),
}
THEN = {
    "accept": "choosing", "subsidy": "subsidy", "confirm": "to_sign", "sign": "signed", "hand_over": "tenant",
    "give_notice": "leaving", "hand_back": "ended",
}  # fmt: skip
HAS_FLAT = {"offered", "choosing", "to_sign", "signed", "tenant", "leaving"}


class Households(RuleBasedStateMachine):
    at: datetime = AT

    @initialize()
    def begin(self) -> None:
        for name in database().list_collection_names():
            database()[name].delete_many({})
        self.at = AT
        self.people = [make_household(number) for number in range(PEOPLE)]
        self.batch = open_batch(make_flats(FLATS))

    def stored(self, who: Actor) -> dict[str, Any] | None:
        return collection(Tenancy).find_one({"_id": case_of(who)})

    def step(self, who: Actor, action: str) -> None:
        found = self.stored(who) or {"state": "waiting", "version": 0, "offer": {}}
        state, key, case = found["state"], new_id(), case_of(who)
        offer = (found.get("offer") or {}).get("id", "none")
        done = {
            "accept": lambda: offers.accept(offer, by=who, at=self.at, key=key),
            "decline": lambda: offers.decline(offer, by=who, at=self.at, key=key),
            "subsidy": lambda: tenancies.choose_subsidy(case, by=who, at=self.at, key=key),
            "confirm": lambda: tenancies.confirm_choice(case, by=who, at=self.at, key=key),
            "sign": lambda: tenancies.sign(case, by=who, at=self.at, key=key),
            "hand_over": lambda: tenancies.hand_over(
                case, day_of(self.at), version=found["version"], by=INTAKE, at=self.at, key=key
            ),
            "give_notice": lambda: tenancies.leave(case, "give_notice", "moved_away", by=who, at=self.at, key=key),
            "hand_back": lambda: tenancies.hand_back(
                case, day_of(self.at), version=found["version"], by=INTAKE, at=self.at, key=key
            ),
        }[action]
        allowed = action in MAY[state] and self.stored(who) is not None
        if allowed:
            done()
            if action in THEN:
                assert self.stored(who)["state"] == THEN[action]  # type: ignore[index]
            else:
                assert self.stored(who)["declines"] == found["declines"] + 1  # type: ignore[index]
        else:
            with pytest.raises(DomainError):
                done()
            assert (self.stored(who) or found)["version"] == found["version"], "a refusal changes nothing"

    @rule(number=who_of, action=st.sampled_from(["accept", "decline", "subsidy", "confirm", "sign"]))
    def household(self, number: int, action: str) -> None:
        self.step(self.people[number], action)

    @rule(number=who_of, action=st.sampled_from(["hand_over", "give_notice", "hand_back"]))
    def living(self, number: int, action: str) -> None:
        self.step(self.people[number], action)

    @rule(number=who_of, flat=st.integers(0, FLATS - 1))
    def choose(self, number: int, flat: int) -> None:
        who = self.people[number]
        wanted = sorted(collection(Flat).find(), key=lambda each: each["number"])[flat]
        before = self.stored(who)
        with suppress(DomainError):
            tenancies.choose(case_of(who), wanted["_id"], by=who, at=self.at, key=new_id())
            assert self.stored(who)["flat"]["id"] == wanted["_id"]  # type: ignore[index]
            assert before is not None and before["state"] == "choosing"

    @precondition(lambda self: self.at < AT + timedelta(days=40))
    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        offers.expire_due(self.at)
        tenancies.pass_time(self.at)
        allocation.fill_all(self.at)

    @rule(number=who_of)
    def application_ends(self, number: int) -> None:
        allocation.application_ended({"_id": case_of(self.people[number]), "state": "withdrawn"}, self.at)

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "people"):
            return
        assert_flats_agree()
        for tenancy in collection(Tenancy).find():
            assert bool(tenancy.get("flat")) == (tenancy["state"] in HAS_FLAT)
            assert tenancy["version"] == len(tenancy["history"])
            assert [each["to"] for each in tenancy["history"]][-1] == tenancy["state"]
            assert not tenancy["owed_flats"] and not tenancy["owed_entry"]
            entry = collection(WaitingEntry).find_one({"application_id": tenancy["_id"]})
            left = tenancy["state"] in HAS_FLAT - {"offered"} or tenancy["state"] == "subsidy"
            assert entry is not None and (not left or entry["state"] == "ended")


def test_households_and_flats(database: str) -> None:
    run_state_machine_as_test(
        Households,
        settings=settings(
            max_examples=6, stateful_step_count=15, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_no_action_is_open_to_nobody() -> None:
    assert all(row.roles for row in TENANCY_LIFECYCLE.rows)
