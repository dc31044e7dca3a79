"""Reads of observations, as the public and the planning office see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.indicators import CITY, PERCENT, Indicator, definition, indicators
from config.loading import catalogue, rule
from config.text import say
from models.indicators.documents import CITY_LEVEL, COMPLETE, LEVELS, Observation
from models.indicators.observations import number, value_of
from models.indicators.open_tables import OBSERVATIONS, tables_of
from models.kernel.clock import month_of, next_month, previous_month
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

NOT_OBSERVABLE, SUPPRESSED, PARTIAL, FULL = "not_observable", "suppressed", "partial", "complete"
POSITION = ("period", "area", "revision")
SHOWN_MONTHS = 13
HIDDEN = {"outbox": 0, "history": 0, "facts_hash": 0}
Tables = dict[tuple[str, str], Any]


def observations_of(
    token: str, *, level: str = CITY_LEVEL, area: str | None = None, first: str | None = None, last: str | None = None,
    all_revisions: bool = False, exact: bool = False, limit: int | None = None, cursor: str | None = None,
) -> Page:  # fmt: skip
    """An indicator's observations, the latest month first; of each month the last revision, or all.

    `first`, `last`: months, both within. `exact`: as the planning office sees them, small numbers of people included.
    Raises NotFound for an unknown indicator, InvalidInput for a bad cursor.
    """
    if token not in indicators():
        raise NotFound()
    wanted: dict[str, Any] = {"indicator": token, "level": level}
    if area is not None:
        wanted["area"] = area
    # Below the following month: with `$lte` the embedded server leaves the last month out (decision 36).
    bounds = {"$gte": first, "$lt": next_month(last) if last else None}
    if any(bounds.values()):
        wanted["period"] = {name: value for name, value in bounds.items() if value}
    found = list(collection(Observation).find(wanted, HIDDEN))
    latest = latest_revisions(found)
    kept = found if all_revisions else latest
    kept.sort(key=_place, reverse=True)
    if cursor is not None:
        after = _position(cursor)
        kept = [each for each in kept if _place(each) < after]
    size = limit or rule("indicators.page_size")
    more, following = len(kept) > size, None
    if more:
        following = _cursor(kept[size - 1])
    if exact:
        return Page([shown_exactly(each) for each in kept[:size]], following)
    tables = tables_of(OBSERVATIONS, subject=token) if indicators()[token].about_people else {}
    present = {each["_id"] for each in latest}
    items = [shown_publicly(each, tables if each["_id"] in present else {}) for each in kept[:size]]
    return Page(items, following)


def latest_by_indicator(at: datetime, *, only: str | None = None) -> dict[str, Raw]:
    """The city's latest observation of each observed indicator within the last year, as shown publicly.

    A month that has no value is passed over for an earlier one that has: a quarter's figure of a department is not
    forgotten because the platform itself has nothing to count.
    """
    latest: dict[str, Raw] = {}
    for token in [only] if only else indicators():
        last = latest_known(collection(Observation).find(_of_last_year(token, at), HIDDEN))
        if last is not None:
            told = indicators()[token].about_people
            tables = tables_of(OBSERVATIONS, subject=token, period=last["period"]) if told else {}
            latest[token] = shown_publicly(last, tables)
    return latest


def latest_known(observations: Iterable[Raw]) -> Raw | None:
    """Of an area's last revisions, as stored or as shown, the latest that is observable; without one the latest."""
    last = latest_revisions(observations)
    return max(last, key=lambda each: (is_observable(each), *_place(each)), default=None)


def is_observable(observation: Raw) -> bool:
    """Of an observation as stored, or as shown (what is hidden or a part was observed)."""
    if "status" in observation:
        return bool(observation["status"] != NOT_OBSERVABLE)
    return observation["value"] is not None


def latest_revisions_shown(at: datetime) -> dict[str, list[Raw]]:
    """The city's observations of the last year by indicator, the earliest month first, as shown publicly."""
    shown: dict[str, list[Raw]] = {}
    for token, indicator in indicators().items():
        found = sorted(latest_revisions(collection(Observation).find(_of_last_year(token, at), HIDDEN)), key=_place)
        tables = tables_of(OBSERVATIONS, subject=token) if found and indicator.about_people else {}
        shown[token] = [shown_publicly(each, tables) for each in found]
    return shown


def observed_months(at: datetime) -> list[str]:
    """The months of the last year of which there is an observation of the city, the latest first."""
    found: set[str] = set()
    for token in indicators():
        found |= {each["period"] for each in collection(Observation).find(_of_last_year(token, at), {"period": 1})}
    return sorted(found, reverse=True)


