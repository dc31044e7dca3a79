"""Estates and their flats: read from a sheet, row by row; shown; put together into batches that are given out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from config.text import sentences
from models.housing.allocation import fill, flat_shown
from models.housing.allocation_rules import allocation_rule, allocation_rules
from models.housing.flat_documents import (
    CLOSED,
    CLOSED_BATCH,
    FREE,
    OPEN_BATCH,
    Estate,
    Flat,
    FlatBatch,
)
from models.housing.ordering import list_key, list_rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.amounts import hundredths
from models.kernel.database import change_one, collection
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.sheets import SheetRow, read_sheet

REQUIRED = (
    "estate_id", "estate", "address", "programme", "township_id", "number", "layout", "floor", "area_sqm", "rent_yuan",
)  # fmt: skip
COLUMNS = (*REQUIRED, "accessible")
TEXT_MOST, NUMBER_MOST = 100, 40
FLOOR_FORM = re.compile(r"-?[0-9]{1,3}")
ID_FORM = re.compile(r"[A-Za-z0-9_-]{1,40}")
BOOLEANS = {"true": True, "false": False, "": False}
OF_ESTATE = ("external_id", "name", "address", "programme", "district_code", "township_id")

Raw = dict[str, Any]


@dataclass
class Imported:
    """What became of a file: counts, and each row at fault with its line, column and code."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def import_flats(content: bytes, name: str, *, by: Actor, at: datetime) -> Imported:
    """Read estates and flats from a sheet; good rows land, rows at fault are named; a second run changes nothing.

    Raises InvalidInput (`file_refused`). Rows of another place than the caseworker's are at fault.
    """
    done, seen = Imported(), set()
    for row in read_sheet(content, name, column_titles(), REQUIRED):
        faults = [FieldFault("number", "repeated")] if _key(row) in seen else []
        seen.add(_key(row))
        read, more = _read_row(row.cells, by)
        if faults + more:
            done.faults += [{"line": row.line, "column": each.field, "code": each.code} for each in faults + more]
            continue
        outcome = _write(*read, at)
        setattr(done, outcome, getattr(done, outcome) + 1)
    counts = {"added": done.added, "updated": done.updated, "at_fault": len(done.faults)}
    audit.record(by, "flats.imported", "flats:import", at, detail=counts)
    return done


def column_titles() -> dict[str, list[str]]:
    """The columns, with the title that an office may use instead of the name."""
    return {each: [sentences()[f"housing.column.{each}"]] for each in COLUMNS}


def estates(by: Actor) -> list[Raw]:
    """The estates of the caseworker's place, with how many flats are in which state."""
    wanted = {"district_code": by.district_code} if by.district_code else {}
    found = sorted(collection(Estate).find(wanted), key=lambda each: (each["district_code"], each["name"], each["_id"]))
    return [estate_shown(each) for each in found if by.covers(each["district_code"], each["township_id"])]


def estate_of_place(estate_id: str, by: Actor) -> Raw:
    """An estate of the caseworker's place. Raises NotFound."""
    found = collection(Estate).find_one({"_id": estate_id})
    if found is None or not by.covers(found["district_code"], found["township_id"]):
        raise NotFound()
    return found


def estate_shown(estate: Mapping[str, Any]) -> Raw:
    """An estate with its flats counted by state and layout."""
    flats = list(collection(Flat).find({"estate_id": estate["_id"]}, {"state": 1, "layout": 1}))
    return {
        "id": estate["_id"], **{name: estate[name] for name in OF_ESTATE},
        "flats": dict(Counter(each["state"] for each in flats)),
        "layouts": dict(Counter(each["layout"] for each in flats)),
    }  # fmt: skip


def flats_of(estate_id: str) -> list[Raw]:
    """An estate's flats, by number; whose each is only by the application's id."""
    found = collection(Flat).find({"estate_id": estate_id})
    shown = ({**flat_shown(each), "state": each["state"], "version": each["version"], "batch_id": each.get("batch_id"),
              "application_id": (each.get("hold") or {}).get("application_id")} for each in found)  # fmt: skip
    return sorted(shown, key=lambda each: each["number"])


