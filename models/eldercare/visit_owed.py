"""What a report of a visit, or a correction of it, owes to other documents; each may be done twice, and late.

The words that a visit's `owed` holds: `tally MONTH` (the person was seen), `recount MONTH` (perhaps no longer),
`refer REPORT`, `propose REPORT`, `repropose NUMBER` (after the correction of that number).
"""

from __future__ import annotations

from datetime import datetime

from models.eldercare import referral_records, register_proposals
from models.eldercare.campaign_meeting import meet_campaigns
from models.eldercare.concern_evidence import settle_person
from models.eldercare.documents import COMPLETED, Elder, Visit
from models.eldercare.month_marks import mark
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.planning import MET, PLANNED
from models.kernel.clock import as_utc, day_of, month_of
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

TALLY, RECOUNT, REFER, PROPOSE, REPROPOSE = "tally", "recount", "refer", "propose", "repropose"


def carry_out(visit: Raw, kind: str, about: str, at: datetime) -> None:
    """Do one piece of what the visit owes; a word of somebody else is left alone."""
    if kind == TALLY:
        collection(Elder).update_one({"_id": visit["elder_id"]}, {"$addToSet": {"seen_months": about}})
        _was_seen(visit, about, at)
    elif kind == RECOUNT:
        recount(visit["elder_id"], about)
        _was_seen(visit, about, at)
    elif kind == REFER:
        referral_records.refer(visit, about, at)
    elif kind == PROPOSE:
        register_proposals.propose(visit, about, at)
    elif kind == REPROPOSE:
        register_proposals.withdraw_of_visit(visit, visit["outcome"], at)
        cause = f"{visit['_id']} correction {about}"
        register_proposals.propose_outcome(visit, visit["outcome"], cause, as_utc(visit["found_at"]), at)


def plan_again(visit: Raw, at: datetime) -> None:
    """The row that a visit met before its beginning was taken back is planned as it was; one of an earlier day, and one
    that a repair has rewritten in between, the next repair puts right."""
    was = visit.get("plan_was")
    if not was or was["day"] < day_of(at).isoformat():
        return
    collection(PlannedVisit).update_one(
        {"_id": visit["planned_id"], "state": MET, "visit_id": visit["_id"]},
        {"$set": {**was, "state": PLANNED, "visit_id": None, "updated_at": at}, "$inc": {"version": 1}},
    )


def _was_seen(visit: Raw, month: str, at: datetime) -> None:
    """What rests on whether somebody was seen: concerns, campaigns, the number of a month that has ended."""
    settle_person(visit["elder_id"], at)
    meet_campaigns(visit, at)
    mark(month, at)


def recount(elder_id: str, month: str) -> None:
    """Bring the months in which a person was seen in line with the visits.

    Taken out first and read then: a visit that is written in between notes the month after this, so none is lost.
    """
    collection(Elder).update_one({"_id": elder_id}, {"$pull": {"seen_months": month}})
    visits = collection(Visit).find({"elder_id": elder_id}, {"state": 1, "seen_at": 1})
    seen = (each["seen_at"] for each in visits if each["state"] == COMPLETED and each.get("seen_at"))
    if month in map(month_of, seen):
        collection(Elder).update_one({"_id": elder_id}, {"$addToSet": {"seen_months": month}})
