"""A plan as stored, written one planned visit at a time: of a county's month, or of a campaign.

Each write is an insert under a derived id or a compare-and-set. It is written in the order in which it was decided,
so that one that was killed goes on where it was (see `planning`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from pymongo.errors import BulkWriteError

from config.loading import rule
from models.eldercare.plan_records import WITHDRAWN, PlannedVisit, campaign_visit_id, planned_id
from models.eldercare.planning import MET, PLANNED, Number, Row, Slot
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

DUPLICATE_KEY = 11000
CHANGING = ("state", "of", "of_township", "visitor_id", "day", "place", "visit_id", "reason")


@dataclass(frozen=True)
class Frame:
    """Whose plan it is: a county's month, or (with `campaign_id`) a campaign that begins in that month."""

    month: str
    district_code: str
    campaign_id: str | None = None

    @property
    def of(self) -> str:
        """What its rows are found by."""
        return of_campaign(self.campaign_id) if self.campaign_id else f"{self.month} {self.district_code}"

    def of_township(self, township_id: str) -> str:
        """What its rows of a township are found by."""
        return f"{of_campaign(self.campaign_id) if self.campaign_id else self.month} {township_id}"

    def id_of(self, person_id: str, number: int) -> str:
        """The id of a person's n-th visit in it."""
        if self.campaign_id:
            return campaign_visit_id(self.campaign_id, person_id)
        return planned_id(self.month, person_id, number)


def of_campaign(campaign_id: str) -> str:
    """What a campaign's rows are found by."""
    return f"campaign {campaign_id}"


def stored_rows(frame: Frame) -> dict[str, Raw]:
    """The plan as it stands, by id."""
    return {each["_id"]: each for each in collection(PlannedVisit).find({"of": frame.of})}


def kept_slots(stored: Mapping[str, Raw]) -> dict[Number, Slot]:
    """Who is planned for which visitor's day."""
    return {
        (each["elder_id"], each["number"]): (each["visitor_id"], each["day"])
        for each in stored.values()
        if each["state"] == PLANNED
    }


def write_plan(frame: Frame, rows: Sequence[Row], stored: Mapping[str, Raw], at: datetime) -> int:
    """Bring what is stored in line with the plan; returns how many were written or changed."""
    documents = [_document(row, frame, at) for row in rows]
    return _write(documents, stored, at) + _withdraw(documents, stored, at)


def _document(row: Row, frame: Frame, at: datetime) -> Raw:
    """As stored; written by hand, for building thousands of mongoengine objects takes longer than the plan."""
    return {
        "_id": frame.id_of(row.person_id, row.number), "version": 1, "created_at": at, "updated_at": at,
        "state": row.state, "month": frame.month, "elder_id": row.person_id, "number": row.number,
        "of": frame.of, "of_township": frame.of_township(row.township_id), "visitor_id": row.visitor_id,
        "day": row.day, "place": row.place, "visit_id": row.visit_id, "reason": row.reason,
        **({"campaign_id": frame.campaign_id, "township_id": row.township_id} if frame.campaign_id else {}),
    }  # fmt: skip


def _write(documents: list[Raw], stored: Mapping[str, Raw], at: datetime) -> int:
    """Insert what is new and change what differs, in their order; returns how many were written."""
    count, waiting = 0, []
    for document in documents:
        known = stored.get(document["_id"])
        if known is None:
            waiting.append(document)
            continue
        if _differs(known, document):
            count += _insert(waiting, at) + _change(known, document, at)
            waiting = []
    return count + _insert(waiting, at)


def _insert(documents: list[Raw], at: datetime) -> int:
    """Insert in batches, in order; one that another county or another process wrote is changed instead."""
    count, rest = 0, iter(documents)
    while batch := list(islice(rest, rule("eldercare.plan_batch"))):
        while batch:
            try:
                collection(PlannedVisit).insert_many(batch, ordered=True)
                count += len(batch)
                batch = []
            except BulkWriteError as fault:
                error = fault.details["writeErrors"][0]
                if error["code"] != DUPLICATE_KEY:
                    raise
                met = batch[error["index"]]
                known = collection(PlannedVisit).find_one({"_id": met["_id"]})
                count += error["index"]
                count += _change(known, met, at) if known is not None and _differs(known, met) else 0
                batch = batch[error["index"] + 1 :]
    return count


def _change(known: Raw, document: Raw, at: datetime) -> int:
    """Write what differs, if nobody changed it in between; what was, the next night finds and repairs."""
    changes: dict[str, Any] = {name: document[name] for name in CHANGING}
    if (known.get("visitor_id"), known.get("day")) != (document["visitor_id"], document["day"]):
        changes["stands_in_for"] = None  # nobody stands in any more: it is planned anew
    update: dict[str, Any] = {"$set": {**changes, "updated_at": at}, "$inc": {"version": 1}}
    if known["state"] == PLANNED and known["day"] < day_of(at).isoformat() and document["state"] != MET:
        update["$addToSet"] = {"missed": known["day"]}  # planned anew, but not forgotten
    return (
        collection(PlannedVisit).update_one({"_id": known["_id"], "version": known["version"]}, update).modified_count
    )


def _differs(known: Raw, document: Raw) -> bool:
    return any(known.get(name) != document[name] for name in CHANGING)


def _withdraw(documents: Iterable[Raw], stored: Mapping[str, Raw], at: datetime) -> int:
    """Numbers of this county that nobody needs any more: a lower risk, somebody gone or transferred to another county.

    Of a transferred person the other county takes the number over; whichever county is later, one of both has it.
    """
    needed = {document["_id"] for document in documents}
    count = 0
    for known in stored.values():
        if known["_id"] not in needed and known["state"] != WITHDRAWN:
            count += _change(known, {**known, "state": WITHDRAWN, "visitor_id": None, "place": None}, at)
    return count
