"""A visitor's day on a phone: the way, the way there, and each visit from the door to what was found; and the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urlencode

from api.access import staff
from api.console import charts
from api.console.pages import Look, Shown, page
from api.console.places import day_asked, townships_of, where
from api.console.visit_parts import show_part
from config.loading import catalogue, rule
from config.programmes import programmes
from config.text import label
from models.eldercare.concern_records import READERS
from models.eldercare.documents import Outcome
from models.facilities.datum import to_wgs84
from models.kernel.actors import VISITOR
from models.kernel.clock import day_of

NEEDS_SHOWN = 2


@page("/visits/day", access=staff(VISITOR), section="visits")
def day(look: Look) -> Shown:
    """One's visits of a day in the order of the way; today with what is needed at the door."""
    asked = day_asked(look)
    found = look.ask("/staff/visitor-day", date=asked)
    today = day_of(look.at).isoformat()
    stops = [_with_way(each) for each in found["items"]]
    following = next((each["id"] for each in stops if each["state"] == "under_way"), None) or next(
        (each["id"] for each in stops if each["state"] == "left"), None
    )
    return show_part(look, "day", "day", found=found, stops=stops, following=following, today=asked == today,
                     calendar=look.ask("/staff/visit-calendar"))  # fmt: skip


@page("/visits/stops/<visit_id>", access=staff(VISITOR), section="visits")
def stop(look: Look, visit_id: str) -> Shown:
    """One visit: arrive, what was found, what is needed. Who has no more to do is shown the next."""
    visit = look.ask(f"/staff/visits/{visit_id}")
    stops = [_with_way(each) for each in look.ask("/staff/visitor-day")["items"]]
    here = next((each for each in stops if each["id"] == visit_id), None)
    following = next((each for each in stops if each["state"] != "done" and each["id"] != visit_id), None)
    risk = visit["risk_level"] or ""
    points = [each for each in look.ask("/staff/visit-checklist")["items"] if risk in each["risk"]]
    return show_part(
        look, "stop", "day", visit=visit, here=here, following=following, base=f"/staff/visits/{visit_id}",
        points=points, needs=look.ask("/staff/visit-checklist")["needs"], need_rows=range(NEEDS_SHOWN),
        programmes=[(token, each.label) for token, each in programmes().items()],
        outcomes=[(each, label("eldercare.outcome", each)) for each in get_args(Outcome)],
    )  # fmt: skip


@page("/visits/map", access=staff(*READERS), section="visits")
def map_of_visits(look: Look) -> Shown:
    """Today's way of a visitor; for the others the places with what is open there."""
    if look.has_role(VISITOR):
        return _route_map(look)
    here = where(look)
    county = look.query.get("district_code") or look.session.actor.district_code or ""
    counted = look.ask("/staff/concerns", limit=1, district_code=county)["counts"]["by_place"]
    counts = {each["code"]: each["count"] for each in counted}
    frame = charts.county_frame(county)
    marks = []
    if county:
        ours = dict(townships_of(look, county))
        marks = [
            {"at": frame.at((each.longitude, each.latitude)), "name": each.name_zh, "id": each.id,
             "count": counts.get(each.id, 0)}
            for each in catalogue().places if each.id in ours
        ]  # fmt: skip
    return show_part(
        look, "map", "map", here=here, county=county, frame=frame, areas=charts.areas(frame), counts=counts,
        marks=marks, points=[], way="", width=charts.WIDTH, total=sum(counts.values()),
    )  # fmt: skip


def _route_map(look: Look) -> Shown:
    stops = look.ask("/staff/visitor-day")["items"]
    known = [each for each in stops if each["point"]]
    spots = [to_wgs84(each["point"]["longitude"], each["point"]["latitude"], each["point"]["datum"]) for each in known]
    county = look.session.actor.district_code or ""
    frame = charts.frame_of(spots) if spots else charts.county_frame(county)
    points = [{**each, "at": frame.at(spot)} for each, spot in zip(known, spots, strict=True)]
    return show_part(
        look, "map", "map", here=None, county=county, frame=frame, areas=charts.areas(frame), counts={}, marks=[],
        points=points, way=charts.line([each["at"] for each in points]), width=charts.WIDTH,
        total=len(stops), unplaced=[each for each in stops if not each["point"]],
    )  # fmt: skip


def _with_way(stop: Mapping[str, Any]) -> dict[str, Any]:
    """A stop with the address that opens a map application on the phone; no name goes along, only the point."""
    point = stop["point"]
    calls: Sequence[Mapping[str, Any]] = stop["contacts"]
    way = ""
    if point:
        asked = {"to": f"{point['longitude']},{point['latitude']}", "coordinate": "gaode", "callnative": "1"}
        way = f"{rule('visitors.way_address')}?{urlencode(asked)}"
    return {**stop, "way": way, "calls": [{**each, "dial": "".join(each["phone"].split())} for each in calls]}
