"""Lets a waiting list follow a published draw: each entry is moved to the rank it drew, with a reason as any move."""

from __future__ import annotations

from datetime import datetime

from config.loading import rule
from models.housing.documents import ENDED, PUBLISHED, LotteryDraw, WaitingEntry
from models.housing.operations import applications_of, order_of
from models.housing.ordering import list_key, list_rule
from models.housing.waiting_list import act, entry_id
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound

RANK_VALUE = "draw_rank"
DRAW_RESULT = "draw_result"


def follow_draw(draw_id: str, *, by: Actor, at: datetime, limit: int) -> int:
    """Move up to `limit` entries to the rank they drew; returns how many are left. Repeats and crashes do no harm.

    Raises NotFound, Conflict (`draw_not_published`, `draw_not_in_rule` where the list's rule knows no draw).
    """
    draw = collection(LotteryDraw).find_one({"_id": draw_id})
    if draw is None:
        raise NotFound()
    order = order_of(draw)
    if draw["state"] != PUBLISHED or order is None:
        raise Conflict("draw_not_published")
    if RANK_VALUE not in {line.value for line in list_rule(draw["programme"]).order}:
        raise Conflict("draw_not_in_rule")
    key = list_key(draw["programme"], draw.get("district_code"), draw.get("group"))
    applications, begin = applications_of(draw), int(draw.get("followed") or 0)
    end = min(begin + limit, len(order))
    for place in range(begin, end):
        _follow_one(draw_id, entry_id(key, applications[order[place]]), place + 1, by, at)
    collection(LotteryDraw).update_one({"_id": draw_id}, {"$max": {"followed": end}})
    return len(order) - end


def follow_published(at: datetime) -> dict[str, int]:
    """Let the lists follow every published draw a stretch further, until they have it all; a job calls it.

    A draw of a programme whose list knows no draw is left alone: its result is only published.
    """
    counts = {"draws": 0, "left": 0}
    fields = {"programme": 1, "followed": 1, "count": 1}
    for draw in list(collection(LotteryDraw).find({"state": PUBLISHED}, fields)):
        knows = RANK_VALUE in {line.value for line in list_rule(draw["programme"]).order}
        if knows and int(draw.get("followed") or 0) < draw["count"]:
            left = follow_draw(draw["_id"], by=SYSTEM, at=at, limit=rule("housing.follow_draw_at_once"))
            counts = {"draws": counts["draws"] + 1, "left": counts["left"] + left}
    return counts


def _follow_one(draw_id: str, entry: str, rank: int, by: Actor, at: datetime) -> None:
    found = collection(WaitingEntry).find_one({"_id": entry}, {"state": 1})
    if found is None or found["state"] == ENDED:
        return  # it left the list between the draw and now; the ranks behind it stay as published
    act(entry, "move", reason=DRAW_RESULT, by=by, at=at, key=f"draw {draw_id}", values={RANK_VALUE: rank})
