"""The month's plan of visits, its calendar, who is away and who stands in, hours for families and who waits."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page
from api.console.places import Where, day_asked, month_asked, months_around, townships_of, where
from api.console.visit_parts import show_part
from config.loading import rule
from config.text import label
from models.eldercare.booking import PUBLISHERS
from models.eldercare.lifecycle import REGISTRARS
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR
from models.kernel.errors import InvalidInput

PLAN, CALENDAR, BOOKINGS = "/console/visits/plan", "/console/visits/calendar", "/console/visits/bookings"
ABSENCE_REASONS = ("ill", "on_leave", "training", "other")
WEEKDAYS = 7
# So many townships can be chosen for each hour of a week; of more, one at a time.
TOWNS_IN_A_CELL = 4
# From how many visits of a day on its colour grows darker.
LOAD_STEPS = (1, 3, 5)


@page("/visits/plan", access=staff(*REGISTRARS), section="visits", sheet=True)
def plan(look: Look) -> Shown:
    """A township's visits of a month: what has no day and why, and then by day; who is away."""
    here, month = where(look, one_township=True), month_asked(look)
    uncovered = look.query.get("uncovered", "")
    asked = {"month": month, "township_id": here.township}
    path = "/staff/visit-plan/uncovered" if uncovered else "/staff/visit-plan"
    found = look.ask(path, **asked, cursor=look.query.get("cursor"))
    kept = {**asked, "district_code": look.query.get("district_code", ""), "uncovered": uncovered}
    names = _names(look, here.district)
    before, after = months_around(month)
    return show_part(
        look, "plan", "plan", here=here, month=month, before=before, after=after, uncovered=uncovered, kept=kept,
        items=found["items"], names=names, load=look.ask("/staff/visit-plan/load", **asked),
        absences=look.ask("/staff/visitor-absences", district_code=here.district)["items"],
        visitors=_speaks_for(look, names), reasons=[(each, label("eldercare.absence_reason", each))
                                                    for each in ABSENCE_REASONS],
        next_link=link(PLAN, **kept, cursor=found["next"]) if found["next"] else "",
        first_link=link(PLAN, **kept) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/visits/calendar", access=staff(*REGISTRARS), section="visits")
def calendar(look: Look) -> Shown:
    """A township's month as days × visitors, with how many visits each day holds."""
    here, month = where(look, one_township=True), month_asked(look)
    load = look.ask("/staff/visit-plan/load", month=month, township_id=here.township)
    before, after = months_around(month)
    return show_part(look, "calendar", "calendar", here=here, month=month, before=before, after=after, load=load,
                     steps=LOAD_STEPS)  # fmt: skip


@page("/visits/absences/<absence_id>", access=staff(*REGISTRARS), section="visits")
def absence(look: Look, absence_id: str) -> Shown:
    """Who took over what of an absent visitor's days, and whom a supervisor may name to stand in."""
    base = f"/staff/visitor-absences/{absence_id}"
    found = look.ask(f"{base}/hand-over")
    proposals: list[dict[str, Any]] | None = None
    if look.may("GET", f"{base}/substitutes"):
        try:
            proposals = look.ask(f"{base}/substitutes", day=look.query.get("day"))["items"]
        except InvalidInput:  # not away today or tomorrow: the night's repair plans the other days anew
            proposals = None
    here = where(look)
    every = look.ask("/staff/visitor-absences", district_code=here.district)["items"]
    one = next((each for each in every if each["id"] == absence_id), None)
    return show_part(look, "absence", "plan", base=base, found=found, one=one, names=_names(look, here.district),
                     proposals=proposals, day=look.query.get("day") or (one or {}).get("first_day", ""))  # fmt: skip


@page("/visits/bookings", access=staff(*REGISTRARS), section="visits", sheet=True)
def bookings(look: Look) -> Shown:
    """A day's visits of a place, the families that wait for an hour, and a visitor's hours."""
    here, day = where(look), day_asked(look)
    names = _names(look, here.district)
    spoken = _speaks_for(look, names)
    visitor = look.query.get("visitor_id") or (spoken[0][0] if spoken else "")
    return show_part(
        look, "bookings", "bookings", here=here, day=day, names=names, visitor=visitor, visitors=spoken,
        visits=look.ask("/staff/visits", **here.query(), date=day)["items"],
        waits=look.ask("/staff/visit-waits", **here.query())["items"],
        slots=look.ask("/staff/visitor-slots", visitor_id=visitor)["items"] if visitor else [],
        may_publish=look.has_role(*PUBLISHERS), may_cancel=look.has_role(VISITOR, TOWNSHIP_INTAKE), path=BOOKINGS,
    )  # fmt: skip


@page("/visits/week", access=staff(*REGISTRARS), section="visits")
def week(look: Look) -> Shown:
    """The hours of a visitor's week that are opened to families."""
    here = where(look, one_township=True)
    spoken = _speaks_for(look, _names(look, here.district))
    visitor = look.query.get("visitor_id") or (spoken[0][0] if spoken else "")
    if not visitor:
        return show_part(look, "week", "bookings", week=None, visitors=[], grid=[], visitor="", here=here)
    found = look.ask("/staff/visitor-hours", visitor_id=visitor)
    return show_part(look, "week", "bookings", week=found, visitors=spoken, visitor=visitor, here=here,
                     grid=_grid(look, found, here, visitor))  # fmt: skip


def _names(look: Look, district: str) -> dict[str, dict[str, Any]]:
    """The county's visitors by id."""
    found = look.ask("/staff/visitors", district_code=district)["items"]
    return {each["id"]: each for each in found}


def _speaks_for(look: Look, names: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """The visitors for whom one may act: oneself, or all of one's place."""
    every = look.has_role(SUPERVISOR, TOWNSHIP_INTAKE)
    return [(key, each["display_name"]) for key, each in names.items() if every or key == look.session.actor.id]


def _grid(look: Look, found: dict[str, Any], here: Where, visitor: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Hours × weekdays: which township, if any, an hour is for."""
    rows = {(each["weekday"], each["start"]): each for each in found["rows"]}
    starts = sorted({*rule("eldercare.slot_starts"), *(start for _, start in rows)})
    serves = _names(look, here.district).get(visitor, {}).get("township_ids") or []
    towns = [each for each in townships_of(look, here.district) if not serves or each[0] in serves]
    if len(towns) > TOWNS_IN_A_CELL:  # who serves a whole county fills in one township after the other
        towns = [each for each in towns if each[0] == here.township] or towns[:1]
    return [
        (start, [_cell(weekday, start, rows.get((weekday, start)), towns) for weekday in range(WEEKDAYS)])
        for start in starts
    ]  # fmt: skip


def _cell(weekday: int, start: str, row: dict[str, Any] | None, towns: list[tuple[str, str]]) -> dict[str, Any]:
    capacity = row["capacity"] if row else 1
    known = [
        *towns,
        *([(row["township_id"], row["township"])] if row and row["township_id"] not in dict(towns) else []),
    ]
    options = [
        {"value": {"weekday": weekday, "start": start, "township_id": town, "capacity": capacity}, "label": name,
         "chosen": bool(row) and row is not None and row["township_id"] == town}
        for town, name in known
    ]  # fmt: skip
    return {"weekday": weekday, "options": options}
