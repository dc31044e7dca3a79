"""Objections to a public notice: filed by a resident with a name, looked into and ruled on by the county's staff.

An objection is stored first and then put on its notice, which decides whether it came in time; whatever a process died
after, the outbox and the retry complete it. Its owner is known to the lifecycle by the blind index only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework import public_notices
from models.casework.deadlines import due
from models.casework.documents import Application
from models.casework.files import CleanFile
from models.casework.notice_documents import (
    ANSWERED,
    DISMISSED,
    FILED,
    OBJECTION,
    OBJECTOR_CONTEXT,
    OPEN,
    RULING_CONTEXT,
    SHOWN,
    STATEMENT_CONTEXT,
    SUSTAINED,
    UNDECIDED,
    WITHDRAWN,
    Objection,
)
from models.casework.notice_settling import settle
from models.casework.objection_notices import objector_notice, objector_of
from models.casework.papers import (
    delete_contents,
    file_entry,
    keep_contents,
    register_owner,
    settle_contents,
)
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import change_one, collection
from models.kernel.encryption import blind_index, open_text, seal_json, seal_text
from models.kernel.errors import (
    Conflict,
    FieldFault,
    Forbidden,
    IllegalTransition,
    InvalidInput,
    LimitReached,
    NotFound,
    StaleVersion,
)
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import Handler, OutboxEntry, Receipt
from models.kernel.paging import Page, page_of_few
from models.people import queries as people
from models.people.consents import IDENTITY

CHANNEL = "objection"
MAX_CONTENTION = 20
Decision = Literal["sustained", "dismissed"]
ACTION_OF: dict[str, str] = {SUSTAINED: "sustain", DISMISSED: "dismiss"}


def handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        complete(payload["objection_id"], now())
        return Receipt("delivered")

    return Handler(send, idempotent=True)


def objector_index(resident_id: str) -> str:
    """By which a resident's objections are found, without naming the resident."""
    return blind_index("objections.objector", resident_id)


def file_objection(objection_id: str, notice_id: str, statement: str, *, by: Actor, at: datetime) -> Raw:
    """Object to a notice; the same id again gives the first. The notice of that one application pauses.

    Raises NotFound, Conflict (`notice_over`, `own_notice`, `identity_not_set`, `objected_already`), Forbidden
    (`consent_missing`), LimitReached (`objections_open`).
    """
    found = collection(Objection).find_one({"_id": objection_id})
    if found is None:
        made = _fresh(objection_id, notice_id, statement, by, at)
        try:
            collection(Objection).insert_one(made)
        except DuplicateKeyError:
            found = collection(Objection).find_one({"_id": objection_id})
            if found is None:
                raise Conflict("objected_already") from None
    complete(objection_id, at)
    mine = own_objection(objection_id, by)
    if mine["state"] == "late":
        raise Conflict("notice_over")
    return mine


def complete(objection_id: str, at: datetime) -> None:
    """Do what an objection owes its notice and application; again: no change."""
    raw = collection(Objection).find_one({"_id": objection_id})
    if raw is None:
        return
    notice = raw["notice_id"]
    if raw["state"] == FILED:
        _place(raw, at)
    elif raw["state"] == SUSTAINED:
        public_notices.stop(notice, at, sustained_by=objection_id)
    elif raw["state"] in (DISMISSED, WITHDRAWN):
        public_notices.unpause(notice, objection_id, at)
    settle(notice, at)


def rule_on(
    objection_id: str, decision: Decision, reason: str, *, version: int, by: Actor, at: datetime, key: str
) -> Raw:
    """The county's ruling, with reasons that applicant and objector both read. The rest follows from it.

    Raises NotFound, Forbidden (`same_person`: whoever reviewed the application does not judge objections to it),
    InvalidInput (`names_objector`), StaleVersion, IllegalTransition.
    """
    raw = objection_of_place(objection_id, by)
    if not any(entry.get("key") == key for entry in raw["history"]):
        _demand_another_person(raw, by)
        _demand_discretion(raw, reason)
        change = Change(
            set={
                "ruling": seal_text(reason, RULING_CONTEXT), "ruled_by": by.id, "closed_at": at, "only_open": None,
            },
            outbox=[_follow_up(raw), *objector_notice(raw, f"objection_{decision}", None)],
        )  # fmt: skip
        OBJECTION.perform(objection_id, ACTION_OF[decision], by=by, at=at, version=version, key=key, change=change)
    complete(objection_id, at)
    return objection_of_place(objection_id, by)


