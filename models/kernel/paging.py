"""Cursor pages: a cursor is opaque to the caller, signed, and says where the next page begins."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pymongo.collection import Collection

from models.kernel.clock import as_utc
from models.kernel.encryption import keyed_hash
from models.kernel.errors import InvalidInput

PURPOSE = "cursor"
SIGNATURE_BYTES = 8
MAX_CURSOR_CHARS = 600


@dataclass(frozen=True)
class Page:
    """Some items and the cursor of those that follow, None at the end."""

    items: list[Any] = field(default_factory=list)
    next: str | None = None


def encode_cursor(position: dict[str, Any]) -> str:
    """A cursor for this position (JSON values only)."""
    body = orjson.dumps(position)
    return base64.urlsafe_b64encode(_sign(body) + body).decode().rstrip("=")


def decode_cursor(cursor: str) -> dict[str, Any]:
    """The position of a cursor made by `encode_cursor`. Raises InvalidInput (`bad_cursor`) for anything else."""
    if len(cursor) > MAX_CURSOR_CHARS or not cursor.isascii():
        raise InvalidInput("bad_cursor")
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise InvalidInput("bad_cursor") from None
    signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
    if not body or not hmac.compare_digest(signature, _sign(body)):
        raise InvalidInput("bad_cursor")
    position: dict[str, Any] = orjson.loads(body)
    return position


def page_of_few(found: Sequence[Mapping[str, Any]], cursor: str | None, limit: int) -> Page:
    """A page of all that there is, the newest first; for lists of a handful, which are read whole.

    Raises InvalidInput (`bad_cursor`).
    """
    place = {each["_id"]: (as_utc(each["created_at"]).isoformat(), each["_id"]) for each in found}
    rest = sorted(found, key=lambda each: place[each["_id"]], reverse=True)
    if cursor is not None:
        after = decode_cursor(cursor)
        if set(after) != {"at", "id"} or not all(isinstance(each, str) for each in after.values()):
            raise InvalidInput("bad_cursor")
        rest = [each for each in rest if place[each["_id"]] < (after["at"], after["id"])]
    if len(rest) <= limit:
        return Page(rest)
    at, last = place[rest[limit - 1]["_id"]]
    return Page(rest[:limit], encode_cursor({"at": at, "id": last}))


def beyond(field: str, at: Any, last_id: str, *, descending: bool = False) -> list[dict[str, Any]]:
    """What follows a position in the order of (`field`, `_id`), as filters to be asked one after the other: the rest of
    its own value, then all beyond. Never as one `$or`, for which the embedded server reads the whole collection."""
    way = "$lt" if descending else "$gt"
    return [{field: at, "_id": {way: last_id}}, {field: {way: at}}]


def read_on(
    target: Collection[dict[str, Any]], wanted: Mapping[str, Any], stretches: Iterable[Mapping[str, Any]],
    order: Sequence[tuple[str, int]], most: int, fields: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The first `most` documents, from one stretch after the other; each a filter, in the order of the documents."""
    found: list[dict[str, Any]] = []
    for stretch in stretches:
        found += target.find({**wanted, **stretch}, fields).sort(order).limit(most - len(found))
        if len(found) >= most:
            break
    return found


def _sign(body: bytes) -> bytes:
    return keyed_hash(PURPOSE, body)[:SIGNATURE_BYTES]