def set_in_use(flat_id: str, in_use: bool, reason: str, *, by: Actor, at: datetime) -> Raw:
    """Take a free flat out of use, or back. Raises NotFound, Conflict (`flat_in_use`)."""
    flat = collection(Flat).find_one({"_id": flat_id})
    if flat is None or not by.covers(flat["district_code"]):
        raise NotFound()
    before, after = (CLOSED, FREE) if in_use else (FREE, CLOSED)
    if flat["state"] == after:
        return flat
    changed = change_one(
        collection(Flat), {"_id": flat_id, "state": before},
        {"$set": {"state": after, "updated_at": at}, "$inc": {"version": 1}},
    )  # fmt: skip
    if changed is None:
        raise Conflict("flat_in_use")
    action = "flat.reopened" if in_use else "flat.closed"
    audit.record(by, action, f"flat:{flat_id}", at, district_code=flat["district_code"], detail={"reason": reason})
    if in_use and changed.get("batch_id"):
        fill(changed["batch_id"], at)
    return changed


def open_batch(
    batch_id: str, *, programme: str, district_code: str, name: str, flat_ids: Sequence[str], city_list: bool = False,
    group: str | None = None, offers_at_once: int | None = None, by: Actor, at: datetime,
) -> Raw:  # fmt: skip
    """Give these free flats out in the order of the programme's list; a repeat completes the first call.

    Raises Forbidden, NotFound (no such programme or list), Conflict (`batch_flats_taken`), InvalidInput.
    """
    if not by.covers(district_code):
        raise Forbidden()
    allocation_rule(programme), list_rule(programme)
    if district_code not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    wanted = sorted(set(flat_ids))
    found = list(collection(Flat).find({"_id": {"$in": wanted}}))
    if len(found) != len(wanted) or any(
        each["district_code"] != district_code or each["programme"] != programme for each in found
    ):
        raise InvalidInput(faults=[FieldFault("flat_ids", "literal_error")])
    if any(each["state"] != FREE and each.get("batch_id") != batch_id for each in found):
        raise Conflict("batch_flats_taken")
    fresh = FlatBatch(
        id=batch_id, created_at=at, updated_at=at, state=OPEN_BATCH, programme=programme, district_code=district_code,
        list_key=list_key(programme, None if city_list else district_code, group), name=name, opened_by=by.id,
        offers_at_once=offers_at_once or rule("housing.offers_at_once"),
    )  # fmt: skip
    for each in found:
        _lay_into(each, batch_id, at)
    try:
        collection(FlatBatch).insert_one(fresh.raw())
        detail = {"flats": len(wanted), "programme": programme}
        audit.record(by, "batch.opened", f"batch:{batch_id}", at, district_code=district_code, detail=detail)
    except DuplicateKeyError:
        pass  # the first call died, or is repeated: what follows completes it
    fill(batch_id, at)
    return batch_of_place(batch_id, by)


def close_batch(batch_id: str, *, by: Actor, at: datetime) -> Raw:
    """No more offers; who has one keeps it. Free flats may go into another batch."""
    batch = batch_of_place(batch_id, by)
    closed = collection(FlatBatch).update_one(
        {"_id": batch_id, "state": OPEN_BATCH},
        {"$set": {"state": CLOSED_BATCH, "updated_at": at}, "$inc": {"version": 1}},
    )
    if closed.modified_count:
        audit.record(by, "batch.closed", f"batch:{batch_id}", at, district_code=batch["district_code"])
    return batch_of_place(batch_id, by)


def batch_of_place(batch_id: str, by: Actor) -> Raw:
    """A batch of the caseworker's place. Raises NotFound."""
    found = collection(FlatBatch).find_one({"_id": batch_id})
    if found is None or not by.covers(found["district_code"]):
        raise NotFound()
    return found


def batches(by: Actor) -> list[Raw]:
    """The batches of the caseworker's place, the newest first."""
    wanted = {"district_code": by.district_code} if by.district_code else {}
    return sorted(collection(FlatBatch).find(wanted), key=lambda each: (each["created_at"], each["_id"]), reverse=True)


def _lay_into(flat: Raw, batch_id: str, at: datetime) -> None:
    if flat.get("batch_id") == batch_id:
        return
    old = flat.get("batch_id")
    closed = old is None or collection(FlatBatch).find_one({"_id": old, "state": OPEN_BATCH}, {"_id": 1}) is None
    laid = closed and collection(Flat).update_one(
        {"_id": flat["_id"], "state": FREE, "batch_id": old},
        {"$set": {"batch_id": batch_id, "updated_at": at}, "$inc": {"version": 1}},
    )
    if not laid or not laid.modified_count:
        raise Conflict("batch_flats_taken")


