"""With what parameters `bench.pages` asks for a page: ids from the database, and the questions that read most."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bench.pages_town import AT, DISTRICT, STAFF
from models.conversations.unanswered import groups
from models.kernel.clock import day_of, month_of, previous_month
from models.kernel.database import database

Raw = dict[str, Any]
HERE: Raw = {"district_code": DISTRICT}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
NOW, BEFORE = month_of(AT), previous_month(month_of(AT))
# Where a page can be asked more than one thing, what reads most; `closed_month`: one that the database has closed.
QUERIES: dict[str, tuple[str, ...]] = {
    "/applications": (
        "", "?stage=accepted", "?stage=accepted&due=overdue", "?stage=accepted&mine=1",
        "?stage=accepted&programme=childcare_place", f"?stage=accepted&district_code={DISTRICT}",
    ),
    "/visits": ("", f"?district_code={DISTRICT}"),
    "/visits/rate": ("", f"?month={NOW}", f"?month={BEFORE}", f"?month={NOW}&district_code={DISTRICT}"),
    "/visits/rate/<township_id>/people": ("", f"?month={BEFORE}"),
    "/visits/rate/<township_id>/changes/<int:revision>": ("?month={closed_month}",),
    "/visits/plan": ("", "?uncovered=1"),
    "/visits/bookings": ("", f"?date={day_of(AT)}"),
    "/visits/referrals": ("", "?state=done"),
    "/housing/tenancies": ("", "?state=offered", "?overdue_recheck=1"),
    "/childcare/placements": ("", "?state=placed", "?state=ended"),
    "/feedback": ("", "?state=closed", f"?month={NOW}"),
    "/conversations": ("", "?state=waiting", "?mine=1", "?escalated=1"),
    "/running/audit": ("", f"?staff={STAFF[0]}"),
    "/running/outbox": ("", "?state=dead"),
    "/running/accounts": ("", "?role=visitor", "?name=a"),
    "/notices": ("", "?district_code=360921"),
}  # fmt: skip


def samples() -> dict[str, list[str]]:
    """Ids by the name of the parameter."""
    here = database()

    def ids(collection: str, wanted: Raw, most: int = 1) -> list[str]:
        return [str(each["_id"]) for each in here[collection].find(wanted, {"_id": 1}).sort("_id", 1).limit(most)]

    states = ("submitted", "accepted", "reviewed", "correction", "on_notice", "approved", "refused")
    visitor = here["caseworkers"].find_one({"username": f"visitor-{DISTRICT}"}) or {}
    mine = {"visitor_id": visitor["_id"]}
    township = str((here["elders"].find_one(HERE) or {})["township_id"])
    closed = here["visit_months"].find({"level": "township", "area": township}, {"month": 1, "revision": 1})
    revised = max(closed, key=lambda each: int(each["revision"]))
    return {
        "application_id": [found for state in states for found in _demo("applications", {**HERE, "state": state})],
        "concern_id": ids("concerns", {"open": True, **HERE}), "absence_id": ids("visitor_absences", HERE),
        "elder_id": _demo("elders", HERE), "choice_id": ids("elder_choices", {}), "link_id": _demo("elder_links", HERE),
        "referral_id": ids("referrals", {**HERE, "state": "open"}), "visit_id": _demo("visits", mine),
        "campaign_id": ids("campaigns", HERE), "objection_id": ids("objections", HERE),
        "list_key": ids("waiting_directories", {}), "entry_id": ids("waiting_entries", {}),
        "draw_id": ids("lottery_draws", {}), "estate_id": ids("estates", HERE), "batch_id": ids("flat_batches", HERE),
        "tenancy_id": _demo("tenancies", HERE), "centre_id": _centres(), "round_id": ids("childcare_rounds", {}),
        "placement_id": _demo("childcare_placements", HERE | {"state": "placed", "place.centre_id": {"$gt": ""}}),
        "ticket_id": _demo("handovers", HERE),
        "entry": [], "key": [each.key for each in groups(NOW)[:1]], "feedback_id": _demo("feedback", HERE),
        "job": ["relay", "backup"], "account_id": [visitor["_id"]], "programme": ["childcare_place"],
        "proposal_id": ids("rule_proposals", {}), "notice_id": _demo("public_notices", HERE | {"state": "published"}),
        "facility_id": _centres(), "token": ["nursing_bed_share", "monthly_welfare_visit_rate"],
        "township_id": [township], "revision": [str(revised["revision"])],
        "closed_month": [revised["month"]],
    }  # fmt: skip


def addresses(path: str, known: Mapping[str, list[str]]) -> Iterator[str]:
    """The page's addresses, one for each id of its parameters and each question."""
    names = PARAMETER.findall(path)
    filled = [path]
    for name in names:
        values = known["entry_id" if name == "entry_id" and "learned" not in path else name]
        if name == "entry_id" and "learned" in path:
            values = [str(each["_id"]) for each in database()["learned_answers"].find({}, {"_id": 1}).limit(1)]
        filled = [PARAMETER.sub(value, each, count=1) for each in filled for value in values]
    for each in filled:
        yield from (
            f"{each}{query.format(closed_month=known['closed_month'][0])}" for query in QUERIES.get(path, ("",))
        )


def _demo(collection: str, wanted: Raw) -> list[str]:
    """What the operations made, which has all that belongs to it; copies have ids of their own."""
    found = database()[collection].find(wanted, {"_id": 1, "created_at": 1})
    return [str(each["_id"]) for each in sorted(found, key=lambda each: each["created_at"], reverse=True)][:1]


def _centres() -> list[str]:
    wanted = {**HERE, "category": "childcare_centre"}
    return [str(each["_id"]) for each in database()["facilities"].find(wanted, {"_id": 1}).sort("_id", 1).limit(1)]
