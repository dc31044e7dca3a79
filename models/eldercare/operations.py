"""The register and the families' links to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import Place, catalogue, rule
from models.eldercare import notices
from models.eldercare.asked_links import ask_person
from models.eldercare.documents import LINK_NAME, REQUESTED, Elder, ElderLink, EndReason, RiskFrom
from models.eldercare.lifecycle import ELDER_LIFECYCLE, LINK_LIFECYCLE, REGISTER_ROLES
from models.eldercare.likeness import person_index
from models.eldercare.month_marks import mark_since
from models.eldercare.periods import closed, corrected, opened
from models.eldercare.settling import CANCEL_BOOKINGS, RECOUNT, masked_name, settle_elder
from models.facilities.areas import in_yichun
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import Conflict, Duplicate, FieldFault, Forbidden, InvalidInput, LimitReached, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry
from models.people.documents import Resident
from models.people.identity import IdNumber, read_any_number, read_name

ID_NUMBER = "id_number"


@dataclass(frozen=True)
class Entry:
    """What is written of a person into the register; `private` as `Elder.private`. The birth date is the ID number's;
    one that is given as well must be the same."""

    name: str
    id_number: str
    birth_date: date | None
    categories: list[str]
    risk_level: str
    place: Place
    community: str
    private: dict[str, Any]
    health_notes: str | None
    legal_basis: dict[str, Any]
    since: date
    language: str | None = None
    risk_from: RiskFrom = "staff"


@dataclass(frozen=True)
class Person:
    """Whom an entry is about, as read: the name in its one form, and the checked ID number."""

    name: str
    number: IdNumber


def register_elder(elder_id: str, entry: Entry, *, by: Actor, at: datetime) -> Raw:
    """Write a person into the register of a township; a second call with the same id returns the first entry.

    Raises Forbidden outside the actor's place, Duplicate where the ID number is on the register, InvalidInput.
    """
    if not by.covers(entry.place.district_code, entry.place.id) or not by.has_role(*REGISTER_ROLES):
        raise Forbidden()
    elder = as_stored(elder_id, entry, read_person(entry, at), by=by, at=at, key=elder_id)
    # Before and after: neither a crash nor a count in between leaves an ended month without this entry.
    mark_since(entry.since.isoformat(), at)
    try:
        collection(Elder).insert_one(elder)
    except DuplicateKeyError:
        found = collection(Elder).find_one({"_id": elder_id})
        if found is None:
            raise Duplicate("elder_registered") from None
        return found
    mark_since(entry.since.isoformat(), at)
    audit.record(by, "elder_registered", f"elder:{elder_id}", at, district_code=elder["district_code"])
    route_requests(elder, at)
    return elder


def read_person(entry: Entry, at: datetime) -> Person:
    """Name and number of an entry, all of it checked. Raises InvalidInput."""
    person = Person(read_name(entry.name), read_elder_number(entry.id_number, at))
    check_entry(entry, person.number.birth_date, at)
    return person


def as_stored(elder_id: str, entry: Entry, person: Person, *, by: Actor, at: datetime, key: str) -> Raw:
    """The document of a new entry. Raises InvalidInput for a first day to come."""
    number = person.number
    elder = Elder(
        id=elder_id, created_at=at, updated_at=at, name=person.name, id_number=number.number,
        id_number_index=blind_index(ID_NUMBER, number.number), birth_date=number.birth_date.isoformat(),
        person_index=person_index(person.name, number.birth_date, entry.place.id, entry.community),
        categories=entry.categories, risk_level=entry.risk_level, risk_from=entry.risk_from, language=entry.language,
        district_code=entry.place.district_code, township_id=entry.place.id, community=entry.community,
        private=entry.private, health_notes=entry.health_notes, legal_basis=entry.legal_basis,
        periods=opened([], entry.since, at, "active_from"),
    ).raw()  # fmt: skip
    elder["history"] = [history_entry("register", None, elder["state"], by, at, key=key)]
    return elder


def end_period(
    elder_id: str, until: date, reason: EndReason, *, by: Actor, at: datetime, key: str, version: int
) -> Raw:  # fmt: skip
    """End a person's time on the register; `until` is its last day. Bookings to come are cancelled.

    Raises NotFound outside the actor's place, InvalidInput, and what the lifecycle raises.
    """
    elder_of_place(elder_id, by)

    def change(elder: Raw) -> Change:
        periods = closed(elder["periods"], until, reason, at)
        return Change(set={"periods": periods}, push={"owed": {"$each": [CANCEL_BOOKINGS, f"{RECOUNT} {until}"]}})

    elder = ELDER_LIFECYCLE.perform(elder_id, "end_period", by=by, at=at, version=version, key=key, change=change)
    audit.record(by, "elder_period_ended", f"elder:{elder_id}", at, district_code=elder["district_code"])
    settle_elder(elder, at)
    return elder


def begin_period(elder_id: str, since: date, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Put a person on the register again, from `since` on. Raises as `end_period`; `elder_has_died`."""
    elder_of_place(elder_id, by)
    elder = ELDER_LIFECYCLE.perform(
        elder_id, "begin_period", by=by, at=at, version=version, key=key,
        change=lambda elder: Change(
            set={"periods": opened(elder["periods"], since, at)}, push={"owed": f"{RECOUNT} {since}"}
        ),
    )  # fmt: skip
    audit.record(by, "elder_period_begun", f"elder:{elder_id}", at, district_code=elder["district_code"])
    settle_elder(elder, at)
    return elder


