"""Departments' own figures read from a file: tried out first; good rows land, each bad one is named with its reason.

A figure becomes the next revision of its observation, with file, sender and date, and is the department's to revise:
the platform computes no other for that area and month. The same file again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from mongoengine import BooleanField, DictField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from config.indicators import CITY
from config.loading import catalogue, rule
from config.text import say
from models.indicators import open_tables
from models.indicators.counting import last_day
from models.indicators.documents import COMPLETE, DEPARTMENT, Observation
from models.indicators.figure_rows import REQUIRED, Figure, RowFault, column_titles, month_meant, read_figure
from models.indicators.observations import make_facts
from models.indicators.open_tables import level_of
from models.indicators.series import add_value, latest_value
from models.indicators.storing import store
from models.kernel import audit
from models.kernel.actors import PLANNER, Actor
from models.kernel.clock import day_of, month_bounds, next_month
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.sheets import read_sheet


class FigureFile(Record):
    """A file of figures that was read: who sent it, who read it in, and what became of its rows.

    The id is that of content, period, sender and whose place it was read for, so that the same file again finds it.
    """

    name = StringField(required=True)
    district_code = StringField()
    sender = StringField(required=True)
    sent_on = StringField(required=True)
    period = StringField(required=True)
    imported_by = StringField(required=True)
    counts = DictField(required=True)
    faults = ListField(DictField())
    finished = BooleanField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "figure_files"}


@dataclass(frozen=True)
class Sending:
    """A file as a department sent it: for a month (`2026-10`) or a year (`2025`)."""

    content: bytes
    name: str
    sender: str
    sent_on: date
    period: str


@dataclass
class FigureReport:
    """What became of a file's rows. `dry_run`: nothing was written. `repeated`: it had been read before."""

    file_id: str
    dry_run: bool = False
    repeated: bool = False
    accepted: int = 0
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows, which may have several faults."""
        return len({each.line for each in self.faults})

    def counts(self) -> dict[str, int]:
        """Rows by what became of them."""
        return {"accepted": self.accepted, "unchanged": self.unchanged, "rejected": self.rejected}


def import_figures(sending: Sending, *, by: Actor, at: datetime, dry_run: bool = False) -> FigureReport:
    """Read a department's file. Raises Forbidden, InvalidInput (`file_refused`, `month_not_ended`, a bad period)."""
    if by.kind != "system" and not by.has_role(PLANNER):
        raise Forbidden()
    period = _period(sending, at)
    digest = hashlib.sha256(sending.content).hexdigest()
    report = FigureReport(
        id_from_key("figure file", f"{digest}|{period}|{sending.sender}|{by.district_code or ''}"), dry_run
    )
    known = collection(FigureFile).find_one({"_id": report.file_id, "finished": True})
    if known is not None:
        report.repeated, report.faults = True, [RowFault(**each) for each in known["faults"]]
        report.accepted, report.unchanged = known["counts"]["accepted"], known["counts"]["unchanged"]
        return report
    rows = read_sheet(sending.content, sending.name, column_titles(), REQUIRED)
    figures = _sound(_of_place([read_figure(row, period) for row in rows], by), period, report)
    for subject in dict.fromkeys(each.subject for each in figures):
        _take([each for each in figures if each.subject == subject], period, sending, report, at)
    report.faults.sort(key=lambda each: each.line)
    if not dry_run:
        _keep(report, sending, period, by, at)
    return report


def files(by: Actor, limit: int) -> list[Raw]:
    """The files read in, the latest first; a county's planners see those of their county."""
    wanted = {"district_code": by.district_code} if by.district_code else {}
    found = list(collection(FigureFile).find(wanted, {"version": 0}))
    return sorted(found, key=lambda each: (each["created_at"], each["_id"]), reverse=True)[:limit]


def _period(sending: Sending, at: datetime) -> str:
    period = month_meant(sending.period)
    if period is None:
        raise InvalidInput(faults=[FieldFault("period", "string_pattern_mismatch")])
    if month_bounds(period)[1] > at:
        raise InvalidInput("month_not_ended")
    if sending.sent_on > day_of(at):
        raise InvalidInput(faults=[FieldFault("sent_on", "date_in_future")])
    return period


def _of_place(read: Iterable[Figure | list[RowFault]], by: Actor) -> list[Figure | list[RowFault]]:
    """A county's planners send figures of their county and its townships only."""
    return [
        each if isinstance(each, list) or by.kind == "system" or in_scope(by, each.area)
        else [RowFault(each.line, "area", "other_place")]
        for each in read
    ]  # fmt: skip


def in_scope(by: Actor, area: str) -> bool:
    """True where this member of staff is responsible for all of the area."""
    place = catalogue().place(area)
    return by.covers(place.district_code, place.id) if place else by.covers(area)


def _sound(read: Iterable[Figure | list[RowFault]], period: str, report: FigureReport) -> list[Figure]:
    """The rows that hold against each other and against what was known before; the others are named."""
    seen: set[tuple[str, str]] = set()
    figures = []
    for each in read:
        if isinstance(each, list):
            report.faults += each
        elif (each.subject, each.area) in seen:
            report.faults.append(RowFault(each.line, "area", "repeated"))
        else:
            seen.add((each.subject, each.area))
            figures.append(each)
    return _whole(_near_the_last(figures, period, report), report)


