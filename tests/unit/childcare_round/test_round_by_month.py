"""A round promises nobody a place that runs out as the children grow, and is stable for the places it gives out."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from models.childcare.round import Child, PriorityTable, place_children
from models.childcare.round_check import complaints
from models.childcare.round_months import CentreMonths, place_by_month
from models.childcare.stays import spans_of, stay_of
from tests.unit.childcare_round.stability import faults, published_order

MONTH = "2026-12"
ROWS = [("hardship", "everywhere"), ("sibling", "sibling_centre")]
TABLE = PriorityTable.model_validate(
    {"version": 1, "rows": [{"claim": c, "where": w, "label": "x", "source": "test"} for c, w in ROWS]}
)
CENTRES = ("c1", "c2", "c3")
Made = tuple[list[Child], dict[str, date], dict[str, CentreMonths], list[str]]


def born(months: int) -> date:
    """The birth date of a child of that many months on the first of the round's month."""
    year, month = divmod(2026 * 12 + 11 - months, 12)
    return date(year, month + 1, 1)


@st.composite
def rounds(draw: st.DrawFn) -> Made:
    count = draw(st.integers(1, 12))
    children, births = [], {}
    for index in range(count):
        birth = born(draw(st.integers(6, 35)))
        births[f"k{index:02d}"] = birth
        children.append(Child(
            id=f"k{index:02d}", family=f"f{draw(st.integers(0, count - 1)):02d}", age_group=stay_of(birth, MONTH)[MONTH],
            choices=tuple(draw(st.permutations(CENTRES))[: draw(st.integers(1, 3))]),
            claims=frozenset({"hardship"} if draw(st.booleans()) else ()),
            sibling_centres=frozenset(draw(st.sets(st.sampled_from(CENTRES), max_size=1))),
        ))  # fmt: skip
    few = st.integers(0, 3)
    centres = {
        each: CentreMonths(
            {group: n for group in ("infant", "preschool") if (n := draw(few))} | {"toddler": draw(st.integers(1, 3))},
            {"toddler": {"2027-02": draw(st.integers(0, 1))}},
        )
        for each in CENTRES
    }
    return children, births, centres, draw(st.permutations([f"f{index:02d}" for index in range(count)]))


@given(rounds())
@settings(max_examples=60, deadline=None)
def test_every_stay_fits_and_nobody_is_passed_over(made: Made) -> None:
    children, births, centres, families = made
    stays = {child.id: stay_of(births[child.id], MONTH) for child in children}
    result, places = place_by_month(children, stays, centres, MONTH, TABLE, families)
    placed = {child: each.centre for child, each in result.placed.items()}
    assert list(faults(children, places, placed, published_order(ROWS, families))) == []
    for centre, months in centres.items():
        taken = {group: dict(counts) for group, counts in months.occupied.items()}
        for child in sorted(placed):
            for month, group in stays[child].items() if placed[child] == centre else ():
                if not months.places.get(group):
                    break
                taken.setdefault(group, {})[month] = taken.get(group, {}).get(month, 0) + 1
                assert taken[group][month] <= months.places[group]
    # The same whatever the order of the work, and exactly a plain round over the places that were given out.
    again, _ = place_by_month(children[::-1], stays, centres, MONTH, TABLE, families)
    assert again.digest() == result.digest() == place_children(children, places, TABLE, families).digest()


def content_of(
    children: list[Child], births: dict[str, date], centres: dict[str, CentreMonths]
) -> dict[str, object]:  # fmt: skip
    return {
        "priorities": TABLE.model_dump(),
        "centres": [{"id": key, "places": dict(m.places), "occupied": dict(m.occupied)} for key, m in centres.items()],
        "children": [
            {
                "id": child.id, "family": child.family, "group": child.age_group, "choices": list(child.choices),
                "claims": sorted(child.claims), "sibling_centres": sorted(child.sibling_centres),
                "stay": spans_of(stay_of(births[child.id], MONTH)),
            }
            for child in children
        ],
    }  # fmt: skip


@given(rounds(), st.data())
@settings(max_examples=60, deadline=None)
def test_the_stored_check_finds_what_the_definition_finds(made: Made, data: st.DataObject) -> None:
    children, births, centres, families = made
    places = {(centre, group): n for centre, each in centres.items() for group, n in each.places.items()}
    placed = {}
    for child in children:
        chosen = data.draw(st.sampled_from([None, *child.choices]))
        if chosen is not None and places.get((chosen, child.age_group)):
            placed[child.id] = chosen
    by_definition = list(faults(children, places, placed, published_order(ROWS, families)))
    found = [
        each for each in complaints(content_of(children, births, centres), places, placed, families)
        if " in 20" not in each
    ]  # fmt: skip
    assert len(found) == len(by_definition)


def test_a_full_youngest_group_does_not_take_the_next_ones_places_twice() -> None:
    children = [Child(f"k{n}", f"f{n}", "infant", ("c1",)) for n in range(3)]
    stays = {child.id: stay_of(born(8), MONTH) for child in children}
    centres = {"c1": CentreMonths({"infant": 3, "toddler": 2, "preschool": 2})}
    result, places = place_by_month(children, stays, centres, MONTH, TABLE, ["f2", "f0", "f1"])
    assert sorted(result.placed) == ["k0", "k2"]
    assert places["c1", "infant"] == 2
