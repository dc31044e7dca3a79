"""A round is stable, best for every child among the stable ones, and the same whatever the order of the work."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.childcare.round import Child, PriorityTable, RoundResult, place_children, round_priorities, why_not
from models.kernel.errors import InvalidInput
from tests.unit.childcare_round.stability import Before, every_stable, faults, published_order

ROWS = [("hardship", "everywhere"), ("sibling", "sibling_centre")]
TABLE = PriorityTable.model_validate(
    {"version": 1, "rows": [{"claim": c, "where": w, "label": "x", "source": "test"} for c, w in ROWS]}
)
CENTRES, GROUPS = ("c1", "c2", "c3"), ("infant", "toddler")
Round = tuple[list[Child], dict[tuple[str, str], int], list[str]]


@st.composite
def rounds(draw: st.DrawFn, most: int = 5) -> Round:
    count = draw(st.integers(1, most))
    children = [
        Child(
            id=f"k{index}",
            family=f"f{draw(st.integers(0, count - 1))}",
            age_group=draw(st.sampled_from(GROUPS)),
            choices=tuple(draw(st.permutations(CENTRES))[: draw(st.integers(1, 3))]),
            claims=frozenset({"hardship"} if draw(st.booleans()) else ()),
            sibling_centres=frozenset(draw(st.sets(st.sampled_from(CENTRES), max_size=1))),
        )
        for index in range(count)
    ]
    places = {(centre, group): draw(st.integers(0, 2)) for centre in CENTRES for group in GROUPS}
    return children, places, draw(st.permutations([f"f{index}" for index in range(count)]))


def placed(result: RoundResult) -> dict[str, str]:
    return {child: each.centre for child, each in result.placed.items()}


def order(families: list[str]) -> Before:
    return published_order(ROWS, families)


@given(rounds(most=9))
@settings(max_examples=300, deadline=None)
def test_no_child_and_centre_would_rather_have_each_other(made: Round) -> None:
    children, places, families = made
    result = place_children(children, places, TABLE, families)
    assert list(faults(children, places, placed(result), order(families))) == []
    assert sorted([*result.placed, *result.unplaced]) == sorted(child.id for child in children)
    for child in children:
        given_to = result.placed.get(child.id)
        assert given_to is None or child.choices[given_to.choice - 1] == given_to.centre


@given(rounds())
@settings(max_examples=150, deadline=None)
def test_every_child_gets_the_best_that_any_stable_placement_gives(made: Round) -> None:
    children, places, families = made
    got = placed(place_children(children, places, TABLE, families))
    stable = every_stable(children, places, order(families))
    assert got in stable
    for child in children:
        liking = [*child.choices, None]
        best = min(liking.index(each.get(child.id)) for each in stable)
        assert liking.index(got.get(child.id)) == best


@given(rounds(most=9), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_work_changes_nothing(made: Round, chance: random.Random) -> None:
    children, places, families = made
    first = place_children(children, places, TABLE, families)
    mixed, slots = list(children), list(places.items())
    chance.shuffle(mixed)
    chance.shuffle(slots)
    again = place_children(mixed, dict(slots), TABLE, families)
    assert again == first
    assert again.digest() == first.digest()
    assert list(again.placed) == list(first.placed)


@given(rounds(most=4), st.data())
@settings(max_examples=150, deadline=None)
def test_nobody_gains_by_naming_other_choices(made: Round, data: st.DataObject) -> None:
    children, places, families = made
    index = data.draw(st.integers(0, len(children) - 1))
    honest = children[index]
    other = data.draw(st.permutations(CENTRES).flatmap(lambda p: st.integers(1, 3).map(lambda n: tuple(p[:n]))))
    told = [replace(each, choices=other) if each is honest else each for each in children]
    liking = [*honest.choices]
    truth = placed(place_children(children, places, TABLE, families)).get(honest.id)
    trick = placed(place_children(told, places, TABLE, families)).get(honest.id)
    if trick in liking:
        assert truth in liking
        assert liking.index(truth) <= liking.index(trick)


def test_the_checker_sees_an_unfair_placement() -> None:
    a, b = (Child(f"k{n}", f"f{n}", "infant", ("c1", "c2")) for n in (1, 2))
    places = {("c1", "infant"): 1, ("c2", "infant"): 1}
    before = order(["f1", "f2"])
    assert list(faults([a, b], places, {"k1": "c1", "k2": "c2"}, before)) == []
    assert list(faults([a, b], places, {"k1": "c2", "k2": "c1"}, before)) == ["k1 prefers c1 and goes before k2 there"]
    assert list(faults([a, b], places, {"k1": "c1"}, before)) == ["k2 prefers c2, which has a free place"]
    assert next(faults([a, b], places, {"k1": "c1", "k2": "c1"}, before)) == "('c1', 'infant') has 2 of 1"
    assert "k1 never asked for c3" in list(faults([a, b], {**places, ("c3", "infant"): 1}, {"k1": "c3"}, before))


def test_a_sibling_counts_only_at_the_centre_attended() -> None:
    sibling = Child("k1", "f1", "infant", ("c1", "c2"), sibling_centres=frozenset({"c2"}))
    other = Child("k2", "f2", "infant", ("c1", "c2"))
    places = {("c1", "infant"): 1, ("c2", "infant"): 1}
    assert placed(place_children([sibling, other], places, TABLE, ["f2", "f1"])) == {"k1": "c2", "k2": "c1"}
    third = Child("k3", "f3", "infant", ("c2",))
    result = place_children([sibling, other, third], places, TABLE, ["f3", "f2", "f1"])
    assert placed(result) == {"k1": "c2", "k2": "c1"}
    assert why_not(third, result, TABLE, 0) == [
        {"centre": "c2", "reason": "others_first", "rank": (3, 0), "threshold": (2, 2)}
    ]


def test_twins_stand_side_by_side_in_the_draw() -> None:
    twins = [Child(f"t{n}", "twins", "infant", ("c1",)) for n in (1, 2)]
    others = [Child(f"k{n}", f"f{n}", "infant", ("c1",)) for n in (1, 2)]
    result = place_children([*others, *twins], {("c1", "infant"): 2}, TABLE, ["twins", "f1", "f2"])
    assert list(result.placed) == ["t1", "t2"]
    assert result.thresholds == {("c1", "infant"): (3, 1)}


def test_an_age_group_without_places_is_passed_over() -> None:
    child = Child("k1", "f1", "infant", ("c1", "c2"))
    result = place_children([child], {("c1", "toddler"): 5, ("c2", "infant"): 1}, TABLE, ["f1"])
    assert placed(result) == {"k1": "c2"}
    assert why_not(child, result, TABLE, 0)[0]["reason"] == "no_places"


@pytest.mark.parametrize(
    ("child", "families", "places"),
    [
        (Child("k1", "f1", "infant", ()), ["f1"], 1),
        (Child("k1", "f1", "infant", ("c1", "c1")), ["f1"], 1),
        (Child("k1", "f1", "infant", ("nowhere",)), ["f1"], 1),
        (Child("k1", "f1", "infant", tuple(f"c{n}" for n in range(6))), ["f1"], 1),
        (Child("k1", "f1", "infant", ("c1",)), [], 1),
        (Child("k1", "f1", "infant", ("c1",)), ["f1", "f1"], 1),
        (Child("k1", "f1", "infant", ("c1",)), ["f1"], -1),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(child: Child, families: list[str], places: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        place_children([child], {(f"c{n}", "infant"): places for n in range(6)}, TABLE, families)
    assert refused.value.faults


def test_a_child_given_twice_is_refused() -> None:
    child = Child("k1", "f1", "infant", ("c1",))
    with pytest.raises(InvalidInput):
        place_children([child, child], {("c1", "infant"): 1}, TABLE, ["f1"])


def test_the_published_table_loads_and_names_its_sources() -> None:
    table = round_priorities()
    assert len({row.claim for row in table.rows}) == len(table.rows)
    assert all(row.source for row in table.rows)
