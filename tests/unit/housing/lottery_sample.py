"""A small published draw, made as the product makes it."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.housing.draw import drawn, sealed
from models.housing.draw_record import commitment_of, committed_part, record_of
from models.housing.seeds import named_seed

SECRET = b"s" * 32
SEED = "03-07-12-19-25-31-08"
EVENTS = [
    {"action": "commit", "at": "2026-11-23T09:30:00+08:00", "seed": None, "reason": None},
    {"action": "enter_seed", "at": "2026-11-29T22:05:00+08:00", "seed": SEED, "reason": None},
    {"action": "run", "at": "2026-11-29T22:10:00+08:00", "seed": None, "reason": None},
    {"action": "publish", "at": "2026-11-30T09:00:00+08:00", "seed": None, "reason": None},
]


def application(number: int) -> str:
    return f"01HZX3{number:020d}"


def published(count: int = 30, seed: str = SEED, source: str = "welfare_double_ball", **changes: Any) -> dict[str, Any]:
    """The record of a draw among `count` applications."""
    seals = [seal for seal, _ in sealed([application(n) for n in range(count)], SECRET)]
    committed = committed_part(
        draw_id="01HZX400000000000000000000", programme="public_rental_housing", round_name="2026-1", places=5,
        district_code="360902", replaces=None, seals=seals,
        seed_source=named_seed(source, "2026137", date(2026, 11, 29), demonstrations=True),
    )  # fmt: skip
    commitment = commitment_of(committed)
    given = {"state": "published", "void": None, "events": EVENTS, "seed": seed,
             "order": drawn(commitment["sha256"], seed, seals)}  # fmt: skip
    return record_of(committed=committed, commitment=commitment, **{**given, **changes})
