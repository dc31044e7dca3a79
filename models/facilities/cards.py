"""The entry of a facility in a list, kept as ready JSON so that a page of twenty costs a join.

A card is everything that does not depend on the moment or on the caller's place: it ends with its location, and the
distance and the open state are appended. Cards are kept per datum; those that are not in memory are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat
from math import ceil
from threading import Lock
from typing import Any

import orjson

from config.loading import rule
from models.facilities.datum import DATUMS, Datum, from_wgs84
from models.facilities.documents import AGE_GROUPS
from models.facilities.geodesy import MILLIMETRES
from models.facilities.opening_hours import BadHours, OpenState, schedule
from models.kernel.clock import shown

Raw = Mapping[str, Any]
LOCATION = b'"location":{"longitude":%.7f,"latitude":%.7f,"datum":"%b"},"distance_m":'
LOCATION_BEGINS = b'"location":'
UNKNOWN_HOURS = b'"open_now":null,"closes_at":null,"opens_at":null}'
NOWHERE = b'null,"walking_minutes":null,'
WALKING = b',"walking_minutes":'
OPENING = b'{"items":['


def free_places(raw: Raw) -> dict[str, int] | None:
    """Free childcare places by age group; None where the facility has none by its nature."""
    given = {group: raw.get(f"free_{group}") for group in AGE_GROUPS}
    return {group: free for group, free in given.items() if free is not None} or None


def card_fields(raw: Raw) -> dict[str, Any]:
    """What a card says of a facility, apart from its location. Short: a page reads twenty of them from memory."""
    return {
        "id": raw["_id"],
        "name": raw["name"],
        "category": raw["category"],
        "district_code": raw["district_code"],
        "address": raw.get("address"),
        "phone": raw.get("phone"),
        "inclusive": raw.get("inclusive"),
        "free_places": free_places(raw),
    }


def render(raw: Raw) -> bytes:
    """A facility's card in WGS-84."""
    head = orjson.dumps(card_fields(raw))
    return head[:-1] + b"," + LOCATION % (raw["longitude"], raw["latitude"], b"wgs84")


class Cards:
    """Cards by id, at most so many a datum; what is missing is loaded by ids and the oldest make room."""

    def __init__(self, load: Callable[[list[str]], Iterable[Raw]], most: int | None = None) -> None:
        self._load = load
        self._most = most if most is not None else int(rule("facilities.cards_most"))
        self._kept: dict[Datum, dict[bytes, bytes]] = {datum: {} for datum in DATUMS}
        self._changing = Lock()

    def put(self, raw: Raw) -> None:
        """Remember a facility as it is now."""
        key = raw["_id"].encode()
        with self._changing:
            for datum in DATUMS:
                self._kept[datum].pop(key, None)
        self._keep("wgs84", key, render(raw))

    def get(self, ids: list[bytes], points: Callable[[int], tuple[float, float]], datum: Datum) -> list[bytes | None]:
        """The cards of these ids, None for a facility no longer stored.

        `points(i)` is the WGS-84 point of the i-th, asked for only where it is needed.
        """
        kept = self._kept[datum]
        found = [kept.get(key) for key in ids]
        if None in found:
            self._fill(ids, points, datum)
            found = [kept.get(key) for key in ids]
        return found

    def __len__(self) -> int:
        return len(self._kept["wgs84"])

    def _fill(self, ids: list[bytes], points: Callable[[int], tuple[float, float]], datum: Datum) -> None:
        plain = self._kept["wgs84"]
        missing = [key.decode() for key in ids if key not in plain]
        for raw in self._load(missing) if missing else ():
            self.put(raw)
        if datum == "wgs84":
            return
        for i, key in enumerate(ids):
            card = plain.get(key)
            if card is not None and key not in self._kept[datum]:
                located = LOCATION % (*from_wgs84(*points(i), datum), datum.encode())
                self._keep(datum, key, card[: card.rindex(LOCATION_BEGINS)] + located)

    def _keep(self, datum: Datum, key: bytes, card: bytes) -> None:
        kept = self._kept[datum]
        with self._changing:
            kept[key] = card
            while len(kept) > self._most:
                del kept[next(iter(kept))]


class OpenStates:
    """Whether each distinct opening hours text is open, remembered until its next change."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, float, bool | None, bytes]] = {}
        self._most = int(rule("facilities.hours_memo_most"))

    def state(self, text: str, at: datetime, stamp: float) -> tuple[float, float, bool | None, bytes]:
        """(from, until, open, ready JSON) for the moment `at`, whose POSIX time is `stamp`."""
        known = self._known.get(text)
        if known is not None and known[0] <= stamp < known[1]:
            return known
        known = _fresh(text, at)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[text] = known
        return known

    def endings(self, numbers: list[int], texts: list[str], at: datetime) -> list[bytes]:
        """The ready JSON for hours given as numbers of `texts`, negative where they are not known."""
        stamp, known, said = at.timestamp(), self._known, []
        for number in numbers:
            if number < 0:
                said.append(UNKNOWN_HOURS)
                continue
            found = known.get(texts[number])
            if found is None or not found[0] <= stamp < found[1]:
                found = self.state(texts[number], at, stamp)
            said.append(found[3])
        return said


def _fresh(text: str, at: datetime) -> tuple[float, float, bool | None, bytes]:
    state = _state(text, at)
    if state is None:
        return (float("-inf"), float("inf"), None, UNKNOWN_HOURS)
    said = {"open_now": state.open, "closes_at": _shown(state.closes_at), "opens_at": _shown(state.opens_at)}
    # Where no change is in sight the answer holds for the day it was asked on.
    until = state.until if state.until is not None else state.day_ends
    return state.since.timestamp(), until.timestamp(), state.open, orjson.dumps(said)[1:]


def _state(text: str, at: datetime) -> OpenState | None:
    try:
        return schedule(text).state(at)
    except BadHours:
        # Stored before the rules of reading changed: shown as text, counted as not known.
        return None


def _shown(at: datetime | None) -> str | None:
    return None if at is None else shown(at)


def assemble(
    cards: list[bytes], distances: list[int] | None, hours: list[bytes], millimetres_per_minute: float,
    cursor: str | None,
) -> bytes:  # fmt: skip
    """The JSON page. distances: millimetres, None without a caller's point; hours: ready JSON that ends each item."""
    tail = b'],"next":null}' if cursor is None else b'],"next":"%b"}' % cursor.encode()
    if distances is None:
        items = [b"%b%b%b" % (card, NOWHERE, said) for card, said in zip(cards, hours, strict=True)]
        return OPENING + b",".join(items) + tail
    # Numbers become text a column at a time and the page is one join: a third of the time of formatting items.
    metres = _texts([each / MILLIMETRES for each in distances])
    minutes = _texts([ceil(each / millimetres_per_minute) for each in distances])
    parts = zip(_begins(len(cards)), cards, metres, repeat(WALKING), minutes, repeat(b","), hours, strict=False)
    return b"".join((*chain.from_iterable(parts), b"" if cards else OPENING, tail))


def _texts(numbers: list[float] | list[int]) -> list[bytes]:
    return orjson.dumps(numbers)[1:-1].split(b",")


@lru_cache(maxsize=256)
def _begins(count: int) -> tuple[bytes, ...]:
    return (OPENING, *[b","] * (count - 1))
