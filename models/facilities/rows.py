"""One row of a facility file: what each column may hold, and how a row becomes the fields of a document.

Cells come as text (CSV), or as the types of a spreadsheet or of JSON. Whatever is wrong is a `Fault` of a field with a
stable code; the sentence for it is `facilities.import.faults.<code>`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from config.loading import catalogue, rule
from models.facilities.areas import district_of, in_yichun, township_of
from models.facilities.cell_text import PHONE, Refused, text_cell
from models.facilities.datum import DATUMS, Datum, to_wgs84
from models.facilities.documents import AGE_GROUPS, CLOSED, OPEN, OWNERSHIPS
from models.facilities.opening_hours import BadHours, normal_hours
from models.facilities.prices import check_prices, prices_cell
from models.facilities.text_search import spell

REQUIRED = ("external_id", "name", "category", "longitude", "latitude", "datum")
DEFAULT_SOURCE = "unnamed"
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no")
MOST_PLACES = 20_000
MOST_AREA = 5_000_000
POLE, HALF_TURN = 90.0, 180.0


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of a row; `said` fills in the sentence of the code."""

    field: str
    code: str
    said: Mapping[str, str | int] = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class RawRow:
    """A row as read: its line in the file (or feature, from 1) and the cells by column name.

    `fault` is set, and there are no cells, where the row could not even be taken apart.
    """

    line: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None


