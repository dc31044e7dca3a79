"""Reads of public notices: what anybody may see now, and what the applicant sees of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from config.loading import rule
from config.text import say
from models.casework.notice_documents import SHOWN, PublicNotice
from models.casework.notices import day_in_words
from models.casework.public_notices import public_view, read_notice
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

LIST = "public_notices"
PRIVATE = {"history": 0, "outbox": 0, "resident_id": 0, "application_id": 0, "objections": 0}


def current_notices(
    *, district_code: str | None, programme: str | None, cursor: str | None, limit: int, at: datetime
) -> Page:
    """What is on notice now, the newest first. Raises InvalidInput (`bad_cursor`)."""
    after = decode_cursor(cursor) if cursor is not None else None
    if after is not None and after.get("list") != LIST:
        raise InvalidInput("bad_cursor")
    found: list[Raw] = []
    for window in _windows(day_of(at), date.fromisoformat(after["day"]) if after else None):
        # Each state by itself: of all that were ever published few are on notice now.
        matched = [
            each for state in SHOWN
            for each in collection(PublicNotice).find({"state": state, "published_on": window}, PRIVATE)
            if district_code in (None, each["district_code"]) and programme in (None, each["programme"])
        ]  # fmt: skip
        found += sorted((each for each in matched if not _before(each, after)), key=_place)
        if len(found) > limit:
            break
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"list": LIST, "day": last["published_on"], "id": last["_id"]})
    return Page([public_view(each) for each in found[:limit]], following)


def current_notice(notice_id: str) -> dict[str, Any]:
    """One that is on notice now. Raises NotFound, also once it is over."""
    found = read_notice(notice_id)
    if found["state"] not in SHOWN:
        raise NotFound()
    return public_view(found)


def names_shown(notice_ids: Iterable[str]) -> dict[str, str]:
    """The masked names, by notice, of those that anybody may read now; one that is over names nobody any more."""
    found = collection(PublicNotice).find({"_id": {"$in": list(notice_ids)}}, PRIVATE)
    return {each["_id"]: public_view(each)["applicant"] for each in found if each["state"] in SHOWN}


def notice_of_application(application_id: str) -> dict[str, Any] | None:
    """An application's latest notice as its applicant and the staff see it; None where there was none."""
    found = list(collection(PublicNotice).find({"application_id": application_id}))
    if not found:
        return None
    latest = max(found, key=lambda each: as_utc(each["created_at"]))
    ends_at = as_utc(latest["ends_at"]) if latest.get("ends_at") else None
    return {
        "id": latest["_id"],
        "state": latest["state"],
        "text": say(f"public_notices.own.{latest['state']}", due=day_in_words(ends_at) if ends_at else ""),
        "published_on": date.fromisoformat(latest["published_on"]),
        "ends_at": ends_at,
        "due_assumed": bool(latest.get("due_assumed")),
        "objections_open": len(latest["objections"]),
    }


def _windows(today: date, from_day: date | None) -> Iterator[dict[str, str]]:
    """Ranges of days, the latest first, from the cursor's day back."""
    upper = today
    for back in rule("public_notices.shown_windows_days"):
        lower = today - timedelta(days=back)
        if from_day is None or lower < from_day:
            last = min(upper, from_day) if from_day is not None else upper
            yield {"$gt": lower.isoformat(), "$lte": last.isoformat()}
        upper = lower


def _place(notice: Mapping[str, Any]) -> tuple[int, str]:
    return -date.fromisoformat(notice["published_on"]).toordinal(), notice["_id"]


def _before(notice: Mapping[str, Any], after: Mapping[str, Any] | None) -> bool:
    if after is None:
        return False
    return _place(notice) <= (-date.fromisoformat(after["day"]).toordinal(), after["id"])
