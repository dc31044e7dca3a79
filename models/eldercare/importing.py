"""Lists of old people read into the register: tried out first; good rows land, each bad one is named.

Who is on the register already is known by the number's blind index, else by name, birth date and community; where that
leaves a doubt the row waits for a person (`choices`). An import adds what an entry lacks and never overwrites what the
staff wrote. Killed midway, the same file again completes it: every entry's id comes from the list and the line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from config.loading import rule
from models.eldercare.completing import complete, lacks
from models.eldercare.documents import ACTIVE, ELDER_NAME, REQUESTED, Elder, ElderLink
from models.eldercare.import_documents import ROW_CONTEXT, ChoiceReason, ElderChoice, ElderList
from models.eldercare.lifecycle import REGISTER_ROLES
from models.eldercare.likeness import person_index
from models.eldercare.list_rows import REQUIRED, ReadRow, RowFault, column_titles, read_row
from models.eldercare.month_marks import mark_since
from models.eldercare.operations import ID_NUMBER, Person, as_stored, route_requests
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_text, seal_json
from models.kernel.errors import Forbidden
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw, history_entry
from models.kernel.sheets import SheetRow, read_sheet

DUPLICATE_KEY = 11000
Progress = Callable[[int], None]


@dataclass
class Counts:
    """Rows by what became of them; `rejected` are rows, which may have several faults."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    unsure: int = 0
    rejected: int = 0


@dataclass
class ListReport:
    """What became of a list. `dry_run`: nothing was written. `repeated`: it had been read before."""

    list_id: str
    dry_run: bool = False
    repeated: bool = False
    counts: Counts = field(default_factory=Counts)
    faults: list[RowFault] = field(default_factory=list)

    def reject(self, faults: list[RowFault]) -> None:
        self.counts.rejected += 1
        self.faults += faults


@dataclass
class _Reading:
    """One run over a list: who, when, and which numbers and persons its earlier rows had."""

    report: ListReport
    by: Actor
    at: datetime
    category: str | None
    numbers: set[str] = field(default_factory=set)
    persons: dict[str, str] = field(default_factory=dict)

    def elder_id(self, line: int) -> str:
        return id_from_key("elder of list", f"{self.report.list_id}:{line}")


@dataclass(frozen=True)
class _Known:
    """The entries that rows of a batch may be about."""

    by_number: dict[str, Raw]
    by_person: dict[str, list[str]]


def import_elders(
    content: bytes, name: str, *, by: Actor, at: datetime, category: str | None = None, dry_run: bool = False,
    progress: Progress = lambda rows: None,
) -> ListReport:  # fmt: skip
    """Read a CSV or XLSX list into the register. `category`: the list is all of this kind.

    Rows outside the actor's place are at fault; the system may read the whole city's. The same file again, for the
    same place, changes nothing and tells what became of it. Raises Forbidden, InvalidInput (`file_refused`).
    """
    if by.kind != "system" and not by.has_role(*REGISTER_ROLES):
        raise Forbidden()
    list_id = _list_id(content, category, by)
    found = collection(ElderList).find_one({"_id": list_id, "finished": True})
    if found is not None:
        faults = [RowFault(**each) for each in found["faults"]]
        return ListReport(list_id, dry_run, True, Counts(**found["counts"]), faults)
    rows = read_sheet(content, name, column_titles(), REQUIRED)
    reading = _Reading(ListReport(list_id, dry_run), by, at, category)
    for batch in _batches(rows):
        _take(batch, reading)
        progress(len(batch))
    _finish(reading)
    return reading.report


def _finish(reading: _Reading) -> None:
    report, by, at = reading.report, reading.by, reading.at
    report.faults.sort(key=lambda each: each.line)
    if not report.dry_run:
        kept = ElderList(
            id=report.list_id, created_at=at, updated_at=at, district_code=by.district_code, imported_by=by.id,
            counts=asdict(report.counts), faults=[asdict(each) for each in report.faults], finished=True,
        )  # fmt: skip
        with suppress(DuplicateKeyError):  # two runs of one list end at the same moment
            collection(ElderList).insert_one(kept.raw())
    # A trial tells who is on the register, hence it is recorded as well.
    action = "elder_list_tried" if report.dry_run else "elder_list_imported"
    audit.record(by, action, f"elder_list:{report.list_id}", at, detail=asdict(report.counts))


def _take(batch: list[SheetRow], reading: _Reading) -> None:
    """Read a batch and write what can be written, entries at once."""
    report, rows = reading.report, _read_batch(batch, reading)
    indexes = {row.line: (_number_index(row), _person_index(row)) for row in rows}
    known = _look_up(indexes)
    new: list[tuple[ReadRow, Raw]] = []
    for row in rows:
        number, person = indexes[row.line]
        if _settled(row, known.by_number.get(number or ""), reading):
            continue
        alike = [*known.by_person.get(person, ()), *([reading.persons[person]] if person in reading.persons else ())]
        mine = reading.elder_id(row.line)
        others = [each for each in dict.fromkeys(alike) if each != mine]
        if others:
            _ask(row, "other_number" if row.number else "no_number", others, reading)
        elif row.number is None:
            report.reject([RowFault(row.line, "id_number", "missing")])
        else:
            key, whom = f"{report.list_id}:{row.line}", Person(row.name, row.number)
            new.append((row, as_stored(mine, row.entry, whom, by=reading.by, at=reading.at, key=key)))
            reading.persons[person] = mine
    _insert(new, reading)


