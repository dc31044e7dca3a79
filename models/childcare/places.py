"""Taking and giving back a centre's places: each a single compare-and-set write on the centre's document.

A place is first held by an application, under the version (`attempt`) from which it is being decided, then given when
the decision is written. Only an attempt that can no longer be written may be released, so nobody's place is taken away
between the two writes. The directory's `free_*` follow; the centre's document is what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.childcare.documents import GIVEN, HELD, ChildcareCentre
from models.facilities.directory import database_time
from models.facilities.documents import AGE_GROUPS, OPEN, AgeGroup, Facility
from models.kernel.database import collection

CATEGORY = "childcare_centre"
# Writers that meet on one facility's document; each loser reads again.
MAX_CONTENTION = 50

Raw = dict[str, Any]


@dataclass(frozen=True)
class Hold:
    """A place as an application has it. `attempt`: the version of the application it is being decided from."""

    centre_id: str
    age_group: AgeGroup
    attempt: int


def centres(ids: Iterable[str]) -> dict[str, Raw]:
    """The facilities with these ids, as stored."""
    return {raw["_id"]: raw for raw in collection(Facility).find({"_id": {"$in": list(ids)}})}


def obstacle(facility: Mapping[str, Any] | None, group: AgeGroup, day: date) -> str | None:
    """Why no place of this group may be given there, as a stable code; None where one may."""
    if facility is None or facility["category"] != CATEGORY or facility.get("status") != OPEN:
        return "unknown_centre"
    # Source: the plan (registration of centres is published and supervised); a centre whose registration is not
    # known or has lapsed is given no child.
    if (facility.get("registration_valid_until") or "") < day.isoformat():
        return "registration_lapsed"
    if not facility.get(f"places_{group}"):
        return "no_such_age_group"
    return None


def take(application_id: str, hold: Hold, at: datetime) -> bool:
    """Hold one place of the group for the application; False where none is free. Again by the same attempt: True."""
    target = collection(ChildcareCentre)
    holder = f"holders.{application_id}"
    again = target.update_one(
        {
            "_id": hold.centre_id,
            f"{holder}.age_group": hold.age_group,
            f"{holder}.attempt": {"$lte": hold.attempt},
            f"{holder}.state": HELD,
        },
        {"$set": {f"{holder}.attempt": hold.attempt, f"{holder}.at": at, "updated_at": at}, "$inc": {"version": 1}},
    )
    if again.matched_count:
        return True
    places = _places(hold)
    _create(hold.centre_id, at)
    taken = target.update_one(
        {"_id": hold.centre_id, holder: {"$exists": False}, f"taken.{hold.age_group}": {"$lt": places}},
        {
            "$set": {
                holder: {"age_group": hold.age_group, "attempt": hold.attempt, "state": HELD, "at": at},
                "unpublished": True,
                "updated_at": at,
            },
            "$inc": {f"taken.{hold.age_group}": 1, "held": 1, "version": 1},
        },
    )
    if not taken.matched_count:
        return False
    publish(hold.centre_id, at)
    return True


def confirm(application_id: str, hold: Hold, at: datetime) -> None:
    """The decision is written: the place is given. Again: no change."""
    holder = f"holders.{application_id}"
    collection(ChildcareCentre).update_one(
        {"_id": hold.centre_id, f"{holder}.attempt": hold.attempt, f"{holder}.state": HELD},
        {"$set": {f"{holder}.state": GIVEN, "updated_at": at}, "$inc": {"held": -1, "version": 1}},
    )


def release(application_id: str, hold: Hold, at: datetime) -> bool:
    """Give the place back, whatever state it is in; False where this attempt has none."""
    holder = f"holders.{application_id}"
    for state, held in ((HELD, -1), (GIVEN, 0)):
        done = collection(ChildcareCentre).update_one(
            {
                "_id": hold.centre_id,
                f"{holder}.attempt": hold.attempt,
                f"{holder}.age_group": hold.age_group,
                f"{holder}.state": state,
            },
            {
                "$unset": {holder: ""},
                "$set": {"unpublished": True, "updated_at": at},
                "$inc": {f"taken.{hold.age_group}": -1, "held": held, "version": 1},
            },
        )
        if done.modified_count:
            publish(hold.centre_id, at)
            return True
    return False


def publish(centre_id: str, at: datetime) -> None:
    """Bring the directory's free places into line with what is taken. Idempotent; the newest count wins."""
    for _ in range(MAX_CONTENTION):
        facility = collection(Facility).find_one({"_id": centre_id})
        centre = collection(ChildcareCentre).find_one({"_id": centre_id}, {"taken": 1, "version": 1})
        if centre is None:
            return
        if facility is not None and not _show(facility, centre["taken"], at):
            continue
        # Only the count that was shown is settled; where it changed in between, the next round shows the new one.
        settled = collection(ChildcareCentre).update_one(
            {"_id": centre_id, "version": centre["version"]}, {"$set": {"unpublished": False}}
        )
        if settled.matched_count:
            return


def publish_waiting(at: datetime) -> int:
    """Show the count of every centre whose last change did not reach the directory; returns how many there were."""
    waiting = [each["_id"] for each in collection(ChildcareCentre).find({"unpublished": True}, {"_id": 1})]
    for centre_id in waiting:
        publish(centre_id, at)
    return len(waiting)


def held_since(before: datetime) -> list[tuple[str, Hold]]:
    """Application and hold of every place that is held since before `before`, and not given."""
    found = []
    for centre in collection(ChildcareCentre).find({"held": {"$gt": 0}}):
        for application_id, holder in centre["holders"].items():
            if holder["state"] == HELD and holder["at"] <= before:
                found.append((application_id, Hold(centre["_id"], holder["age_group"], holder["attempt"])))
    return found


def _show(facility: Raw, taken: Mapping[str, int], at: datetime) -> bool:
    """Write what is free into the facility; False where somebody else has changed it in between."""
    free = {
        f"free_{group}": max(facility[f"places_{group}"] - taken.get(group, 0), 0)
        for group in AGE_GROUPS
        if facility.get(f"places_{group}") is not None
    }
    if all(facility.get(name) == count for name, count in free.items()):
        return True
    # The import counts a facility's versions too, so neither overwrites what the other has just written.
    written = collection(Facility).update_one(
        {"_id": facility["_id"], "version": facility["version"]},
        {"$set": {**free, "changed_at": database_time(), "updated_at": at}, "$inc": {"version": 1}},
    )
    return bool(written.modified_count)


def _places(hold: Hold) -> int:
    facility = collection(Facility).find_one({"_id": hold.centre_id}, {f"places_{hold.age_group}": 1}) or {}
    return int(facility.get(f"places_{hold.age_group}") or 0)


def _create(centre_id: str, at: datetime) -> None:
    if collection(ChildcareCentre).find_one({"_id": centre_id}, {"_id": 1}) is not None:
        return
    none_taken = dict.fromkeys(AGE_GROUPS, 0)
    try:
        collection(ChildcareCentre).insert_one(
            {"_id": centre_id, "version": 1, "created_at": at, "updated_at": at, "taken": none_taken,
             "holders": {}, "held": 0}
        )  # fmt: skip
    except DuplicateKeyError:
        return  # another request made it in between
