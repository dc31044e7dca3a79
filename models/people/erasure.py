"""A copy of all data, and erasure, of one resident. Sources: PIPL articles 45 and 47.

Erasure goes in steps that can each be repeated: a tombstone (the id only) says that it was asked for; the resident is
marked, which ends every token; each holder erases its part; the resident's own record is stripped to its id, its
times, and the consents that show why the data were held. Some minutes later every holder is asked once more, for a
request or a delivery under way at that moment may have written again. Whatever stops in the middle is completed by
`continue_erasures`. The tombstone outlives a restored backup and lets the erasure be repeated on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, StringField

from config.loading import rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import UNREACHABLE, collection
from models.kernel.document import Record
from models.kernel.encryption import decrypt
from models.kernel.errors import NotFound
from models.kernel.idempotency import ANSWER_CONTEXT, IdempotencyKey
from models.kernel.outbox import OutboxMessage
from models.people.documents import ERASED, ERASING, Resident
from models.people.holders import all_holders, register_holder
from models.people.messages import erase_messages, export_messages
from models.people.queries import export_profile

__all__ = ["continue_erasures", "erase_resident", "export_resident", "register_holder", "replay_erasures", "tombstones"]

# What stays of a resident: no personal datum among them. Consents prove that the data were held rightly (article 69).
HUSK = frozenset(
    {"id", "version", "created_at", "updated_at", "token_epoch", "erasure", "erased_at", "consents", "demo"}
)


class ErasureTombstone(Record):
    """That the resident with this id is to be erased, or was. `open` until the last sweep is done."""

    state = StringField(required=True)
    open = BooleanField(required=True)
    next_at = DateTimeField(required=True)
    faults = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "erasure_tombstones"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("next_at", 1)], "name": "open", "partialFilterExpression": {"open": True}}
    ]


@dataclass(frozen=True)
class Continued:
    """What a run of `continue_erasures` did: ids whose data are erased, and ids that wait with each holder's fault."""

    done: list[str] = field(default_factory=list)
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)


def export_resident(resident_id: str, by: Actor, at: datetime) -> dict[str, Any]:
    """All that the product holds of a resident, by holder, in clear. Raises NotFound."""
    parts = {"profile": export_profile(resident_id)}
    parts.update({holder.name: holder.export(resident_id) for holder in all_holders()})
    audit.record(by, "resident.exported", f"resident:{resident_id}", at)
    return {"resident_id": resident_id, "exported_at": at, "data": parts}


def erase_resident(resident_id: str, by: Actor, at: datetime) -> str:
    """Erase a resident; `erased`, or `erasing` where a holder failed and the job goes on. Again: completes or no-op.

    Raises NotFound for an id that neither a resident nor a tombstone has.
    """
    found = collection(Resident).find_one({"_id": resident_id}, {"erasure": 1})
    told = collection(ErasureTombstone).find_one({"_id": resident_id})
    if found is None and told is None:
        raise NotFound()
    if found is not None and found.get("erasure") == ERASED and told is not None and told["state"] == ERASED:
        return ERASED
    audit.record(by, "resident.erased", f"resident:{resident_id}", at)
    _ask(resident_id, at)
    return _erase(resident_id, at)


def continue_erasures(at: datetime) -> Continued:
    """Complete erasures that stopped, and sweep once more behind those that are done. A job calls it."""
    done: list[str] = []
    for told in list(collection(ErasureTombstone).find({"open": True, "next_at": {"$lte": at}})):
        state = _erase(told["_id"], at) if told["state"] == ERASING else _sweep(told["_id"], at)
        if state == ERASED:
            done.append(told["_id"])
    stuck = collection(ErasureTombstone).find({"open": True, "faults": {"$exists": True, "$ne": {}}})
    return Continued(done, {each["_id"]: dict(each["faults"]) for each in stuck})


def tombstones() -> list[str]:
    """The ids of all residents ever erased; a backup keeps them apart from the data."""
    return [each["_id"] for each in collection(ErasureTombstone).find({}, {"_id": 1}).sort("_id", 1)]


