"""What waits for an answer: families' requests, needs that visits found, endings they propose, reports at odds."""

from __future__ import annotations

from typing import get_args

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page
from api.console.places import where
from api.console.views.visits_register import words
from api.console.visit_parts import show_part
from config.text import label
from models.eldercare.documents import CancelReason, EndReason, Outcome
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.referrals import CaseKind
from models.kernel.actors import SUPERVISOR

REFERRALS = "/console/visits/referrals"
STATES = ("open", "taken", "done", "declined")


@page("/visits/links", access=staff(*REGISTRARS), section="visits", sheet=True)
def links(look: Look) -> Shown:
    """The families' requests that wait for an answer, masked."""
    here = where(look)
    # The whole city's staff that name no place see the requests that belong to none yet.
    place = {**here.query(), "district_code": look.query.get("district_code", "")}
    return show_part(look, "links", "links", here=here, place=place,
                     items=look.ask("/staff/elder-links", **place)["items"])  # fmt: skip


@page("/visits/links/<link_id>", access=staff(*REGISTRARS), section="visits")
def one_link(look: Look, link_id: str) -> Shown:
    """A request with the names in full, to be compared with papers; every look is recorded."""
    return show_part(look, "one_link", "links", one=look.ask(f"/staff/elder-links/{link_id}"),
                     base=f"/staff/elder-links/{link_id}")  # fmt: skip


@page("/visits/referrals", access=staff(*REGISTRARS), section="visits", sheet=True)
def referrals(look: Look) -> Shown:
    """The needs that visits found, in one state."""
    here, state = where(look), look.query.get("state") or STATES[0]
    found = look.ask("/staff/referrals", **here.query(), state=state, cursor=look.query.get("cursor"))
    kept = {**here.query(), "state": state}
    return show_part(
        look, "referrals", "referrals", here=here, state=state, items=found["items"],
        states=[(each, label("eldercare.referral_state", each)) for each in STATES],
        next_link=link(REFERRALS, **kept, cursor=found["next"]) if found["next"] else "",
        first_link=link(REFERRALS, **kept) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/visits/referrals/<referral_id>", access=staff(*REGISTRARS), section="visits")
def one_referral(look: Look, referral_id: str) -> Shown:
    """One need with what was said of it; every look is recorded."""
    base = f"/staff/referrals/{referral_id}"
    kinds = [(each, label("console_visits.case_kind", each)) for each in get_args(CaseKind)]
    return show_part(look, "referral", "referrals", one=look.ask(base), base=base, kinds=kinds)


@page("/visits/proposals", access=staff(*REGISTRARS), section="visits")
def proposals(look: Look) -> Shown:
    """The endings that visits propose and nobody has decided on; this list should be empty."""
    here = where(look)
    found = look.ask("/staff/register-proposals", **here.query())["items"]
    return show_part(look, "proposals", "proposals", here=here, items=found, reasons=words("end_reason", EndReason))


@page("/visits/conflicts", access=staff(SUPERVISOR), section="visits")
def conflicts(look: Look) -> Shown:
    """The visits that a supervisor has yet to look at."""
    here = where(look)
    place = {"district_code": look.query.get("district_code", ""), "township_id": here.township}
    return show_part(
        look, "conflicts", "conflicts", here=here, items=look.ask("/staff/visit-conflicts", **place)["items"]
    )


@page("/visits/visits/<visit_id>", access=staff(*REGISTRARS), section="visits")
def visit(look: Look, visit_id: str) -> Shown:
    """One visit with its notes, and for the supervisor its reports and corrections; every look is recorded."""
    base = f"/staff/visits/{visit_id}"
    outcomes = [(each, label("eldercare.outcome", each)) for each in get_args(Outcome)]
    found = look.ask(base)
    may_correct = look.may("POST", f"{base}/correct") and "correct" in found["actions"]
    return show_part(
        look, "visit", "register", visit=found, base=base, outcomes=outcomes, may_correct=may_correct,
        cancel_reasons=words("cancel_reason", CancelReason),
    )  # fmt: skip
