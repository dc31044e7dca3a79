"""What a report is made of, gathered once as plain data: its hash is what the report is frozen with.

Everything here is public already, or a count that is suppressed as the public's counts are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from config.indicators import CITY, denominators, indicators
from config.loading import rule
from models.feedback.documents import IN_WORK, SUBMITTED, WITHDRAWN, Feedback
from models.feedback.queries import published_between
from models.feedback.theme_counts import public_count, public_theme_counts
from models.indicators.disclosure import Cell, protect
from models.indicators.queries import observations_of
from models.kernel.clock import as_utc, day_of, month_bounds, shown
from models.kernel.database import collection
from models.reports.documents import MIDTERM, SERVICE_GAPS, YEARLY
from models.reports.gaps import Places, gap_report, open_places
from models.reports.population import population_at

COUNTY = "county"
OBSERVATIONS_MOST = 1000
KEPT = ("period", "area", "status", "value", "partial_value", "unit", "as_of", "source", "note", "revision")
Json = dict[str, Any]
Progress = Callable[[str], None]


def yearly_inputs(year: int, at: datetime, progress: Progress = lambda what: None) -> Json:
    """Of the yearly report: what is known of the year at `at`."""
    months = _months_of(year, at)
    return _inputs(YEARLY, str(year), months, months[0], at, progress)


def midterm_inputs(at: datetime, progress: Progress = lambda what: None) -> Json:
    """Of an evaluation of the plan as it stands at `at`: observations since its first year."""
    first = f"{rule('reports.plan_first_year')}-01"
    here = day_of(at)
    return _inputs(MIDTERM, f"{here:%Y-%m}", _months_of(here.year, at), first, at, progress)


def service_gap_inputs(at: datetime, progress: Progress = lambda what: None) -> Json:
    """Of the service-circle gap report. `gaps` None where no place is known in which people live."""
    return {**_base(SERVICE_GAPS, f"{day_of(at):%Y-%m}"), "gaps": gaps_at(at, None, progress)}


def gaps_at(at: datetime, places: Places | None, progress: Progress = lambda what: None) -> Json | None:
    """The gap report over the latest points, None where there are none. `places`: the directory, where it was read."""
    population = population_at(day_of(at))
    return gap_report(population, places or open_places(), progress) if population is not None else None


def _inputs(kind: str, period: str, months: list[str], first: str, at: datetime, progress: Progress) -> Json:
    found = _base(kind, period) | {"months": months, "indicators": [_definition(token) for token in indicators()]}
    progress("observations")
    found["observations"] = {token: _observed(token, first, months[-1]) for token in indicators()}
    found["counties"] = {token: _by_county(token, months) for token in indicators()}
    progress("feedback")
    table, sums = public_theme_counts(months)
    found["themes"] = {"table": table, "sums": sums}
    found["feedback"] = _feedback_counts(months)
    found["replies"] = _replies(months)
    progress("facilities")
    places = open_places()
    found["facilities"] = places.counties
    found["denominators"] = [
        {"measure": d.measure, "area": d.area, "as_of": d.as_of.isoformat(), "value": d.value, "status": d.status,
         "source": d.source}
        for d in denominators() if d.area == CITY and d.as_of <= day_of(at)
    ]  # fmt: skip
    progress("gaps")
    found["gaps"] = gaps_at(at, places, progress)
    return found


def _base(kind: str, period: str) -> Json:
    return {"kind": kind, "period": period, "template": rule("reports.template")}


def _months_of(year: int, at: datetime) -> list[str]:
    """The months of the year that have begun at `at`; at least one."""
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    begun = [month for month in months if month_bounds(month)[0] <= at]
    return begun or months[:1]


def _definition(token: str) -> Json:
    each = indicators()[token]
    return {
        "token": token, "domain": each.domain_zh, "name": each.name_zh, "unit": each.unit_zh,
        "baseline": float(each.baseline_2020) if each.baseline_2020 is not None else None,
        "target": float(each.target) if each.target is not None else None, "target_words": each.plan_target,
        "comparison": each.target_comparison, "binding": each.binding, "sum": each.cumulative_five_years,
        "observed_by": each.observed_by, "owner": each.owner, "method": each.method, "source": each.source,
    }  # fmt: skip


def _observed(token: str, first: str, last: str) -> list[Json]:
    """The city's public observations, the earliest first."""
    page = observations_of(token, area=CITY, first=first, last=last, limit=OBSERVATIONS_MOST)
    return [_kept(each) for each in reversed(page.items)]


def _by_county(token: str, months: list[str]) -> list[Json]:
    """The counties' public observations of the latest month that has any."""
    page = observations_of(token, level=COUNTY, first=months[0], last=months[-1], limit=OBSERVATIONS_MOST)
    latest = max((each["period"] for each in page.items), default=None)
    return [_kept(each) for each in reversed(page.items) if each["period"] == latest]


def _kept(observation: Json) -> Json:
    return {
        name: shown(as_utc(observation[name])) if isinstance(observation[name], datetime) else observation[name]
        for name in KEPT
    }


def _feedback_counts(months: list[str]) -> Json:
    """How many pieces by kind, and how many of those that were due were answered in time; small counts are None."""
    kinds, due, kept = Counter[str](), 0, 0
    fields = {"kind": 1, "state": 1, "due_at": 1, "replied_at": 1}
    for month in months:
        for raw in collection(Feedback).find({"month": month}, fields):
            if raw["state"] == WITHDRAWN:
                continue
            kinds[raw["kind"]] += 1
            if raw.get("due_at") is not None and raw["state"] not in (SUBMITTED, IN_WORK):
                due += 1
                kept += raw.get("replied_at") is not None and as_utc(raw["replied_at"]) <= as_utc(raw["due_at"])
    told = {kind: public_count(count) for kind, count in sorted(kinds.items())}
    promise = protect({CITY: Cell(kept, due)})[CITY]
    return {
        "kinds": told, "answered": promise.of if promise else None, "in_time": promise.counted if promise else None
    }  # fmt: skip


def _replies(months: list[str]) -> list[Json]:
    """The latest public questions and replies, at most `reports.replies_shown`."""
    first, last = month_bounds(months[0])[0], month_bounds(months[-1])[1]
    found = published_between(first, last, rule("reports.replies_shown"))
    fields = ("id", "kind_label", "theme_label", "district", "month", "question", "answer")
    return [{name: each[name] for name in fields} for each in found]
