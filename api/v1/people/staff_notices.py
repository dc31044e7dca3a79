"""What the product told a member of staff, and what of it is unread."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.access import STAFF
from api.endpoint import Call, Endpoint, route
from api.v1.people.schemas import MessagesQuery
from config.text import say
from models.kernel.lifecycle import Raw
from models.people import staff_notices


class StaffNoticeItem(BaseModel):
    """One notice. `about`: `concern:ID`, what to open."""

    id: str
    text: str
    about: str
    created_at: datetime
    read_at: datetime | None


class StaffNoticePage(BaseModel):
    items: list[StaffNoticeItem]
    next: str | None
    unread: int


class UnreadView(BaseModel):
    unread: int


class StaffNotices(Endpoint):
    @route(access=STAFF, query=MessagesQuery, response=StaffNoticePage)
    def get(self, call: Call) -> dict[str, Any]:
        """One's own notices, the newest first, and how many are unread."""
        page = staff_notices.page_of_notices(call.actor, call.query.cursor, call.query.limit)
        unread = staff_notices.unread(call.actor)
        return {"items": [_shown(each) for each in page.items], "next": page.next, "unread": unread}


class UnreadNotices(Endpoint):
    @route(access=STAFF, response=UnreadView)
    def get(self, call: Call) -> UnreadView:
        """How many of one's notices are unread; for the head of every page."""
        return UnreadView(unread=staff_notices.unread(call.actor))


class StaffNoticeRead(Endpoint):
    @route(access=STAFF, response=StaffNoticeItem)
    def put(self, call: Call) -> dict[str, Any]:
        """Note that a notice was opened."""
        return _shown(staff_notices.mark_read(call.path["notice_id"], by=call.actor, at=call.at))


def _shown(notice: Raw) -> dict[str, Any]:
    return {
        "id": notice["_id"],
        "text": say(notice["text_key"], **notice["values"]),
        "about": notice["about"],
        "created_at": notice["created_at"],
        "read_at": notice.get("read_at"),
    }
