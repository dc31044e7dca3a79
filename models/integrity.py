"""Invariants that hold across documents, looked for in the data as they are: for the night, and after a restore.

Each check gives what is wrong, by ids; nothing of a person is in it. A check reads as little as it can, and nothing is
mended here: whatever is found has a cause that somebody must know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from config.loading import rule
from models.casework.documents import OPEN_STATES, Application
from models.childcare.documents import ChildcareCentre
from models.eldercare.documents import ACTIVE, Elder, VisitSlot
from models.housing import positions
from models.housing.documents import WAITING, WaitingEntry
from models.housing.flat_documents import CLOSED, FREE, Flat, Tenancy
from models.indicators.documents import Observation, RevisionFloor
from models.kernel import audit
from models.kernel.database import collection

Check = Callable[[], Iterator[str]]


@dataclass(frozen=True)
class Report:
    """What was found: by check how many faults, and of each the first ones in words."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def look() -> Report:
    """Run every check. What another change is just about to bring in line is gone at the second look."""
    counts, faults = {}, []
    for name, check in CHECKS.items():
        found = list(check())
        if found:
            again = set(check())
            found = [each for each in found if each in again]
        counts[name] = len(found)
        faults += [f"{name}: {each}" for each in found[: rule("jobs.faults_shown_most")]]
    return Report(counts, faults)


def _audit_chains() -> Iterator[str]:
    """Every chain of the audit trail is whole."""
    yield from audit.verify().faults


def _slots() -> Iterator[str]:
    """Free places and bookings of an hour make its capacity; nobody is booked twice into one."""
    for slot in collection(VisitSlot).find({}, {"free": 1, "capacity": 1, "bookings.elder_id": 1}):
        booked = [each["elder_id"] for each in slot["bookings"]]
        if slot["free"] + len(booked) != slot["capacity"] or slot["free"] < 0 or len(set(booked)) < len(booked):
            yield slot["_id"]


def _register() -> Iterator[str]:
    """Whoever is on the register has one period without an end, whoever is not has none."""
    for elder in collection(Elder).find({}, {"state": 1, "periods": 1}):
        lasting = sum(each["until"] is None for each in elder["periods"])
        if lasting != (1 if elder["state"] == ACTIVE else 0):
            yield elder["_id"]


def _flats() -> Iterator[str]:
    """A flat is held by the one tenancy that names it; no flat is named twice."""
    named: Counter[str] = Counter()
    holders: dict[str, str] = {}
    for tenancy in collection(Tenancy).find({"flat.id": {"$exists": True}}, {"flat.id": 1}):
        named[tenancy["flat"]["id"]] += 1
        holders[tenancy["flat"]["id"]] = tenancy["_id"]
    yield from (f"{flat_id} is given {count} times" for flat_id, count in named.items() if count > 1)
    for flat in collection(Flat).find({}, {"state": 1, "hold.application_id": 1}):
        hold = (flat.get("hold") or {}).get("application_id")
        if hold != holders.get(flat["_id"]) and not (flat["state"] in (FREE, CLOSED) and flat["_id"] not in holders):
            yield f"{flat['_id']} is held by {hold}, named by {holders.get(flat['_id'])}"


def _childcare_places() -> Iterator[str]:
    """No child holds places in two centres."""
    held: dict[str, str] = {}
    for centre in collection(ChildcareCentre).find({}, {"holders": 1}):
        for application_id in centre.get("holders") or {}:
            if application_id in held:
                yield f"{application_id} holds places in {held[application_id]} and {centre['_id']}"
            held[application_id] = centre["_id"]


def _waiting_lists() -> Iterator[str]:
    """Who waits stands in the list once, and nobody else does."""
    for key in positions.all_lists():
        shown = Counter(item for item, _ in positions.every(key))
        yield from (f"{key}: {item} stands there {count} times" for item, count in shown.items() if count > 1)
        waiting = collection(WaitingEntry).find(
            {"list_key": key, "state": WAITING}, {"full_key": 1, "placed_key": 1, "unplaced": 1}
        )
        wanted = {each["full_key"]: each for each in waiting}
        yield from (f"{key}: {item} does not wait" for item in shown if item not in wanted)
        yield from (
            f"{key}: {each['_id']} is missing"
            for item, each in wanted.items()
            if item not in shown and not each["unplaced"]
        )


def _applications() -> Iterator[str]:
    """An open application has somebody responsible for it, and a history that ends where it stands."""
    fields = {"district_code": 1, "state": 1, "history": {"$slice": -1}}
    for raw in collection(Application).find({"state": {"$in": list(OPEN_STATES)}}, fields):
        if not raw.get("district_code") or not raw["history"] or raw["history"][-1]["to"] != raw["state"]:
            yield raw["_id"]


def _revisions() -> Iterator[str]:
    """Revisions of an observation are numbered without a gap, but for those that a restore has lost."""
    numbers: dict[tuple[str, str, str, str], set[int]] = {}
    fields = {"indicator": 1, "level": 1, "area": 1, "period": 1, "revision": 1}
    for each in collection(Observation).find({}, fields):
        series = (each["indicator"], each["level"], each["area"], each["period"])
        numbers.setdefault(series, set()).add(each["revision"])
    lost = {each["_id"]: each["revision"] for each in collection(RevisionFloor).find()}
    for series, found in numbers.items():
        missing = set(range(1, max(found) + 1)) - found
        if any(number > lost.get(f"{series[0]}:{series[3]}", 0) for number in missing):
            yield ":".join(series)


CHECKS: dict[str, Check] = {
    "audit_chains": _audit_chains, "visit_slots": _slots, "register": _register, "flats": _flats,
    "childcare_places": _childcare_places, "waiting_lists": _waiting_lists, "applications": _applications,
    "observation_revisions": _revisions,
}  # fmt: skip
