"""Ratings of centres: only by families whose child really had a place there, one each, with the centre's reply.

Source: the plan, on the information platform for infants: feedback on and rating of the quality of services.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework.eligibility import first_of
from models.childcare.documents import (
    RATED,
    RATING_CONTEXT,
    REPLY_CONTEXT,
    ChildcareRating,
)
from models.childcare.lifecycle import CENTRE_ROLES, RATING_LIFECYCLE
from models.childcare.notices import placement_notice
from models.childcare.threads import own_placement, placement_of_place
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import open_text, seal_text
from models.kernel.errors import Conflict, Forbidden, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry


def rate(placement_id: str, stars: int, text: str | None, *, by: Actor, at: datetime, key: str) -> Raw:
    """Rate the centre, or change the rating while it may be (`childcare.rating_edit_days`).

    Raises NotFound, Conflict (`not_placed_yet`: no place, or its first month has not begun; `rating_settled`).
    """
    placement = own_placement(placement_id, by)
    found = collection(ChildcareRating).find_one({"_id": placement_id})
    if found is None:
        if not may_rate(placement, at):
            raise Conflict("not_placed_yet")
        found = _first(placement, stars, text, by, at, key)
    return RATING_LIFECYCLE.perform(
        placement_id, "edit", by=by, at=at, key=key,
        change=Change(set={"stars": stars, "text": seal_text(text, RATING_CONTEXT) if text else None}),
    )  # fmt: skip


def reply(placement_id: str, text: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The centre's answer, by the staff who act for it; a later one takes its place. Raises NotFound, Forbidden."""
    if not by.has_role(*CENTRE_ROLES):
        raise Forbidden()
    placement = placement_of_place(placement_id, by)
    rating = rating_of(placement_id)
    if rating is None:
        raise NotFound()

    def change(now: Raw) -> Change:
        told = placement_notice(
            placement, "rating_reply", centre=placement["place"]["centre"],
            key=f"childcare:{placement_id}:rating_reply:{now['version'] + 1}",
        )  # fmt: skip
        written = {"reply": seal_text(text, REPLY_CONTEXT), "replied_at": at, "replied_by": by.id}
        return Change(set=written, outbox=[told])

    # The place's caseworkers act for the centre, also where the family applied elsewhere.
    acting = Actor(by.kind, by.id, by.roles, rating.get("district_code"), ())
    done = RATING_LIFECYCLE.perform(placement_id, "reply", by=acting, at=at, key=key, change=change)
    audit.record(
        by, "childcare.rating_reply", f"childcare_placement:{placement_id}", at,
        district_code=placement["district_code"],
    )  # fmt: skip
    return done


def may_rate(placement: Mapping[str, Any], at: datetime) -> bool:
    """True where the child has or had a place, and its first month has begun while it had it."""
    place = placement.get("place") or {}
    if not place:
        return False
    last = placement.get("ended_at")
    seen_until = min(at, as_utc(last)) if last else at
    return day_of(seen_until) >= first_of(place["begins"])


def rating_of(placement_id: str) -> Raw | None:
    """The rating of a placement, as stored."""
    return collection(ChildcareRating).find_one({"_id": placement_id})


def shown(rating: Mapping[str, Any]) -> dict[str, Any]:
    """A rating for the family and the staff of the centre."""
    replied = rating.get("reply")
    return {
        "stars": rating["stars"],
        "text": open_text(rating["text"], RATING_CONTEXT) if rating.get("text") else None,
        "rated_at": as_utc(rating["rated_at"]),
        "reply": open_text(replied, REPLY_CONTEXT) if replied else None,
        "replied_at": as_utc(rating["replied_at"]) if rating.get("replied_at") else None,
    }


def public_average(centre_id: str) -> dict[str, Any] | None:
    """`{average, count}` of a centre; None while there are too few to hide who said what (`ratings_least`)."""
    found = [each["stars"] for each in collection(ChildcareRating).find({"centre_id": centre_id}, {"stars": 1})]
    if len(found) < rule("childcare.ratings_least"):
        return None
    return {"average": round(sum(found) / len(found), 1), "count": len(found)}


def _first(placement: Raw, stars: int, text: str | None, by: Actor, at: datetime, key: str) -> Raw:
    place = placement["place"]
    made = ChildcareRating(
        id=placement["_id"], created_at=at, updated_at=at, state=RATED, resident_id=by.id,
        centre_id=place["centre_id"], district_code=place.get("district_code"), township_id=place.get("township_id"),
        stars=stars, text=text, rated_at=at, history=[history_entry("rate", None, RATED, by, at, key)],
    ).raw()  # fmt: skip
    try:
        collection(ChildcareRating).insert_one(made)
    except DuplicateKeyError:
        return rating_of(placement["_id"]) or made
    return made
