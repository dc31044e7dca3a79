"""The month's plan as stored, and when visitors are away. Days are China's calendar days; no personal data is in it.

A planned visit's id is derived from month, person and number: whoever plans, and however often, there is one of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import Record, having_text
from models.kernel.ids import id_from_key
from models.kernel.outbox import OUTBOX_INDEX, Causing

AbsenceReason = Literal["ill", "on_leave", "training", "other"]
WITHDRAWN = "withdrawn"
# Where a planned visit stands in the plan.
PLACE_IN_PLAN = ("visitor_id", "day", "place", "stands_in_for")


class VisitPlan(Record):
    """Says that a county's plan of a month was written to its end; from then on it is repaired, not built."""

    month = StringField(required=True)
    district_code = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_plans"}


class PlannedVisit(Record):
    """The n-th visit that a person needs in a month, and what became of it; see `planning`.

    `state`: met by the visit `visit_id`, planned for a visitor and day, uncovered for a `reason`, or withdrawn because
    it is not needed any more. `of`: month and county; `of_township`: month and township. `place`: which stop of the
    visitor's day. `missed`: days on which it was planned and that passed without a visit.
    `campaign_id`: of a campaign's extra visit, whose `of` and `of_township` name the campaign instead of the month.
    `stands_in_for`: the visitor who was to make it, where a substitute does.
    """

    state = StringField(required=True)
    month = StringField(required=True)
    elder_id = StringField(required=True)
    number = IntField(required=True)
    of = StringField(required=True)
    of_township = StringField(required=True)
    visitor_id = StringField()
    day = StringField()
    place = IntField()
    visit_id = StringField()
    reason = StringField()
    missed = ListField(StringField())
    campaign_id = StringField()
    township_id = StringField()
    stands_in_for = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "planned_visits"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("of", 1), ("state", 1)], "name": "month_county"},
        {"keys": [("of_township", 1), ("state", 1)], "name": "month_township"},
        {"keys": [("of", 1), ("day", 1)], "name": "county_day"},
        {"keys": [("of_township", 1), ("day", 1)], "name": "township_day"},
        {"keys": [("visitor_id", 1), ("day", 1)], "name": "visitor_day"},
        {
            "keys": [("stands_in_for", 1), ("day", 1)], "name": "stands_in_for",
            **having_text("stands_in_for"),
        },
    ]  # fmt: skip


class VisitorHours(Record):
    """A visitor's week: hours that are opened to families some weeks ahead; the id is derived from the visitor.

    `rows`: `{weekday, start, township_id, capacity}`, weekday 0 is Monday, start on China's clock.
    """

    visitor_id = StringField(required=True)
    district_code = StringField(required=True)
    rows = ListField(DictField())
    changed_by = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visitor_hours"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("district_code", 1)], "name": "district"}]


class VisitorAbsence(Causing):
    """Days, both ends within, on which a visitor makes no visits; `withdrawn_at` where it was taken back.

    `substitutes`: whom a supervisor chose, by day. `unplaced`: what nobody took over, `{kind, id, day, reason}`.
    """

    visitor_id = StringField(required=True)
    district_code = StringField(required=True)
    township_ids = ListField(StringField())
    first_day = StringField(required=True)
    last_day = StringField(required=True)
    reason = StringField(required=True)
    entered_by = StringField(required=True)
    withdrawn_at = DateTimeField()
    withdrawn_by = StringField()
    substitutes = DictField()
    unplaced = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "visitor_absences"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("last_day", 1)], "name": "district_day"},
        {"keys": [("visitor_id", 1), ("last_day", 1)], "name": "visitor_day"},
        OUTBOX_INDEX,
    ]


def planned_id(month: str, elder_id: str, number: int) -> str:
    """The id of a person's n-th visit of a month."""
    return id_from_key("planned_visit", f"{month} {elder_id} {number}")


def township_of(planned: Mapping[str, Any]) -> str:
    """The township of a planned visit of a month or a campaign."""
    return str(planned.get("township_id") or planned["of_township"].rpartition(" ")[2])


def hours_id(visitor_id: str) -> str:
    """The id of a visitor's week."""
    return id_from_key("visitor_hours", visitor_id)


def plan_id(month: str, district_code: str) -> str:
    """The id of a county's plan of a month."""
    return id_from_key("visit_plan", f"{month} {district_code}")


def campaign_visit_id(campaign_id: str, elder_id: str) -> str:
    """The id of a person's extra visit in a campaign: there is one."""
    return id_from_key("campaign_visit", f"{campaign_id} {elder_id}")
