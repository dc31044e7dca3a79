"""Building a month's plan and repairing it by night: computed as a whole, written one planned visit at a time.

A build that was killed finds no `VisitPlan` and computes the same plan from nothing: what is written already stays as
it is, the rest follows. A repair goes on where it was. Visits themselves are never touched.
"""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.eldercare import plan_inputs
from models.eldercare.concern_timers import last_due_day
from models.eldercare.plan_records import VisitPlan, plan_id
from models.eldercare.plan_writing import Frame, kept_slots, stored_rows, write_plan
from models.eldercare.planning import build, repair
from models.kernel.clock import month_of
from models.kernel.database import collection


def plan_present_month(at: datetime) -> dict[str, int]:
    """Build the plan of the month in which `at` lies, county by county, or repair it where it stands.

    Returns how many planned visits were written or changed, how many there are, and how many are uncovered.
    """
    month = month_of(at)
    month_days = plan_inputs.days_of_month(month)
    visits = plan_inputs.visits_of_month(month_days, at)
    totals = {"planned": 0, "met": 0, "uncovered": 0, "written": 0}
    for district_code in sorted(catalogue().districts):
        for name, count in plan_county(month, district_code, visits, at).items():
            totals[name] += count
    return totals


def plan_county(month: str, district_code: str, visits: plan_inputs.MonthVisits, at: datetime) -> dict[str, int]:
    """One county's plan, built or repaired; counts as `plan_present_month`."""
    month_days, frame = plan_inputs.days_of_month(month), Frame(month, district_code)
    people = plan_inputs.people_of_county(district_code, month_days, visits, at)
    taken = plan_inputs.taken_from_month(district_code, month_days, visits)
    visitors = plan_inputs.visitors_of_county(district_code, month_days, rule("eldercare.visits_a_day"), taken)
    days = plan_inputs.workdays_left(month_days, at)
    stored = stored_rows(frame)
    built = collection(VisitPlan).find_one({"_id": plan_id(month, district_code)}) is not None
    # Within the parts of these days: a first visit on the month's last days would come after everybody's due day.
    parts = [day for day in month_days if day <= last_due_day(month_days)]
    rows = repair(people, visitors, days, parts, kept_slots(stored)) if built else build(people, visitors, days, parts)
    written = write_plan(frame, rows, stored, at)
    if not built:
        _say_built(month, district_code, at)
    counts = {state: sum(row.state == state for row in rows) for state in ("planned", "met", "uncovered")}
    return {**counts, "written": written}


def _say_built(month: str, district_code: str, at: datetime) -> None:
    plan = VisitPlan(
        id=plan_id(month, district_code), created_at=at, updated_at=at, month=month, district_code=district_code
    )
    try:
        collection(VisitPlan).insert_one(plan.raw())
    except DuplicateKeyError:  # another process was as far
        return
