"""Bringing a public notice, its objections and its application into line; a second time changes nothing.

The notice decides whether it is paused, resumed or over; the application decides whether it is still under way. Each
step is derived from what stands in the documents now, so that it does not matter which of them a process died after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from config.loading import catalogue
from models.casework import notice_steps
from models.casework.documents import Application
from models.casework.notice_documents import (
    ENDED,
    OBJECTION,
    PAUSED,
    PUBLISHED,
    SHOWN,
    STOPPED,
    UNDECIDED,
    Objection,
    PublicNotice,
)
from models.casework.objection_notices import objector_notice
from models.casework.public_notices import ON_NOTICE, end_due, notice_id, publish_due, read_notice, stop
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.errors import IllegalTransition, NotFound, StaleVersion
from models.kernel.lifecycle import Change, Raw
from models.kernel.outbox import Handler, Receipt

OBJECTED = "objected"
MAX_STEPS = 6


def handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel `public_notice`; a repeat does no harm."""

    def send(payload: dict[str, str], key: str) -> Receipt:
        return Receipt("delivered") if settle(payload["notice_id"], now()) else Receipt("retry", "not_settled")

    return Handler(send, idempotent=True)


def settle(notice_id: str, at: datetime) -> bool:
    """Do what one of the documents owes another; True once they agree."""
    for _ in range(MAX_STEPS):
        try:
            notice = read_notice(notice_id)
        except NotFound:
            return True  # the application left before it was published
        raw = collection(Application).find_one({"_id": notice["application_id"]})
        try:
            if not _step(notice, raw, at):
                return True
        except (IllegalTransition, StaleVersion):
            continue  # somebody else was quicker: look again
    return False


def run_day(at: datetime) -> dict[str, int]:
    """The daily work: end what is over, publish what waits. Returns counts.

    What an end owes the application comes by the outbox, so that one case that cannot be settled holds up no other.
    """
    return {"ended": len(end_due(at)), "published": publish_due(at)}


def _step(notice: Raw, raw: Raw | None, at: datetime) -> bool:
    """One step towards agreement; False where there is none to take."""
    state = raw["state"] if raw is not None else None
    # A case that was reopened after a refusal comes on notice anew: an earlier notice has nothing more to say.
    if raw is None or state not in (ON_NOTICE, OBJECTED) or notice_id(raw) != notice["_id"]:
        if notice["state"] in SHOWN:
            stop(notice["_id"], at)
            return True
        return _close_objections(notice, at)
    if notice["state"] == PAUSED and state == ON_NOTICE:
        notice_steps.raise_objection(raw, notice, at)
        return True
    if notice["state"] in (PUBLISHED, ENDED) and state == OBJECTED:
        notice_steps.dismiss_objection(raw, notice, at)
        return True
    if notice["state"] == ENDED:
        notice_steps.end_notice(raw, notice, at)
        return True
    if notice["state"] == STOPPED and notice.get("sustained_by"):
        if state == ON_NOTICE:
            notice_steps.raise_objection(raw, notice, at)
        else:
            notice_steps.sustain_objection(raw, notice, at)
        return True
    return False


def _close_objections(notice: Raw, at: datetime) -> bool:
    """What is left of objections once the notice is over for another reason: nothing to rule on."""
    for found in list(collection(Objection).find({"notice_id": notice["_id"]})):
        if found["state"] in UNDECIDED:
            change = Change(
                set={"closed_at": at, "only_open": None}, outbox=objector_notice(found, "objection_moot", None)
            )
            OBJECTION.perform(found["_id"], "close", by=SYSTEM, at=at, key="close", change=change)
    return False


def reconcile(at: datetime) -> int:
    """Settle every notice whose application is under way, and every one that is shown; returns how many were not in
    line. The nightly sweep, for what no outbox entry remembers.
    """
    shown = {each["_id"] for each in collection(PublicNotice).find({"state": {"$in": list(SHOWN)}}, {"_id": 1})}
    for district_code in catalogue().districts:
        open_now = {"district_code": district_code, "state": {"$in": [ON_NOTICE, OBJECTED]}}
        shown |= {notice_id(raw) for raw in collection(Application).find(open_now, {"history": 1})}
    return sum(not _in_line(each, at) for each in sorted(shown))


def _in_line(notice: str, at: datetime) -> bool:
    """True where nothing had to be done."""
    before = collection(PublicNotice).find_one({"_id": notice}, {"version": 1})
    return before is None or (settle(notice, at) and read_notice(notice)["version"] == before["version"])
