"""The one list that must be empty: who is not seen or helped yet, where, since when, and who has to act by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.loading import catalogue
from models.eldercare.concern_records import Concern
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

LIST = "concerns"
SHOWN = {"history": 0, "outbox": 0}
# What is read of each of them to count and to order; the rest only of those on the page.
COUNTED = dict.fromkeys(("district_code", "township_id", "cause", "step", "overdue_at", "since"), 1)


@dataclass(frozen=True)
class Asked:
    """Which concerns: of a place (None: all that one answers for), of a cause, at a step, only those overdue."""

    district_code: str | None = None
    township_id: str | None = None
    cause: str | None = None
    step: int | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Counts:
    """How many of the same list: in all, by cause, by step, overdue, and by place: counties of the city, townships of
    a county. Each of the parts adds up to `total`."""

    total: int
    overdue: int
    by_cause: Mapping[str, int]
    by_step: Mapping[int, int]
    by_place: Mapping[str, int]


def open_concerns(asked: Asked, cursor: str | None, limit: int, by: Actor) -> tuple[Page, Counts]:
    """A page of the open concerns of the actor's place, the oldest first, and the counts of the whole of it.

    Raises Forbidden outside the actor's place, InvalidInput for an unknown place or another list's cursor.
    """
    found = [each for each in collection(Concern).find(_scope(asked, by), COUNTED) if _fits(each, asked, by)]
    found.sort(key=_order)
    after = _position(cursor)
    rest = [each for each in found if after is None or _order(each) > after]
    following = None
    if len(rest) > limit:
        since, last = _order(rest[limit - 1])
        following = encode_cursor({"of": LIST, "at": since.isoformat(), "id": last})
    # One that has been closed between the two questions is on the list no more.
    ids = [each["_id"] for each in rest[:limit]]
    whole = [each for each in collection(Concern).find({"_id": {"$in": ids}}, SHOWN) if each["open"]] if ids else []
    return Page(sorted(whole, key=_order), following), _counted(found, asked, by)


def open_everywhere() -> Counter[tuple[str, bool]]:
    """How many are open in the whole city, by cause and whether the last step's time is over; for the metrics."""
    found = collection(Concern).find({"open": True}, {"cause": 1, "overdue_at": 1})
    return Counter((each["cause"], each.get("overdue_at") is not None) for each in found)


def _scope(asked: Asked, by: Actor) -> dict[str, Any]:
    district_code = asked.district_code or by.district_code
    if asked.township_id is not None:
        place = catalogue().place(asked.township_id)
        if place is None or asked.district_code not in (None, place.district_code):
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        if not by.covers(place.district_code, place.id):
            raise Forbidden()
        return {"open": True, "district_code": place.district_code, "township_id": place.id}
    if district_code is None:
        return {"open": True}
    if district_code not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    if by.district_code not in (None, district_code):
        raise Forbidden()
    return {"open": True, "district_code": district_code}


def _fits(concern: Raw, asked: Asked, by: Actor) -> bool:
    return (
        by.covers(concern["district_code"], concern["township_id"])
        and asked.cause in (None, concern["cause"])
        and asked.step in (None, concern["step"])
        and not (asked.overdue and concern.get("overdue_at") is None)
    )


def _counted(found: list[Raw], asked: Asked, by: Actor) -> Counts:
    of_city = asked.district_code is None and asked.township_id is None and by.district_code is None
    place = "district_code" if of_city else "township_id"
    return Counts(
        total=len(found),
        overdue=sum(each.get("overdue_at") is not None for each in found),
        by_cause=Counter(each["cause"] for each in found),
        by_step=Counter(each["step"] for each in found),
        by_place=Counter(each[place] for each in found),
    )


def _order(concern: Raw) -> tuple[datetime, str]:
    return as_utc(concern["since"]), concern["_id"]


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    position = decode_cursor(cursor)
    if position.get("of") != LIST:
        raise InvalidInput("bad_cursor")
    return datetime.fromisoformat(position["at"]), position["id"]