def _read_batch(batch: list[SheetRow], reading: _Reading) -> list[ReadRow]:
    """The rows that can be taken; the others are rejected, also a number that an earlier row of the list had."""
    rows = []
    for each in batch:
        read = read_row(each, by=reading.by, at=reading.at, category=reading.category)
        if isinstance(read, list):
            reading.report.reject(read)
        elif read.number is not None and read.number.number in reading.numbers:
            reading.report.reject([RowFault(read.line, "id_number", "repeated")])
        else:
            rows.append(read)
            if read.number is not None:
                reading.numbers.add(read.number.number)
    return rows


def _settled(row: ReadRow, found: Raw | None, reading: _Reading) -> bool:
    """True where the register has this number, and what that means for the row is done."""
    if found is None:
        return False
    report = reading.report
    if found["_id"] == reading.elder_id(row.line):  # a run before this one was killed after writing it
        report.counts.added += 1
    elif found["township_id"] != row.entry.place.id:
        report.reject([RowFault(row.line, "id_number", "registered_elsewhere")])
    elif found["state"] != ACTIVE:
        report.reject([RowFault(row.line, "id_number", "no_longer_on_register")])
    elif open_text(found["name"], ELDER_NAME) != row.name:
        _ask(row, "other_name", [found["_id"]], reading)
    elif not lacks(found, row.entry):
        report.counts.unchanged += 1
    else:
        report.counts.updated += 1
        if not report.dry_run:
            complete(found["_id"], row.entry, by=reading.by, at=reading.at, key=f"{report.list_id}:{row.line}")
    return True


def _ask(row: ReadRow, reason: ChoiceReason, candidates: list[str], reading: _Reading) -> None:
    """Keep the row for a person's decision; once."""
    report, place = reading.report, row.entry.place
    report.counts.unsure += 1
    if report.dry_run:
        return
    choice_id = id_from_key("elder choice", f"{report.list_id}:{row.line}")
    choice = ElderChoice(
        id=choice_id, created_at=reading.at, updated_at=reading.at, list_id=report.list_id, line=row.line,
        reason=reason, candidates=candidates, id_number_index=_number_index(row),
        district_code=place.district_code, township_id=place.id, row=seal_json(_kept(row), ROW_CONTEXT),
    ).raw()  # fmt: skip
    choice["history"] = [history_entry("ask", None, choice["state"], reading.by, reading.at, key=choice_id)]
    try:
        collection(ElderChoice).insert_one(choice)
    except DuplicateKeyError:  # by a run that was killed
        return


def _kept(row: ReadRow) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(row.entry).items() if name != "place"}
    return {**kept, "township_id": row.entry.place.id, "birth_date": row.born.isoformat(),
            "since": row.entry.since.isoformat()}  # fmt: skip


def _insert(new: list[tuple[ReadRow, Raw]], reading: _Reading) -> None:
    """Write a batch of entries; a number that somebody registered in this very moment is a fault of its row."""
    report, taken = reading.report, set[int]()
    if new and not report.dry_run:
        first = min(row.entry.since.isoformat() for row, _ in new)
        mark_since(first, reading.at)  # before and after: neither a crash nor a count in between loses it
        try:
            collection(Elder).insert_many([elder for _, elder in new], ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in faults):
                raise
            # One with its own id was written by another run of the same list.
            here = {each["_id"] for each in collection(Elder).find(_ids(new), {"_id": 1})}
            taken = {each["index"] for each in faults if new[each["index"]][1]["_id"] not in here}
        mark_since(first, reading.at)
        by_number = {elder["id_number_index"]: elder for _, elder in new}
        asked = {"id_number_index": {"$in": sorted(by_number)}, "state": REQUESTED}
        for link in list(collection(ElderLink).find(asked, {"id_number_index": 1})):
            route_requests(by_number[link["id_number_index"]], reading.at)
    for index in sorted(taken):
        report.reject([RowFault(new[index][0].line, "id_number", "registered_meanwhile")])
    report.counts.added += len(new) - len(taken)


def _ids(new: list[tuple[ReadRow, Raw]]) -> dict[str, Any]:
    return {"_id": {"$in": [elder["_id"] for _, elder in new]}}


def _look_up(indexes: dict[int, tuple[str | None, str]]) -> _Known:
    numbers = sorted({number for number, _ in indexes.values() if number})
    persons = sorted({person for _, person in indexes.values()})
    found = collection(Elder).find({"id_number_index": {"$in": numbers}})
    by_number = {each["id_number_index"]: each for each in found}
    by_person: dict[str, list[str]] = {}
    for each in collection(Elder).find({"person_index": {"$in": persons}}, {"person_index": 1}):
        by_person.setdefault(each["person_index"], []).append(each["_id"])
    return _Known(by_number, by_person)


def _number_index(row: ReadRow) -> str | None:
    return blind_index(ID_NUMBER, row.number.number) if row.number else None


def _person_index(row: ReadRow) -> str:
    return person_index(row.name, row.born, row.entry.place.id, row.entry.community)


def _batches(rows: list[SheetRow]) -> Iterator[list[SheetRow]]:
    size = rule("eldercare.list_batch")
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _list_id(content: bytes, category: str | None, by: Actor) -> str:
    """The id of the file's content, read for this place."""
    place = "|".join((by.district_code or "", *sorted(by.township_ids)))
    return id_from_key("elder list", f"{hashlib.sha256(content).hexdigest()}|{category or ''}|{place}")
