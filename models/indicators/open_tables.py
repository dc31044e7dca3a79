"""The tables of numbers about people as anybody may see them: decided once a month and subject, and kept.

What an earlier export of the same month has hidden stays hidden in a later one, for the two together would tell it.
A running total is the sum of the months' numbers as they were shown, and so tells nothing that they do not. An area
that is not in its table is not shown at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Literal

from mongoengine import DictField, StringField
from pymongo.errors import DuplicateKeyError

from config.indicators import CITY, definition, measures
from config.loading import catalogue
from models.indicators.disclosure import Cell, Shown, Table, parent_of, protect
from models.indicators.documents import COUNTY_LEVEL, NO_PLACE, TOWNSHIP_LEVEL, Observation
from models.indicators.flows import RUNNING, running_since
from models.indicators.rollups import uses
from models.kernel.clock import day_of, month_bounds
from models.kernel.database import change_one, collection
from models.kernel.document import Record
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw

Kind = Literal["observations", "uses"]
OBSERVATIONS: Kind = "observations"
USES: Kind = "uses"
MAX_CONTENTION = 10


class OpenTable(Record):
    """What may be shown of a subject's month: by area `{counted, of}`, None where it is hidden.

    `subject`: an indicator, or a measure of use. The id is kind, period and subject.
    """

    kind = StringField(required=True, choices=(OBSERVATIONS, USES))
    subject = StringField(required=True)
    period = StringField(required=True)
    cells = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "open_tables"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("kind", 1), ("period", 1)], "name": "kind_period"},
        {"keys": [("kind", 1), ("subject", 1), ("period", 1)], "name": "kind_subject"},
    ]


def publish_observations(token: str, period: str, at: datetime) -> None:
    """Decide what may be shown of an indicator's month, from the last revision of each area."""
    if token in RUNNING:
        _publish(OBSERVATIONS, token, period, lambda hidden: _running(token, period), at)
        return
    indicator = definition(token, period)
    table: dict[str, Cell] = {}
    below = indicator.denominator if indicator.divides_people else None
    for area, each in _last_revisions(token, period).items():
        counted = _whole(each["numerator"], indicator.numerator_per)
        of = _whole(each["denominator"], indicator.denominator_per) if below else None
        # A rate that a department gives without the numbers behind it has nothing to be counted from.
        if counted is not None and (of is not None or not below):
            table[area] = Cell(counted, of)
    _publish(OBSERVATIONS, token, period, partial(_protected, table), at)


def publish_uses(period: str, at: datetime) -> int:
    """Decide what may be shown of a month's counted uses; returns the number of tables."""
    first, following = month_bounds(period)
    days = (day_of(first).isoformat(), day_of(following - timedelta(seconds=1)).isoformat())
    totals: dict[str, dict[str, int]] = {}
    for use in uses(*days):
        of_measure = totals.setdefault(use.measure, {CITY: 0, **dict.fromkeys(catalogue().districts, 0)})
        of_measure[CITY] += use.count
        for area in (use.district_code, use.township_id):
            if area != NO_PLACE and parent_of(area) is not None:
                of_measure[area] = of_measure.get(area, 0) + use.count
    for measure, counts in totals.items():
        table = {area: Cell(count) for area, count in counts.items()}
        _publish(USES, measure, period, partial(_protected, table), at)
    return len(totals)


def shown_cells(kind: Kind, subject: str, period: str) -> dict[str, Any]:
    """By area what may be shown; empty where nothing was decided yet."""
    found = collection(OpenTable).find_one({"_id": _id(kind, subject, period)}, {"cells": 1})
    return dict(found["cells"]) if found else {}


def tables_of(kind: Kind, *, period: str | None = None, subject: str | None = None) -> dict[tuple[str, str], Any]:
    """(subject, period) → cells, of a month or of a subject."""
    wanted = {"kind": kind, **({"period": period} if period else {}), **({"subject": subject} if subject else {})}
    return {(each["subject"], each["period"]): each["cells"] for each in collection(OpenTable).find(wanted)}


def open_uses(period: str) -> list[dict[str, Any]]:
    """The uses of a month that may be shown: measure, level, area, count (None where it is hidden), by measure.

    Raises NotFound for a month of which nothing was published.
    """
    tables = tables_of(USES, period=period)
    if not tables:
        raise NotFound()
    order = list(measures())
    rows = []
    for (measure, _), cells in sorted(tables.items(), key=lambda item: order.index(item[0][0])):
        for area, cell in sorted(cells.items(), key=lambda item: (len(item[0]), item[0])):
            count = None if cell is None else cell["counted"]
            rows.append({"measure": measure, "level": level_of(area), "area": area, "count": count})
    return rows


def published_months() -> list[str]:
    """The months whose uses were published, the latest first."""
    return sorted(collection(OpenTable).distinct("period", {"kind": USES}), reverse=True)


def level_of(area: str) -> str:
    """City, county or township."""
    if area == CITY:
        return "city"
    return COUNTY_LEVEL if area in catalogue().districts else TOWNSHIP_LEVEL


def _publish(kind: Kind, subject: str, period: str, decide: Callable[[list[str]], Raw], at: datetime) -> None:
    """Keep what `decide` shows, given what was hidden before."""
    target = collection(OpenTable)
    for _ in range(MAX_CONTENTION):
        before = target.find_one({"_id": _id(kind, subject, period)})
        cells = decide([area for area, cell in before["cells"].items() if cell is None] if before else [])
        if before is None:
            made = OpenTable(
                id=_id(kind, subject, period), created_at=at, updated_at=at, kind=kind, subject=subject, period=period,
                cells=cells,
            )  # fmt: skip
            try:
                target.insert_one(made.raw())
            except DuplicateKeyError:
                continue  # another process has published in between
            return
        unchanged = {"_id": before["_id"], "version": before["version"]}
        update = {"$set": {"cells": cells, "updated_at": at}, "$inc": {"version": 1}}
        if before["cells"] == cells or change_one(target, unchanged, update, {"_id": 1}) is not None:
            return
    raise RuntimeError(f"no place for the table of {subject} in {period}")


def _running(token: str, period: str) -> Raw:
    first = running_since(token, period)
    cells: Raw = dict.fromkeys(_last_revisions(token, period))
    for (_, month), shown in tables_of(USES, subject=RUNNING[token]).items():
        for area, cell in shown.items() if first <= month <= period else ():
            if cell is not None:
                counted = (cells.get(area) or {"counted": 0})["counted"] + cell["counted"]
                cells[area] = {"counted": counted, "of": None}
    return dict(sorted(cells.items()))


def _protected(table: Table, hidden: list[str]) -> Raw:
    return _stored(protect(table, hidden))


def _stored(shown: Shown) -> dict[str, Any]:
    return {
        area: None if cell is None else {"counted": cell.counted, "of": cell.of} for area, cell in sorted(shown.items())
    }


def _last_revisions(token: str, period: str) -> Mapping[str, Raw]:
    fields = {"area": 1, "revision": 1, "numerator": 1, "denominator": 1}
    latest: dict[str, Raw] = {}
    for each in collection(Observation).find({"period": period, "indicator": token}, fields):
        if each["area"] not in latest or latest[each["area"]]["revision"] < each["revision"]:
            latest[each["area"]] = each
    return latest


def _whole(value: float | None, per: int | None) -> int | None:
    return None if value is None else round(value * (per or 1))


def _id(kind: Kind, subject: str, period: str) -> str:
    return f"{kind}:{period}:{subject}"