def _key(row: SheetRow) -> tuple[str, str]:
    return row.cells.get("estate_id", ""), row.cells.get("number", "")


def _read_row(cells: Mapping[str, str], by: Actor) -> tuple[tuple[Raw, Raw], list[FieldFault]]:
    faults = [FieldFault(name, "missing") for name in REQUIRED if not cells.get(name)]
    faults += [
        FieldFault(name, "string_too_long") for name in ("estate", "address") if len(cells.get(name, "")) > TEXT_MOST
    ]
    faults += [FieldFault(n, "control_character") for n in COLUMNS if not cells.get(n, "").isprintable()]
    if faults:
        return ({}, {}), faults
    place = catalogue().place(cells["township_id"])
    area, rent = hundredths(cells["area_sqm"]), hundredths(cells["rent_yuan"])
    faults = _faults_of(cells, place.district_code if place else None, area, rent, by)
    if faults or place is None or area is None or rent is None:
        return ({}, {}), faults
    estate_id = id_from_key("estate", cells["estate_id"])
    shared = {"programme": cells["programme"], "district_code": place.district_code}
    estate = {
        "_id": estate_id, "external_id": cells["estate_id"], "name": cells["estate"], "address": cells["address"],
        "township_id": place.id, **shared,
    }  # fmt: skip
    flat = {
        "_id": id_from_key("flat", f"{cells['estate_id']} {cells['number']}"), "estate_id": estate_id,
        "number": cells["number"], "layout": cells["layout"], "floor": int(cells["floor"]), "rent_fen": rent,
        "accessible": BOOLEANS[cells.get("accessible", "").lower()], "area_hundredths": area, **shared,
    }  # fmt: skip
    return (estate, flat), []


def _faults_of(
    cells: Mapping[str, str], district: str | None, area: int | None, rent: int | None, by: Actor
) -> list[FieldFault]:  # fmt: skip
    rules = allocation_rules().programmes.get(cells["programme"])
    layouts = {each for size in rules.sizes for each in size.layouts} if rules else set()
    checks = [
        ("estate_id", "string_pattern_mismatch", ID_FORM.fullmatch(cells["estate_id"]) is not None),
        ("number", "string_too_long", len(cells["number"]) <= NUMBER_MOST),
        ("programme", "literal_error", rules is not None),
        ("township_id", "unknown_place", district is not None and by.covers(district, cells["township_id"])),
        ("layout", "literal_error", not rules or cells["layout"] in layouts),
        ("floor", "int_parsing", FLOOR_FORM.fullmatch(cells["floor"]) is not None),
        ("area_sqm", "float_parsing", area is not None and area > 0),
        ("area_sqm", "less_than_equal", not (rules and area) or area <= rules.area_most_hundredths.value),
        ("rent_yuan", "float_parsing", rent is not None and 0 < rent <= rule("housing.rent_fen_most")),
        ("accessible", "bool_parsing", cells.get("accessible", "").lower() in BOOLEANS),
    ]
    return [FieldFault(name, code) for name, code, fine in checks if not fine]


def _write(estate: Raw, flat: Raw, at: datetime) -> str:
    _upsert(Estate, estate, {}, at)
    return _upsert(Flat, flat, {"state": FREE, "batch_id": None}, at)


def _upsert(kind: type[Estate] | type[Flat], wanted: Raw, begin: Raw, at: datetime) -> str:
    """Insert, or change what differs; what the product itself keeps of it stays."""
    known = collection(kind).find_one({"_id": wanted["_id"]})
    if known is None:
        try:
            collection(kind).insert_one({**wanted, **begin, "version": 1, "created_at": at, "updated_at": at})
            return "added"
        except DuplicateKeyError:
            known = collection(kind).find_one({"_id": wanted["_id"]}) or {}
    if all(known.get(name) == value for name, value in wanted.items()):
        return "unchanged"
    change = {name: value for name, value in wanted.items() if name != "_id"}
    collection(kind).update_one({"_id": wanted["_id"]}, {"$set": {**change, "updated_at": at}, "$inc": {"version": 1}})
    return "updated"
