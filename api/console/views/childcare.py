"""Childcare: centres with their registration and supervision, places by month, rounds, and children on their way."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.console.formats import link, place
from api.console.pages import Look, Shown, page, show
from api.console.places import counties_or_city
from config.loading import catalogue, rule
from config.text import label, say
from models.childcare.documents import LIVE_STATES
from models.housing.seeds import seed_sources
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import day_of

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
HOME = "/console/childcare"
TABS = ("", "rounds", "placements")
STATES = (*LIVE_STATES, "ended")
# A registration that ends within these days is marked.
SOON_DAYS = "childcare.registration_soon_days"


@page("/childcare", access=READERS, section="childcare", sheet=True)
def childcare(look: Look) -> Shown:
    """The centres of a county: registration and its end, places, what is free, and who takes no children."""
    found = look.ask("/staff/childcare/centres", district_code=look.query.get("district_code", ""))
    own = look.session.actor.district_code
    return _show(
        "home", "", items=[_registered(look, each) for each in found["items"]], district=found["district_code"],
        districts=[] if own else [(code, place(code)) for code in catalogue().districts],
    )  # fmt: skip


@page("/childcare/centres/<centre_id>", access=READERS, section="childcare")
def centre(look: Look, centre_id: str) -> Shown:
    """One centre: places by month, what was found there, suspensions and appeals, what families say."""
    found = look.ask(f"/staff/childcare/centres/{centre_id}")
    base = f"/staff/childcare/centres/{centre_id}"
    choices = {
        name: [(each, label(f"childcare.{group}", each)) for each in tokens]
        for name, group, tokens in (
            ("occasions", "occasion", ("inspection", "incident", "complaint")),
            ("outcomes", "outcome", ("sound", "faults", "serious")),
        )
    }
    measures = ["suspension", *(["exclusion"] if look.has_role(SUPERVISOR) else [])]
    return _show(
        "centre", "", c=_registered(look, found), base=base, today=day_of(look.at).isoformat(), **choices,
        measures=[(each, label("childcare.measure", each)) for each in measures],
        may_record=look.may("POST", f"{base}/inspections"), may_suspend=look.may("POST", f"{base}/suspensions"),
        running=any(each["state"] in ("in_force", "appealed", "upheld") for each in found["suspensions"]),
        findings=[(each["id"], f"{each['on']} {each['kind_label']}") for each in found["inspections"]],
    )  # fmt: skip


@page("/childcare/rounds", access=READERS, section="childcare", sheet=True)
def rounds(look: Look) -> Shown:
    """The placement rounds, the newest first, and a new one."""
    own, cursor = look.session.actor.district_code or "", look.query.get("cursor", "")
    found = look.ask("/childcare/rounds", district_code=own, cursor=cursor)
    return _show(
        "rounds", "rounds", items=found["items"], may_open=look.may("POST", "/staff/childcare/rounds"), own=own,
        districts=counties_or_city(look),
        next_link=link(f"{HOME}/rounds", cursor=found["next"]) if found["next"] else "",
        first_link=f"{HOME}/rounds" if cursor else "",
    )  # fmt: skip


@page("/childcare/rounds/<round_id>", access=READERS, section="childcare")
def one_round(look: Look, round_id: str) -> Shown:
    """One round: how far it has come, its result and whether it is stable, and the next step."""
    found = look.ask(f"/staff/childcare/rounds/{round_id}")
    named = look.ask("/staff/seed-sources")["items"]
    written = seed_sources().get((found["seed_source"] or {}).get("token", ""))
    return _show(
        "round", "rounds", r=found, sources=[(each["token"], each["name"]) for each in named],
        written=written.written if written else "",
    )  # fmt: skip


@page("/childcare/placements", access=READERS, section="childcare", sheet=True)
def placements(look: Look) -> Shown:
    """Children on their way to a place, in one state; no name among them."""
    state = look.query.get("state", "") if look.query.get("state") in STATES else "offered"
    kept = {"state": state, "centre_id": look.query.get("centre_id", "")}
    cursor, path = look.query.get("cursor", ""), f"{HOME}/placements"
    found = look.ask("/staff/childcare/placements", **kept, cursor=cursor)
    return _show(
        "placements", "placements", items=found["items"], states=STATES, state=state, centre_id=kept["centre_id"],
        next_link=link(path, **kept, cursor=found["next"]) if found["next"] else "",
        first_link=link(path, **kept) if cursor else "",
    )  # fmt: skip


@page("/childcare/placements/<placement_id>", access=READERS, section="childcare")
def placement(look: Look, placement_id: str) -> Shown:
    """One child's way: choices, offer, place, the thread with the family, the rating; every look is recorded."""
    base = f"/staff/childcare/placements/{placement_id}"
    cursor = look.query.get("cursor", "")
    said = look.ask(f"{base}/messages", cursor=cursor)
    path = f"{HOME}/placements/{placement_id}"
    return _show(
        "placement", "placements", p=look.ask(base), base=base, said=said["items"],
        may_write=look.may("POST", f"{base}/messages"),
        next_link=link(path, cursor=said["next"]) if said["next"] else "", first_link=path if cursor else "",
    )  # fmt: skip


def _show(template: str, tab: str, **values: Any) -> Shown:
    entries = [(_tab(each), say(f"console_childcare.{each or 'centres'}")) for each in TABS]
    return show(f"childcare/{template}.html", entries=entries, tab=_tab(tab), **values)


def _tab(name: str) -> str:
    return f"{HOME}/{name}" if name else HOME


def _registered(look: Look, centre: dict[str, Any]) -> dict[str, Any]:
    """A centre with how long its registration holds: lapsed, soon, or good."""
    until = centre.get("registration_valid_until") or ""
    today = day_of(look.at)
    soon = today.fromordinal(today.toordinal() + rule(SOON_DAYS)).isoformat()
    good = "lapsed" if until < today.isoformat() else "soon" if until <= soon else "good"
    return {**centre, "registration": good}
