"""A round's steps as three people take them; run again after a crash they only complete what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.childcare import rounds
from models.childcare.documents import ChildcareRound
from models.childcare.round_following import follow_rounds
from models.childcare.rounds import RoundPlan
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.database import collection

SEED = "03-07-12-19-25-31-08"
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
AFTER = datetime(2026, 11, 29, 14, 5, tzinfo=UTC)
PLAN = RoundPlan("2026-1", "360902", "2026-12")
NAMED = ("welfare_double_ball", "2026137", date(2026, 11, 29))
ANNA, BEN, CARL = (Actor("staff", name, frozenset({SUPERVISOR}), "360902") for name in ("anna", "ben", "carl"))


def committed() -> str:
    """Open and fix the list; returns the round's id."""
    round_id: str = rounds.open_round(PLAN, by=ANNA, at=AT)["_id"]
    rounds.commit_round(round_id, *NAMED, by=ANNA, at=LATER, key="key-of-commit")
    return round_id


def published() -> str:
    """All steps of the staff."""
    round_id = committed()
    rounds.enter_seed(round_id, SEED, by=BEN, at=AFTER, key="key-of-seed")
    rounds.run_round(round_id, SEED, by=CARL, at=AFTER, key="key-of-run")
    rounds.publish_round(round_id, by=ANNA, at=AFTER, key="key-of-publish")
    return round_id


def whole_round(at: datetime) -> str:
    """All steps, and everything that follows."""
    round_id = published()
    while collection(ChildcareRound).find_one({"active": True}) or collection(ChildcareRound).find_one(
        {"refill_due": True}
    ):
        follow_rounds(AFTER)
    return round_id
