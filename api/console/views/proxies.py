"""Authorisations on paper: what waits for the township, and one of them with its signed papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access import staff
from api.console import calls
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from config.loading import catalogue
from config.programmes import programmes
from config.text import label
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.people.consents import CHILD as CHILD_CONSENT
from models.people.proxy_documents import ACTIVE, CHILD, ENDED, REFUSED, REQUESTED

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
LIST = "/console/proxies"
STATES = (REQUESTED, ACTIVE, REFUSED, ENDED)


@page("/proxies", access=READERS, section="proxies", sheet=True)
def paper_proxies(look: Look) -> Shown:
    """Those of one's townships in a state, the oldest first."""
    actor = look.session.actor
    districts = {} if actor.district_code else {code: each.name_zh for code, each in catalogue().districts.items()}
    asked = {
        "state": look.query.get("state") or REQUESTED,
        "district_code": actor.district_code or look.query.get("district_code") or next(iter(districts)),
    }
    cursor = look.query.get("cursor", "")
    found = look.ask("/staff/proxies", **asked, cursor=cursor)
    return show(
        "proxies/list.html", q=asked, items=found["items"], states=STATES, districts=districts,
        next_link=link(LIST, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(LIST, **asked) if cursor else "",
    )  # fmt: skip


@page("/proxies/<authorisation_id>", access=READERS, section="proxies")
def paper_proxy(look: Look, authorisation_id: str) -> Shown:
    """One with the person on the paper in clear; every look is recorded."""
    base = f"/staff/proxies/{authorisation_id}"
    found = look.ask(base)
    return show(
        "proxies/one.html", one=found, base=base, back=link(LIST, state=found["state"]),
        actions=[label("people.proxy_actions", each) for each in found["actions"]],
        programmes=[programmes()[each].label if each in programmes() else each for each in found["programmes"]],
        consent=_guardian_consent(look) if CHILD in found["actions"] and "confirm" in found["may"] else None,
    )  # fmt: skip


def _guardian_consent(look: Look) -> Mapping[str, Any]:
    """The text to which a guardian has to agree now, with its version."""
    texts = calls.ask_publicly("/consents", look.at)["items"]
    child = next(each for each in texts if each["purpose"] == CHILD_CONSENT)
    current: Mapping[str, Any] = next(each for each in child["versions"] if each["version"] == child["current"])
    return current
