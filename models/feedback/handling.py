"""What staff do: take, send on to whom it concerns, reply, conclude, assign the theme."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.feedback import themes
from config.loading import rule
from models.feedback.documents import STAFF_SAID, Feedback
from models.feedback.lifecycle import FEEDBACK
from models.feedback.notices import told
from models.feedback.operations import said_entry
from models.feedback.routing import deadline_after_transfer, office_of, routed
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw

ASK, CLOSE = "ask", "close"


def feedback_of_place(feedback_id: str, by: Actor) -> Raw:
    """A piece that the caseworker is responsible for. Raises NotFound, also for another place's."""
    found = collection(Feedback).find_one({"_id": feedback_id})
    if found is None or not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    return found


def take(feedback_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Take it in work; its owner sees so. Raises NotFound and what `Lifecycle.perform` raises."""
    return _perform(feedback_id, "take", Change(set={"taken_by": by.id}), by, at, key, version)


def transfer(
    feedback_id: str, reason: str, *, township_id: str | None, district_code: str | None, by: Actor, at: datetime,
    key: str, version: int | None = None,
) -> Raw:  # fmt: skip
    """Send it to whom it concerns: a township, a county, or with neither the city; the owner is told. The deadline
    stays, but for some days that the new office has at least.

    Raises NotFound, InvalidInput, Conflict (`feedback_same_office`, `feedback_transfers_full`).
    """
    sent_on = _sent_on(feedback_id, by, key)
    if sent_on is not None:
        return sent_on

    def change(raw: Raw) -> Change:
        target = routed(None, township_id, None, district_code)
        if office_of(raw) == target:
            raise Conflict("feedback_same_office")
        when = deadline_after_transfer(raw, at)
        moved = {
            "township_id": target.township_id, "district_code": target.district_code, "taken_by": None,
            "desks": target.desks(raw["escalations"]), **when,
        }  # fmt: skip
        due_at = when.get("due_at") or raw.get("due_at")
        entries = told(raw, "transferred", due_at=as_utc(due_at), office=target) if due_at else []
        return Change(set=moved, inc={"transfers": 1}, note=reason, outbox=entries)

    return _perform(feedback_id, "transfer", change, by, at, key, version)


def reply(feedback_id: str, text: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """The private reply: its owner is told, and after some days asked once how content they are.

    Raises NotFound, InvalidInput, and what `Lifecycle.perform` raises.
    """

    def change(raw: Raw) -> Change:
        if len(text) > rule("feedback.reply_chars_most"):
            raise InvalidInput(faults=[FieldFault("text", "string_too_long")])
        following = ASK if raw.get("asked_at") is None else CLOSE
        days = rule("feedback.ask_after_days" if following == ASK else "feedback.close_after_days")
        written = {
            "replied_at": at, "queue_at": at, "taken_by": by.id, "alarm": following,
            "alarm_at": at + timedelta(days=days),
        }  # fmt: skip
        said = said_entry(STAFF_SAID, text, by, at)
        return Change(set=written, push={"said": said}, outbox=told(raw, "replied", text=text))

    return _perform(feedback_id, "reply", change, by, at, key, version)


def note(feedback_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Conclude praise or a rating as read. Raises NotFound, Conflict (`feedback_needs_reply`)."""
    over = {"closed_at": at, "queue_at": at, "alarm": None, "alarm_at": None, "taken_by": by.id}
    return _perform(feedback_id, "note", Change(set=over), by, at, key, version)


def set_theme(
    feedback_id: str, theme: str, *, by: Actor, at: datetime, key: str, version: int | None = None
) -> Raw:  # fmt: skip
    """What it is about, for the monthly counts. Raises NotFound, InvalidInput (`unknown_theme`)."""

    def change(raw: Raw) -> Change:
        if theme not in themes().themes:
            raise InvalidInput(faults=[FieldFault("theme", "unknown_theme")])
        return Change(set={"theme": theme})

    return _perform(feedback_id, "set_theme", change, by, at, key, version)


def _perform(
    feedback_id: str, action: str, change: Any, by: Actor, at: datetime, key: str, version: int | None
) -> Raw:  # fmt: skip
    before = feedback_of_place(feedback_id, by)
    done = FEEDBACK.perform(feedback_id, action, by=by, at=at, key=key, version=version, change=change)
    audit.record(by, f"feedback.{action}", f"feedback:{feedback_id}", at, district_code=before.get("district_code"))
    return done


def _sent_on(feedback_id: str, by: Actor, key: str) -> Raw | None:
    """The piece where this very call sent it on before: who did so may have no part in it any more."""
    found = collection(Feedback).find_one({"_id": feedback_id})
    done = found is not None and any(
        entry.get("key") == key and entry["by"]["id"] == by.id for entry in found["history"]
    )
    return found if done else None
