"""Finding a case of one's place: by its number, by somebody's ID number, by the whole name of its applicant.

ID numbers and names are compared by their blind indexes; what was searched for is recorded by kind, never by its text.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from config.loading import rule
from models.casework.documents import Application
from models.casework.queries import LIST_FIELDS
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import InvalidInput
from models.kernel.ids import ID_PATTERN
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from models.people.identity import read_any_number
from models.people.likeness import LETTER_OF, NUMBER

By = Literal["number", "id_number", "name"]
FIELDS = dict.fromkeys(LIST_FIELDS, 1)


def find(text: str, by: Actor, at: datetime) -> tuple[By, list[Raw]]:
    """What the text was taken for, and the submitted cases of the caseworker's place, the newest first."""
    plain = text.strip()
    kind, wanted = _wanted(plain, at)
    found = [
        raw
        for raw in collection(Application).find(wanted, FIELDS)
        if raw.get("submitted_at") and by.covers(raw.get("district_code"), raw.get("township_id"))
    ]
    found.sort(key=lambda raw: (raw["submitted_at"], raw["_id"]), reverse=True)
    audit.record(by, "application.searched", "applications", at, detail={"by": kind, "found": len(found)})
    return kind, found[: rule("casework.page_size_most")]


def _wanted(text: str, at: datetime) -> tuple[By, dict[str, Any]]:
    if re.fullmatch(ID_PATTERN, text.upper()):
        return "number", {"_id": text.upper()}
    try:
        number = read_any_number(text, day_of(at)).number
    except InvalidInput:
        return "name", _of_name(text)
    return "id_number", {"people.marks": LETTER_OF[NUMBER] + blind_index("id_number", number)}


def _of_name(text: str) -> dict[str, Any]:
    named = collection(Resident).find({"name_index": blind_index("name", text)}, {"_id": 1})
    return {"resident_id": {"$in": [each["_id"] for each in named]}}