def correct_period(
    elder_id: str, until: date, reason: EndReason, why: str, *, by: Actor, at: datetime, key: str, version: int
) -> Raw:  # fmt: skip
    """Put the end of a person's last period right: another last day, another reason. What it was is kept, `why` too.

    Numbers of ended months that this changes become revisions. Raises as `end_period`.
    """
    elder_of_place(elder_id, by)

    def change(elder: Raw) -> Change:
        was = elder["periods"][-1]
        first = min(str(was["until"] or until), until.isoformat())
        kept = {"until": was["until"], "reason": was["reason"], "at": at, "by": by.id}
        periods = corrected(elder["periods"], until, reason, at)
        return Change(set={"periods": periods}, push={"was_period": kept, "owed": f"{RECOUNT} {first}"}, note=why)

    elder = ELDER_LIFECYCLE.perform(elder_id, "correct_period", by=by, at=at, version=version, key=key, change=change)
    audit.record(by, "elder_period_corrected", f"elder:{elder_id}", at, district_code=elder["district_code"])
    settle_elder(elder, at)
    return elder


def request_link(
    link_id: str, name: str, id_number: str, relation: str, township_id: str | None, *, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """A resident asks to be linked to an old person. The answer is the same whether or not there is an entry.

    It goes to the township of the entry, else to the one named, else to the resident's own, else to the city.
    A resident's second request for a person returns the first while that is open. Raises LimitReached.
    """
    name, number = read_name(name), read_elder_number(id_number, at).number
    index = blind_index(ID_NUMBER, number)
    open_key = f"{by.id}:{index}"
    known = _link_known(link_id, open_key)
    if known is not None:
        return known
    waiting = collection(ElderLink).count_documents({"resident_id": by.id, "state": REQUESTED})
    if waiting >= rule("eldercare.link_requests_open_most"):
        raise LimitReached("link_requests_open", most=rule("eldercare.link_requests_open_most"))
    place = _place_of_request(index, township_id, by)
    link = ElderLink(
        id=link_id, created_at=at, updated_at=at, resident_id=by.id, name=name, id_number=number,
        id_number_index=index, relation=relation, open_key=open_key, **place,
    ).raw()  # fmt: skip
    link["history"] = [history_entry("request", None, REQUESTED, by, at, key=link_id)]
    asked = ask_person(link, at)
    link |= {"outbox": [each.stored(at) for each in asked], "outbox_waiting": bool(asked)}
    try:
        collection(ElderLink).insert_one(link)
    except DuplicateKeyError:  # the same wish in the same moment
        return _link_known(link_id, open_key) or link
    return link


def confirm_link(elder_id: str, link: Raw, *, by: Actor, at: datetime, key: str) -> Raw:
    """The township confirms that a resident belongs to the family. Raises Conflict (`link_other_person`)."""
    elder = elder_of_place(elder_id, by)
    if link["id_number_index"] != elder["id_number_index"]:
        raise Conflict("link_other_person")
    route_requests(elder, at)
    notice = notices.link_notice("link_confirmed", link, masked_name(elder))
    change = Change(set={"elder_id": elder_id}, outbox=[notice])
    done = LINK_LIFECYCLE.perform(link["_id"], "confirm", by=by, at=at, key=key, change=change)
    audit.record(by, "elder_link_confirmed", f"elder:{elder_id}", at, district_code=elder["district_code"],
                 detail={"link": link["_id"]})  # fmt: skip
    return done


def refuse_link(link_id: str, reason: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The township refuses a request; the resident is told that it did, not whether there is an entry."""
    link = link_of_place(link_id, by)
    notice = notices.link_notice("link_refused", link, masked_name(link, LINK_NAME))
    change = Change(set={"open_key": None}, note=reason, outbox=[notice])
    done = LINK_LIFECYCLE.perform(link_id, "refuse", by=by, at=at, key=key, change=change)
    audit.record(by, "elder_link_refused", f"elder_link:{link_id}", at, district_code=link.get("district_code"))
    return done


def end_link(link_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """A resident withdraws a request or ends a link, or the township ends it. Raises NotFound for another's."""
    if by.kind == "resident":
        if collection(ElderLink).find_one({"_id": link_id, "resident_id": by.id}, {"_id": 1}) is None:
            raise NotFound()
    else:
        link = link_of_place(link_id, by)
        audit.record(by, "elder_link_ended", f"elder_link:{link_id}", at, district_code=link.get("district_code"))
    return LINK_LIFECYCLE.perform(link_id, "end", by=by, at=at, key=key, change=Change(set={"open_key": None}))


def elder_of_place(elder_id: str, by: Actor) -> Raw:
    """The register entry, within the place of this member of staff. Raises NotFound otherwise."""
    elder = collection(Elder).find_one({"_id": elder_id})
    if elder is None or not by.covers(elder["district_code"], elder["township_id"]):
        raise NotFound()
    return elder


def link_of_place(link_id: str, by: Actor) -> Raw:
    """The link, within the place of this member of staff. Raises NotFound otherwise."""
    link = collection(ElderLink).find_one({"_id": link_id})
    if link is None or not by.covers(link.get("district_code"), link.get("township_id")):
        raise NotFound()
    return link


def _link_known(link_id: str, open_key: str) -> Raw | None:
    """The request of this id, or the resident's open one for the same person."""
    links = collection(ElderLink)
    return links.find_one({"_id": link_id}) or links.find_one({"open_key": open_key})


def route_requests(elder: Raw, at: datetime) -> None:
    """Requests for this person that went elsewhere belong to the township that has the entry."""
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}
    asked = {
        "id_number_index": elder["id_number_index"],
        "state": REQUESTED,
        "township_id": {"$ne": place["township_id"]},
    }
    collection(ElderLink).update_many(asked, {"$set": {**place, "updated_at": at}, "$inc": {"version": 1}})


def _place_of_request(index: str, township_id: str | None, by: Actor) -> dict[str, Any]:
    entry = collection(Elder).find_one({"id_number_index": index}, {"district_code": 1, "township_id": 1})
    if entry is not None:
        return {"district_code": entry["district_code"], "township_id": entry["township_id"]}
    resident = collection(Resident).find_one({"_id": by.id}, {"home_township_id": 1}) or {}
    place = catalogue().place(township_id or resident.get("home_township_id") or "")
    return {"district_code": place.district_code, "township_id": place.id} if place else {}


def read_elder_number(text: str, at: datetime) -> IdNumber:
    """An ID number of either kind: its region says which."""
    return read_any_number(text, day_of(at))


def check_entry(entry: Entry, born: date, at: datetime) -> None:
    """Raise InvalidInput for days and a point that cannot be."""
    today, faults = day_of(at), []
    if entry.birth_date not in (None, born):
        faults.append(FieldFault("birth_date", "differs_from_id_number"))
    if entry.since < today - timedelta(days=rule("eldercare.backdate_days_most")):
        faults.append(FieldFault("active_from", "too_long_ago"))
    point = entry.private.get("point")
    if point is not None and not in_yichun(point["longitude"], point["latitude"]):
        faults.append(FieldFault("point", "outside_yichun"))
    if faults:
        raise InvalidInput(faults=faults)
