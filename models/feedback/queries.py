"""What is read of feedback: one's own, the queues of the offices, and what is public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import catalogue, rule
from config.text import label, say
from models.casework.notices import day_in_words
from models.facilities.documents import Facility
from models.feedback.documents import (
    CITY_DESK,
    OPEN_STATES,
    PUBLISHED,
    REPLIED,
    TEXT_CONTEXT,
    Feedback,
)
from models.feedback.handling import feedback_of_place
from models.feedback.lifecycle import FEEDBACK
from models.feedback.operations import owners_of
from models.feedback.publishing import proposed, public_text
from models.feedback.routing import office_of
from models.kernel import audit, windows
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, month_bounds, month_of
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.errors import FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Raw, note_of
from models.kernel.masking import mask_name
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.people import queries as people

WITHOUT_WORDS = {"said": 0, "history": 0, "outbox": 0, "public": 0, "openid": 0}


def own_pieces(by: Actor, limit: int, cursor: str | None, at: datetime) -> Page:
    """A resident's own, the newest first; also what they wrote in the chat of their account."""
    found = list(collection(Feedback).find({"owner_id": {"$in": sorted(owners_of(by))}}))
    found.sort(key=lambda raw: (as_utc(raw["created_at"]), raw["_id"]), reverse=True)
    if cursor is not None:
        after = _position(cursor)
        found = [raw for raw in found if (as_utc(raw["created_at"]), raw["_id"]) < after]
    following = _cursor(found[limit - 1], "created_at") if len(found) > limit else None
    return Page([own_shown(raw) for raw in found[:limit]], following)


def own_shown(raw: Raw) -> dict[str, Any]:
    """A piece as its owner sees it: what was said, who works on it, what is next and by when."""
    owner = Actor("resident", raw["owner_id"])
    return {
        **_facts(raw), "next_step": _next_step(raw), "said": _said(raw),
        "actions": _own_actions(raw, owner), "satisfaction": raw.get("satisfaction"),
        "timeline": [
            {"action": each["action"], "label": label("feedback.step", each["action"]), "at": as_utc(each["at"])}
            for each in raw["history"] if each["action"] != "set_theme"
        ],
    }  # fmt: skip


def desk(
    by: Actor, states: tuple[str, ...], *, district_code: str | None, month: str | None, limit: int,
    cursor: str | None, at: datetime,
) -> Page:  # fmt: skip
    """The queue of a member of staff, without a word of what was said, the soonest due first: their townships', their
    county's, or the city's own with what is late for the second time (`district_code`: of that county instead).

    What is answered or over is listed by the month in which that was, by default the present one.
    """
    after = _position(cursor) if cursor is not None else None
    # Each desk and state by itself, for one index serves that everywhere.
    places = [{"desks": each, "state": state} for each in _desks(by, district_code) for state in states]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        # A piece may lie on two desks.
        found = {raw["_id"]: raw for place in places
                 for raw in collection(Feedback).find({**place, **window}, WITHOUT_WORDS)}  # fmt: skip
        return sorted(found.values(), key=lambda raw: windows.place_of(raw, "queue_at"))

    if set(states) - set(OPEN_STATES):
        first, following = bounds_of(month or month_of(at))
        edges = [first + timedelta(days=day) for day in range(1, (following - first).days)]
        ranges = windows.windows("queue_at", edges, after=max(after or (first, ""), (first, "")), before=following)
    else:
        edges = windows.edges(at, rule("feedback.desk_windows_days"))
        ranges = windows.windows("queue_at", edges, after=after)
    found = windows.read(read, ranges, limit)
    more = _cursor(found[limit - 1], "queue_at") if len(found) > limit else None
    return Page([staff_item(raw, by, at) for raw in found[:limit]], more)


def look_at(feedback_id: str, by: Actor, at: datetime) -> dict[str, Any]:
    """One piece in full for the office responsible; the look is recorded. Raises NotFound elsewhere."""
    raw = feedback_of_place(feedback_id, by)
    audit.record(by, "feedback.read", f"feedback:{feedback_id}", at, district_code=raw.get("district_code"))
    return staff_shown(raw, by, at)


