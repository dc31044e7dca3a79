"""The QR code on a facility's poster: scanning it opens that facility in the chat.

WeChat gives an account 100,000 permanent codes, so each facility's is asked for once and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import StringField
from pymongo.errors import DuplicateKeyError

from models.facilities import queries as directory
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import NotFound
from models.kernel.ids import id_from_key

FACILITY_SCENE = "facility:"


class PosterCode(Record):
    """A permanent code of WeChat with its scene; the id comes from the scene."""

    scene = StringField(required=True)
    ticket = StringField(required=True)
    url = StringField(required=True)
    picture_url = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "poster_codes"}


@dataclass(frozen=True)
class Poster:
    """What goes on the poster: `url` is the code's content, `picture_url` the code as a picture."""

    facility_id: str
    name: str
    scene: str
    url: str
    picture_url: str


def facility_poster(facility_id: str, ask: Callable[[str], Any], by: Actor, at: datetime) -> Poster:
    """The poster of a facility; `ask(scene)` gets a new code of WeChat where none is kept.

    Raises NotFound for a facility that is not there or not open, and what `ask` raises.
    """
    found = directory.facility(facility_id, at, "wgs84")
    if found["status"] != "open":
        raise NotFound()
    scene = FACILITY_SCENE + facility_id
    kept = collection(PosterCode).find_one({"_id": id_from_key("poster", scene)}) or _made(scene, ask, at)
    audit.record(by, "poster.code", f"facility:{facility_id}", at, district_code=found["district_code"])
    return Poster(facility_id, found["name"], scene, kept["url"], kept["picture_url"])


def shown(poster: Poster) -> dict[str, str]:
    """As plain data."""
    return asdict(poster)


def _made(scene: str, ask: Callable[[str], Any], at: datetime) -> dict[str, Any]:
    """Ask WeChat and keep what it gives; WeChat gives the same code for the same scene, so a race costs nothing."""
    given = ask(scene)
    code = PosterCode(
        id=id_from_key("poster", scene), created_at=at, updated_at=at, scene=scene, ticket=given.ticket, url=given.url,
        picture_url=given.picture_url,
    ).raw()  # fmt: skip
    try:
        collection(PosterCode).insert_one(code)
    except DuplicateKeyError:
        return collection(PosterCode).find_one({"_id": code["_id"]}) or code
    return code
