"""What residents do: submit, withdraw, reopen once, say how content they are, allow publication.

Source: the plan, on a mechanism by which needs are expressed and answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.feedback import themes
from config.loading import catalogue, rule
from config.programmes import programmes
from models.conversations.inbound import follower_index
from models.feedback.documents import (
    CLOSED,
    KINDS,
    MINI_PROGRAM,
    OPEN_STATES,
    OPENID_CONTEXT,
    OWNER_SAID,
    RATING,
    SUBMITTED,
    TAKEN_DOWN,
    TEXT_CONTEXT,
    UNDER_WAY,
    Feedback,
)
from models.feedback.lifecycle import FEEDBACK
from models.feedback.routing import Office, Point, deadline, facility_named, routed
from models.kernel.actors import Actor
from models.kernel.clock import day_of, month_of
from models.kernel.counters import next_value
from models.kernel.database import collection
from models.kernel.encryption import blind_index, seal_text
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, LimitReached, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry
from models.people.documents import Resident

CHILDCARE_CENTRE = "childcare_centre"
NUMBER_DIGITS = 5


def submit_feedback(
    feedback_id: str, kind: str, text: str, *, by: Actor, at: datetime, township_id: str | None = None,
    district_code: str | None = None, facility_id: str | None = None, about: str | None = None,
    channel: str = MINI_PROGRAM, point: Point | None = None, stars: int | None = None, may_publish: bool = False,
    openid: str | None = None,
) -> Raw:  # fmt: skip
    """Submit a piece; the same id again gives the first. `number` is what it is followed by.

    `by`: the resident, or `follower_actor(openid)` for a follower of the official account who is none; then `openid` is
    where the reply goes. `about`: a programme's token or a category of the directory. `text` of a rating may be "".
    Raises InvalidInput, Forbidden (not a resident), LimitReached (`feedback_too_many`, `feedback_too_many_open`),
    Conflict (`feedback_rated_already`, `childcare_rated_by_families`).
    """
    if by.kind != "resident" or (openid is not None and follower_index(openid) != by.id):
        raise Forbidden()
    found = collection(Feedback).find_one({"_id": feedback_id})
    if found is not None:
        return _first(found, by)
    text = text.strip()
    _demand_content(kind, text, stars, facility_id, about)
    facility = facility_named(facility_id) if facility_id is not None else None
    if kind == RATING and facility is not None and facility["category"] == CHILDCARE_CENTRE:
        raise Conflict("childcare_rated_by_families")
    office = routed(facility, township_id, point, district_code)
    facts = {
        "kind": kind, "channel": channel, "stars": stars, "about": about, "facility_id": facility_id,
        "may_publish": may_publish, "follower": openid is not None,
        "openid": seal_text(openid, OPENID_CONTEXT) if openid is not None else None,
        "suggested_theme": themes().suggested(text, about, facility["category"] if facility else None),
    }  # fmt: skip
    return _insert(feedback_id, text, facts, office, by, at)


def by_number(number: str, by: Actor) -> Raw:
    """One's own piece by its number. Raises NotFound, also for another's."""
    found = collection(Feedback).find_one({"number": "".join(number.split())})
    return _first(found, by)


def own_feedback(feedback_id: str, by: Actor) -> Raw:
    """One's own piece. Raises NotFound, also for another's."""
    return _first(collection(Feedback).find_one({"_id": feedback_id}), by)


def owners_of(by: Actor) -> set[str]:
    """Under which owners a resident's pieces stand: their own id, and the follower they are in the chat."""
    if by.kind != "resident":
        return set()
    found = collection(Resident).find_one({"_id": by.id}, {"official_openid_index": 1}) or {}
    known = found.get("official_openid_index")
    return {by.id, known} if known else {by.id}


