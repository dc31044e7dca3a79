"""Reads of applications in the words of the office and of the applicant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from config.programmes import Programme, Version, programmes
from config.text import label, say
from models.casework.documents import (
    CORRECTION_CONTEXT,
    FORM_CONTEXT,
    REASON_CONTEXT,
    WITHDRAWN,
    Application,
)
from models.casework.notices import day_in_words
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

# Whose turn it is in each state.
TURN = {"draft": "applicant", "submitted": "township", "accepted": "county", "correction": "applicant"}
LIST_FIELDS = ("resident_id", "programme", "programme_version", "state", "stage_since", "version", "form", "due_at",
               "due_assumed", "created_at", "updated_at", "submitted_at", "decided_at", "district_code",
               "township_id", "placement", "anonymised_at")  # fmt: skip


def programme_of(token: str) -> Programme:
    """The programme. Raises NotFound."""
    found = programmes().get(token)
    if found is None:
        raise NotFound()
    return found


def version_of(raw: Mapping[str, Any]) -> Version:
    """The version an application is bound to; of a draft, the one it was last saved under."""
    return programme_of(raw["programme"]).numbered(raw["programme_version"])


def form_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, in clear; empty once they are anonymised."""
    found: dict[str, Any] = open_json(raw["form"], FORM_CONTEXT) if raw.get("form") else {}
    return found


def correction_of(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the office asked to be corrected: `{reason, papers}`; None where it did not."""
    return open_json(raw["correction"], CORRECTION_CONTEXT) if raw.get("correction") else None


def reason_of(raw: Mapping[str, Any]) -> str | None:
    """The reasons of the decision, in clear."""
    return open_text(raw["reason"], REASON_CONTEXT) if raw.get("reason") else None


def own_application(application_id: str, by: Actor) -> Raw:
    """An application of the caller's own. Raises NotFound, also for another's."""
    found = collection(Application).find_one({"_id": application_id})
    if found is None or by.kind != "resident" or found["resident_id"] != by.id:
        raise NotFound()
    return found


def application_of_place(application_id: str, by: Actor) -> Raw:
    """A submitted application of the caseworker's place. Raises NotFound, also for another place's and for drafts."""
    found = collection(Application).find_one({"_id": application_id})
    if found is None or found.get("submitted_at") is None:
        raise NotFound()
    if not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    return found


def applications_of(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's applications, the newest first."""
    wanted: dict[str, Any] = {"resident_id": resident_id}
    if cursor is not None:
        after = decode_cursor(cursor)
        if after.get("list") != "applications":
            raise InvalidInput("bad_cursor")
        at = datetime.fromisoformat(after["at"])
        wanted["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": after["id"]}}]
    found = list(
        collection(Application)
        .find(wanted, dict.fromkeys(LIST_FIELDS, 1))
        .sort([("created_at", -1), ("_id", -1)])
        .limit(limit + 1)
    )
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor(
            {"list": "applications", "at": as_utc(last["created_at"]).isoformat(), "id": last["_id"]}
        )
    return Page(found[:limit], following)


def queue(
    by: Actor, *, stage: str, district_code: str | None, township_id: str | None, programme: str | None,
    cursor: str | None, limit: int, at: datetime,
) -> Page:  # fmt: skip
    """The open applications of a place in one stage, the soonest due first.

    Reads one window of due dates after the other and stops when the page is full, so that what is matched stays
    small however long the queue. Raises Forbidden for a place that is not the caseworker's, InvalidInput for none.
    """
    wanted = _of_place(by, district_code, township_id) | {"state": stage}
    if programme is not None:
        wanted["programme"] = programme
    after = decode_cursor(cursor) if cursor is not None else None
    if after is not None and after.get("list") != "queue":
        raise InvalidInput("bad_cursor")
    found: list[Raw] = []
    for window in _windows(at, datetime.fromisoformat(after["at"]) if after else None):
        matched = collection(Application).find({**wanted, "due_at": window}, dict.fromkeys(LIST_FIELDS, 1))
        found += sorted((each for each in matched if not _before(each, after)), key=_place_in_queue)
        if len(found) > limit:
            break
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"list": "queue", "at": as_utc(last["due_at"]).isoformat(), "id": last["_id"]})
    return Page(found[:limit], following)


def next_step(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What comes next, whose turn it is and until when; for a closed case what can still be done."""
    state, due_at = raw["state"], raw.get("due_at")
    key = "placed" if state == "approved" and raw.get("placement") else state
    return {
        "turn": TURN.get(state),
        "text": say(
            f"casework.next.{key}", due=day_in_words(due_at) if due_at else "", days=rule("casework.appeal_days")
        ),
        "due_at": as_utc(due_at) if due_at else None,
        "due_assumed": bool(raw.get("due_assumed")),
    }


def progress_of(resident_id: str) -> list[dict[str, Any]]:
    """Where a resident's applications stand, the newest first: for the chat. No personal data among the words.

    Each: `id`, `programme` (label), `state` (token), `state_label`, `since`, `next_step` (sentence), `due` (aware or
    None), `due_assumed`. Withdrawn ones are left out.
    """
    page = applications_of(resident_id, None, rule("casework.page_size"))
    return [
        {
            "id": raw["_id"],
            "programme": programme_of(raw["programme"]).label,
            "state": raw["state"],
            "state_label": state_label(raw["state"]),
            "since": as_utc(raw["stage_since"]),
            "next_step": next_step(raw)["text"],
            "due": as_utc(raw["due_at"]) if raw.get("due_at") else None,
            "due_assumed": bool(raw.get("due_assumed")),
        }
        for raw in page.items
        if raw["state"] != WITHDRAWN
    ]


def summary(resident_id: str) -> list[str]:
    """The same as one sentence an application."""
    return [
        say("casework.progress", programme=each["programme"], state=each["state_label"],
            since=day_in_words(each["since"]), next=each["next_step"])
        for each in progress_of(resident_id)
    ]  # fmt: skip


def state_label(state: str) -> str:
    """A state in the applicant's words."""
    return label("casework.state", state)


def _of_place(by: Actor, district_code: str | None, township_id: str | None) -> dict[str, Any]:
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden("not_your_place")
    if township_id is not None:
        if not by.covers(district, township_id):
            raise Forbidden("not_your_place")
        return {"district_code": district, "township_id": township_id}
    if by.township_ids:
        return {"district_code": district, "township_id": {"$in": list(by.township_ids)}}
    return {"district_code": district}


def _windows(at: datetime, after: datetime | None) -> Iterator[dict[str, datetime]]:
    """Half-open ranges of due dates, earliest first, from `after` on."""
    edges = [at + timedelta(days=days) for days in rule("casework.queue_windows_days")]
    starts: list[datetime | None] = [None, *edges]
    for start, end in zip(starts, [*edges, None], strict=True):
        if after is not None and end is not None and end <= after:
            continue
        begin = max(start, after) if start is not None and after is not None else (after or start)
        window = {"$gte": begin} if begin is not None else {}
        yield window | ({"$lt": end} if end is not None else {})


def _place_in_queue(raw: Raw) -> tuple[datetime, str]:
    return as_utc(raw["due_at"]), raw["_id"]


def _before(raw: Raw, after: Mapping[str, Any] | None) -> bool:
    return after is not None and _place_in_queue(raw) <= (datetime.fromisoformat(after["at"]), after["id"])