def observations_for(period: str, *, exact: bool = False) -> list[Raw]:
    """The last revision of every observation of a month, in the catalogue's order, the city before its counties."""
    found = latest_revisions(collection(Observation).find({"period": period}, HIDDEN))
    order = {token: number for number, token in enumerate(indicators())}
    found.sort(key=lambda each: (order[each["indicator"]], LEVELS.index(each["level"]), each["area"]))
    if exact:
        return [shown_exactly(each) for each in found]
    tables = tables_of(OBSERVATIONS, period=period)
    return [shown_publicly(each, tables) for each in found]


def latest_revisions(found: Iterable[Raw]) -> list[Raw]:
    """Of each indicator, area and month only the last revision."""
    latest: dict[tuple[str, str, str, str], Raw] = {}
    for each in found:
        key = (each["indicator"], each["level"], each["area"], each["period"])
        if key not in latest or latest[key]["revision"] < each["revision"]:
            latest[key] = each
    return list(latest.values())


def shown_publicly(observation: Raw, tables: Tables | None = None) -> dict[str, Any]:
    """As the public sees it: small numbers of people hidden, others rounded; a part's value never as the area's.

    `tables`: what of the numbers about people may be shown (`open_tables.tables_of`); without them none of it is.
    """
    indicator = definition(observation["indicator"], observation["period"])
    # A rate that a department gives without the numbers behind it has nothing to be counted from.
    if not indicator.about_people or observation["numerator"] is None:
        return _view(observation, _status(observation))
    cells = (tables or {}).get((observation["indicator"], observation["period"]), {})
    cell = cells.get(observation["area"])
    if cell is None:
        open_city = observation["level"] == CITY_LEVEL and not observation["numerator"]
        if observation["value"] is None and (open_city or observation["denominator"] is None):
            return _view({**observation, "numerator": None}, NOT_OBSERVABLE)
        bare = {**observation, "value": None, "numerator": None, "source": say("indicators.source.hidden")}
        if indicator.divides_people:
            bare["denominator"] = None
        return _view(bare, SUPPRESSED)
    rounded = _rounded(observation, indicator, cell)
    return {**_view(rounded, _status(observation)), "rounded": True}


def shown_exactly(observation: Raw) -> dict[str, Any]:
    """As the planning office sees it, with the counts behind it; still never a part's value as the area's."""
    return {**_view(observation, _status(observation)), "inputs": observation["inputs"]}


def _rounded(observation: Raw, indicator: Indicator, cell: Raw) -> Raw:
    """The observation made of the rounded counts."""
    numerator = Decimal(cell["counted"]) / indicator.numerator_per
    below = observation["denominator"]
    denominator = None if below is None else Decimal(str(below))
    if indicator.divides_people:
        denominator = Decimal(cell["of"]) / (indicator.denominator_per or 1)
    value = None if observation["value"] is None else value_of(indicator, numerator, denominator)
    if value is not None and indicator.unit_zh == PERCENT:
        value = round(value, rule("indicators.disclosure_percent_decimals"))
    text = say("indicators.source.rounded", base=rule("indicators.disclosure_round_to"))
    return {**observation, "value": number(value), "numerator": number(numerator), "denominator": number(denominator),
            "source": text}  # fmt: skip


def _view(observation: Raw, status: str) -> dict[str, Any]:
    value = observation["value"]
    notes = {
        NOT_OBSERVABLE: say("indicators.not_observable"), PARTIAL: say("indicators.partial_note"), FULL: None,
        SUPPRESSED: say("indicators.suppressed", least=rule("indicators.disclosure_least")),
    }  # fmt: skip
    same = ("indicator", "period", "level", "area", "revision", "numerator", "denominator", "coverage", "source",
            "method", "as_of", "origin", "finality")  # fmt: skip
    return {
        **{name: observation[name] for name in same},
        "area_name": area_name(observation["area"]),
        "status": status,
        "value": value if status == FULL else None,
        "partial_value": value if status == PARTIAL else None,
        "unit": indicators()[observation["indicator"]].unit_zh,
        "note": notes[status],
        "rounded": False,
    }


def area_name(area: str) -> str:
    """The name of the city, of a county, or of a township with its county's; the code of one that is no more."""
    if area == CITY:
        return say("indicators.city")
    place = catalogue().place(area)
    if place:
        return f"{place.district_zh}{place.name_zh}"
    county = catalogue().districts.get(area)
    return county.name_zh if county else area


def _of_last_year(token: str, at: datetime) -> dict[str, Any]:
    first = month_of(at)
    for _ in range(SHOWN_MONTHS):
        first = previous_month(first)
    return {"indicator": token, "level": CITY_LEVEL, "area": CITY, "period": {"$gte": first}}


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
