"""The codes on posters of facilities, programmes and townships, and where a scanned one leads."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response
from pydantic import BaseModel

from api.access import PUBLIC, staff
from api.endpoint import Call, Endpoint, Query, route
from models.conversations import posters
from models.indicators.usage import record_use
from models.kernel.actors import ADMINISTRATOR, PLANNER, SUPERVISOR

MAKERS = staff(SUPERVISOR, PLANNER, ADMINISTRATOR)


class ChatCodeOnPoster(BaseModel):
    """`scene` is what the chat is told; `url` is the code's content; `picture_url` is WeChat's picture of it."""

    scene: str
    url: str
    picture_url: str


class MiniCodeOnPoster(BaseModel):
    """`page` is the screen that opens, told `scene`; its picture is WeChat's own and comes from `picture`."""

    scene: str
    page: str


class PosterView(BaseModel):
    """What is on a poster; a code that has not been made yet is null. `about`: the facility's or township's id, the
    programme's token."""

    kind: Literal["facility", "programme", "township"]
    about: str
    name: str
    chat: ChatCodeOnPoster | None
    mini: MiniCodeOnPoster | None


class PictureQuery(Query):
    """`chat`: the code that opens the chat; `mini`: the one that opens the mini-program."""

    kind: Literal["chat", "mini"]


class SceneView(BaseModel):
    """Where a scanned code leads: a screen of the mini-program, and what it is told."""

    page: str
    query: dict[str, str]


class FacilityPoster(Endpoint):
    @route(access=MAKERS, response=PosterView)
    def get(self, call: Call) -> dict[str, Any]:
        """The codes that have been made for an open facility."""
        return posters.shown(_facility(call))

    @route(access=MAKERS, response=PosterView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Both codes, those that are missing made; each is made once, then always the same. Where WeChat refuses one,
        the other is kept and given by GET."""
        return _made(_facility(call), call)


class FacilityPosterPicture(Endpoint):
    @route(access=MAKERS, query=PictureQuery, media=tuple(posters.ENDINGS), etag=True)
    def get(self, call: Call) -> Response:
        """A code of a facility's poster as a picture, large enough to print."""
        return _picture(_facility(call), call.query.kind)


class ProgrammePoster(Endpoint):
    @route(access=MAKERS, response=PosterView)
    def get(self, call: Call) -> dict[str, Any]:
        """The codes that have been made for a programme."""
        return posters.shown(_programme(call))

    @route(access=MAKERS, response=PosterView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """As for a facility: whoever scans one is at this programme, in the chat or in the mini-program."""
        return _made(_programme(call), call)


class ProgrammePosterPicture(Endpoint):
    @route(access=MAKERS, query=PictureQuery, media=tuple(posters.ENDINGS), etag=True)
    def get(self, call: Call) -> Response:
        """A code of a programme's poster as a picture, large enough to print."""
        return _picture(_programme(call), call.query.kind)


class TownshipPoster(Endpoint):
    @route(access=MAKERS, response=PosterView)
    def get(self, call: Call) -> dict[str, Any]:
        """The codes that have been made for a township."""
        return posters.shown(_township(call))

    @route(access=MAKERS, response=PosterView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """As for a facility: whoever scans one sees what is near this township, in the chat or in the mini-program."""
        return _made(_township(call), call)


class TownshipPosterPicture(Endpoint):
    @route(access=MAKERS, query=PictureQuery, media=tuple(posters.ENDINGS), etag=True)
    def get(self, call: Call) -> Response:
        """A code of a township's poster as a picture, large enough to print."""
        return _picture(_township(call), call.query.kind)


class Scenes(Endpoint):
    @route(access=PUBLIC, response=SceneView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Where the code on a poster leads; asked by the screen that it opens."""
        way, district_code = posters.resolve(call.path["scene"])
        record_use("poster_scan", call.at, district_code)
        return {"page": way.page, "query": way.query}


def _facility(call: Call) -> posters.Subject:
    return posters.subject(posters.FACILITY, call.path["facility_id"], call.at)


def _programme(call: Call) -> posters.Subject:
    return posters.subject(posters.PROGRAMME, call.path["token"], call.at)


def _township(call: Call) -> posters.Subject:
    return posters.subject(posters.TOWNSHIP, call.path["place_id"], call.at)


def _made(of: posters.Subject, call: Call) -> dict[str, Any]:
    posters.chat_code(of, call.platform.wechat.qr_ticket, call.actor, call.at)
    posters.mini_code(of, call.platform.wechat.mini_code, call.actor, call.at)
    return posters.shown(of)


def _picture(of: posters.Subject, code: str) -> Response:
    found = posters.picture(of, code)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, mimetype=found.media_type, headers=headers)


POSTER_ROUTES = (
    (FacilityPoster, "/staff/facilities/<string:facility_id>/poster-code"),
    (FacilityPosterPicture, "/staff/facilities/<string:facility_id>/poster-code/picture"),
    (ProgrammePoster, "/staff/programmes/<string:token>/poster-code"),
    (ProgrammePosterPicture, "/staff/programmes/<string:token>/poster-code/picture"),
    (TownshipPoster, "/staff/places/<string:place_id>/poster-code"),
    (TownshipPosterPicture, "/staff/places/<string:place_id>/poster-code/picture"),
    (Scenes, "/scenes/<string:scene>"),
)
