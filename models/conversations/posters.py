"""The codes on a poster: one opens the chat at what the poster is about, the other the mini-program there.

A code never changes: each is asked for once and kept, the mini-program's with its picture, for WeChat gives that only
in its answer. WeChat gives an account 100,000 permanent codes of the chat, of the mini-program's as many as one likes,
but only so many a minute.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import segno
from mongoengine import BinaryField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.casework.queries import programme_of
from models.conversations.scenes import Way, scene_of, scenes_file, way_of
from models.facilities import queries as directory
from models.facilities.documents import OPEN, Facility
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.document import EPOCH, Record
from models.kernel.errors import NotFound
from models.kernel.ids import ID_PATTERN, id_from_key
from models.kernel.lifecycle import Raw

FACILITY, PROGRAMME, TOWNSHIP = "facility", "programme", "township"
CHAT, MINI = "chat", "mini"
PNG = "image/png"
ENDINGS = {PNG: "png", "image/jpeg": "jpg"}


class PosterCode(Record):
    """A permanent code of the official account with its scene; the id comes from the scene."""

    scene = StringField(required=True)
    ticket = StringField(required=True)
    url = StringField(required=True)
    picture_url = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "poster_codes"}


class MiniCode(Record):
    """A code of the mini-program; the id is its scene, which comes from kind and about."""

    kind = StringField(required=True)
    about = StringField(required=True)
    media_type = StringField(required=True)
    picture = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "mini_codes"}


@dataclass(frozen=True)
class Subject:
    """What a poster is about: a facility or a township by its id, a programme by its token."""

    kind: str
    about: str
    name: str
    district_code: str | None = None

    @property
    def chat_scene(self) -> str:
        """What the chat is told by a scan."""
        return f"{self.kind}:{self.about}"

    @property
    def mini_scene(self) -> str:
        """What the mini-program is told by a scan."""
        return scene_of(self.kind, self.about)


@dataclass(frozen=True)
class Picture:
    """A picture as it came, or was drawn; `name` is one for its file."""

    media_type: str
    content: bytes
    name: str


def subject(kind: str, about: str, at: datetime) -> Subject:
    """What a poster can be made of. Raises NotFound for a facility that is not there or not open, and for a programme
    or a township that is not there."""
    if kind == PROGRAMME:
        return Subject(kind, about, programme_of(about).label)
    if kind == TOWNSHIP:
        place = catalogue().place(about)
        if place is None:
            raise NotFound()
        return Subject(kind, about, place.name_zh, place.district_code)
    found = directory.facility(about, at, "wgs84")
    if found["status"] != OPEN:
        raise NotFound()
    return Subject(kind, about, found["name"], found["district_code"])


def chat_code(of: Subject, ask: Callable[[str], Any], by: Actor, at: datetime) -> Raw:
    """The chat's code: the one that is kept, else `ask(scene)` gets one. Raises what `ask` raises."""
    kept = _kept_chat(of)
    if kept is not None:
        return kept
    given = ask(of.chat_scene)
    return _keep(of, CHAT, by, at, PosterCode(
        id=_chat_id(of), created_at=at, updated_at=at, scene=of.chat_scene, ticket=given.ticket, url=given.url,
        picture_url=given.picture_url,
    ))  # fmt: skip


def mini_code(of: Subject, ask: Callable[[str, str], Any], by: Actor, at: datetime) -> Raw:
    """The mini-program's code: the one that is kept, else `ask(scene, page)` gets one. Raises what `ask` raises."""
    kept = _kept_mini(of)
    if kept is not None:
        return kept
    given = ask(of.mini_scene, scenes_file().landing)
    return _keep(of, MINI, by, at, MiniCode(
        id=of.mini_scene, created_at=at, updated_at=at, kind=of.kind, about=of.about, media_type=given.media_type,
        picture=given.content,
    ))  # fmt: skip


def shown(of: Subject) -> dict[str, Any]:
    """What is kept of a poster: each code, None where it has not been made."""
    chat, mini = _kept_chat(of), _kept_mini(of)
    return {
        "kind": of.kind, "about": of.about, "name": of.name,
        "chat": chat and {"scene": chat["scene"], "url": chat["url"], "picture_url": chat["picture_url"]},
        "mini": mini and {"scene": mini["_id"], "page": scenes_file().landing},
    }  # fmt: skip


def picture(of: Subject, code: str) -> Picture:
    """A code as a picture to print: the chat's drawn from its content, the mini-program's as WeChat gave it.

    Raises NotFound (`poster_code_missing`) where it has not been made.
    """
    kept = _kept_chat(of) if code == CHAT else collection(MiniCode).find_one({"_id": of.mini_scene})
    if kept is None:
        raise NotFound("poster_code_missing")
    if code == MINI:
        return _named(of, code, kept["media_type"], bytes(kept["picture"]))
    drawn = io.BytesIO()
    segno.make(kept["url"], error="m").save(drawn, kind="png", scale=rule("conversations.poster_dot_pixels"))
    return _named(of, code, PNG, drawn.getvalue())


def resolve(scene: str) -> tuple[Way, str | None]:
    """Where a scene of the mini-program leads, and the county of what it is about.

    Raises NotFound: `scene_unknown` for a scene that no code of ours has, `scene_gone` where what it is about is
    not there any more.
    """
    found = collection(MiniCode).find_one({"_id": scene}, {"kind": 1, "about": 1}) if _may_be(scene) else None
    if found is None:
        raise NotFound("scene_unknown")
    try:
        district_code = _district_of(found["kind"], found["about"])
    except NotFound:
        raise NotFound("scene_gone") from None
    return way_of(found["kind"], found["about"]), district_code


def _district_of(kind: str, about: str) -> str | None:
    """The county of what a scene is about, closed or not. Raises NotFound where it is not there any more."""
    if kind != FACILITY:
        return subject(kind, about, EPOCH).district_code
    found = collection(Facility).find_one({"_id": about}, {"district_code": 1})
    if found is None:
        raise NotFound()
    return str(found["district_code"])


def _keep(of: Subject, code: str, by: Actor, at: datetime, made: Record) -> Raw:
    """Keep what WeChat gave. Of two who asked at once, both have the one that was kept first."""
    raw = made.raw()
    try:
        collection(type(made)).insert_one(raw)
    except DuplicateKeyError:
        first: Raw = collection(type(made)).find_one({"_id": raw["_id"]}) or raw
        return first
    audit.record(by, "poster.code", of.chat_scene, at, district_code=of.district_code, detail={"code": code})
    return raw


def _named(of: Subject, code: str, media_type: str, content: bytes) -> Picture:
    return Picture(media_type, content, f"{code}-{of.kind}-{of.about}.{ENDINGS[media_type]}")


def _chat_id(of: Subject) -> str:
    return id_from_key("poster", of.chat_scene)


def _kept_chat(of: Subject) -> Raw | None:
    return collection(PosterCode).find_one({"_id": _chat_id(of)})


def _kept_mini(of: Subject) -> Raw | None:
    return collection(MiniCode).find_one({"_id": of.mini_scene}, {"picture": 0})


def _may_be(scene: str) -> bool:
    return re.fullmatch(ID_PATTERN, scene) is not None