def withdraw(feedback_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Take it back before it is answered. Raises NotFound, IllegalTransition."""
    change = Change(set={**_over(at), "only_rating": None})
    return FEEDBACK.perform(feedback_id, "withdraw", by=_as_owner(feedback_id, by), at=at, key=key, change=change)


def reopen(feedback_id: str, reason: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Once, while it is not closed: the reply does not settle it. The office has its days anew.

    Raises NotFound, IllegalTransition, Conflict (`feedback_reopened_already`), InvalidInput.
    """

    def change(raw: Raw) -> Change:
        _demand_chars("reason", reason.strip(), rule("feedback.text_chars_most"))
        begins = {**deadline(raw["kind"], at), "taken_by": None, "escalations": 0}
        desks = Office(raw.get("district_code"), raw.get("township_id")).desks()
        said = said_entry(OWNER_SAID, reason.strip(), by, at)
        return Change(set={**begins, "desks": desks}, push={"said": said}, inc={"reopenings": 1})

    return FEEDBACK.perform(feedback_id, "reopen", by=_as_owner(feedback_id, by), at=at, key=key, change=change)


def tell_satisfaction(feedback_id: str, stars: int, word: str | None, *, by: Actor, at: datetime, key: str) -> Raw:
    """1 to 5 for the reply, and a word; this closes it. Raises NotFound, IllegalTransition, InvalidInput, Conflict."""
    if not 1 <= stars <= 5:
        raise InvalidInput(faults=[FieldFault("stars", "stars_needed")])
    if word and len(word) > rule("feedback.word_chars_most"):
        raise InvalidInput(faults=[FieldFault("word", "string_too_long")])
    kept = {"satisfaction": stars, "satisfaction_word": seal_text(word, TEXT_CONTEXT) if word else None}
    change = Change(set={**kept, **_over(at)})
    return FEEDBACK.perform(feedback_id, "satisfaction", by=_as_owner(feedback_id, by), at=at, key=key, change=change)


def allow_publication(feedback_id: str, allowed: bool, *, by: Actor, at: datetime, key: str) -> Raw:
    """Agree that question and reply are published without personal data, or no more: then it is taken down at once."""

    def change(raw: Raw) -> Change:
        down = not allowed and raw.get("public_state") in UNDER_WAY
        gone = {"public_state": TAKEN_DOWN, "public": None, "published_at": None} if down else {}
        return Change(set={"may_publish": allowed, **gone})

    return FEEDBACK.perform(feedback_id, "allow", by=_as_owner(feedback_id, by), at=at, key=key, change=change)


def said_entry(who: str, text: str, by: Actor, at: datetime) -> dict[str, Any]:
    """One thing said, as it is stored."""
    return {"at": at, "from": who, "by": by.id, "text": seal_text(text, TEXT_CONTEXT)}


def _over(at: datetime) -> dict[str, Any]:
    """What every end writes: it leaves the queue, sounds no alarm, and frees its place among the day's."""
    return {"closed_at": at, "queue_at": at, "alarm": None, "alarm_at": None}


def _first(found: Raw | None, by: Actor) -> Raw:
    if found is None or found["owner_id"] not in owners_of(by):
        raise NotFound()
    return found


def _as_owner(feedback_id: str, by: Actor) -> Actor:
    """The caller under the name by which the piece knows them. Raises NotFound for another's."""
    return Actor("resident", own_feedback(feedback_id, by)["owner_id"])


def _insert(feedback_id: str, text: str, facts: dict[str, Any], office: Office, by: Actor, at: datetime) -> Raw:
    """Store it in the first free place of the owner's day."""
    done = facts["kind"] == RATING and not text  # stars alone: nothing to work on
    when = deadline(facts["kind"], at)
    if done:
        when |= {"queue_at": at, "closed_at": at}
    state, here = CLOSED if done else SUBMITTED, collection(Feedback)
    _demand_few_open(by)
    made = Feedback(
        id=feedback_id, created_at=at, updated_at=at, state=state, owner_id=by.id, month=month_of(at),
        number=f"{day_of(at):%y}{next_value(f'feedback {day_of(at).year}'):0{NUMBER_DIGITS}d}",
        said=[said_entry(OWNER_SAID, text, by, at)], township_id=office.township_id,
        district_code=office.district_code, desks=office.desks(), **facts, **when,
        history=[history_entry("submit", None, state, by, at)],
    ).raw()  # fmt: skip
    if facts["kind"] == RATING:
        made["only_rating"] = blind_index("feedback.rating", f"{by.id} {facts['facility_id']}")
    most = rule("feedback.a_day_most")
    for place in range(most):
        made["slot"] = blind_index("feedback.slot", f"{by.id} {day_of(at)} {place}")
        try:
            here.insert_one(made)
        except DuplicateKeyError:
            first = here.find_one({"_id": feedback_id})
            if first is not None:
                return _first(first, by)
            if made.get("only_rating") and here.find_one({"only_rating": made["only_rating"]}, {"_id": 1}):
                raise Conflict("feedback_rated_already") from None
        else:
            return made
    raise LimitReached("feedback_too_many", most=most)


def _demand_few_open(by: Actor) -> None:
    most = rule("feedback.open_most")
    found = collection(Feedback).find({"owner_id": by.id}, {"state": 1})
    if sum(each["state"] in OPEN_STATES for each in found) >= most:
        raise LimitReached("feedback_too_many_open", most=most)


def _demand_content(kind: str, text: str, stars: int | None, facility_id: str | None, about: str | None) -> None:
    if kind not in KINDS:
        raise InvalidInput(faults=[FieldFault("kind", "literal_error")])
    if kind == RATING and (facility_id is None or stars is None or not 1 <= stars <= 5):
        raise InvalidInput(faults=[FieldFault("stars", "stars_needed")])
    if kind != RATING and stars is not None:
        raise InvalidInput(faults=[FieldFault("stars", "stars_not_here")])
    if about is not None and about not in programmes() and about not in catalogue().categories:
        raise InvalidInput(faults=[FieldFault("about", "unknown_about")])
    if text or kind != RATING:
        _demand_chars("text", text, rule("feedback.text_chars_most"), least=1 if kind == RATING else None)


def _demand_chars(field: str, text: str, most: int, least: int | None = None) -> None:
    if len(text) < (least or rule("feedback.text_chars_least")):
        raise InvalidInput(faults=[FieldFault(field, "string_too_short")])
    if len(text) > most:
        raise InvalidInput(faults=[FieldFault(field, "string_too_long")])
