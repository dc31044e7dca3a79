"""A row of a list of old people, read into an entry of the register; what is wrong with it, by column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, get_args

from config.loading import Place, catalogue, rule
from config.text import say
from models.eldercare.documents import Category, Language, LegalBasis, Relation, RiskFrom, RiskLevel
from models.eldercare.operations import Entry, check_entry, read_elder_number
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.errors import InvalidInput
from models.kernel.sheets import FORMULA_STARTS, SheetRow
from models.people.identity import IdNumber, read_name

REQUIRED = ("name", "id_number", "township", "community", "address")
COLUMNS = (
    *REQUIRED, "district", "birth_date", "categories", "risk_level", "language", "phone", "contact_name",
    "contact_phone", "contact_relation", "health_notes", "longitude", "latitude", "basis", "basis_reference",
    "basis_on", "active_from",
)  # fmt: skip
PRESENT = ("name", "township", "community", "address")
GROUPS = {"category": get_args(Category), "risk": get_args(RiskLevel), "language": get_args(Language),
          "relation": get_args(Relation), "basis": get_args(LegalBasis)}  # fmt: skip
TITLES_BETWEEN = "|"
# Commas and their Chinese forms, the enumeration comma, semicolons, slashes, spaces.
BETWEEN = re.compile("[,\uff0c\u3001;\uff1b/\\s]+")
DAY_FORM = re.compile(r"([0-9]{4})[^0-9]{1,2}([0-9]{1,2})[^0-9]{1,2}([0-9]{1,2})[^0-9]?|([0-9]{4})([0-9]{2})([0-9]{2})")
PHONE_FORM = re.compile(r"[0-9+][0-9 -]{4,19}")
DEGREES_FORM = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class RowFault:
    """A row that was not taken: its line, the column and why; never what stands in it."""

    line: int
    column: str
    code: str


@dataclass(frozen=True)
class ReadRow:
    """A row that can be taken. `number` None: the list has none, `born` is then what the list says."""

    line: int
    entry: Entry
    name: str
    number: IdNumber | None
    born: date


class _Faults:
    """Collects what is wrong with one row, one fault a column."""

    def __init__(self, line: int) -> None:
        self.line, self.found = line, dict[str, RowFault]()

    def add(self, column: str, code: str) -> None:
        self.found.setdefault(column, RowFault(self.line, column, code))

    def take(self, refused: InvalidInput, columns: Mapping[str, str] | None = None) -> None:
        for fault in refused.faults:
            self.add((columns or {}).get(fault.field, fault.field), fault.code)


def column_titles() -> dict[str, tuple[str, ...]]:
    """The columns, with the titles under which offices write them."""
    return {each: tuple(say(f"eldercare.column.{each}").split(TITLES_BETWEEN)) for each in COLUMNS}


def read_row(row: SheetRow, *, by: Actor, at: datetime, category: str | None) -> ReadRow | list[RowFault]:
    """The row as an entry, or everything that is wrong with it. `category`: of a list that is all of one kind."""
    faults, cells = _Faults(row.line), row.cells
    for column in PRESENT:
        if not cells.get(column):
            faults.add(column, "missing")
    _check_texts(cells, faults)
    place = _place(cells, by, faults)
    name = _name(cells, faults)
    number, born = _number(cells, at, faults)
    given = _given(cells, category, name, day_of(at), faults)
    if faults.found or place is None or born is None:
        return list(faults.found.values())
    entry = Entry(
        name=name, id_number=number.number if number else "", birth_date=born, place=place,
        community=cells["community"], **given,
    )  # fmt: skip
    try:
        check_entry(entry, born, at)
    except InvalidInput as refused:
        faults.take(refused, {"point": "longitude"})
        return list(faults.found.values())
    return ReadRow(row.line, entry, name, number, born)


def _given(cells: Mapping[str, str], category: str | None, name: str, today: date, faults: _Faults) -> dict[str, Any]:
    """What the row says beside who it is and where."""
    categories = _categories(cells, category, faults)
    level, risk_from = _risk(cells, categories, faults)
    language = _word("language", cells.get("language"), "language", faults)
    return {
        "categories": categories, "risk_level": level, "risk_from": risk_from, "language": language,
        "private": {
            "address": cells.get("address", ""), "contacts": _contacts(cells, name, faults),
            "point": _point(cells, faults),
        },
        "health_notes": cells.get("health_notes"), "legal_basis": _basis(cells, today, faults),
        "since": _day(cells, "active_from", today, faults) or today,
    }  # fmt: skip


def _check_texts(cells: Mapping[str, str], faults: _Faults) -> None:
    for column, text in cells.items():
        if len(text) > rule("eldercare.list_chars_most").get(column, rule("eldercare.list_chars_most")["other"]):
            faults.add(column, "string_too_long")
        elif not all(char.isprintable() or char == "\u3000" for char in text):
            faults.add(column, "control_character")
        elif text.startswith(FORMULA_STARTS) and not PHONE_FORM.fullmatch(text):
            faults.add(column, "formula")


def _place(cells: Mapping[str, str], by: Actor, faults: _Faults) -> Place | None:
    """The township by name or id, within the county that the row names or the actor belongs to."""
    wanted = cells.get("township", "")
    districts = _districts().get(cells["district"]) if cells.get("district") else by.district_code
    if cells.get("district") and districts is None:
        faults.add("district", "unknown_place")
        return None
    found = [each for each in _townships().get(wanted, ()) if districts in (None, each.district_code)]
    if len(found) != 1:
        faults.add("township", "township_not_one" if found else "unknown_place")
        return None
    if by.kind == "staff" and not by.covers(found[0].district_code, found[0].id):
        faults.add("township", "not_your_place")
        return None
    return found[0]


def _name(cells: Mapping[str, str], faults: _Faults) -> str:
    try:
        return read_name(cells.get("name", ""))
    except InvalidInput as refused:
        faults.take(refused)
        return ""


def _number(cells: Mapping[str, str], at: datetime, faults: _Faults) -> tuple[IdNumber | None, date | None]:
    """The number and the birth date: its own; of a row without number the one in the list."""
    said = _day(cells, "birth_date", day_of(at), faults)
    if not cells.get("id_number"):
        if said is None:
            faults.add("id_number", "missing")
        return None, said
    try:
        number = read_elder_number(cells["id_number"], at)
    except InvalidInput as refused:
        faults.take(refused)
        return None, None
    if said not in (None, number.birth_date):
        faults.add("birth_date", "differs_from_id_number")
    return number, number.birth_date


def _categories(cells: Mapping[str, str], category: str | None, faults: _Faults) -> list[str]:
    words = [each for each in BETWEEN.split(cells.get("categories", "")) if each]
    found = [_word("category", each, "categories", faults) for each in words] + ([category] if category else [])
    if not found:
        faults.add("categories", "missing")
    return sorted({each for each in found if each})


def _risk(cells: Mapping[str, str], categories: list[str], faults: _Faults) -> tuple[str, RiskFrom]:
    """What the list says, else the highest level that the rule gives one of the categories."""
    if cells.get("risk_level"):
        return _word("risk", cells["risk_level"], "risk_level", faults) or "", "list"
    by_category, levels = rule("eldercare.risk_by_category"), get_args(RiskLevel)
    return max((by_category[each] for each in categories), key=levels.index, default=levels[0]), "rule"


def _contacts(cells: Mapping[str, str], name: str, faults: _Faults) -> list[dict[str, Any]]:
    """The person's own telephone, and whom to call."""
    found = []
    for column, who in (("phone", name), ("contact_phone", cells.get("contact_name", ""))):
        phone = cells.get(column)
        if phone is None:
            continue
        if not PHONE_FORM.fullmatch(phone):
            faults.add(column, "string_pattern_mismatch")
        if not who and column == "contact_phone":
            faults.add("contact_name", "missing")
        relation = cells.get("contact_relation") if column == "contact_phone" else None
        found.append({"name": who, "phone": phone, "relation": _word("relation", relation, "contact_relation", faults)})
    if cells.get("contact_name") and not cells.get("contact_phone"):
        faults.add("contact_phone", "missing")
    return found


