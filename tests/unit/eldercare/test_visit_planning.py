"""The month's plan: everybody's every number once, nobody overloaded, and a repair broken off ends the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.eldercare.plan_routes import along_curve, route_length, route_order
from models.eldercare.planning import (
    NO_CAPACITY,
    PLANNED,
    UNCOVERED,
    Person,
    Row,
    Visitor,
    build,
    repair,
    required_visits,
    window,
)

MONTH = [f"2026-02-{day:02d}" for day in range(1, 29)]
TOWNSHIPS = ("north", "south")
spots = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda at: (at[0] * 10.0, at[1] * 10.0))
day_sets = st.frozensets(st.sampled_from(MONTH), max_size=12)


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Person], list[Visitor], list[str]]:
    """People with some visits, visitors with some absences, the working days that are left."""
    days = sorted(draw(st.sets(st.sampled_from(MONTH), max_size=6)))
    people = [
        Person(
            f"p{number:02d}", draw(st.sampled_from(TOWNSHIPS)), draw(st.sampled_from("abc")), draw(spots),
            draw(st.integers(1, 4)),
            tuple((day, f"v{number} {day}") for day in sorted(draw(st.sets(st.sampled_from(MONTH), max_size=2)))),
            draw(st.sampled_from([None, None, None, "died"])),
        )
        for number in range(draw(st.integers(0, 14)))
    ]  # fmt: skip
    visitors = [
        Visitor(
            f"w{number}", draw(st.sampled_from([frozenset(["north"]), frozenset(["south"]), frozenset(TOWNSHIPS)])),
            draw(st.integers(1, 4)), draw(spots), draw(day_sets), dict.fromkeys(draw(day_sets), 1),
        )
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return people, visitors, days


def check(rows: list[Row], people: list[Person], visitors: list[Visitor], days: list[str]) -> None:
    """What every plan must be, told from the rows alone."""
    keys = [(row.person_id, row.number) for row in rows]
    assert len(set(keys)) == len(keys), "a number twice"
    known, who = {each.id: each for each in people}, {each.id: each for each in visitors}
    assert set(keys) == {
        (each.id, number)
        for each in people
        for number in range(1, 1 + (each.required if each.gone is None else min(max(1, len(each.visits)), each.required)))
    }, "somebody is missing"  # fmt: skip
    for row in rows:
        person = known[row.person_id]
        if row.number <= len(person.visits):
            assert (row.state, row.day, row.visit_id) == ("met", *person.visits[row.number - 1])
        else:
            assert row.state in (PLANNED, UNCOVERED)
            assert (row.reason is None) == (row.state == PLANNED)
    planned = [row for row in rows if row.state == PLANNED]
    for row in planned:
        assert row.day in days
        assert row.day not in who[row.visitor_id].absent
        assert row.township_id in who[row.visitor_id].townships
    load = Counter((row.visitor_id, row.day) for row in planned)
    assert all(count + who[w].taken.get(day, 0) <= who[w].capacity for (w, day), count in load.items())
    stops = {}
    for row in planned:
        stops.setdefault((row.visitor_id, row.day), []).append(row.place)
    assert all(sorted(places) == list(range(1, len(places) + 1)) for places in stops.values())
    busy = Counter((row.person_id, row.day) for row in planned)
    busy.update((each.id, day) for each in people for day in {day for day, _ in each.visits})
    assert all(busy[(row.person_id, row.day)] == 1 for row in planned), "twice on one day"
    for row in rows:
        if row.reason is not None and known[row.person_id].gone is None:
            free = [
                (each.id, day)
                for each in visitors
                for day in days
                if row.township_id in each.townships and day not in each.absent and not busy[(row.person_id, day)]
                if each.capacity - each.taken.get(day, 0) > load[(each.id, day)]
            ]
            assert not free, "uncovered although somebody could go"


@settings(max_examples=40, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_a_plan_has_everybody_once_and_does_not_depend_on_the_order_of_lists(
    situation: tuple[list[Person], list[Visitor], list[str]], chance: Random
) -> None:
    people, visitors, days = situation
    rows = build(people, visitors, days, MONTH)
    check(rows, people, visitors, days)
    mixed, others = list(people), list(visitors)
    chance.shuffle(mixed)
    chance.shuffle(others)
    assert set(build(mixed, others, days, MONTH)) == set(rows)
    kept = {(row.person_id, row.number): (row.visitor_id, row.day) for row in rows if row.state == PLANNED}
    assert set(repair(people, visitors, days, MONTH, kept)) == set(rows), "a repair of what holds changes nothing"


@settings(max_examples=50, deadline=None)
@given(situations(), situations(), st.data())
def test_a_repair_broken_off_and_begun_again_ends_with_the_same_plan(
    before: tuple[list[Person], list[Visitor], list[str]], now: tuple[list[Person], list[Visitor], list[str]],
    data: st.DataObject,
) -> None:  # fmt: skip
    """Between both situations people come, go, die and are transferred, and visitors fall ill."""
    kept = {
        (row.person_id, row.number): (row.visitor_id, row.day)
        for row in build(*before, MONTH)
        if row.state == PLANNED
    }  # fmt: skip
    people, visitors, days = now
    rows = repair(people, visitors, days, MONTH, kept)
    check(rows, people, visitors, days)
    written = dict(kept)
    for row in rows[: data.draw(st.integers(0, len(rows)))]:
        written.pop((row.person_id, row.number), None)
        if row.state == PLANNED:
            written[(row.person_id, row.number)] = (row.visitor_id, row.day)
    assert set(repair(people, visitors, days, MONTH, written)) == set(rows)


def test_where_visitors_are_short_everybodys_first_visit_comes_before_anybodys_second() -> None:
    people = [Person(f"p{number}", "north", str(number), (0.0, 0.0), 4) for number in range(6)]
    visitors = [Visitor("w", frozenset(["north"]), 2, (0.0, 0.0))]
    rows = build(people, visitors, MONTH[:4], MONTH)
    numbers = Counter(row.number for row in rows if row.state == PLANNED)
    assert numbers[1] == 6
    assert sum(numbers.values()) == 8
    assert {row.reason for row in rows if row.state == UNCOVERED} == {NO_CAPACITY}


def test_one_household_is_visited_in_one_trip_and_neighbours_too() -> None:
    people = [
        Person(f"p{n}", "north", "one roof" if n in (0, 3) else str(n), (n % 3 * 5000.0, 0.0), 1) for n in range(6)
    ]
    visitors = [Visitor("w", frozenset(["north"]), 2, (0.0, 0.0))]
    days = {row.person_id: row.day for row in build(people, visitors, MONTH[:3], MONTH)}
    assert days["p0"] == days["p3"]
    assert days["p1"] == days["p4"]
    assert days["p2"] == days["p5"]


@pytest.mark.parametrize(
    ("by_risk", "since", "wanted"), [(4, "01", 4), (4, "07", 4), (4, "08", 3), (2, "15", 1), (4, "28", 1), (1, "28", 1)]
)
def test_who_comes_later_in_the_month_needs_what_is_left_of_it(by_risk: int, since: str, wanted: int) -> None:
    assert required_visits(by_risk, f"2026-02-{since}", MONTH) == wanted


@pytest.mark.parametrize("count", [28, 29, 30, 31])
def test_the_parts_of_a_month_follow_each_other_without_a_gap(count: int) -> None:
    days = [f"{day:02d}" for day in range(1, count + 1)]
    parts = [window(number, 4, days) for number in range(1, 5)]
    assert (parts[0][0], parts[-1][1]) == ("01", f"{count:02d}")
    assert all(int(after[0]) == int(before[1]) + 1 for before, after in pairwise(parts))


@given(st.dictionaries(st.integers(0, 9), spots, max_size=3), spots)
def test_a_short_route_passes_every_stop_once_and_is_the_shortest(
    stops: dict[int, tuple[float, float]], home: tuple[float, float]
) -> None:
    order = route_order(home, stops)
    assert sorted(order) == sorted(stops)
    best = min(route_length(home, each) for each in permutations(stops.values()))
    assert route_length(home, [stops[key] for key in order]) <= best + 1e-6


def test_the_curve_passes_every_cell_once_and_goes_from_neighbour_to_neighbour() -> None:
    cells = {along_curve((x * 10.0, y * 10.0), (0.0, 0.0)): (x, y) for x in range(16) for y in range(16)}
    way = [cells[place] for place in range(256)]
    assert all(abs(a - c) + abs(b - d) == 1 for (a, b), (c, d) in pairwise(way))


def test_a_person_who_is_gone_keeps_the_visits_made() -> None:
    person = Person("p", "north", "h", (0.0, 0.0), 4, (("2026-02-02", "v"),), "died")
    assert [row.visit_id for row in build([person], [], MONTH, MONTH)] == ["v"]
    assert [row.reason for row in build([replace(person, visits=())], [], MONTH, MONTH)] == ["died"]
