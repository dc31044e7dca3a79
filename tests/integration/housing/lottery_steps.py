"""A draw's steps as three people take them; run again after a crash they only complete what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.housing import operations
from models.housing.operations import Plan
from models.kernel.actors import SUPERVISOR, Actor

SEED = "03-07-12-19-25-31-08"
OTHER_SEED = "03-07-12-19-25-31-09"
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
AFTER = datetime(2026, 11, 29, 14, 5, tzinfo=UTC)
PLAN = Plan("public_rental_housing", "2026-1", "360902", 3, "welfare_double_ball", "2026137", date(2026, 11, 29))
ANNA, BEN, CARL = (Actor("staff", name, frozenset({SUPERVISOR}), "360902") for name in ("anna", "ben", "carl"))


def all_steps() -> str:
    """Commit, enter the seed, draw, publish; returns the draw's id."""
    draw_id: str = operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"]
    operations.enter_seed(draw_id, SEED, by=BEN, at=AFTER, key="key-of-seed")
    operations.run_draw(draw_id, SEED, by=CARL, at=AFTER, key="key-of-run")
    operations.publish_draw(draw_id, by=ANNA, at=AFTER, key="key-of-publish")
    return draw_id
