"""The month's numbers of visits by place, what was revised and why, the people behind, and the hours given."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page
from api.console.places import month_asked, months_around, townships_of
from api.console.visit_parts import show_part
from config.loading import catalogue, rule
from config.text import label
from models.kernel.actors import COUNTY_REVIEWER, PLANNER, SUPERVISOR, TOWNSHIP_INTAKE, VISITOR
from models.kernel.clock import month_of, previous_month

RATE = "/console/visits/rate"
READERS = (PLANNER, SUPERVISOR, COUNTY_REVIEWER)


def rate_of(look: Look) -> dict[str, Any]:
    """A place's rate of a month, its parts, and every number that a closed month has had."""
    month = look.query.get("month") or previous_month(month_of(look.at))
    actor = look.session.actor
    township = look.query.get("township_id", "") or (actor.township_ids[0] if actor.township_ids else "")
    place = catalogue().place(township)
    district = place.district_code if place else look.query.get("district_code") or actor.district_code or ""
    area = {"month": month, "district_code": district, "township_id": township}
    level = "community" if township else "township" if district else "county"
    before, after = months_around(month)
    return {
        "month": month, "before": before, "after": after if after <= month_of(look.at) else "", "area": area,
        "rate": look.ask("/staff/visit-rate", **area), "level": level,
        "parts": look.ask("/staff/visit-rate/areas", **area, level=level)["items"],
        "revisions": look.ask("/staff/visit-rate/revisions", **area)["items"],
        "districts": [(code, each.name_zh) for code, each in catalogue().districts.items()]
        if actor.district_code is None else [],
        "townships": townships_of(look, district) if district else [],
        "people": bool(township) and look.may("GET", "/staff/visit-rate/people"),
        "path": RATE,
    }  # fmt: skip


@page("/visits/rate", access=staff(*READERS), section="visits", sheet=True)
def rate(look: Look) -> Shown:
    """The month's visit rate of the city, a county or a township."""
    return show_part(look, "rate", "rate", **rate_of(look))


@page("/visits/rate/<township_id>/people", access=staff(SUPERVISOR, TOWNSHIP_INTAKE), section="visits", sheet=True)
def rate_people(look: Look, township_id: str) -> Shown:
    """The people behind a township's number, masked; every look is recorded."""
    month = month_asked(look)
    asked = {"month": month, "seen": look.query.get("seen", ""), "revision": look.query.get("revision", "")}
    found = look.ask("/staff/visit-rate/people", **asked, township_id=township_id, cursor=look.query.get("cursor"),
                     limit=rule("eldercare.page_size"))  # fmt: skip
    path = f"{RATE}/{township_id}/people"
    return show_part(
        look, "rate_people", "rate", items=found["items"], q=asked, township_id=township_id, path=path,
        next_link=link(path, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(path, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page(
    "/visits/rate/<township_id>/changes/<int:revision>",
    access=staff(SUPERVISOR, TOWNSHIP_INTAKE),
    section="visits",
    sheet=True,
)
def rate_changes(look: Look, township_id: str, revision: int) -> Shown:
    """Whose entries a revision changed, masked; every look is recorded."""
    month = month_asked(look)
    found = look.ask("/staff/visit-rate/changes", month=month, township_id=township_id, revision=revision)
    return show_part(look, "rate_changes", "rate", items=found["items"], month=month, township_id=township_id,
                     revision=revision)  # fmt: skip


@page("/visits/hours", access=staff(VISITOR, SUPERVISOR), section="visits")
def hours_given(look: Look) -> Shown:
    """The visits and hours that one gave in a month; a county's as a file for who answers for it."""
    month = month_asked(look)
    before, after = months_around(month)
    mine = look.ask("/staff/volunteer-hours", month=month) if look.has_role(VISITOR) else None
    kinds = [(each, label("visitors.kind", each)) for each in rule("visitors.visitor_kinds")]
    own = look.session.actor.district_code
    districts = [] if own else [(code, each.name_zh) for code, each in catalogue().districts.items()]
    return show_part(
        look, "hours", "hours", month=month, before=before, after=after if after <= month_of(look.at) else "",
        mine=mine, kinds=kinds, exports=look.has_role(SUPERVISOR), districts=districts,
    )  # fmt: skip
