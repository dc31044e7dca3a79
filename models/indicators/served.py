"""Observations of people whom a programme serves, counted from applications: numbers only leave this file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from config.loading import catalogue, rule
from config.text import say
from models.casework.documents import APPROVED, Application
from models.housing.flat_documents import LEAVING, SUBSIDY, TENANT, Tenancy
from models.indicators.counting import Count, areas_of, divided_by, reach_of
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw

HOUSED = (TENANT, LEAVING, SUBSIDY)
FIELDS = {"resident_id": 1, "district_code": 1, "township_id": 1, "programme": 1}


def housing_applicants(period: str, at: datetime) -> list[Count]:
    """Approved applicants of flats and of the rental subsidy, and those among them who have either; each once."""
    flats, subsidy = rule("indicators.housing_flat_programmes"), rule("indicators.housing_subsidy_programmes")
    approved = _approved([*flats, *subsidy])
    tenancies = _of_counties(Tenancy, [{"state": each} for each in HOUSED])
    served = [each for each in tenancies if each["programme"] in flats]
    served += [each for each in approved if each["programme"] in subsidy]
    helped = {_person(each) for each in served}
    counts = []
    for level, area, here in areas_of(approved):
        people = {_person(each) for each in here}
        inputs = {"housing_applicants_approved": len(people), "housing_applicants_served": len(people & helped)}
        text = say("indicators.source.applications", records=len(here))
        counts.append(Count(level, area, len(people & helped), len(people), inputs, text, *reach_of(level, here)))
    return counts


def disability_allowances(period: str, at: datetime) -> list[Count]:
    """People who receive an allowance, of those whom the department counts as eligible."""
    below = "disability_allowance_eligible"
    counts, divisors = [], divided_by(below, period)
    approved = _approved(rule("indicators.disability_allowance_programmes"))
    for level, area, here in areas_of(approved):
        base, named = divisors(area)
        people = len({_person(each) for each in here})
        inputs: dict[str, float] = {"disability_allowance_recipients": people} | ({below: base} if base else {})
        first = say("indicators.source.applications", records=len(here))
        text = say("indicators.source.joined", first=first, second=named)
        reach = reach_of(level, here)
        counts.append(Count(level, area, people, base, inputs, text, *reach, unrecorded=not approved))
    return counts


def _approved(programmes: Iterable[str]) -> list[Raw]:
    return _of_counties(Application, [{"programme": each, "state": APPROVED} for each in dict.fromkeys(programmes)])


def _of_counties(record: type[Record], kinds: Iterable[dict[str, Any]]) -> list[Raw]:
    """Those of each kind in each county: every query names the first fields of an index, and nothing else."""
    return [
        each
        for wanted in kinds
        for district in sorted(catalogue().districts)
        for each in collection(record).find({"district_code": district, **wanted}, FIELDS)
    ]


def _person(raw: Raw) -> str:
    # Who has erased their account is still one person, known by the application alone.
    return str(raw.get("resident_id") or raw["_id"])