def _point(cells: Mapping[str, str], faults: _Faults) -> dict[str, float] | None:
    given = {axis: cells[axis] for axis in ("longitude", "latitude") if cells.get(axis)}
    if len(given) == 1:
        faults.add(next(iter(given)), "incomplete_point")
    for axis, text in given.items():
        if not DEGREES_FORM.fullmatch(text):
            faults.add(axis, "float_parsing")
    return None if faults.found or not given else {axis: float(text) for axis, text in given.items()}


def _basis(cells: Mapping[str, str], today: date, faults: _Faults) -> dict[str, Any]:
    """Why the data may be kept: as the row says, else the authority's duty (rule `eldercare.list_basis`)."""
    kind = _word("basis", cells.get("basis"), "basis", faults) or rule("eldercare.list_basis")
    if kind == "consent" and not cells.get("basis_reference"):
        faults.add("basis_reference", "missing")
    on = _day(cells, "basis_on", today, faults) or today
    return {"kind": kind, "reference": cells.get("basis_reference") or say("eldercare.list.basis"),
            "on": on.isoformat()}  # fmt: skip


def _day(cells: Mapping[str, str], column: str, today: date, faults: _Faults) -> date | None:
    text = cells.get(column)
    if not text:
        return None
    found = DAY_FORM.fullmatch(text)
    try:
        year, month, day = (int(each) for each in found.groups() if each) if found else (0, 0, 0)
        read = date(year, month, day)
    except ValueError:
        faults.add(column, "date_type")
        return None
    if read > today:
        faults.add(column, "in_the_future")
    return read


def _word(group: str, text: str | None, column: str, faults: _Faults) -> str | None:
    if not text:
        return None
    found = _words(group).get(unicodedata.normalize("NFKC", text).lower())
    if found is None:
        faults.add(column, "literal_error")
    return found


@lru_cache(maxsize=8)
def _words(group: str) -> dict[str, str]:
    """Every way of writing a token: itself, its label, and the words of lists (rule `eldercare.list_words`)."""
    more = rule("eldercare.list_words").get(group, {})
    found = {}
    for token in GROUPS[group]:
        for word in (token, say(f"eldercare.{group}.{token}"), *more.get(token, ())):
            found[unicodedata.normalize("NFKC", word).lower()] = token
    return found


@lru_cache(maxsize=1)
def _districts() -> dict[str, str]:
    return {name: each.code for each in catalogue().districts.values() for name in (each.code, each.name_zh)}


@lru_cache(maxsize=1)
def _townships() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in catalogue().places:
        for name in {place.id, place.name_zh}:
            found.setdefault(name, []).append(place)
    return found
