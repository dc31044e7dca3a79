"""Reads of observations, as the public and the planning office see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from config.indicators import CITY, indicators
from config.loading import catalogue, rule
from config.text import say
from models.indicators.documents import CITY_LEVEL, COMPLETE, Observation
from models.kernel.clock import month_of, previous_month
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

NOT_OBSERVABLE, PARTIAL, FULL = "not_observable", "partial", "complete"
POSITION = ("period", "area", "revision")
SHOWN_MONTHS = 13
HIDDEN = {"outbox": 0, "history": 0, "inputs": 0, "facts_hash": 0}


def observations_of(
    token: str, *, level: str = CITY_LEVEL, area: str | None = None, first: str | None = None, last: str | None = None,
    all_revisions: bool = False, limit: int | None = None, cursor: str | None = None,
) -> Page:  # fmt: skip
    """An indicator's observations, the latest month first; of each month the last revision, or all.

    `first`, `last`: months, both within. Raises NotFound for an unknown indicator, InvalidInput for a bad cursor.
    """
    if token not in indicators():
        raise NotFound()
    wanted: dict[str, Any] = {"indicator": token, "level": level}
    if area is not None:
        wanted["area"] = area
    bounds = {"$gte": first, "$lte": last}
    if any(bounds.values()):
        wanted["period"] = {name: value for name, value in bounds.items() if value}
    found = list(collection(Observation).find(wanted, HIDDEN))
    kept = found if all_revisions else latest_revisions(found)
    kept.sort(key=_place, reverse=True)
    if cursor is not None:
        after = _position(cursor)
        kept = [each for each in kept if _place(each) < after]
    size = limit or rule("indicators.page_size")
    more = len(kept) > size
    return Page([shown_publicly(each) for each in kept[:size]], _cursor(kept[size - 1]) if more else None)


def latest_by_indicator(at: datetime) -> dict[str, Raw]:
    """The city's latest observation of each observed indicator within the last year, as shown publicly."""
    first = month_of(at)
    for _ in range(SHOWN_MONTHS):
        first = previous_month(first)
    latest: dict[str, Raw] = {}
    for token in indicators():
        wanted = {"indicator": token, "level": CITY_LEVEL, "area": CITY, "period": {"$gte": first}}
        found = list(collection(Observation).find(wanted, HIDDEN))
        if found:
            latest[token] = shown_publicly(max(found, key=_place))
    return latest


def observations_for(period: str) -> list[Raw]:
    """The last revision of every observation of a month, in the catalogue's order, the city before its counties."""
    found = latest_revisions(collection(Observation).find({"period": period}, HIDDEN))
    order = {token: number for number, token in enumerate(indicators())}
    found.sort(key=lambda each: (order[each["indicator"]], each["level"], each["area"]))
    return [shown_publicly(each) for each in found]


def latest_revisions(found: Iterable[Raw]) -> list[Raw]:
    """Of each indicator, area and month only the last revision."""
    latest: dict[tuple[str, str, str, str], Raw] = {}
    for each in found:
        key = (each["indicator"], each["level"], each["area"], each["period"])
        if key not in latest or latest[key]["revision"] < each["revision"]:
            latest[key] = each
    return list(latest.values())


def shown_publicly(observation: Raw) -> dict[str, Any]:
    """As the public sees it: a value that covers only a part never stands where the area's value would."""
    status = _status(observation)
    value = observation["value"]
    notes = {NOT_OBSERVABLE: say("indicators.not_observable"), PARTIAL: say("indicators.partial_note"), FULL: None}
    same = ("indicator", "period", "level", "area", "revision", "numerator", "denominator", "coverage", "source",
            "method", "as_of")  # fmt: skip
    return {
        **{name: observation[name] for name in same},
        "area_name": area_name(observation["area"]),
        "status": status,
        "value": value if status == FULL else None,
        "partial_value": value if status == PARTIAL else None,
        "unit": indicators()[observation["indicator"]].unit_zh,
        "note": notes[status],
    }


def area_name(area: str) -> str:
    """The name of the city or of a county."""
    return say("indicators.city") if area == CITY else catalogue().districts[area].name_zh


def _status(observation: Raw) -> str:
    if observation["value"] is None:
        return NOT_OBSERVABLE
    return FULL if observation["coverage"]["status"] == COMPLETE else PARTIAL


def _place(observation: Raw) -> tuple[str, str, int]:
    return (observation["period"], observation["area"], observation["revision"])


def _cursor(last: Raw) -> str:
    return encode_cursor(dict(zip(POSITION, _place(last), strict=True)))


def _position(cursor: str) -> tuple[str, str, int]:
    position = decode_cursor(cursor)
    # A cursor of another list is signed as well.
    if set(position) != set(POSITION) or not isinstance(position["revision"], int):
        raise InvalidInput("bad_cursor")
    return (str(position["period"]), str(position["area"]), position["revision"])
