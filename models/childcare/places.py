"""Taking and giving back a centre's places: each a single compare-and-set write on the centre's document.

A stay takes a place of the child's age group in each of its months. It is first held, under the version (`attempt`) of
the placement from which it is being offered, then given when the offer is accepted. Only an attempt that can no longer
be written may be released, so nobody's place is taken away between the two writes. The directory's `free_*` follow;
the centre's document is what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.childcare.documents import GIVEN, HELD, ChildcareCentre
from models.childcare.stays import Stay, fits, free_in, kept_by, month_text, months_from, months_of, places_of, spans_of
from models.facilities.directory import database_time
from models.facilities.documents import OPEN, AgeGroup, Facility
from models.kernel.clock import day_of, month_of
from models.kernel.database import collection

CATEGORY = "childcare_centre"
# Writers that meet on one facility's document; each loser reads again.
# What of a centre decides what the directory shows of it.
SHOWN_OF = {"occupied": 1, "version": 1, "suspension": 1}
MAX_CONTENTION = 50

Raw = dict[str, Any]


@dataclass(frozen=True)
class Hold:
    """A stay as a placement has it. `attempt`: the version of the placement from which it is being offered."""

    centre_id: str
    attempt: int
    stay: Stay = field(default_factory=dict)


def centres(ids: Iterable[str]) -> dict[str, Raw]:
    """The facilities with these ids, as stored, and until when each is suspended."""
    return {raw["_id"]: raw for raw in with_suspensions(collection(Facility).find({"_id": {"$in": list(ids)}}))}


def with_suspensions(facilities: Iterable[Raw]) -> list[Raw]:
    """Facilities with `suspended_until`, the last day of a suspension, where there is one."""
    found = list(facilities)
    own = {"_id": {"$in": [each["_id"] for each in found]}, "suspension.until": {"$type": "string"}}
    until = {
        each["_id"]: each["suspension"]["until"] for each in collection(ChildcareCentre).find(own, {"suspension": 1})
    }
    return [{**each, "suspended_until": until[each["_id"]]} if each["_id"] in until else each for each in found]


def obstacle(facility: Mapping[str, Any] | None, group: AgeGroup, day: date) -> str | None:
    """Why no place of this group may be given there, as a stable code; None where one may."""
    closed = closed_because(facility, day)
    if closed is not None or facility is None:
        return closed
    return None if facility.get(f"places_{group}") else "no_such_age_group"


def closed_because(facility: Mapping[str, Any] | None, day: date) -> str | None:
    """Why a centre may take no more children at all, as a stable code; None where it may.

    Source: the plan (registration of centres is published and supervised); a centre whose registration is not known
    or has lapsed is given no child.
    """
    if facility is None or facility["category"] != CATEGORY or facility.get("status") != OPEN:
        return "unknown_centre"
    if (facility.get("registration_valid_until") or "") < day.isoformat():
        return "registration_lapsed"
    if (facility.get("suspended_until") or "") >= day.isoformat():
        return "suspended"
    return None


def occupied_at(centre_id: str) -> dict[str, dict[str, int]]:
    """How many places are taken, by group and month."""
    found = collection(ChildcareCentre).find_one({"_id": centre_id}, {"occupied": 1})
    return (found or {}).get("occupied") or {}


def stay_at(facility: Mapping[str, Any], stay: Stay) -> Stay:
    """The part of a stay that this centre keeps."""
    return kept_by(stay, places_of(facility))


def has_room(facility: Mapping[str, Any], occupied: Mapping[str, Mapping[str, int]], stay: Stay) -> bool:
    """True where the stay fits beside those that are taken."""
    return fits(stay_at(facility, stay), places_of(facility), occupied)


def take(application_id: str, hold: Hold, at: datetime) -> bool:
    """Hold a place in every month of the stay; False where one is full. Again by the same or a later attempt: True."""
    target = collection(ChildcareCentre)
    holder, spans = f"holders.{application_id}", spans_of(hold.stay)
    again = target.update_one(
        {
            "_id": hold.centre_id,
            f"{holder}.spans": spans,
            f"{holder}.attempt": {"$lte": hold.attempt},
            f"{holder}.state": HELD,
        },
        {"$set": {f"{holder}.attempt": hold.attempt, f"{holder}.at": at, "updated_at": at}, "$inc": {"version": 1}},
    )
    if again.matched_count:
        return True
    facility = centres([hold.centre_id]).get(hold.centre_id) or {}
    places = places_of(facility)
    if not hold.stay or any(group not in places for group in hold.stay.values()):
        return False
    _create(hold.centre_id, at)
    room = {f"occupied.{group}.{month}": {"$not": {"$gte": places[group]}} for month, group in hold.stay.items()}
    taken = target.update_one(
        {
            "_id": hold.centre_id,
            holder: {"$exists": False},
            **room,
            "suspension.until": {"$not": {"$gte": day_of(at).isoformat()}},
        },
        {
            "$set": {
                holder: {"spans": spans, "attempt": hold.attempt, "state": HELD, "at": at},
                "unpublished": True,
                "updated_at": at,
            },
            "$inc": {**_counts(spans, 1), "held": 1, "version": 1},
        },
    )
    if not taken.matched_count:
        return False
    publish(hold.centre_id, at)
    return True


def confirm(application_id: str, hold: Hold, at: datetime) -> None:
    """The offer is accepted: the place is given. Again: no change."""
    holder = f"holders.{application_id}"
    collection(ChildcareCentre).update_one(
        {"_id": hold.centre_id, f"{holder}.attempt": hold.attempt, f"{holder}.state": HELD},
        {"$set": {f"{holder}.state": GIVEN, "updated_at": at}, "$inc": {"held": -1, "version": 1}},
    )


def release(application_id: str, hold: Hold, at: datetime) -> bool:
    """Give the place back, whatever state it is in; False where this attempt has none."""
    holder = f"holders.{application_id}"
    found = collection(ChildcareCentre).find_one({"_id": hold.centre_id}, {holder: 1})
    stored = ((found or {}).get("holders") or {}).get(application_id)
    if stored is None or stored["attempt"] != hold.attempt:
        return False
    for state, held in ((HELD, -1), (GIVEN, 0)):
        done = collection(ChildcareCentre).update_one(
            {"_id": hold.centre_id, f"{holder}.attempt": hold.attempt, f"{holder}.state": state},
            {
                "$unset": {holder: ""},
                "$set": {"unpublished": True, "updated_at": at},
                "$inc": {**_counts(stored["spans"], -1), "held": held, "version": 1},
            },
        )
        if done.modified_count:
            publish(hold.centre_id, at)
            return True
    return False


def publish(centre_id: str, at: datetime) -> None:
    """Bring the directory's free places into line with what is taken. Idempotent; the newest count wins.

    Free is what is free in each of the coming months (`childcare.free_months`), the present one being the first.
    """
    for _ in range(MAX_CONTENTION):
        facility = collection(Facility).find_one({"_id": centre_id})
        centre = collection(ChildcareCentre).find_one({"_id": centre_id}, SHOWN_OF)
        if centre is None:
            return
        if facility is not None and not _show(facility, centre, at):
            continue
        # Only the count that was shown is settled; where it changed in between, the next round shows the new one.
        settled = collection(ChildcareCentre).update_one(
            {"_id": centre_id, "version": centre["version"]},
            {"$set": {"unpublished": False, "shown_month": month_of(at)}},
        )
        if settled.matched_count:
            return


def publish_waiting(at: datetime) -> int:
    """Show the count of every centre whose last change did not reach the directory; returns how many there were."""
    waiting = [each["_id"] for each in collection(ChildcareCentre).find({"unpublished": True}, {"_id": 1})]
    for centre_id in waiting:
        publish(centre_id, at)
    return len(waiting)


def publish_month(at: datetime) -> int:
    """Show every centre's free places of a month that has begun, and forget the months that are over."""
    month = month_of(at)
    behind = list(collection(ChildcareCentre).find({"shown_month": {"$ne": month}}, {"occupied": 1}))
    for centre in behind:
        over = {f"occupied.{g}.{m}": "" for g, months in centre["occupied"].items() for m in months if m < month}
        if over:
            collection(ChildcareCentre).update_one({"_id": centre["_id"]}, {"$unset": over, "$inc": {"version": 1}})
        publish(centre["_id"], at)
    return len(behind)


