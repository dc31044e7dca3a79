"""The public record of a placement round: by it anyone can repeat the draw and see who was placed by which standing.

Families appear as numbers and seals, which only they can open; no claim, name or birth date is in it.

Shape, format 1 (all hashes hex, times ISO 8601 with offset; the draw is that of `docs/draws.md`):

    format      "yixiang.childcare-round/1"
    state       open | committed | seeded | run | published | void
    round       {id, name, district_code (null: the whole city), month, replaces}
    committed   what the commitment covers, fixed before the seed was known (null before): round, algorithm,
                priorities {version, rows [{label, where, source}]}, seed_source, input {sha256, sm3} of all that the
                result is computed from, entries [{number, seal}] of the families in the order of their seals
    commitment  {sha256, sm3} of the canonical JSON of `committed`
    seed        the announced numbers, null before
    draw        the families' numbers in the order drawn, null before publication
    result      null before publication:
                  children [{number, age_group, centre (or null), choice (from 1, or null)}]
                  places [{centre, age_group, places, admitted, last}]: `last` is the standing of whoever was admitted
                  last to a full slot, {priority (0 the highest), draw_place (from 1)}, else null
                  statement {stable, complaints, checker, children, placed, first_choices}
    void, events, hashes   as of a lottery draw
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.housing.draw import ALGORITHM as DRAW
from models.housing.draw import canonical, entries_of, fingerprint, number

FORMAT = "yixiang.childcare-round/1"
ALGORITHM = {"name": "deferred-acceptance-by-month", "version": 1}


def round_part(each: Mapping[str, Any]) -> dict[str, Any]:
    """Which round it is."""
    return {
        "id": each["_id"], "name": each["name"], "district_code": each.get("district_code"), "month": each["month"],
        "replaces": each.get("replaces"),
    }  # fmt: skip


def committed_part(
    each: Mapping[str, Any], priorities: Mapping[str, Any], seed_source: Mapping[str, Any], input_hash: str,
    seals: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """What a commitment covers, ready for `canonical`. `seals` in their order; `input_hash` SHA-256 of the input."""
    rows = [{name: row[name] for name in ("label", "where", "source")} for row in priorities["rows"]]
    return {
        "round": round_part(each), "algorithm": {**ALGORITHM, "draw": dict(DRAW)},
        "priorities": {"version": priorities["version"], "rows": rows}, "seed_source": dict(seed_source),
        "input": {"sha256": input_hash}, "entries": entries_of(seals),
    }  # fmt: skip


def commitment_of(committed: Mapping[str, Any]) -> dict[str, str]:
    """The hashes that are published before the seed is known."""
    return fingerprint(canonical(committed))


def result_part(content: Mapping[str, Any], result: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    """The result, masked. `content`: the stored input; `result`: the stored result (`rounds` has both shapes)."""
    numbers = {family: number(index) for index, family in enumerate(content["families"])}
    children = []
    for child in content["children"]:
        centre, choice = result["placed"].get(child["id"], (None, None))
        children.append(
            {"number": numbers[child["family"]], "age_group": child["group"], "centre": centre, "choice": choice}
        )
    children.sort(key=lambda each: (each["number"], each["age_group"], each["choice"] or 0))
    return {"children": children, "places": result["places"], "statement": dict(statement)}


def record_of(
    each: Mapping[str, Any], *, committed: Mapping[str, Any] | None, order: Sequence[int] | None,
    result: Mapping[str, Any] | None, void: Mapping[str, Any] | None, events: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The record with its hashes. `order`: indexes of the families as drawn, None before publication."""
    record: dict[str, Any] = {
        "format": FORMAT, "state": each["state"], "round": round_part(each),
        "committed": None if committed is None else dict(committed), "commitment": each.get("commitment") or None,
        "seed": each.get("seed"), "draw": None if order is None else [number(index) for index in order],
        "result": None if result is None else dict(result), "void": None if void is None else dict(void),
        "events": [dict(step) for step in events],
    }  # fmt: skip
    rest = {name: value for name, value in record.items() if name != "committed"}
    return {**record, "hashes": {"record": fingerprint(canonical(rest))}}
