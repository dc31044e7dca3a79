"""What the hourly roll-up, the nightly jobs and the month's observation ask is served by an index of the database.

A query that no index serves reads a whole collection, in one command: after a few years the driver would not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.plans import Asked, Listening, reading
from config.indicators import definition
from config.loading import catalogue
from models.casework.documents import APPROVED, Application
from models.eldercare.documents import Visit
from models.eldercare.month_closing import close_month
from models.eldercare.month_records import VisitMonth
from models.facilities.documents import OPEN, Facility
from models.indicators import figures, pushed_list, sources, usage
from models.indicators.approvals import count_approvals
from models.indicators.documents import UsageSlot
from models.indicators.figure_rows import Figure
from models.indicators.observations import observe
from models.indicators.rollups import forget_raw, rebuild, roll_up
from models.kernel.database import collection, database
from models.kernel.ids import new_id

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
# Small whatever happens: an hour is one document for 35 days, a series has a value a year, a month a mark.
SMALL = {UsageSlot._get_collection_name()}


def test_every_question_of_the_jobs_is_served_by_an_index(
    listening: Listening, directory: Callable[..., str], tmp_path: Path
) -> None:
    listening.on = True
    usage.note_use("visit_completed", "one", NOW, "360902", None)
    usage.note_use("visit_completed", "old", NOW - timedelta(days=40), "360902", None)
    roll_up(NOW)
    rebuild(NOW)
    assert forget_raw(NOW) == 1
    count_approvals(NOW)
    close_month("2026-10", NOW)
    observe("2026-10", NOW)
    pushed_list.write(tmp_path)
    figure = Figure(
        1, "3609", None, None, None, "partial", None, "final", False, definition("elder_care_beds", "2026-10")
    )
    figures._last(figure, "2026-10")
    listening.on = False
    scanned = {each.shape for each in listening.asked if each.collection not in SMALL and not served(each)}
    assert scanned == set()
    assert {Facility._get_collection_name(), Visit._get_collection_name(), Application._get_collection_name(),
            VisitMonth._get_collection_name()} <= {each.collection for each in listening.asked}  # fmt: skip


def served(asked: Asked) -> bool:
    """By an index that takes the whole filter, or as the one document of an id."""
    found = reading(database(), asked)
    one = set(found.by) == {"_id"} and isinstance(asked.filter["_id"], str)
    return found.index is not None and (found.by == asked.filter or one)


def test_facilities_read_by_county_are_those_of_one_question(facility: Callable[..., str]) -> None:
    counties = sorted(catalogue().districts)
    for number, district in enumerate([*counties, "360902"]):
        facility("elder_care_home", district, beds=number, status="closed" if number == 3 else OPEN)
    facility("library", "360902")
    wanted = {"category": {"$in": ["elder_care_home", "day_care_centre"]}, "status": OPEN}
    once = {each["_id"] for each in collection(Facility).find(wanted)}
    found = sources._facilities(["elder_care_home", "day_care_centre", "elder_care_home"])
    assert len(found) == len(once) == len(counties) and {each["_id"] for each in found} == once


def test_approvals_of_all_days_are_looked_at_once(database: str) -> None:
    for hours in (0, 1, 24, 24 * 30 - 1, 24 * 30, 24 * 30 + 1):
        at = NOW - timedelta(hours=hours)
        collection(Application).insert_one({
            "_id": new_id(), "programme": "training_subsidy", "state": APPROVED, "approved_at": at, "version": 1,
            "district_code": "360902", "township_id": "1", "updated_at": at, "created_at": at,
        })  # fmt: skip
    assert count_approvals(NOW) == 5
