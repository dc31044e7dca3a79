"""What follows from an approval, and from its end, in other documents: at once after the write, and by the outbox.

Which of the two is due is read from the application as it stands, so that a late or repeated call does what is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.casework.documents import APPROVED, Application
from models.casework.particulars import particulars_of
from models.casework.queries import form_of, programme_of
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.kernel.outbox import Handler, OutboxEntry, Receipt

CHANNEL = "casework_follow_up"


def follow_up_entry(raw: Raw, step: str) -> list[OutboxEntry]:
    """What a step writes into its outbox where something follows; `raw` is the application before it."""
    if particulars_of(programme_of(raw["programme"])) is None:
        return []
    key = f"application:{raw['_id']}:{raw['version'] + 1}:follow_up"
    return [
        OutboxEntry(
            key, CHANNEL, {"application_id": raw["_id"], "step": step}, subject_id=raw["resident_id"],
            order_key=f"application:{raw['_id']}:follow_up",
        )
    ]  # fmt: skip


def follow_up(application_id: str, at: datetime) -> None:
    """Do what the application's present state owes; a second time changes nothing."""
    raw = collection(Application).find_one({"_id": application_id})
    if raw is None:
        return
    giver = particulars_of(programme_of(raw["programme"]))
    if giver is None or not was_approved(raw):
        return
    if raw["state"] == APPROVED and raw.get("form"):
        giver.approved(raw, form_of(raw), at)
        # It may have ended while that was under way, before there was anything to end.
        raw = collection(Application).find_one({"_id": application_id}) or raw
    if raw["state"] != APPROVED:
        giver.ended(raw, at)


def was_approved(raw: Raw) -> bool:
    """True where it was approved at some time."""
    return any(each["to"] == APPROVED for each in raw["history"])


def follow_up_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat does no harm."""

    def send(payload: dict[str, str], key: str) -> Receipt:
        follow_up(payload["application_id"], now())
        return Receipt("delivered", "followed_up")

    return Handler(send, idempotent=True)
