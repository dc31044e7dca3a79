"""A visitor finds the person at whose door they stand: somebody of their own place, by name."""

from __future__ import annotations

import unicodedata

from config.loading import rule
from models.eldercare.documents import ACTIVE, ELDER_NAME, Elder
from models.eldercare.queries import scope_of
from models.eldercare.visitor_day import ELDER_FIELDS, LEFT, Stop
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw

FIELDS = {"private": 0, "health_notes": 0}


def people_named(name: str, township_id: str, by: Actor) -> list[Raw]:
    """Those on a township's register in whose name the words stand, as stored without address, contacts and health;
    names that begin with them first, at most `eldercare.people_found_most`.

    Names are encrypted, so the township's are opened: some hundred. Raises as `queries.scope_of`.
    """
    sought = _plain(name)
    wanted = {**scope_of(by, None, township_id), "state": ACTIVE}
    named = [(_plain(open_text(each["name"], ELDER_NAME)), each) for each in collection(Elder).find(wanted, FIELDS)]
    found = sorted(
        ((words, each) for words, each in named if sought in words),
        key=lambda pair: (not pair[0].startswith(sought), pair[0], pair[1]["community"], pair[1]["_id"]),
    )
    return [each for _, each in found[: rule("eldercare.people_found_most")]]


def stop_at(elder_id: str, by: Actor) -> Stop:
    """A person of the visitor's place as a stop of the day that nobody has planned. Raises NotFound."""
    elder = collection(Elder).find_one({"_id": elder_id}, {**ELDER_FIELDS, "district_code": 1})
    if elder is None or elder["state"] != ACTIVE or not by.covers(elder["district_code"], elder["township_id"]):
        raise NotFound()
    return Stop(elder_id, LEFT, elder, open_json(elder["private"], Elder.private.context))


def _plain(name: str) -> str:
    """A name without spaces and widths, as it is typed on a phone."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
