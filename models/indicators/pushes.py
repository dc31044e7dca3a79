"""The pushes to the planning office as an operator sees them: what waits, what arrived, what is stuck."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.indicators import indicators
from models.indicators.documents import Observation
from models.indicators.storing import PUSH_CHANNEL, order_of, push_body
from models.kernel import outbox
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.outbox import DEAD, DELIVERED, FAILED, PENDING, SENDING, OutboxMessage

STATES = (PENDING, SENDING, DELIVERED, FAILED, DEAD)
FIELDS = ("state", "attempts", "next_attempt_at", "outcome", "receipt", "created_at", "updated_at")


def pushes(*, token: str | None = None, state: str | None = None, after: str | None = None, limit: int) -> list[Raw]:
    """Pushes by their key, the latest month first; without their contents. `after`: the key where the page begins."""
    orders = [order_of(each) for each in ([token] if token else indicators())]
    wanted: dict[str, Any] = {"order_key": {"$in": orders}, **({"state": state} if state else {})}
    found = [_view(each) for each in collection(OutboxMessage).find(wanted, dict.fromkeys(FIELDS, 1))]
    found.sort(key=lambda each: (each["period"], each["key"]), reverse=True)
    if after is not None:
        place = (after.split(":")[2], after)
        found = [each for each in found if (each["period"], each["key"]) < place]
    return found[:limit]


def retry(key: str, at: datetime) -> Raw:
    """Send a refused or given-up push again. Raises NotFound; Conflict (`push_not_stuck`) where none is needed."""
    _push(key)  # another channel's message is not found here
    if not outbox.retry(key, at):
        raise Conflict("push_not_stuck")
    return _push(key)


def waiting() -> list[Raw]:
    """The bodies that will be sent, in the order of their keys: still with their observations, or on their way."""
    found = {}
    for each in collection(Observation).find({"outbox_waiting": True}):
        for entry in each["outbox"]:
            found[entry["key"]] = push_body(each)
    wanted = {"order_key": {"$in": [order_of(each) for each in indicators()]}, "state": {"$in": [PENDING, SENDING]}}
    for message in collection(OutboxMessage).find(wanted):
        found[message["_id"]] = OutboxMessage.open_payload(message)
    return [body for _, body in sorted(found.items())]


def _push(key: str) -> Raw:
    found = collection(OutboxMessage).find_one({"_id": key, "channel": PUSH_CHANNEL}, dict.fromkeys(FIELDS, 1))
    if found is None:
        raise NotFound()
    return _view(found)


def _view(message: Raw) -> Raw:
    _, token, period, revision = str(message["_id"]).split(":")
    return {
        "key": message["_id"], "indicator": token, "period": period, "revision": int(revision),
        **{name: message.get(name) for name in FIELDS},
    }  # fmt: skip
