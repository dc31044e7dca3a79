"""Reading the directory: nearest, by name, one by id. Ready JSON for the API, plain dicts for the bot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson

from config.facility_prices import price_list
from config.loading import catalogue, rule
from models.facilities.areas import own_point
from models.facilities.cards import OpenStates, Raw, assemble, card_fields
from models.facilities.datum import Datum, from_wgs84
from models.facilities.directory import FREE_FLAGS, Directory, Snapshot, directory
from models.facilities.documents import AgeGroup, Facility
from models.facilities.geodesy import MILLIMETRES
from models.facilities.index import INCLUSIVE, NO_HOURS, Found, Mask, RowFilter, Rows
from models.facilities.opening_hours import BadHours, schedule
from models.facilities.places import find_place, search_places
from models.facilities.price_words import prices_of
from models.facilities.text_search import Match
from models.kernel.clock import local
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.paging import decode_cursor, encode_cursor

__all__ = [
    "Filters", "Search", "facility", "find_place", "nearby", "nearby_page", "page", "search_places", "search_text",
]  # fmt: skip

# Distance in millimetres, id, and how many came before it on earlier pages.
PLACE = re.compile(r"^(\d{1,12})\.([0-9A-Z]{26})\.(\d{1,9})$", re.ASCII)
# The count only tells how far to look at once.
MOST_SEEN = 100_000
ANY_PLACE = sum(FREE_FLAGS.values())
DETAILS = (
    "township_id", "opening_hours", "ownership", "places_infant", "places_toddler", "places_preschool", "beds",
    "beds_nursing", "area_sqm", "registration_number", "registration_valid_until", "prices_valid_from", "accessibility",
    "description", "status", "source", "external_id",
)  # fmt: skip
HOURS_UNKNOWN: dict[str, Any] = {
    "open_now": None, "closes_at": None, "opens_at": None, "hours_today": [], "hours_assumed": False,
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a facility must be. `with_places`: free childcare places, of one age group or any."""

    categories: tuple[str, ...] = ()
    district_code: str | None = None
    inclusive: bool = False
    open_now: bool = False
    with_places: AgeGroup | bool = False


@dataclass(frozen=True)
class Search:
    """One question to the directory. A point: nearest first. A text: best match first, or nearest with a point."""

    limit: int
    datum: Datum = "wgs84"
    point: tuple[float, float] | None = None
    text: str | None = None
    radius_m: float | None = None
    filters: Filters = Filters()
    cursor: str | None = None


def page(search: Search, at: datetime) -> bytes:
    """The page as JSON `{"items": [...], "next": cursor or null}`.

    Raises InvalidInput: `outside_yichun`, `bad_cursor`, `unknown_category`.
    """
    live = directory()
    snapshot = live.snapshot()
    accept = _filter(live, snapshot, search.filters, at)
    if search.point is not None:
        point = own_point(*search.point, search.datum)
        if search.text is None:
            return _nearest(live, snapshot, search, point, accept, at)
        return _matching_near(live, snapshot, search, point, accept, at)
    if search.text is None:
        return _listed(live, snapshot, search, accept, at)
    return _matching(live, snapshot, search, accept, at)


def nearby_page(search: Search, at: datetime) -> dict[str, Any]:
    """As `page`, as plain data."""
    found: dict[str, Any] = orjson.loads(page(search, at))
    return found


