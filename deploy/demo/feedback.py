"""Invented needs and complaints, some answered and put forward to be published, so that a desk holds something.

And the invented places where people live, so that the gap report can be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from config.loading import CATALOGUE, Entry, catalogue, load_yaml
from deploy.demo.people import FIRST_DISTRICT, SCOPE, demo_staff
from models.feedback import handling, operations, publishing
from models.kernel.actors import SYSTEM
from models.kernel.ids import id_from_key
from models.people.documents import Resident
from models.reports.population import import_points

POINTS = CATALOGUE / "demo" / "population_points.csv"
POINTS_AS_OF = date(2026, 1, 1)
REPLIED_AFTER = timedelta(days=1)


class DemoPiece(Entry):
    """One piece; a place is a township's name, "" is the city."""

    by: str
    kind: str
    days_ago: int
    place: str
    text: str
    reply: str | None = None
    question: str | None = None
    answer: str | None = None


class DemoPieces(Entry):
    """The file `config/catalogue/demo/feedback.yaml`."""

    pieces: list[DemoPiece]


def load_feedback(residents: Mapping[str, str], at: datetime) -> int:
    """Make them; a second run changes nothing. `residents`: ids by token. Returns how many there are."""
    written = load_yaml(CATALOGUE / "demo" / "feedback.yaml", DemoPieces).pieces
    for number, piece in enumerate(written):
        _load(id_from_key(SCOPE, f"feedback {number}"), piece, residents[piece.by], at)
    return len(written)


def load_points(at: datetime) -> int:
    """The invented places where people live; returns how many people."""
    return import_points(POINTS.read_bytes(), POINTS.name, POINTS_AS_OF, "invented", by=SYSTEM, at=at).people


def _load(feedback_id: str, piece: DemoPiece, resident_id: str, now: datetime) -> None:
    at = now - timedelta(days=piece.days_ago)
    here = [place for place in catalogue().places if place.district_code == FIRST_DISTRICT]
    township = next((place.id for place in here if place.name_zh == piece.place), None)
    operations.submit_feedback(
        feedback_id, piece.kind, piece.text, by=Resident.actor(resident_id), at=at, township_id=township,
        may_publish=piece.question is not None,
    )  # fmt: skip
    if piece.reply is None:
        return
    office = demo_staff(f"reviewer-{FIRST_DISTRICT}")
    handling.reply(feedback_id, piece.reply, by=office, at=at + REPLIED_AFTER, key="demo reply")
    if piece.question is not None and piece.answer is not None:
        text = publishing.PublicText(piece.question, piece.answer)
        # WeChat's check is the outbox's next errand; the sandbox stands in for it.
        publishing.propose(feedback_id, text, by=office, at=at + REPLIED_AFTER, key="demo public text")
