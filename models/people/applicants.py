"""Applicants who have no sign-in of their own: made by a township from the paper that they signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_text
from models.kernel.errors import Conflict
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import history_entry
from models.people import consents
from models.people.documents import Resident
from models.people.likeness import plain_name

SCOPE = "applicant on paper"
PAPER_CHANNEL = "signed_paper"
# What the form of authorisation states in words, so that an application can be handed in.
CONSENTS_ON_PAPER = (consents.IDENTITY, consents.VERIFICATION)
ACTIVE = "active"


def applicant_on_paper(
    authorisation_id: str, person: Mapping[str, Any], township_id: str, by: Actor, at: datetime
) -> str:
    """The id of the resident with this number, made where there is none. A repeat finds the first.

    Raises Conflict (`proxy_person_differs`) where the number is known under another name.
    """
    index = blind_index("id_number", person["id_number"])
    found = collection(Resident).find_one({"id_number_index": index}, {"name": 1})
    if found is None:
        try:
            collection(Resident).insert_one(_fresh(authorisation_id, person, index, township_id, by, at))
        except DuplicateKeyError:
            found = collection(Resident).find_one({"id_number_index": index}, {"name": 1})
        else:
            made = id_from_key(SCOPE, authorisation_id)
            audit.record(by, "resident.made_from_paper", f"resident:{made}", at)
            return made
    if found is None or plain_name(open_text(found["name"], "residents.name")) != plain_name(person["name"]):
        raise Conflict("proxy_person_differs")
    return str(found["_id"])


def forget_applicant_on_paper(authorisation_id: str) -> None:
    """Delete whom a confirmation had made that was then not completed; nobody who was ever used."""
    collection(Resident).delete_one(
        {"_id": id_from_key(SCOPE, authorisation_id), "version": 1, "mini_openid_index": None}
    )


def _fresh(
    authorisation_id: str, person: Mapping[str, Any], index: str, township_id: str, by: Actor, at: datetime
) -> dict[str, Any]:
    return Resident(
        id=id_from_key(SCOPE, authorisation_id), created_at=at, updated_at=at, name=person["name"],
        name_index=blind_index("name", person["name"]), id_number=person["id_number"], id_number_index=index,
        id_kind=person["id_kind"], birth_date=date.fromisoformat(person["birth_date"]).isoformat(),
        identity_source="staff", identity_set_at=at, home_township_id=township_id,
        consents=[
            consents.made(purpose, consents.current_version(purpose), consents.GIVEN, at, channel=PAPER_CHANNEL)
            for purpose in CONSENTS_ON_PAPER
        ],
        history=[history_entry("made_from_paper", None, ACTIVE, by, at)],
    ).raw()  # fmt: skip
