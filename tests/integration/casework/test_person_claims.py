"""Nobody twice in one programme or in two exclusive ones, however many submit at once and wherever one of them dies."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.programmes import Exclusion, Programme, programmes
from models.casework import claims
from models.casework.claims import PersonClaim, claim, drop_other_claims
from models.casework.documents import Application
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.casework import MORNING

PLACE = programmes()["childcare_place"]
RENT = PLACE.model_copy(update={"token": "rent", "conflicts": [Exclusion(programme="subsidy", source="test")]})
SUBSIDY = PLACE.model_copy(update={"token": "subsidy", "conflicts": []})
WORLD = {"childcare_place": PLACE, "rent": RENT, "subsidy": SUBSIDY}


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "programmes", lambda: WORLD)


def case(programme: Programme = RENT, resident: str | None = None, state: str = "draft") -> Raw:
    """A stored application, as far as claims look at it."""
    raw = {"_id": new_id(), "resident_id": resident or new_id(), "programme": programme.token, "state": state,
           "version": 1, "stage_since": MORNING}  # fmt: skip
    collection(Application).insert_one(dict(raw))
    return raw


def submit(raw: Raw, numbers: list[str], at: datetime = MORNING) -> None:
    """As a submission does: hold the people, then one compare-and-set."""
    claim(raw, WORLD[raw["programme"]], numbers, at)
    done = collection(Application).update_one(
        {"_id": raw["_id"], "version": raw["version"]},
        {"$set": {"state": "submitted", "claims_version": raw["version"], "claimed": numbers}, "$inc": {"version": 1}},
    )
    if done.modified_count == 0:
        raise Conflict("stale_version")
    drop_other_claims({**raw, "claims_version": raw["version"]})


def move(raw: Raw, state: str) -> Raw:
    collection(Application).update_one({"_id": raw["_id"]}, {"$set": {"state": state}, "$inc": {"version": 1}})
    return now(raw)


def now(raw: Raw) -> Raw:
    found = collection(Application).find_one({"_id": raw["_id"]})
    assert found is not None
    return found


def refused(raw: Raw, numbers: list[str], at: datetime = MORNING) -> Conflict:
    before = collection(PersonClaim).count_documents({"application_id": raw["_id"]})
    with pytest.raises(Conflict) as fault:
        submit(raw, numbers, at)
    assert collection(PersonClaim).count_documents({"application_id": raw["_id"]}) == before, "nothing stays held"
    return fault.value


def test_one_person_is_in_a_programme_once(database: str) -> None:
    mine = case()
    submit(mine, ["a", "b"])
    other = refused(case(), ["b", "c"])
    assert (other.code, other.params, other.details) == ("people_in_another_case", {}, {})
    assert refused(case(resident=mine["resident_id"]), ["b"]).code == "already_applied"
    submit(case(), ["c"])
    submit(case(PLACE), ["a"])


def test_exclusive_programmes_exclude_each_other_both_ways(database: str) -> None:
    for first, second in ((RENT, SUBSIDY), (SUBSIDY, RENT)):
        mine = case(first)
        submit(mine, [first.token])
        assert refused(case(second), [first.token]).code == "people_in_another_case"
        own = refused(case(second, resident=mine["resident_id"]), [first.token])
        assert own.code == "exclusive_programme"
        move(mine, "withdrawn")
        submit(case(second), [first.token])


def test_what_is_closed_holds_nobody_and_what_lasts_does(database: str) -> None:
    for state in ("refused", "withdrawn", "lapsed", "ended"):
        mine = case()
        submit(mine, [state])
        move(mine, state)
        submit(case(), [state])
    given_away = case(PLACE)
    submit(given_away, ["x"])
    move(given_away, "approved")
    assert refused(case(PLACE), ["x"]).code == "people_in_another_case"


def test_a_submission_that_died_gives_way_and_never_comes_back(database: str) -> None:
    died = case()
    claim(died, RENT, ["a"], MORNING)
    soon, later = MORNING + timedelta(seconds=30), MORNING + timedelta(seconds=61)
    assert refused(case(), ["a"], soon).code == "people_in_another_case"
    submit(case(), ["a"], later)
    # Its process wakes up and writes with the version it had read: too late.
    late = collection(Application).update_one({"_id": died["_id"], "version": 1}, {"$set": {"state": "submitted"}})
    assert late.matched_count == 0
    assert refused(now(died), ["a"], later).code == "people_in_another_case"


def test_an_edit_in_between_frees_what_was_held(database: str) -> None:
    edited = case()
    claim(edited, RENT, ["a"], MORNING)
    move(edited, "draft")
    submit(case(), ["a"])


def test_a_correction_keeps_who_stays_and_frees_who_goes(database: str) -> None:
    mine = case()
    submit(mine, ["a", "b"])
    back = move(mine, "correction")
    assert refused(case(), ["b"]).code == "people_in_another_case"
    taken = case()
    submit(taken, ["z"])
    assert refused(back, ["a", "z"]).code == "people_in_another_case"
    assert refused(case(), ["b"]).code == "people_in_another_case", "still held after the failed correction"
    submit(now(mine), ["a", "c"])
    submit(case(), ["b"])
    for held in ("a", "c"):
        assert refused(case(), [held]).code == "people_in_another_case"


def test_who_left_is_free_even_where_the_process_died_before_it_said_so(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = case()
    submit(mine, ["a", "b"])
    monkeypatch.setitem(globals(), "drop_other_claims", lambda raw: None)
    submit(move(mine, "correction"), ["a"])
    submit(case(), ["b"])
    assert refused(case(), ["a"]).code == "people_in_another_case"


def overlaps() -> Iterator[tuple[Raw, Raw]]:
    open_now = list(collection(Application).find({"state": {"$in": ["submitted", "correction"]}}))
    for one, two in itertools.combinations(open_now, 2):
        exclusive = {one["programme"], two["programme"]} in ({"rent"}, {"subsidy"}, {"rent", "subsidy"})
        if exclusive and set(one["claimed"]) & set(two["claimed"]):
            yield one, two


def test_of_many_at_once_one_gets_through(database: str) -> None:
    # Households that chain into each other, in any order and in both programmes.
    cases = [(case(programme), [f"p{n}", f"p{(n + 1) % 6}", f"p{(n + 2) % 6}"])
             for n in range(6) for programme in (RENT, SUBSIDY, RENT)]  # fmt: skip
    random.Random(7).shuffle(cases)
    outcomes: list[str] = []
    start = threading.Barrier(len(cases))

    def run(raw: Raw, people: list[str]) -> None:
        start.wait()
        try:
            submit(raw, people)
            outcomes.append("done")
        except Conflict as fault:
            outcomes.append(fault.code)

    threads = [threading.Thread(target=run, args=each) for each in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(overlaps()) == []
    assert 1 <= outcomes.count("done") <= 2
    assert set(outcomes) <= {"done", "people_in_another_case"}


STEPS = st.lists(
    st.tuples(st.sampled_from(["submit", "die", "edit", "correction", "withdrawn", "refused"]), st.integers(0, 3),
              st.sets(st.sampled_from("abcd"), min_size=1, max_size=2), st.sampled_from([0, 61])),
    min_size=4, max_size=14,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_nobody_is_in_two(database: str, steps: list[tuple[str, int, set[str], int]]) -> None:
    collection(Application).delete_many({})
    collection(PersonClaim).delete_many({})
    cases = [case(programme) for programme in (RENT, RENT, SUBSIDY, RENT)]
    at, read = MORNING, dict(enumerate(cases))
    for action, number, people, seconds in steps:
        at += timedelta(seconds=seconds)
        stored = now(cases[number])
        open_now = stored["state"] in ("submitted", "correction")
        if action in ("submit", "die") and stored["state"] in ("draft", "correction"):
            _attempt(action, read[number] if action == "submit" and seconds else stored, sorted(people), at)
        elif action == "edit" and stored["state"] == "draft":
            read[number] = move(stored, "draft")
        elif action not in ("submit", "die", "edit") and open_now:
            read[number] = move(stored, action)
        assert list(overlaps()) == []
    free = case(SUBSIDY)
    for raw in cases:
        move(raw, "withdrawn")
    submit(free, list("abcd"), at + timedelta(seconds=61))


def _attempt(action: str, raw: Raw, people: list[str], at: datetime) -> None:
    try:
        if action == "die":
            claim(raw, WORLD[raw["programme"]], people, at)
        else:
            submit(raw, people, at)
    except Conflict:
        pass


def test_nothing_of_a_person_is_stored_readable(database: str) -> None:
    submit(case(), ["360902195603090077"])
    stored: list[Any] = list(collection(PersonClaim).find())
    assert stored
    assert "360902195603090077" not in repr(stored)