def nearby(
    latitude: float, longitude: float, datum: Datum, categories: Sequence[str] = (), limit: int = 5,
    open_now: bool = False, *, at: datetime, radius_m: float | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The nearest facilities as plain dicts. Raises InvalidInput `outside_yichun`."""
    filters = Filters(categories=tuple(categories), open_now=open_now)
    search = Search(limit, datum, (longitude, latitude), radius_m=radius_m, filters=filters)
    items: list[dict[str, Any]] = nearby_page(search, at)["items"]
    return items


def search_text(query: str, limit: int = 5, *, at: datetime, datum: Datum = "wgs84") -> list[dict[str, Any]]:
    """Facilities by name, pinyin or initials, also misspelt, as plain dicts."""
    items: list[dict[str, Any]] = nearby_page(Search(limit, datum, text=query), at)["items"]
    return items


def facility(facility_id: str, at: datetime, datum: Datum = "wgs84") -> dict[str, Any]:
    """One facility with everything that is public, read from the database. Raises NotFound."""
    raw = collection(Facility).find_one({"_id": facility_id})
    if raw is None:
        raise NotFound()
    longitude, latitude = from_wgs84(raw["longitude"], raw["latitude"], datum)
    category = catalogue().categories.get(raw["category"])
    return {
        **card_fields(raw),
        "category_label": category.label_zh if category else raw["category"],
        "location": {"longitude": round(longitude, 7), "latitude": round(latitude, 7), "datum": datum},
        **_open_state(raw, at),
        **{name: raw.get(name) for name in DETAILS},
        "prices": prices_of(raw),
        "prices_expected": any(not item.whole for item in price_list().of_category(raw["category"])),
        "updated_at": raw["updated_at"],
        "version": raw["version"],
    }


def _open_state(raw: Raw, at: datetime) -> dict[str, Any]:
    try:
        hours = schedule(raw["opening_hours"]) if raw.get("opening_hours") else None
    except BadHours:
        hours = None
    if hours is None:
        return HOURS_UNKNOWN
    state = hours.state(at)
    day = local(at).date()
    today = [
        {"from": f"{s.start:%H:%M}", "to": "24:00" if s.end.date() > day else f"{s.end:%H:%M}"}
        for s in hours.day(day)
        if s.open
    ]
    return {
        "open_now": state.open, "closes_at": state.closes_at, "opens_at": state.opens_at, "hours_today": today,
        "hours_assumed": state.assumed,
    }  # fmt: skip


def _nearest(
    live: Directory, snapshot: Snapshot, search: Search, point: tuple[float, float], accept: RowFilter | None,
    at: datetime,
) -> bytes:  # fmt: skip
    after, seen = None, 0
    if search.cursor is not None:
        after, seen = _place(search.cursor)
    numbers = [live.categories.known(token) for token in search.filters.categories]
    radius = None if search.radius_m is None else round(search.radius_m * MILLIMETRES)
    found = snapshot.index.nearest(
        *point, search.limit, categories=[n for n in numbers if n is not None] if numbers else None,
        radius_mm=radius, accept=accept, after=after, seen=seen,
    )  # fmt: skip
    return _answer(live, snapshot, search, found, seen, at)


def _matching_near(
    live: Directory, snapshot: Snapshot, search: Search, point: tuple[float, float], accept: RowFilter | None,
    at: datetime,
) -> bytes:  # fmt: skip
    """Those that match the text, nearest first."""
    matches = snapshot.text.search(search.text or "")
    rows = np.array([match.row for match in matches], dtype=np.int64)
    rows = rows[_wanted(live, snapshot, search.filters, rows, accept)]
    distances = snapshot.index.rows_near(*point, rows)
    if search.radius_m is not None:
        near = distances <= round(search.radius_m * MILLIMETRES)
        rows, distances = rows[near], distances[near]
    order = np.lexsort((rows, distances))
    rows, distances = rows[order], distances[order]
    seen = 0
    if search.cursor is not None:
        (far, key), seen = _place(search.cursor)
        ids = snapshot.columns.ids[rows]
        later = (distances > far) | ((distances == far) & (ids > np.bytes_(key)))
        rows, distances = rows[later], distances[later]
    found = Found(rows[: search.limit].tolist(), distances[: search.limit].tolist(), len(rows) > search.limit)
    return _answer(live, snapshot, search, found, seen, at)


def _matching(live: Directory, snapshot: Snapshot, search: Search, accept: RowFilter | None, at: datetime) -> bytes:
    """Those that match the text, best first."""
    matches = snapshot.text.search(search.text or "")
    rows = np.array([match.row for match in matches], dtype=np.int64)
    keep = _wanted(live, snapshot, search.filters, rows, accept)
    ids = snapshot.columns.ids
    ranked = sorted(_ranked(match, ids) for match, kept in zip(matches, keep.tolist(), strict=True) if kept)
    ranked = ranked[: rule("facilities.search_results_most")]
    if search.cursor is not None:
        position = decode_cursor(search.cursor)
        try:
            last = (tuple(int(part) for part in position["key"]), str(position["id"]).encode())
        except (KeyError, TypeError, ValueError):
            raise InvalidInput("bad_cursor") from None
        ranked = [each for each in ranked if each[:2] > last]
    shown = ranked[: search.limit]
    more = len(ranked) > search.limit
    cursor = encode_cursor({"key": list(shown[-1][0]), "id": shown[-1][1].decode()}) if more else None
    return _render(live, snapshot, search, np.array([each[2] for each in shown], dtype=np.int64), None, cursor, at)


def _ranked(match: Match, ids: Any) -> tuple[tuple[int, int, int], bytes, int]:
    return match.key, bytes(ids[match.row]), match.row


def _listed(live: Directory, snapshot: Snapshot, search: Search, accept: RowFilter | None, at: datetime) -> bytes:
    """All that pass the filters, in the order of their ids."""
    rows: Rows = np.arange(len(snapshot.columns))
    if search.cursor is not None:
        position = decode_cursor(search.cursor)
        if not isinstance(position.get("id"), str) or "key" in position or "d" in position:
            raise InvalidInput("bad_cursor")
        rows = rows[np.searchsorted(snapshot.columns.ids, np.bytes_(position["id"].encode()), side="right") :]
    rows = rows[_wanted(live, snapshot, search.filters, rows, accept)]
    shown = rows[: search.limit]
    cursor = None
    if len(rows) > search.limit:
        cursor = encode_cursor({"id": bytes(snapshot.columns.ids[shown[-1]]).decode()})
    return _render(live, snapshot, search, shown, None, cursor, at)


def _answer(live: Directory, snapshot: Snapshot, search: Search, found: Found, seen: int, at: datetime) -> bytes:
    cursor = None
    if found.more:
        last = bytes(snapshot.columns.ids[found.rows[-1]]).decode()
        cursor = f"{found.distances[-1]}.{last}.{seen + len(found.rows)}"
    return _render(live, snapshot, search, np.array(found.rows, dtype=np.int64), found.distances, cursor, at)


def _place(cursor: str) -> tuple[tuple[int, bytes], int]:
    """Where the page begins: after (millimetres, id); and how many came before. Raises InvalidInput `bad_cursor`.

    These cursors are not signed: whatever one says, it only names a place in a public list.
    """
    match = PLACE.match(cursor)
    if match is None:
        raise InvalidInput("bad_cursor")
    return (int(match[1]), match[2].encode()), min(int(match[3]), MOST_SEEN)


def _render(
    live: Directory, snapshot: Snapshot, search: Search, rows: Rows, distances: list[int] | None,
    cursor: str | None, at: datetime,
) -> bytes:  # fmt: skip
    columns = snapshot.columns
    ids = columns.ids[rows].tolist()
    cards = live.cards.get(
        ids, lambda i: (float(columns.longitude[rows[i]]), float(columns.latitude[rows[i]])), search.datum
    )
    hours = live.states.endings(columns.hours[rows].tolist(), snapshot.hours, at)
    if None in cards:
        # Removed from the database since the snapshot: they are left out of the page.
        kept = [i for i, card in enumerate(cards) if card is not None]
        hours = [hours[i] for i in kept]
        distances = None if distances is None else [distances[i] for i in kept]
    whole = [card for card in cards if card is not None]
    pace = rule("facilities.walking_metres_per_minute") * MILLIMETRES
    return assemble(whole, distances, hours, pace, cursor)


ANY_FACILITY = Filters()


def _filter(live: Directory, snapshot: Snapshot, filters: Filters, at: datetime) -> RowFilter | None:
    """The test of rows for everything but the categories, None where there is nothing to test."""
    if filters == ANY_FACILITY:
        return None
    columns = snapshot.columns
    tests: list[RowFilter] = []
    for token in filters.categories:
        if token not in catalogue().categories:
            raise InvalidInput("unknown_category")
    if filters.district_code is not None:
        number = live.districts.known(filters.district_code)
        if number is None:
            raise InvalidInput("unknown_district")
        tests.append(lambda rows: columns.district[rows] == number)
    if filters.inclusive:
        tests.append(lambda rows: (columns.flags[rows] & INCLUSIVE) != 0)
    if filters.with_places:
        wanted = ANY_PLACE if filters.with_places is True else FREE_FLAGS[filters.with_places]
        tests.append(lambda rows: (columns.flags[rows] & wanted) != 0)
    if filters.open_now:
        tests.append(lambda rows: _open_rows(live.states, snapshot, rows, at))
    if not tests:
        return None
    return lambda rows: np.logical_and.reduce([test(rows) for test in tests])


def _wanted(live: Directory, snapshot: Snapshot, filters: Filters, rows: Rows, accept: RowFilter | None) -> Mask:
    keep = np.ones(len(rows), bool)
    if filters.categories:
        numbers = [live.categories.known(token) for token in filters.categories]
        keep &= np.isin(snapshot.columns.category[rows], [number for number in numbers if number is not None])
    if accept is not None and len(rows):
        keep &= accept(rows)
    return keep


def _open_rows(states: OpenStates, snapshot: Snapshot, rows: Rows, at: datetime) -> Mask:
    numbers, places = np.unique(snapshot.columns.hours[rows], return_inverse=True)
    stamp = at.timestamp()
    is_open = [
        number != NO_HOURS and states.state(snapshot.hours[number], at, stamp)[2] is True for number in numbers.tolist()
    ]
    return np.array(is_open, dtype=bool)[places]
