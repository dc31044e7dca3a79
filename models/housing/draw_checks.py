"""A draw for who carries it out: how far it has come, what may be done now, and its record computed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from config.text import label, say
from models.housing.draw import number
from models.housing.draw_verification import verify
from models.housing.lifecycle import DRAW_LIFECYCLE
from models.housing.operations import order_of
from models.housing.queries import public_record, summary
from models.housing.seeds import is_demonstration, seed_sources
from models.kernel.actors import Actor

RESULTS_SHOWN = 20
Raw = dict[str, Any]


def draw_of_staff(stored: Mapping[str, Any], by: Actor) -> Raw:
    """A draw without its list. `first`: the numbers of the first places, once it is published."""
    draw = dict(stored)
    order = order_of(draw) if draw["state"] == "published" else None
    return {
        **summary(draw), "state_label": label("housing.states", draw["state"]), "followed": draw.get("followed"),
        "events": [{**each, "label": label("housing.draw_steps", each["action"])} for each in draw["steps"]],
        "actions": [
            {"action": each, "label": label("housing.draw_steps", each)}
            for each in DRAW_LIFECYCLE.actions_for(draw, by)
        ],
        "first": [number(index) for index in order[: min(draw["places"], RESULTS_SHOWN)]] if order else [],
        "demonstration": is_demonstration(draw["seed_source"]),
    }  # fmt: skip


def checked(stored: Mapping[str, Any]) -> Raw:
    """`{same, faults, count, places, seed, commitment, record_sha256, record_sm3}` of the record as it is published."""
    record = public_record(stored)
    demonstration = is_demonstration(stored["seed_source"])
    verdict = verify(orjson.dumps(record), stored["commitment"]["sha256"], demonstration=demonstration)
    hashes = record["hashes"]["record"]
    return {
        "same": verdict.same,
        "faults": [say(f"housing.faults.{each.code}", **each.params) for each in verdict.faults],
        "count": stored["count"], "places": stored["places"], "seed": stored.get("seed"),
        "commitment": stored["commitment"]["sha256"], "record_sha256": hashes["sha256"],
        "record_sm3": hashes.get("sm3"), "demonstration": demonstration,
    }  # fmt: skip


def sources(*, demonstrations: bool) -> list[Raw]:
    """The public results that may seed a draw, with how each is written and on which weekdays it is announced."""
    return [
        {"token": token, "name": each.name, "written": each.written, "issue_digits": each.issue_digits,
         "weekdays": each.weekdays, "address": each.address}
        for token, each in seed_sources().items() if demonstrations or not each.demonstration
    ]  # fmt: skip
