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


def _poster_of(kind: str, key: str) -> tuple[type[Endpoint], type[Endpoint]]:
    """The routes of posters of one kind: the codes, and their pictures. `key`: what names it in the path."""

    def about(call: Call) -> posters.Subject:
        return posters.subject(kind, call.path[key], call.at)

    class Poster(Endpoint):
        @route(access=MAKERS, response=PosterView)
        def get(self, call: Call) -> dict[str, Any]:
            """The codes that have been made for this poster; a facility must be open."""
            return posters.shown(about(call))

        @route(access=MAKERS, response=PosterView, idempotent=True, rate="write")
        def post(self, call: Call) -> dict[str, Any]:
            """Both codes, those that are missing made; each is made once, then always the same. Where WeChat refuses
            one, the other is kept and given by GET."""
            of = about(call)
            posters.chat_code(of, call.platform.wechat.qr_ticket, call.actor, call.at)
            posters.mini_code(of, call.platform.wechat.mini_code, call.actor, call.at)
            return posters.shown(of)

    class Picture(Endpoint):
        @route(access=MAKERS, query=PictureQuery, media=tuple(posters.ENDINGS), etag=True)
        def get(self, call: Call) -> Response:
            """A code of this poster as a picture, large enough to print."""
            return _picture(about(call), call.query.kind)

    return Poster, Picture


FacilityPoster, FacilityPosterPicture = _poster_of(posters.FACILITY, "facility_id")
ProgrammePoster, ProgrammePosterPicture = _poster_of(posters.PROGRAMME, "token")
TownshipPoster, TownshipPosterPicture = _poster_of(posters.TOWNSHIP, "place_id")


class Scenes(Endpoint):
    @route(access=PUBLIC, response=SceneView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Where the code on a poster leads; asked by the screen that it opens."""
        way, district_code = posters.resolve(call.path["scene"])
        record_use("poster_scan", call.at, district_code)
        return {"page": way.page, "query": way.query}


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