def staff_shown(raw: Raw, by: Actor, at: datetime) -> dict[str, Any]:
    """A piece with all that was said, its history, and the public text as it stands or as a machine proposes it."""
    text = public_text(raw)
    if text is None and raw.get("replied_at") and raw["may_publish"]:
        text = proposed(raw)
    word = raw.get("satisfaction_word")
    return {
        **staff_item(raw, by, at), "said": _said(raw), "owner_name": _masked_owner(raw),
        "satisfaction": raw.get("satisfaction"), "satisfaction_word": open_text(word, TEXT_CONTEXT) if word else None,
        "public_text": {"question": text.question, "answer": text.answer} if text else None,
        "history": [
            {
                "action": each["action"], "label": label("feedback.step", each["action"]), "at": as_utc(each["at"]),
                "by_kind": each["by"]["kind"], "by_me": each["by"]["id"] == by.id, "note": note_of(each),
            }
            for each in raw["history"]
        ],
    }  # fmt: skip


def staff_item(raw: Mapping[str, Any], by: Actor, at: datetime) -> dict[str, Any]:
    """A piece in a queue: no word of what was said, no name."""
    late = raw["state"] in OPEN_STATES and raw.get("due_at") is not None and as_utc(raw["due_at"]) < at
    return {
        **_facts(raw), "channel": raw["channel"], "theme": raw.get("theme"),
        "suggested_theme": raw["suggested_theme"], "overdue": late, "escalations": raw["escalations"],
        "transfers": raw["transfers"], "reopened": raw["reopenings"] > 0, "taken": raw.get("taken_by") is not None,
        "taken_by_me": raw.get("taken_by") == by.id, "actions": FEEDBACK.actions_for(dict(raw), by),
    }  # fmt: skip


def public_pieces(
    at: datetime, *, district_code: str | None, theme: str | None, limit: int, cursor: str | None
) -> Page:  # fmt: skip
    """What is published, the latest first. Raises InvalidInput (`bad_cursor`)."""
    after = _position(cursor) if cursor is not None else None
    found: list[Raw] = []
    for window in _windows(at, after[0] if after is not None else None):
        wanted = {"public_state": PUBLISHED, "published_at": window}
        batch = [
            raw for raw in collection(Feedback).find(wanted, {"said": 0, "history": 0, "outbox": 0})
            if district_code in (None, raw.get("district_code")) and theme in (None, theme_of(raw))
            and (after is None or (as_utc(raw["published_at"]), raw["_id"]) < after)
        ]  # fmt: skip
        found += sorted(batch, key=lambda raw: (as_utc(raw["published_at"]), raw["_id"]), reverse=True)
        if len(found) > limit:
            break
    following = _cursor(found[limit - 1], "published_at") if len(found) > limit else None
    return Page([_public_shown(raw) for raw in found[:limit]], following)


def bounds_of(month: str) -> tuple[datetime, datetime]:
    """First moment of a month and of the next. Raises InvalidInput for what is none."""
    try:
        return month_bounds(month)
    except ValueError:
        raise InvalidInput(faults=[FieldFault("month", "string_pattern_mismatch")]) from None


def published_between(first: datetime, last: datetime, most: int) -> list[dict[str, Any]]:
    """What was published from `first` until before `last` and still is, the latest first, at most so many."""
    wanted = {"public_state": PUBLISHED, "published_at": {"$gte": first, "$lt": last}}
    fields = {"said": 0, "history": 0, "outbox": 0}
    found = collection(Feedback).find(wanted, fields).sort([("published_at", -1), ("_id", -1)]).limit(most)
    return [_public_shown(raw) for raw in found]


def theme_of(raw: Mapping[str, Any]) -> str:
    """The theme as assigned, else as suggested."""
    return str(raw.get("theme") or raw["suggested_theme"])


