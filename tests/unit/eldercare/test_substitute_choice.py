"""Sharing out an absent visitor's day: nobody beyond their day, nobody twice at one hour, everybody with a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.eldercare.substitute_choice import Colleague, Item, shared_out
from models.eldercare.visitor_day import in_order

SPOT = st.tuples(st.integers(0, 9).map(lambda n: n * 100.0), st.integers(0, 9).map(lambda n: n * 100.0))
ITEM = st.tuples(st.sampled_from("AB"), SPOT, st.sampled_from([None, "09:00", "10:00"]))
COLLEAGUE = st.tuples(
    st.sampled_from(["A", "B", "AB"]), st.integers(-1, 3), SPOT, st.booleans(), st.sampled_from(["", "09:00"])
)  # fmt: skip


def made(rows: list[tuple[str, int, tuple[float, float], bool, str]]) -> list[Colleague]:
    return [
        Colleague(f"c{number}", frozenset(places), free, home, absent, {hour} if hour else set())
        for number, (places, free, home, absent, hour) in enumerate(rows)
    ]


@given(st.lists(ITEM, max_size=12), st.lists(COLLEAGUE, max_size=4), st.booleans())
def test_everything_is_given_once_or_left_with_a_reason(
    wanted: list[tuple[str, tuple[float, float], str | None]],
    people: list[tuple[str, int, tuple[float, float], bool, str]], choose: bool,
) -> None:  # fmt: skip
    items = [Item(f"i{number}", *each) for number, each in enumerate(wanted)]
    chosen = "c0" if choose and people else None
    given_to, left = shared_out(items, made(people), chosen, 2)
    assert given_to.keys() | left.keys() == {each.id for each in items}
    assert not given_to.keys() & left.keys()
    for colleague in made(people):
        mine = [each for each in items if given_to.get(each.id) == colleague.id]
        assert len(mine) <= max(0, colleague.free + (2 if colleague.id == chosen else 0))
        assert not (mine and colleague.absent)
        hours = [each.hour for each in mine if each.hour]
        assert len(hours) == len(set(hours))
        assert not set(hours) & colleague.hours
        assert all(each.township_id in colleague.townships for each in mine)
    assert shared_out(items, made(people), chosen, 2) == (given_to, left), "the same answer again"


def test_the_least_detour_takes_it_and_who_is_chosen_comes_first() -> None:
    near, far = (Colleague(name, frozenset("A"), 2, spot) for name, spot in (("near", (0.0, 0.0)), ("far", (9e3, 0.0))))
    given_to, _ = shared_out([Item("i", "A", (100.0, 0.0))], [far, near])
    assert given_to == {"i": "near"}
    given_to, _ = shared_out([Item("i", "A", (100.0, 0.0))], [far, near], "far", 0)
    assert given_to == {"i": "far"}


@given(st.lists(SPOT, max_size=4), st.lists(SPOT, max_size=6))
def test_a_day_has_every_stop_once_and_the_booked_in_their_hours_order(
    timed: list[tuple[float, float]], free: list[tuple[float, float]]
) -> None:
    anchors = [(f"t{number}", spot) for number, spot in enumerate(timed)]
    order = in_order((0.0, 0.0), anchors, {f"f{number}": spot for number, spot in enumerate(free)}, (0.0, 0.0))
    assert sorted(order) == sorted([key for key, _ in anchors] + [f"f{number}" for number in range(len(free))])
    assert [key for key in order if key.startswith("t")] == [key for key, _ in anchors]