class RowFaults(ValueError):
    """A row that is rejected, with all its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


def _number(lowest: float, highest: float) -> Callable[[Any], float]:
    def parse(cell: Any) -> float:
        if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
            raise Refused("not_number")
        if isinstance(cell, str) and not cell.isascii():
            raise Refused("not_number")
        try:
            value = float(cell)
        except (ValueError, OverflowError):
            raise Refused("not_number") from None
        if not math.isfinite(value):
            raise Refused("not_number")
        if not lowest <= value <= highest:
            raise Refused("out_of_range")
        return value

    return parse


def _count(highest: int) -> Callable[[Any], int]:
    number = _number(0, highest)

    def parse(cell: Any) -> int:
        value = number(cell)
        if not value.is_integer():
            raise Refused("not_whole")
        return int(value)

    return parse


def _choice(*allowed: str) -> Callable[[Any], str]:
    def parse(cell: Any) -> str:
        if not isinstance(cell, str) or cell.strip().lower() not in allowed:
            raise Refused("not_a_choice")
        return cell.strip().lower()

    return parse


def _flag(cell: Any) -> bool:
    said = str(cell).strip().lower()
    if isinstance(cell, (bool, int, str)) and said in (*TRUE, *FALSE):
        return said in TRUE
    raise Refused("not_true_or_false")


def _category(cell: Any) -> str:
    if not isinstance(cell, str) or cell.strip() not in catalogue().categories:
        raise Refused("unknown_category")
    return cell.strip()


def _hours(cell: Any) -> str:
    text = text_cell(rule("facilities.hours_chars_most"))(cell)
    try:
        return normal_hours(text)
    except BadHours as fault:
        raise Refused(f"hours_{fault.code}") from fault


def _day(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = cell.strip() if isinstance(cell, str) else ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("not_a_date") from None


def _phone(cell: Any) -> str:
    text = text_cell(60)(cell)
    if not PHONE.match(text):
        raise Refused("not_a_phone")
    return text


def _name(cell: Any) -> str:
    text = text_cell(100)(cell)
    if not any(character.isalnum() for character in text):
        raise Refused("no_letters")
    return text


COLUMNS: dict[str, Callable[[Any], Any]] = {
    "external_id": text_cell(64),
    "name": _name,
    "category": _category,
    "longitude": _number(-HALF_TURN, HALF_TURN),
    # As wide as longitude: a latitude beyond the pole is looked at for having been swapped with it.
    "latitude": _number(-HALF_TURN, HALF_TURN),
    "datum": _choice(*DATUMS),
    "address": text_cell(200),
    "phone": _phone,
    "opening_hours": _hours,
    "inclusive": _flag,
    "ownership": _choice(*OWNERSHIPS),
    **{f"places_{group}": _count(MOST_PLACES) for group in AGE_GROUPS},
    "beds": _count(MOST_PLACES),
    "beds_nursing": _count(MOST_PLACES),
    "area_sqm": _number(0, MOST_AREA),
    "registration_number": text_cell(64),
    "registration_valid_until": _day,
    "prices": prices_cell,
    "prices_valid_from": _day,
    "accessibility": text_cell(500),
    "description": text_cell(2000),
    "source": text_cell(100),
}
# Not among the contract's columns: an import may also close a facility or open it again.
EXTRA_COLUMNS: dict[str, Callable[[Any], Any]] = {"status": _choice(OPEN, CLOSED)}
ALL_COLUMNS = {**COLUMNS, **EXTRA_COLUMNS}


def parse_row(row: RawRow) -> dict[str, Any]:
    """The fields a row gives, derived ones included; None for a cell left empty. Raises RowFaults."""
    if row.fault is not None:
        raise RowFaults([row.fault])
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, cell in row.cells.items():
        try:
            values[name] = _parsed(name, cell)
        except Refused as refused:
            faults += [Fault(name, each.code, each.said) for each in (refused, *refused.others)]
    at_fault = {fault.field for fault in faults}
    faults += [Fault(n, "missing") for n in REQUIRED if n not in at_fault and values.get(n) is None]
    if (values.get("beds_nursing") or 0) > (values.get("beds") or values.get("beds_nursing") or 0):
        faults.append(Fault("beds_nursing", "more_than_beds"))
    faults += _price_faults(values, at_fault)
    if faults:
        raise RowFaults(faults)
    if "prices" in values:
        # A day belongs to the prices it came with: new prices never carry the old day on.
        values.setdefault("prices_valid_from", None)
    values["source"] = values.get("source") or DEFAULT_SOURCE
    if values.get("status", OPEN) is None:
        del values["status"]
    return {**values, **_place(values), "search_terms": _terms(values["name"])}


def _price_faults(values: Mapping[str, Any], at_fault: set[str]) -> list[Fault]:
    """What the cell itself cannot know: whether such a place may charge for it, and that a day comes with prices."""
    if "prices" in at_fault:
        return []
    prices = values.get("prices")
    if prices is None:
        return [Fault("prices_valid_from", "price_date_alone")] if values.get("prices_valid_from") else []
    try:
        check_prices(prices, values.get("category"))
    except Refused as refused:
        return [Fault("prices", refused.code, refused.said)]
    return []


def _parsed(name: str, cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, str) and len(cell) > rule("facilities.import_cell_chars_most"):
        raise Refused("too_long")
    return ALL_COLUMNS[name](cell)


def _place(values: Mapping[str, Any]) -> dict[str, Any]:
    """Point in WGS-84, county and township. Raises RowFaults for a point outside Yichun."""
    given = values["longitude"], values["latitude"]
    datum = cast(Datum, values["datum"])
    district = None
    if abs(given[1]) <= POLE:
        east, north = to_wgs84(*given, datum)
        district = district_of(east, north) if math.isfinite(east) and math.isfinite(north) else None
    if district is None:
        turned = abs(given[0]) <= POLE and in_yichun(*to_wgs84(given[1], given[0], datum))
        beyond = Fault("latitude", "out_of_range") if abs(given[1]) > POLE else Fault("longitude", "outside_yichun")
        raise RowFaults([Fault("longitude", "swapped") if turned else beyond])
    return {
        "given_longitude": given[0],
        "given_latitude": given[1],
        "longitude": east,
        "latitude": north,
        "district_code": district,
        "township_id": township_of(east, north, district),
    }


def _terms(name: str) -> dict[str, str]:
    pinyin, initials = spell(name)
    return {"pinyin": pinyin, "initials": initials}