def _near_the_last(figures: list[Figure], period: str, report: FigureReport) -> list[Figure]:
    """Without those that are far from the department's last value, unless somebody has confirmed them."""
    most = Decimal(str(rule("indicators.figure_change_most")))
    kept = []
    for each in figures:
        last = None if each.confirmed or each.value is None else _last(each, period)
        if last is not None and each.value is not None and abs(each.value - last) > most * last:
            report.faults.append(RowFault(each.line, "value", "far_from_last", f"{last:g}"))
        else:
            kept.append(each)
    return kept


def _whole(figures: list[Figure], report: FigureReport) -> list[Figure]:
    """Without the city's figures that claim to be complete where the file leaves counties out."""
    kept = []
    for each in figures:
        counties = {other.area for other in figures if other.subject == each.subject} & set(catalogue().districts)
        missing = [name.name_zh for code, name in catalogue().districts.items() if code not in counties]
        if each.area == CITY and each.indicator and each.coverage == COMPLETE and counties and missing:
            between = say("indicators.figures.between")
            report.faults.append(RowFault(each.line, "coverage", "counties_missing", between.join(missing)))
        else:
            kept.append(each)
    return kept


def _last(figure: Figure, period: str) -> Decimal | None:
    """The department's last value up to this month: also what this month's figure would revise."""
    if figure.indicator is None:
        found = latest_value(figure.subject, figure.area, last_day(period))
        return Decimal(str(found["value"])) if found else None
    wanted = {
        "indicator": figure.subject, "level": level_of(figure.area), "area": figure.area,
        "period": {"$lt": next_month(period)},
    }  # fmt: skip
    fields = {"value": 1, "period": 1, "revision": 1, "origin": 1}
    found = max(
        (each for each in collection(Observation).find(wanted, fields) if each["origin"] == DEPARTMENT),
        key=lambda each: (each["period"], each["revision"]), default=None,
    )  # fmt: skip
    return Decimal(str(found["value"])) if found and found["value"] else None


def _take(figures: list[Figure], period: str, sending: Sending, report: FigureReport, at: datetime) -> None:
    """Write one subject's figures, all areas at once."""
    if report.dry_run:
        report.accepted += len(figures)
    elif figures[0].indicator is None:
        for each in figures:
            new = add_value(_series_facts(each, period, sending, report.file_id), at)
            report.accepted += new
            report.unchanged += not new
    else:
        stored = store([_facts(each, period, sending, report.file_id, at) for each in figures], at)
        report.accepted += len(stored.made)
        report.unchanged += stored.unchanged
        if figures[0].indicator.about_people:
            open_tables.publish_observations(figures[0].subject, period, at)


def _facts(figure: Figure, period: str, sending: Sending, file_id: str, at: datetime) -> Raw:
    indicator = figure.indicator
    assert indicator is not None  # noqa: S101  a series has facts of its own
    counted, of = figure.numerator, figure.denominator if indicator.denominator else None
    inputs = {indicator.numerator: counted, **({indicator.denominator: of} if indicator.denominator else {})}
    basis = figure.coverage_basis or say("indicators.coverage.department", sender=sending.sender)
    return make_facts(
        indicator, period, level_of(figure.area), figure.area, value=figure.value,
        numerator=None if counted is None else counted / indicator.numerator_per,
        denominator=None if of is None else of / (indicator.denominator_per or 1),
        inputs={name: float(value) for name, value in inputs.items() if value is not None},
        coverage={"status": figure.coverage, "basis": basis}, origin=DEPARTMENT, finality=figure.finality,
        source=_source(figure, sending), as_of=at, file_id=file_id,
    )  # fmt: skip


def _series_facts(figure: Figure, period: str, sending: Sending, file_id: str) -> Raw:
    return {
        "measure": figure.subject, "area": figure.area, "as_of": last_day(period).isoformat(),
        "value": float(figure.value or 0), "status": figure.finality, "source": _source(figure, sending),
        "file_id": file_id,
    }  # fmt: skip


def _source(figure: Figure, sending: Sending) -> str:
    status = say(f"indicators.finality.{figure.finality}")
    return say("indicators.source.department", sender=sending.sender, sent_on=sending.sent_on, status=status)


def _keep(report: FigureReport, sending: Sending, period: str, by: Actor, at: datetime) -> None:
    kept = FigureFile(
        id=report.file_id, created_at=at, updated_at=at, name=sending.name, sender=sending.sender,
        sent_on=sending.sent_on.isoformat(), period=period, imported_by=by.id,
        district_code=by.district_code, counts=report.counts(),
        faults=[asdict(each) for each in report.faults], finished=True,
    )  # fmt: skip
    with suppress(DuplicateKeyError):  # two runs of one file end at the same moment
        collection(FigureFile).insert_one(kept.raw())
    audit.record(by, "indicator_figures_imported", f"figure_file:{report.file_id}", at, detail=report.counts())
