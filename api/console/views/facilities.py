"""Facilities and their posters: find one, make the codes of its poster, print it; and of programmes and townships."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from api.console.places import counties_or_city, townships_of
from config.loading import catalogue
from models.facilities.hours_words import week_in_words
from models.kernel.actors import ADMINISTRATOR, PLANNER, SUPERVISOR
from models.kernel.clock import day_of

MAKERS = staff(SUPERVISOR, PLANNER, ADMINISTRATOR)
HOME = "/console/facilities"
FILTERS = ("q", "district_code")


@page("/facilities", access=MAKERS, section="facilities", sheet=True)
def home(look: Look) -> Shown:
    """The directory by name, and the programmes: of each a poster can be made."""
    own = look.session.actor.district_code or ""
    asked = {name: look.query.get(name, "") for name in FILTERS} | ({"district_code": own} if own else {})
    cursor = look.query.get("cursor", "")
    found = look.ask("/facilities", **asked, cursor=cursor)
    return show(
        "facilities/home.html", q=asked, items=found["items"], counties=[] if own else counties_or_city(look)[1:],
        kinds={token: each.label_zh for token, each in catalogue().categories.items()},
        programmes=look.ask("/programmes")["items"], townships=townships_of(look, asked["district_code"]),
        next_link=link(HOME, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(HOME, **asked) if cursor else "",
    )  # fmt: skip


@page("/facilities/<facility_id>", access=MAKERS, section="facilities")
def one(look: Look, facility_id: str) -> Shown:
    """One facility as the directory has it, and the codes of its poster."""
    return show("facilities/one.html", **_facility(look, facility_id))


@page("/facilities/<facility_id>/poster", access=MAKERS, section="facilities")
def poster(look: Look, facility_id: str) -> Shown:
    """The poster on a page of A4."""
    return show("facilities/poster.html", **_facility(look, facility_id))


@page("/facilities/programmes/<programme>", access=MAKERS, section="facilities")
def one_programme(look: Look, programme: str) -> Shown:
    """One programme, and the codes of its poster."""
    return show("facilities/one.html", **_programme(look, programme))


@page("/facilities/programmes/<programme>/poster", access=MAKERS, section="facilities")
def programme_poster(look: Look, programme: str) -> Shown:
    """The programme's poster on a page of A4."""
    return show("facilities/poster.html", **_programme(look, programme))


@page("/facilities/townships/<township_id>", access=MAKERS, section="facilities")
def one_township(look: Look, township_id: str) -> Shown:
    """One township, and the codes of its poster: what is near."""
    return show("facilities/one.html", **_township(look, township_id))


@page("/facilities/townships/<township_id>/poster", access=MAKERS, section="facilities")
def township_poster(look: Look, township_id: str) -> Shown:
    """The township's poster on a page of A4."""
    return show("facilities/poster.html", **_township(look, township_id))


def _facility(look: Look, facility_id: str) -> dict[str, Any]:
    found = look.ask(f"/facilities/{facility_id}")
    base = f"/staff/facilities/{facility_id}/poster-code"
    is_open = found["status"] == "open"
    return {
        "f": found, "base": base, "path": f"{HOME}/{facility_id}", "name": found["name"], "kind": "facility",
        "codes": look.ask(base) if is_open else None, "hours": week_in_words(found["opening_hours"], day_of(look.at)),
    }  # fmt: skip


def _programme(look: Look, token: str) -> dict[str, Any]:
    found = look.ask(f"/programmes/{token}")
    base = f"/staff/programmes/{token}/poster-code"
    return {
        "p": found, "base": base, "path": f"{HOME}/programmes/{token}", "name": found["label"], "kind": "programme",
        "codes": look.ask(base), "hours": [],
    }  # fmt: skip


def _township(look: Look, township_id: str) -> dict[str, Any]:
    base = f"/staff/places/{township_id}/poster-code"
    codes = look.ask(base)
    return {
        "t": township_id, "base": base, "path": f"{HOME}/townships/{township_id}", "name": codes["name"],
        "kind": "township", "codes": codes, "hours": [],
    }  # fmt: skip
