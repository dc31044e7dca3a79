"""The names at both ends of an authorisation, masked: who knows them recognises them, nobody else does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.masking import mask_name
from models.people.documents import Caseworker, Resident
from models.people.proxies import person_on_paper


def applicant_name(raw: Mapping[str, Any]) -> str | None:
    """The applicant's; of a request that waits, as its proxy wrote it. None where it is not known (any more)."""
    if raw.get("resident_id"):
        return _resident_name(raw["resident_id"])
    said = person_on_paper(raw).get("name")
    return mask_name(said) if said else None


def proxy_name(raw: Mapping[str, Any]) -> str | None:
    """The proxy's; None where nobody has accepted yet. A caseworker's name is shown as it is."""
    if raw.get("proxy_id") is None:
        return None
    if raw["proxy_kind"] == "staff":
        found = collection(Caseworker).find_one({"_id": raw["proxy_id"]}, {"display_name": 1})
        return str(found["display_name"]) if found else None
    return _resident_name(raw["proxy_id"])


def _resident_name(resident_id: str) -> str | None:
    found = collection(Resident).find_one({"_id": resident_id}, {"name": 1})
    return mask_name(open_text(found["name"], "residents.name")) if found and found.get("name") else None
