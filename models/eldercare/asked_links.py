"""Links that the old person decides: asked in the own messages, confirmed or refused with the own account.

An account is the person's where name and number are those of the request and one of the proofs in
`visitors.link_proofs` holds; a number that anyone may declare would let a stranger confirm themselves.
"""

from __future__ import annotations

from datetime import datetime

from config.loading import rule
from config.text import label
from models.eldercare import notices
from models.eldercare.documents import ELDER_NAME, LINK_NAME, REQUESTED, Elder, ElderLink
from models.eldercare.lifecycle import LINK_ASKED_LIFECYCLE
from models.eldercare.settling import masked_name
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import Conflict, NotFound
from models.kernel.lifecycle import Change, Raw
from models.kernel.outbox import OutboxEntry
from models.people.documents import Resident

DECLARED, STAFF_CHECKED, PHONE_ON_REGISTER = "declared", "staff_checked", "phone_on_register"
OPEN = {"state": {"$in": [REQUESTED, "confirmed"]}}


def ask_person(link: Raw, at: datetime) -> list[OutboxEntry]:
    """What asks the old person of a new request; nothing where they have no account that is proved to be theirs."""
    person = collection(Resident).find_one({"id_number_index": link["id_number_index"], "erased_at": None})
    if person is None or not _decides(person, link):
        return []
    return [notices.link_question(link, person["_id"], label("eldercare.relation", link["relation"]))]


def links_asked_of(by: Actor) -> list[Raw]:
    """Who asks to be linked to the caller, and who is; the oldest first. Empty where the account is not proved."""
    person = collection(Resident).find_one({"_id": by.id, "erased_at": None})
    if person is None or not person.get("id_number_index"):
        return []
    found = collection(ElderLink).find({"id_number_index": person["id_number_index"], **OPEN})
    mine = [link for link in found if _decides(person, link)]
    return sorted(mine, key=lambda link: (link["created_at"], link["_id"]))


def confirm_asked(link_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The old person confirms. Raises NotFound for a request that is not about the caller, Conflict
    (`elder_not_registered`) where the township has not entered them yet, and what the lifecycle raises."""
    link = _about_caller(link_id, by)
    elder = collection(Elder).find_one({"id_number_index": link["id_number_index"]})
    if elder is None:
        raise Conflict("elder_not_registered")
    notice = notices.link_notice("link_confirmed", link, masked_name(elder))
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}
    change = Change(set={"elder_id": elder["_id"], **place}, outbox=[notice])
    done = LINK_ASKED_LIFECYCLE.perform(link_id, "confirm", by=by, at=at, key=key, change=change)
    audit.record(by, "elder_link_confirmed", f"elder:{elder['_id']}", at, district_code=elder["district_code"],
                 detail={"link": link_id})  # fmt: skip
    return done


def refuse_asked(link_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The old person refuses, or ends a link that stands. Raises as `confirm_asked`."""
    link = _about_caller(link_id, by)
    waits = link["state"] == REQUESTED
    notice = notices.link_notice("link_refused", link, masked_name(link, LINK_NAME))
    change = Change(set={"open_key": None}, outbox=[notice] if waits else [])
    done = LINK_ASKED_LIFECYCLE.perform(link_id, "refuse" if waits else "end", by=by, at=at, key=key, change=change)
    audit.record(by, "elder_link_refused", f"elder_link:{link_id}", at, district_code=link.get("district_code"))
    return done


def _about_caller(link_id: str, by: Actor) -> Raw:
    """The request, where it is about the caller; from then on the table knows them as the one asked."""
    person = collection(Resident).find_one({"_id": by.id, "erased_at": None})
    link = collection(ElderLink).find_one({"_id": link_id})
    if person is None or link is None or not _decides(person, link):
        raise NotFound()
    if link.get("person_id") != by.id:
        collection(ElderLink).update_one({"_id": link_id}, {"$set": {"person_id": by.id}})
    return link


def _decides(person: Raw, link: Raw) -> bool:
    """Number, name and a proof; nobody decides on what they asked themselves."""
    if link["resident_id"] == person["_id"] or person.get("id_number_index") != link["id_number_index"]:
        return False
    name = open_text(person["name"], Resident.name.context) if person.get("name") else None
    return name == open_text(link["name"], LINK_NAME) and _proved(person, link["id_number_index"])


def _proved(person: Raw, number_index: str) -> bool:
    proofs = rule("visitors.link_proofs")
    if DECLARED in proofs or (STAFF_CHECKED in proofs and person.get("identity_source") == "staff"):
        return True
    if PHONE_ON_REGISTER not in proofs or not person.get("phone"):
        return False
    elder = collection(Elder).find_one({"id_number_index": number_index}, {"private": 1, "name": 1})
    if elder is None:
        return False
    own, phone = open_text(elder["name"], ELDER_NAME), open_text(person["phone"], Resident.phone.context)
    contacts = open_json(elder["private"], Elder.private.context)["contacts"]
    return any(each["name"] == own and _digits(each["phone"]) == _digits(phone) for each in contacts)


def _digits(phone: str) -> str:
    """A mobile number without country code and spaces."""
    return "".join(char for char in phone if char.isdigit())[-11:]
