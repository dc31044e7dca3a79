"""What the staff of a place do with the needs that visits found: take one, give it back, say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Literal

from models.casework.documents import Application
from models.eldercare.documents import Elder
from models.eldercare.referral_records import MEDICAL, PENDING, REFERRAL_LIFECYCLE, Referral
from models.kernel import audit, windows
from models.kernel.actors import SUPERVISOR, VISITOR, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.people.likeness import LETTER_OF, NUMBER

CaseKind = Literal["application", "feedback", "medical", "other"]
LIST, ORDER = "referrals", "created_at"


@dataclass(frozen=True)
class Case:
    """What came of a need: an application's id, a feedback's number, a clinic's reference; None where there is none."""

    kind: CaseKind
    id: str | None = None


def page_of_referrals(scope: dict[str, Any], state: str, cursor: str | None, limit: int, at: datetime) -> Page:
    """A place's referrals of one state: those to be seen to the oldest first, what is over the latest first.

    Raises InvalidInput for a cursor of another list.
    """
    after = None
    if cursor is not None:
        position = decode_cursor(cursor)
        if position.get("of") != LIST or position.get("state") != state:
            raise InvalidInput("bad_cursor")
        after = (datetime.fromisoformat(position["at"]), position["id"])
    townships = scope.get("township_id")
    places = [{"township_id": each} for each in townships["$in"]] if isinstance(townships, dict) else [scope]
    over = state not in PENDING

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = [row for place in places
                for row in collection(Referral).find({**place, "state": state, **window}, {"note": 0})]  # fmt: skip
        return sorted(rows, key=lambda each: windows.place_of(each, ORDER), reverse=over)

    if over:
        found = windows.read_latest(read, ORDER, at, limit, after=after)
    else:
        found = windows.read(read, windows.windows(ORDER, windows.ages(at), after=after), limit)
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    return Page(found[:limit], encode_cursor({"of": LIST, "state": state, "at": as_utc(last[ORDER]).isoformat(),
                                              "id": last["_id"]}))  # fmt: skip


def referral_of_place(referral_id: str, by: Actor) -> Raw:
    """One referral of the actor's place. Raises NotFound otherwise."""
    referral = collection(Referral).find_one({"_id": referral_id})
    if referral is None or not by.covers(referral["district_code"], referral["township_id"]):
        raise NotFound()
    return referral


def may_handle(referral: Raw, by: Actor) -> bool:
    """A medical need tells of health: it is for those who visit and those who answer for visits."""
    return referral["kind"] != MEDICAL or by.has_role(VISITOR, SUPERVISOR)


def take(referral_id: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Say that one sees to it. Raises Forbidden for a medical one, NotFound, and what the lifecycle raises."""
    return _step(referral_id, "take", Change(set={"taken_by": by.id}), by=by, at=at, key=key, version=version)


def give_back(referral_id: str, reason: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Put it back on the list, for somebody else to take."""
    change = Change(set={"taken_by": None}, note=reason)
    return _step(referral_id, "give_back", change, by=by, at=at, key=key, version=version)


def finish(referral_id: str, case: Case, note: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Say what came of it; `note` is kept encrypted. An application must be of the place, the programme and the person.

    Raises InvalidInput where it is not, Conflict (`referral_not_yours`) where a colleague has taken it.
    """

    def change(referral: Raw) -> Change:
        if not by.has_role(SUPERVISOR) and referral.get("taken_by") not in (None, by.id):
            raise Conflict("referral_not_yours")
        if case.kind == "application":
            _check_application(case.id or "", referral, by)
        return Change(set={"case": {"kind": case.kind, "id": case.id}}, note=note)

    return _step(referral_id, "finish", change, by=by, at=at, key=key, version=version)


def decline(referral_id: str, reason: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Say why nothing comes of it; kept encrypted."""
    return _step(referral_id, "decline", Change(note=reason), by=by, at=at, key=key, version=version)


def _step(
    referral_id: str, action: str, change: Change | Callable[[Raw], Change], *, by: Actor, at: datetime, key: str,
    version: int,
) -> Raw:  # fmt: skip
    referral = referral_of_place(referral_id, by)
    if not may_handle(referral, by):
        raise Forbidden()
    done = REFERRAL_LIFECYCLE.perform(referral_id, action, by=by, at=at, key=key, version=version, change=change)
    audit.record(by, f"referral_{action}", f"referral:{referral_id}", at, district_code=referral["district_code"])
    return done


def _check_application(application_id: str, referral: Raw, by: Actor) -> None:
    """One fault for all that is wrong with it: nothing is told of other people's cases."""
    fields = {"programme": 1, "district_code": 1, "township_id": 1, "people": 1}
    case = collection(Application).find_one({"_id": application_id}, fields)
    elder = collection(Elder).find_one({"_id": referral["elder_id"]}, {"id_number_index": 1})
    mark = f"{LETTER_OF[NUMBER]}{elder['id_number_index']}" if elder else None
    fits = (
        case is not None
        and by.covers(case.get("district_code"), case.get("township_id"))
        and referral.get("programme") in (None, case["programme"])
        and any(mark in marks for marks in map(itemgetter("marks"), case.get("people") or ()))
    )
    if not fits:
        raise InvalidInput(faults=[FieldFault("case.id", "not_this_persons_case")])