def replay_erasures(resident_ids: list[str], at: datetime) -> Continued:
    """After a restored backup: erase again those it brought back."""
    for resident_id in resident_ids:
        _ask(resident_id, at)
    return continue_erasures(at)


def _ask(resident_id: str, at: datetime) -> None:
    collection(ErasureTombstone).update_one(
        {"_id": resident_id},
        {
            "$set": {"state": ERASING, "open": True, "next_at": at, "faults": {}, "updated_at": at},
            "$setOnInsert": {"created_at": at, "version": 1},
        },
        upsert=True,
    )


def _erase(resident_id: str, at: datetime) -> str:
    residents = collection(Resident)
    residents.update_one(
        {"_id": resident_id, "erased_at": None},
        {"$set": {"erased_at": at, "erasure": ERASING, "updated_at": at}, "$inc": {"token_epoch": 1, "version": 1}},
    )
    faults = _erase_holdings(resident_id, at)
    if faults:
        _postpone(resident_id, faults, at)
        return ERASING
    gone = {name: "" for name in Resident._fields if name not in HUSK}
    residents.update_one(
        {"_id": resident_id, "erasure": ERASING},
        {"$unset": gone, "$set": {"erasure": ERASED, "updated_at": at}, "$inc": {"version": 1}},
    )
    sweep = at + timedelta(minutes=rule("people.erasure_sweep_minutes"))
    _note(resident_id, {"state": ERASED, "next_at": sweep, "faults": {}}, at)
    return ERASED


def _sweep(resident_id: str, at: datetime) -> str:
    faults = _erase_holdings(resident_id, at)
    if faults:
        _postpone(resident_id, faults, at)
        return ERASING
    _note(resident_id, {"open": False, "faults": {}}, at)
    return ERASED


def _erase_holdings(resident_id: str, at: datetime) -> dict[str, str]:
    """Let every holder erase; one that fails keeps no other from it. Its fault's kind is noted, never its words."""
    faults: dict[str, str] = {}
    for holder in all_holders():
        try:
            holder.erase(resident_id, at)
        except UNREACHABLE:
            raise
        except Exception as fault:  # noted in the tombstone, tried again, and reported by the job
            faults[holder.name] = type(fault).__name__
    return faults


def _postpone(resident_id: str, faults: dict[str, str], at: datetime) -> None:
    again = at + timedelta(minutes=rule("people.erasure_retry_minutes"))
    _note(resident_id, {"faults": faults, "next_at": again}, at)


def _note(resident_id: str, facts: dict[str, Any], at: datetime) -> None:
    collection(ErasureTombstone).update_one(
        {"_id": resident_id}, {"$set": {**facts, "updated_at": at}, "$inc": {"version": 1}}
    )


def _export_outbox(resident_id: str) -> list[dict[str, Any]]:
    found = collection(OutboxMessage).find({"subject_id": resident_id}).sort("created_at", 1)
    return [
        {
            "channel": each["channel"], "state": each["state"], "created_at": each["created_at"],
            "outcome": each.get("outcome"), "payload": OutboxMessage.open_payload(each),
        }
        for each in found
    ]  # fmt: skip


def _erase_outbox(resident_id: str, at: datetime) -> int:
    return collection(OutboxMessage).delete_many({"subject_id": resident_id}).deleted_count


def _export_answers(resident_id: str) -> list[dict[str, Any]]:
    found = collection(IdempotencyKey).find({"subject_id": resident_id}).sort("created_at", 1)
    return [
        {"created_at": each["created_at"], "status": each.get("status"), "answer": _answer(each.get("answer"))}
        for each in found
    ]


def _answer(sealed: bytes | None) -> str | None:
    return None if sealed is None else decrypt(bytes(sealed), ANSWER_CONTEXT).decode()


def _erase_answers(resident_id: str, at: datetime) -> int:
    return collection(IdempotencyKey).delete_many({"subject_id": resident_id}).deleted_count


register_holder("messages", export=export_messages, erase=erase_messages)
register_holder("notices", export=_export_outbox, erase=_erase_outbox)
register_holder("answers", export=_export_answers, erase=_erase_answers)