def held_since(before: datetime) -> list[tuple[str, Hold]]:
    """Application and hold of every place that is held since before `before`, and not given."""
    found = []
    for centre in collection(ChildcareCentre).find({"held": {"$gt": 0}}):
        for application_id, holder in centre["holders"].items():
            if holder["state"] == HELD and holder["at"] <= before:
                found.append((application_id, Hold(centre["_id"], holder["attempt"])))
    return found


def shown_months(day: date) -> list[str]:
    """The months in which a place must be free to be shown as such."""
    return months_from(month_text(day), rule("childcare.free_months"))


def _counts(spans: Mapping[str, Iterable[str]], change: int) -> dict[str, int]:
    return {f"occupied.{group}.{month}": change for group, month in months_of(spans)}


def _show(facility: Raw, centre: Raw, at: datetime) -> bool:
    """Write what is free into the facility, nothing while it is suspended; False where somebody else has changed it in
    between."""
    suspended = ((centre.get("suspension") or {}).get("until") or "") >= day_of(at).isoformat()
    counted = free_in(places_of(facility), centre["occupied"], shown_months(day_of(at)))
    free: Raw = {f"free_{group}": 0 if suspended else count for group, count in counted.items()}
    if suspended != bool(facility.get("suspended")):
        free["suspended"] = suspended
    if all(facility.get(name) == value for name, value in free.items()):
        return True
    # The import counts a facility's versions too, so neither overwrites what the other has just written.
    written = collection(Facility).update_one(
        {"_id": facility["_id"], "version": facility["version"]},
        {"$set": {**free, "changed_at": database_time(), "updated_at": at}, "$inc": {"version": 1}},
    )
    return bool(written.modified_count)


def suspend(centre_id: str, suspension_id: str, order: int, until: str | None, at: datetime) -> None:
    """Show a suspension as it stands; a later step (`order`) is never overwritten by an earlier one. Idempotent."""
    _create(centre_id, at)
    collection(ChildcareCentre).update_one(
        {"_id": centre_id, "suspension.order": {"$not": {"$gte": order}}},
        {"$set": {"suspension": {"id": suspension_id, "order": order, "until": until}, "unpublished": True,
                  "updated_at": at},
         "$inc": {"version": 1}},
    )  # fmt: skip
    publish(centre_id, at)


def _create(centre_id: str, at: datetime) -> None:
    if collection(ChildcareCentre).find_one({"_id": centre_id}, {"_id": 1}) is not None:
        return
    try:
        collection(ChildcareCentre).insert_one(
            {"_id": centre_id, "version": 1, "created_at": at, "updated_at": at, "occupied": {}, "holders": {},
             "held": 0, "unpublished": False}
        )  # fmt: skip
    except DuplicateKeyError:
        return  # another request made it in between
