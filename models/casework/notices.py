"""What an applicant is told at each step: what happened, what is next and by when.

A notice holds the programme, days and public names (a centre's). Never an ID number, a telephone number, the name of a
child or anything a caseworker wrote: those are on the page it leads to.
"""

from __future__ import annotations

from datetime import datetime

from config.loading import catalogue
from config.programmes import Programme
from config.text import say
from models.kernel.clock import local
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxEntry

CHANNEL = "notice"
PAGE = "pages/applications/application"


def step_notice(
    raw: Raw, programme: Programme, step: str, *, due_at: datetime | None = None, township_id: str | None = None,
    centre: str = "",
) -> OutboxEntry:  # fmt: skip
    """The notice of a step; `raw` is the application before it, so that the key names the one version it ends."""
    values = {
        "programme": programme.label,
        "due": day_in_words(due_at) if due_at else "",
        "township": township_name(township_id or raw.get("township_id")),
        "centre": centre,
    }
    return OutboxEntry(
        key=f"application:{raw['_id']}:{raw['version'] + 1}:{step}",
        channel=CHANNEL,
        payload={
            "resident_id": raw["resident_id"],
            "text_key": f"casework.notice.{step}",
            "values": values,
            "page": f"{PAGE}?id={raw['_id']}",
            # For a call by the township where no message reaches the resident, and for the outcome on the file.
            "application_id": raw["_id"],
        },
        subject_id=raw["resident_id"],
        order_key=f"application:{raw['_id']}",
    )


def day_in_words(at: datetime) -> str:
    """The day in China, in words."""
    here = local(at)
    return say("casework.day", month=here.month, day=here.day)


def township_name(township_id: str | None) -> str:
    """The township's Chinese name; empty where none is known."""
    place = catalogue().place(township_id) if township_id else None
    return place.name_zh if place else ""