def _public_shown(raw: Raw) -> dict[str, Any]:
    text = public_text(raw)
    code = raw.get("district_code")
    return {
        "id": raw["_id"], "kind": raw["kind"], "kind_label": label("feedback.kind", raw["kind"]),
        "theme": theme_of(raw), "theme_label": label("feedback.theme", theme_of(raw)), "district_code": code,
        "district": catalogue().districts[code].name_zh if code else say("feedback.office.city"), "month": raw["month"],
        "question": text.question if text else "", "answer": text.answer if text else "",
        "published_at": as_utc(raw["published_at"]),
    }  # fmt: skip


def _facts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What owner and staff both see."""
    facility = raw.get("facility_id")
    named = collection(Facility).find_one({"_id": facility}, {"name": 1}) if facility else None
    return {
        "id": raw["_id"], "number": raw["number"], "kind": raw["kind"],
        "kind_label": label("feedback.kind", raw["kind"]), "state": raw["state"],
        "state_label": label("feedback.state", raw["state"]), "version": raw["version"], "stars": raw.get("stars"),
        "about": raw.get("about"), "facility": {"id": facility, "name": named["name"] if named else None}
        if facility else None, "district_code": raw.get("district_code"), "township_id": raw.get("township_id"),
        "office": office_of(raw).in_words(), "submitted_at": as_utc(raw["created_at"]),
        "due_at": as_utc(raw["due_at"]) if raw.get("due_at") else None, "due_assumed": bool(raw.get("due_assumed")),
        "may_publish": raw["may_publish"], "public_state": raw.get("public_state"),
    }  # fmt: skip


def _said(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    opened = [(each, open_text(each["text"], TEXT_CONTEXT)) for each in raw["said"]]
    return [{"at": as_utc(each["at"]), "from": each["from"], "text": text} for each, text in opened if text]


def _own_actions(raw: Raw, owner: Actor) -> list[str]:
    """What the owner may do now, what a guard would refuse left out."""
    refused = set()
    if raw["reopenings"] >= rule("feedback.reopenings_most"):
        refused.add("reopen")
    if raw.get("satisfaction") is not None or not raw.get("replied_at"):
        refused.add("satisfaction")
    if raw["state"] not in OPEN_STATES and raw["kind"] != "rating":
        refused.add("withdraw")
    return [each for each in FEEDBACK.actions_for(raw, owner) if each not in refused]


def _next_step(raw: Mapping[str, Any]) -> str:
    step = raw["state"]
    if step in OPEN_STATES and raw.get("due_at") is None:
        step = "no_due"
    elif step == REPLIED and raw["reopenings"] >= rule("feedback.reopenings_most"):
        step = "replied_again"
    due = day_in_words(as_utc(raw["due_at"])) if raw.get("due_at") else ""
    return say(f"feedback.next_step.{step}", office=office_of(raw).in_words(), due=due)


def _masked_owner(raw: Mapping[str, Any]) -> str | None:
    """The owner's name, masked; None for a follower and for who has not given it."""
    if raw["follower"]:
        return None
    try:
        person = people.person_of(raw["owner_id"])
    except NotFound:
        return None
    return mask_name(person.name) if person else None


def _desks(by: Actor, district_code: str | None) -> list[str]:
    if by.township_ids:
        return [f"township:{each}" for each in by.township_ids]
    code = by.district_code or district_code
    return [f"county:{code}"] if code else [CITY_DESK]


def _windows(at: datetime, latest: datetime | None) -> Iterator[dict[str, datetime]]:
    """Ranges of time, the latest first, from the cursor back."""
    upper = at
    for back in rule("feedback.public_windows_days"):
        lower = at - timedelta(days=back)
        if latest is None or lower < latest:
            yield {"$gt": lower, "$lte": min(upper, latest) if latest is not None else upper}
        upper = lower


def _cursor(raw: Mapping[str, Any], field: str) -> str:
    return encode_cursor({"feedback": raw["_id"], "at": as_utc(raw[field]).isoformat()})


def _position(cursor: str) -> tuple[datetime, str]:
    position = decode_cursor(cursor)
    try:
        return datetime.fromisoformat(position["at"]), str(position["feedback"])
    except (KeyError, TypeError, ValueError):  # signed by us, but the cursor of another list
        raise InvalidInput("bad_cursor") from None
