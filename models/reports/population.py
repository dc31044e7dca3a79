"""Where people live: points with a number of people, imported as dated data with a declared source.

The plan's minutes can only be counted for people whose homes are known to some extent; the public lists of places hold
no numbers of people, so a department's file brings them.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

import orjson
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from config.text import say
from models.facilities.areas import in_yichun
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.ids import id_from_key
from models.kernel.sheets import SheetRow, read_sheet
from models.reports.documents import STATUSES, PopulationPoints

REQUIRED = ("longitude", "latitude", "people", "source")
COLUMNS = (*REQUIRED, "name")
DIGITS_MOST = 12


@dataclass(frozen=True)
class Point:
    """A place where people live, WGS-84 degrees."""

    longitude: float
    latitude: float
    people: int
    name: str = ""


@dataclass(frozen=True)
class Population:
    """The points of one import, and what is known of them."""

    id: str
    as_of: date
    status: str
    sources: tuple[str, ...]
    points: tuple[Point, ...]

    @property
    def people(self) -> int:
        return sum(point.people for point in self.points)


@dataclass
class Imported:
    """What became of a file: rows kept, and those refused as `(line, code)`."""

    id: str | None = None
    kept: int = 0
    people: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_points(content: bytes, name: str, as_of: date, status: str, *, by: Actor, at: datetime) -> Imported:
    """Keep the good rows of a CSV or XLSX file; the same file again changes nothing.

    Raises InvalidInput for a file that cannot be read, an unknown status, a day to come.
    """
    if status not in STATUSES:
        raise InvalidInput(faults=[FieldFault("status", "literal_error")])
    if as_of > at.date():
        raise InvalidInput(faults=[FieldFault("as_of", "in_the_future")])
    columns = {each: tuple(say(f"reports.column.{each}").split("|")) for each in COLUMNS}
    found, points, sources = Imported(), dict[tuple[float, float], Point](), set[str]()
    for row in read_sheet(content, name, columns, REQUIRED):
        fault = _fault(row, points)
        if fault is not None:
            found.refused.append((row.line, fault))
            continue
        cells = row.cells
        point = Point(float(cells["longitude"]), float(cells["latitude"]), int(cells["people"]), cells.get("name", ""))
        points[point.longitude, point.latitude] = point
        sources.add(cells["source"])
    if not points:
        return found
    found.kept, found.people = len(points), sum(point.people for point in points.values())
    found.id = _store(content, name, as_of, status, list(points.values()), sources, by, at)
    return found


def population_at(day: date) -> Population | None:
    """The latest points that describe `day` or earlier; of one day those imported last. None where there are none."""
    wanted = {"as_of": {"$lte": day.isoformat()}}
    found = max(
        collection(PopulationPoints).find(wanted, {"points": 0}), key=lambda raw: (raw["as_of"], raw["created_at"]),
        default=None,
    )  # fmt: skip
    if found is None:
        return None
    stored = collection(PopulationPoints).find_one({"_id": found["_id"]}, {"points": 1}) or {}
    points = tuple(Point(*each) for each in orjson.loads(gzip.decompress(stored["points"])))
    return Population(
        found["_id"], date.fromisoformat(found["as_of"]), found["status"], tuple(found["sources"]), points
    )  # fmt: skip


def _fault(row: SheetRow, known: Mapping[tuple[float, float], Point]) -> str | None:
    cells = row.cells
    if any(not cells.get(each) for each in REQUIRED):
        return "missing"
    try:
        east, north = float(cells["longitude"]), float(cells["latitude"])
    except ValueError:
        return "float_parsing"
    if not (isfinite(east) and isfinite(north) and in_yichun(east, north)):
        return "outside_yichun"
    people = cells["people"]
    digits = people.isascii() and people.isdigit() and len(people) <= DIGITS_MOST
    if not digits or int(people) > rule("reports.people_a_point_most"):
        return "people_refused"
    return "given_twice" if (east, north) in known else None


def _store(
    content: bytes, name: str, as_of: date, status: str, points: list[Point], sources: set[str], by: Actor, at: datetime
) -> str:
    digest = hashlib.sha256(content).hexdigest()
    packed = orjson.dumps([[p.longitude, p.latitude, p.people, p.name] for p in points])
    made = PopulationPoints(
        id=id_from_key("population", f"{digest} {as_of} {status}"), created_at=at, updated_at=at,
        as_of=as_of.isoformat(), status=status, sources=sorted(sources), file_name=name, sha256=digest,
        count=len(points), people=sum(p.people for p in points), points=gzip.compress(packed, mtime=0),
        imported_by=by.id,
    )  # fmt: skip
    with suppress(DuplicateKeyError):  # the same file once more
        collection(PopulationPoints).insert_one(made.raw())
    return str(made.id)
