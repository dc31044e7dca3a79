"""A round happens once, is the same for everyone who repeats it, and gives nobody's place to anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.childcare import placing, queries, rounds
from models.childcare.documents import OFFERED, WAITING, ChildcareRound
from models.childcare.round_following import follow_rounds
from models.childcare.rounds import RoundPlan
from models.housing.draw import canonical, drawn, fingerprint, seal_of
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, Duplicate, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from tests.factories.casework import CHILD_NAME, GUARDIAN_NAME, PHONE, make_accepted, make_guardian
from tests.factories.childcare import answer, assert_places_agree, offered_at, placement_of
from tests.factories.childcare_cases import entered, roomy
from tests.failpoints import Killable
from tests.integration.childcare.placing_steps import jobs
from tests.integration.childcare.round_steps import (
    AFTER,
    ANNA,
    AT,
    BEN,
    CARL,
    LATER,
    NAMED,
    PLAN,
    SEED,
    committed,
    published,
    whole_round,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def children() -> list[Raw]:
    """A round that is open, with eight children for five places; the last has a claim, the sixth a sister."""
    first, second = roomy(3), roomy(2)
    template = make_accepted(make_guardian(), [first])
    rounds.open_round(PLAN, by=ANNA, at=AT)
    made = [entered(template, [first, second]) for _ in range(6)]
    made.append(entered(template, [second, first], of=made[5]))
    made.append(entered(template, [first], priority_claims=["minimum_living_allowance"]))
    return made


def states(children: list[Raw]) -> list[str]:
    return [placement_of(raw)["state"] for raw in children]


def test_while_it_is_under_way_nobody_is_offered_a_place_and_then_who_was_placed_is(children: list[Raw]) -> None:
    assert set(states(children)) == {WAITING}
    round_id = published()
    assert set(states(children)) == {WAITING}, "published, and about to be carried out"
    assert follow_rounds(AFTER) == {"followed": 8, "finished": 1, "refilled": 0}
    assert states(children).count(OFFERED) == 5
    assert placement_of(children[7])["state"] == OFFERED, "the claim goes first"
    assert_places_agree(AFTER)
    record = queries.public_record(rounds.read_round(round_id))
    assert record["result"]["statement"]["stable"] is True
    assert record["result"]["statement"]["placed"] == 5
    # Who got nothing keeps the place in the draw, and is before whoever applies later.
    unlucky = [raw for raw in children if placement_of(raw)["state"] == WAITING]
    late = entered(children[0], placement_of(children[0])["choices"])
    placed = next(raw for raw in children if placement_of(raw)["state"] == OFFERED and raw is not children[7])
    answer(placed, "decline", AFTER)
    taken = [raw for raw in unlucky if offered_at(raw)]
    assert len(taken) == 1
    assert offered_at(late) is None
    ranks = [placement_of(raw)["draw_rank"] for raw in unlucky]
    assert placement_of(taken[0])["draw_rank"] == min(ranks)
    assert_places_agree(AFTER)


def test_anyone_can_repeat_the_draw_and_nobody_is_named(children: list[Raw]) -> None:
    round_id = published()
    each = rounds.read_round(round_id)
    record = queries.public_record(each)
    assert fingerprint(canonical(record["committed"])) == record["commitment"]
    seals = [entry["seal"] for entry in record["committed"]["entries"]]
    order = drawn(record["commitment"]["sha256"], record["seed"], seals)
    assert record["draw"] == [record["committed"]["entries"][index]["number"] for index in order]
    text = canonical(record).decode()
    people = [CHILD_NAME, GUARDIAN_NAME, PHONE, "2025-03", *(raw["_id"] for raw in children)]
    assert [word for word in people if word in text] == []
    assert [
        word for word in (*people, "minimum_living_allowance") if word in canonical(record["result"]).decode()
    ] == []
    # A family finds its own line, and can show that it is its own.
    mine = queries.my_part(each, placement_of(children[0]))
    assert record["committed"]["entries"][int(mine["number"]) - 1]["seal"] == mine["seal"]
    assert seal_of(mine["opens"], mine["salt"]) == mine["seal"]
    assert mine["result"]["centre_id"] or all(one["reason"] for one in mine["result"]["refused"])
    assert len(record["committed"]["entries"]) == 7, "brother and sister share a line"
    # Computed again it is the very same.
    again, statement = rounds.computed(each, rounds.input_of(each))
    assert (again, statement) == (rounds.result_of(each), each["statement"])


def test_each_step_once_by_whoever_may(children: list[Raw]) -> None:
    with pytest.raises(Forbidden):
        rounds.open_round(PLAN, by=Actor("staff", "x", frozenset({TOWNSHIP_INTAKE}), "360902"), at=AT)
    assert rounds.open_round(PLAN, by=ANNA, at=AT)["state"] == "open"
    with pytest.raises(Duplicate):
        rounds.open_round(PLAN, by=BEN, at=AT)
    for other in (RoundPlan("2026-2", "360902", "2026-12"), RoundPlan("city", None, "2026-12")):
        city = Actor("staff", "dora", frozenset({SUPERVISOR}), None)
        with pytest.raises(Conflict, match="round_under_way"):
            rounds.open_round(other, by=city, at=AT)
    with pytest.raises(InvalidInput):
        rounds.open_round(RoundPlan("old", "360921", "2026-10"), by=Actor("staff", "d", frozenset({SUPERVISOR})), at=AT)
    round_id = PLAN.round_id
    with pytest.raises(Conflict, match="round_too_fresh"):
        rounds.commit_round(round_id, *NAMED, by=ANNA, at=AT + timedelta(seconds=5))
    committed()
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: rounds.commit_round(round_id, *NAMED, by=BEN, at=LATER), "illegal_transition"),
        (lambda: rounds.enter_seed(round_id, SEED, by=BEN, at=LATER), "draw_seed_not_announced"),
        (lambda: rounds.enter_seed(round_id, SEED, by=ANNA, at=AFTER), "draw_needs_second_person"),
        (lambda: rounds.enter_seed(round_id, "3", by=BEN, at=AFTER), "draw_seed_form"),
        (lambda: rounds.publish_round(round_id, by=ANNA, at=AFTER), "illegal_transition"),
    ]
    for attempt, code in refused:
        with pytest.raises(Exception, match=code):
            attempt()
    rounds.enter_seed(round_id, SEED, by=BEN, at=AFTER)
    with pytest.raises(Forbidden, match="draw_needs_second_reader"):
        rounds.run_round(round_id, SEED, by=BEN, at=AFTER)
    with pytest.raises(Conflict, match="draw_seed_differs"):
        rounds.run_round(round_id, SEED[:-1] + "9", by=CARL, at=AFTER)
    rounds.run_round(round_id, SEED, by=CARL, at=AFTER)
    assert queries.public_record(rounds.read_round(round_id))["result"] is None, "computed, not published"
    rounds.publish_round(round_id, by=ANNA, at=AFTER)
    with pytest.raises(Conflict):
        rounds.void_round(round_id, "too late to be declared void", by=ANNA, at=AFTER)


def test_a_void_round_stays_on_record_and_its_places_are_offered(children: list[Raw]) -> None:
    round_id = committed()
    rounds.void_round(round_id, "the list was incomplete", by=ANNA, at=LATER)
    assert follow_rounds(LATER)["refilled"] == 5
    assert states(children).count(OFFERED) == 5
    assert_places_agree(LATER)
    record = queries.public_record(rounds.read_round(round_id))
    assert (record["state"], record["void"]["reason"]) == ("void", "the list was incomplete")
    again = rounds.open_round(RoundPlan("2026-1b", "360902", "2026-12", round_id), by=ANNA, at=LATER)
    assert again["state"] == "open"


def test_who_leaves_between_the_list_and_the_offer_leaves_the_place_to_the_next(children: list[Raw]) -> None:
    published()
    placing.end(children[7]["_id"], "withdrawn", AFTER)
    follow_rounds(AFTER)
    assert follow_rounds(AFTER)["refilled"] == 0
    assert states(children).count(OFFERED) == 5
    assert_places_agree(AFTER)


@pytest.mark.slow
def test_killed_at_any_write_a_round_is_completed_the_same(database: str, children: list[Raw]) -> None:
    with Killable("tests.integration.childcare.round_steps:whole_round", database, AT) as target:
        seen = list(target.points(every=9))
    assert len(seen) > 5
    jobs(AFTER)
    (stored,) = collection(ChildcareRound).find()
    assert [step["action"] for step in stored["steps"]] == [
        "open", "commit", "enter_seed", "run", "publish",
    ]  # fmt: skip
    assert states(children).count(OFFERED) == 5
    assert_places_agree(AFTER)
    assert whole_round(AFTER) == stored["_id"]
