"""Says whether a round's result is fair, by definition and pair by pair; shares nothing with what computed it.

A result is stable when it is possible (nobody twice, no slot over its places, only centres that were asked for, every
stay within the centre's places in every month) and no child and centre would both rather have each other: a centre the
child likes better than its own, with a place of its age group left, or with somebody there who comes after the child.
It reads the round's input as it is stored (`rounds`), not the types of the computation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

CHECKER = "pairs/1"
YEAR = 12

Standing = tuple[tuple[bool, ...], int, str]


def complaints(
    content: Mapping[str, Any], places: Mapping[tuple[str, str], int], placed: Mapping[str, str],
    family_order: Sequence[str],
) -> Iterator[str]:  # fmt: skip
    """What is wrong with a result (child → centre); nothing where it is stable. `family_order`: as drawn."""
    children = {child["id"]: child for child in content["children"]}
    drawn = {family: number for number, family in enumerate(family_order)}
    rows = [(row["claim"], row["where"]) for row in content["priorities"]["rows"]]
    taken: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Standing] = {}
    for child_id, centre in placed.items():
        child = children[child_id]
        slot = (centre, child["group"])
        taken[slot] += 1
        last[slot] = max(last.get(slot, _standing(child, centre, rows, drawn)), _standing(child, centre, rows, drawn))
        if centre not in child["choices"]:
            yield f"{child_id} never asked for {centre}"
    yield from (f"{slot} has {n} of {places.get(slot, 0)}" for slot, n in taken.items() if n > places.get(slot, 0))
    yield from _over_full(content, placed)
    for child in children.values():
        for centre in _liked_better(child, placed.get(child["id"])):
            slot = (centre, child["group"])
            if taken[slot] < places.get(slot, 0):
                yield f"{child['id']} prefers {centre}, which has a place left"
            elif slot in last and _standing(child, centre, rows, drawn) < last[slot]:
                yield f"{child['id']} prefers {centre} and comes before somebody there"


def _standing(
    child: Mapping[str, Any], centre: str, rows: Sequence[tuple[str, str]], drawn: Mapping[str, int]
) -> Standing:  # fmt: skip
    """Sorts as the published order says: row by row who has the claim first, then the draw, then the number."""
    lacks = tuple(
        centre not in child["sibling_centres"] if where == "sibling_centre" else claim not in child["claims"]
        for claim, where in rows
    )
    return lacks, drawn[child["family"]], child["id"]


def _liked_better(child: Mapping[str, Any], own: str | None) -> list[str]:
    choices: list[str] = child["choices"]
    return choices[: choices.index(own)] if own in choices else choices


def _months(spans: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Month by month (month, group), the first month first."""
    for (first, last), group in sorted((tuple(span), group) for group, span in spans.items()):
        year, number = int(first[:4]), int(first[5:])
        while (month := f"{year:04d}-{number:02d}") <= last:
            yield month, group
            year, number = (year, number + 1) if number < YEAR else (year + 1, 1)


def _over_full(content: Mapping[str, Any], placed: Mapping[str, str]) -> Iterator[str]:
    """Centres with more children than places in some month, those who were there before included."""
    centres = {centre["id"]: centre for centre in content["centres"]}
    stays = {child["id"]: child["stay"] for child in content["children"]}
    new: Counter[tuple[str, str, str]] = Counter()
    for child_id, centre in placed.items():
        for month, group in _months(stays[child_id]):
            if not centres[centre]["places"].get(group):
                break  # the centre does not keep the next group: the stay ends there
            new[centre, group, month] += 1
    for (centre, group, month), count in new.items():
        before = centres[centre]["occupied"].get(group, {}).get(month, 0)
        if before + count > centres[centre]["places"][group]:
            yield f"{centre} has {before + count} {group} in {month}"