def withdraw(objection_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The objector takes it back; the notice runs on. Raises NotFound, IllegalTransition."""
    raw = own_objection(objection_id, by)
    change = Change(set={"closed_at": at, "only_open": None}, outbox=[_follow_up(raw)])
    OBJECTION.perform(objection_id, "withdraw", by=_as_objector(by), at=at, key=key, change=change)
    complete(objection_id, at)
    return own_objection(objection_id, by)


def add_evidence(objection_id: str, file: CleanFile, *, document_id: str, by: Actor, at: datetime) -> Raw:
    """Add a file while the objection is not ruled on; the same `document_id` again changes nothing.

    Raises NotFound, IllegalTransition, Conflict (`too_many_files`).
    """
    for attempt in range(MAX_CONTENTION):
        raw = own_objection(objection_id, by)
        if any(each["id"] == document_id for each in raw["evidence"]):
            return raw
        if raw["state"] not in UNDECIDED:
            raise IllegalTransition(details={"state": raw["state"], "version": raw["version"]})
        most = rule("public_notices.evidence_most")
        if len(raw["evidence"]) >= most:
            raise Conflict("too_many_files", most=most)
        if attempt == 0:
            keep_contents(objection_id, document_id, file.content, at)
        written = change_one(
            collection(Objection),
            {"_id": objection_id, "version": raw["version"], "state": raw["state"]},
            {
                "$push": {"evidence": file_entry(document_id, file, at)},
                "$set": {"updated_at": at},
                "$inc": {"version": 1},
            },
        )
        if written is not None:
            settle_contents(document_id)
            return written
    raise StaleVersion()


def own_objection(objection_id: str, by: Actor) -> Raw:
    """An objection of the caller's own. Raises NotFound, also for another's."""
    found = collection(Objection).find_one({"_id": objection_id})
    if found is None or by.kind != "resident" or found.get("objector_index") != objector_index(by.id):
        raise NotFound()
    return found


def objections_of(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's objections, the newest first; a handful each, so all are read. Raises InvalidInput."""
    return page_of_few(all_objections_of(resident_id), cursor, limit)


def all_objections_of(resident_id: str) -> list[Raw]:
    """All of a resident's objections, in no order."""
    return list(collection(Objection).find({"objector_index": objector_index(resident_id)}))


def note_end_read(objection_id: str, *, by: Actor, at: datetime) -> Raw:
    """Note that the objector has read how it ended; before its end, and again: no change. Raises NotFound."""
    raw = own_objection(objection_id, by)
    if end_unread(raw):
        # No step of the objection: whoever rules or withdraws on the version they read is not put off by a look.
        unread = {"_id": objection_id, "end_read_at": None}
        collection(Objection).update_one(unread, {"$set": {"end_read_at": at}})
    return own_objection(objection_id, by)


def end_unread(raw: Raw) -> bool:
    """True where it has ended without its objector having read how."""
    return raw["state"] in ANSWERED and raw.get("end_read_at") is None


def objection_of_place(objection_id: str, by: Actor) -> Raw:
    """An objection of the caseworker's county. Raises NotFound, also for another place's."""
    found = collection(Objection).find_one({"_id": objection_id})
    if found is None or not by.covers(found["district_code"], found["township_id"]):
        raise NotFound()
    return found


def open_objections(by: Actor) -> list[Raw]:
    """What the county has to rule on, the soonest due first."""
    wanted: dict[str, Any] = {"state": OPEN}
    if by.district_code is not None:
        wanted["district_code"] = by.district_code
    found = collection(Objection).find(wanted, {"objector": 0, "statement": 0, "history": 0, "outbox": 0})
    mine = [each for each in found if by.covers(each["district_code"], each["township_id"])]
    mine.sort(key=lambda each: (as_utc(each["due_at"]), each["_id"]))
    return mine[: rule("public_notices.objections_list_most")]


def statement_of(raw: Raw) -> str:
    """What is objected, in clear."""
    return open_text(raw["statement"], STATEMENT_CONTEXT) if raw.get("statement") else ""


def ruling_of(raw: Raw) -> str | None:
    """The reasons of the ruling, in clear."""
    return open_text(raw["ruling"], RULING_CONTEXT) if raw.get("ruling") else None


def drop_evidence(raw: Raw) -> None:
    """Delete the contents of its files."""
    for each in raw["evidence"]:
        delete_contents(each["id"])


def _fresh(objection_id: str, notice_id: str, statement: str, by: Actor, at: datetime) -> Raw:
    notice = public_notices.read_notice(notice_id)
    if notice["state"] not in SHOWN:
        raise Conflict("notice_over")
    if notice.get("resident_id") == by.id:
        raise Conflict("own_notice")
    people.demand_consent(by.id, IDENTITY)
    person = people.person_of(by.id)
    if person is None:
        raise Conflict("identity_not_set")
    index, most = objector_index(by.id), rule("public_notices.objections_open_most")
    earlier = collection(Objection).find({"objector_index": index}, {"state": 1})
    if sum(each["state"] in UNDECIDED for each in earlier) >= most:
        raise LimitReached("objections_open", most=most)
    ends = due(day_of(at), rule("public_notices.ruling_working_days"))
    objector = {"resident_id": by.id, "name": person.name, "phone": people.phone_of(by.id) or ""}
    made = Objection(
        id=objection_id, created_at=at, updated_at=at, notice_id=notice_id, application_id=notice["application_id"],
        programme=notice["programme"], district_code=notice["district_code"], township_id=notice["township_id"],
        objector_index=index, objector=seal_json(objector, OBJECTOR_CONTEXT),
        statement=seal_text(statement, STATEMENT_CONTEXT), due_at=ends.at, due_assumed=ends.assumed,
        only_open=blind_index("objections.only_open", f"{notice_id}\x00{by.id}"),
        history=[history_entry("file", None, FILED, _as_objector(by), at)],
    ).raw()  # fmt: skip
    entry = OutboxEntry(f"objection:{objection_id}:1:place", CHANNEL, {"objection_id": objection_id})
    return {**made, "outbox": [entry.stored(at)], "outbox_waiting": True}


def _place(raw: Raw, at: datetime) -> None:
    """Put it on its notice, in time or too late by when it was filed."""
    try:
        public_notices.pause(raw["notice_id"], raw["_id"], as_utc(raw["due_at"]), as_utc(raw["created_at"]))
        action, step = "open", "objection_filed"
        written: dict[str, Any] = {}
    except Conflict as fault:
        if fault.code != "notice_over":
            raise
        action, step = "miss", "objection_late"
        written = {"closed_at": at, "only_open": None}
    change = Change(set=written, outbox=objector_notice(raw, step, as_utc(raw["due_at"])))
    try:
        OBJECTION.perform(raw["_id"], action, by=SYSTEM, at=at, key="place", change=change)
    except IllegalTransition:
        # Withdrawn or closed in between: the notice must not wait for it.
        public_notices.unpause(raw["notice_id"], raw["_id"], at)


def _follow_up(raw: Raw) -> OutboxEntry:
    key = f"objection:{raw['_id']}:{raw['version'] + 1}:follow"
    return OutboxEntry(key, CHANNEL, {"objection_id": raw["_id"]})


def _demand_another_person(raw: Raw, by: Actor) -> None:
    """Four-eyes rule (assumption to confirm): the decision is objected to, so whoever took it does not judge."""
    application = collection(Application).find_one({"_id": raw["application_id"]}, {"history": 1}) or {}
    decided = [each["by"] for each in application.get("history", []) if each["to"] == public_notices.ON_NOTICE]
    if {"kind": "staff", "id": by.id} in decided:
        raise Forbidden("same_person")


def _demand_discretion(raw: Raw, reason: str) -> None:
    objector = objector_of(raw) or {}
    plain = "".join(reason.split())
    if any(objector.get(name) and objector[name] in plain for name in ("name", "phone")):
        raise InvalidInput(faults=[FieldFault("reason", "names_objector")])


def _as_objector(by: Actor) -> Actor:
    return Actor("resident", objector_index(by.id))


register_owner(Objection, "evidence")
