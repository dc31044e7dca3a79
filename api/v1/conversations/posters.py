"""The QR code on a facility's poster."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.access import staff
from api.endpoint import Call, Endpoint, route
from models.conversations.posters import facility_poster, shown
from models.kernel.actors import ADMINISTRATOR, PLANNER, SUPERVISOR


class PosterView(BaseModel):
    """`url` is the code's content, to be drawn by any QR printer; `picture_url` is WeChat's picture of it."""

    facility_id: str
    name: str
    scene: str
    url: str
    picture_url: str


class FacilityPoster(Endpoint):
    @route(access=staff(SUPERVISOR, PLANNER, ADMINISTRATOR), response=PosterView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Whoever scans the code follows the account and is shown this facility; made once, then always the same."""
        return dict(
            shown(facility_poster(call.path["facility_id"], call.platform.wechat.qr_ticket, call.actor, call.at))
        )
