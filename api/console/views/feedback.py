"""What residents say: the queue of one's office, one piece, what is published of it, and themes by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from config.feedback import themes
from config.loading import catalogue
from config.text import label, say
from models.feedback.lifecycle import FEEDBACK_ROLES
from models.kernel.actors import PLANNER, SUPERVISOR
from models.kernel.clock import month_of, previous_month

DESK = "/console/feedback"
STATES = ("", "submitted", "in_work", "replied", "closed", "withdrawn")
FILTERS = ("state", "district_code", "month")
# The lifecycle's actions for which the page has a form, with the API's step; what leads on comes first.
STEPS = {
    "take": "take", "reply": "reply", "note": "note", "propose": "public-text", "approve": "public-text/approve",
    "unpublish": "public-text/take-down", "set_theme": "theme", "transfer": "transfer",
}  # fmt: skip
# What a piece's public state lets one do; the lifecycle's guard knows, its table does not.
UNDER_WAY, SECOND_LOOK = ("checking", "second_look", "published"), "second_look"
NEEDS_NO_REPLY = ("praise", "rating")
THEME_MONTHS = 6


@page("/feedback", access=staff(*FEEDBACK_ROLES), section="feedback", sheet=True)
def desk(look: Look) -> Shown:
    """What one's office has to answer, the soonest due first."""
    asked = {name: look.query.get(name, "") for name in FILTERS}
    found = look.ask("/staff/feedback", **asked, cursor=look.query.get("cursor", ""))
    counties = [] if look.session.actor.district_code else [
        (code, each.name_zh) for code, each in catalogue().districts.items()
    ]  # fmt: skip
    return show(
        "feedback/desk.html", q=asked, items=found["items"], states=STATES, counties=counties,
        month=asked["month"] or month_of(look.at), sees_themes=look.has_role(PLANNER, SUPERVISOR),
        next_link=link(DESK, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(DESK, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/feedback/<feedback_id>", access=staff(*FEEDBACK_ROLES), section="feedback")
def piece(look: Look, feedback_id: str) -> Shown:
    """One piece in full; every look is recorded."""
    base = f"/staff/feedback/{feedback_id}"
    found = look.ask(base)
    return show(
        "feedback/piece.html", piece=found, base=base,
        steps=[(action, step) for action, step in STEPS.items() if action in found["actions"] and _fits(action, found)],
        themes=[(token, label("feedback.theme", token)) for token in themes().themes], offices=_offices(found),
    )  # fmt: skip


@page("/feedback/themes", access=staff(PLANNER, SUPERVISOR), section="feedback", sheet=True)
def theme_table(look: Look) -> Shown:
    """What residents spoke of in a month, by county, and how that was in the months before."""
    month = look.query.get("month") or month_of(look.at)
    shown = look.ask("/staff/feedback-themes", month=month)
    months = _months_until(month)
    before = {each: _totals(look.ask("/staff/feedback-themes", month=each)) for each in months[:-1]}
    before[month] = _totals(shown)
    most = max((count for totals in before.values() for count in totals.values()), default=0)
    rows = [{**each, "trend": [before[at].get(each["theme"], 0) for at in months]} for each in shown["items"]]
    places = {code: each.name_zh for code, each in catalogue().districts.items()}
    return show(
        "feedback/themes.html", month=month, months=months, most=most, note=shown["note"], as_of=shown["as_of"],
        rows=sorted(rows, key=lambda each: -each["total"]), places=places, desk=look.has_role(*FEEDBACK_ROLES),
    )  # fmt: skip


def _fits(action: str, found: Mapping[str, Any]) -> bool:
    """True where the step would not only be refused."""
    state = found["public_state"]
    fitting = {
        "propose": found["may_publish"] and found["public_text"] is not None and state not in UNDER_WAY,
        "approve": found["may_publish"] and state == SECOND_LOOK,
        "unpublish": found["may_publish"] and state in UNDER_WAY,
        "note": found["kind"] in NEEDS_NO_REPLY,
    }
    return bool(fitting.get(action, True))


def _offices(found: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Where a piece can be sent: counties, and townships of each, as the API's field, its value and its name."""
    counties = [("district_code", code, each.name_zh) for code, each in catalogue().districts.items()]
    own = [("township_id", each.id, each.name_zh) for each in catalogue().places
           if each.district_code == found["district_code"]]  # fmt: skip
    return [(say("console_feedback.to_county"), counties), (say("console_feedback.to_township"), own)]


def _months_until(month: str) -> list[str]:
    found = [month]
    while len(found) < THEME_MONTHS:
        found.insert(0, previous_month(found[0]))
    return found


def _totals(table: Mapping[str, Any]) -> dict[str, int]:
    return {each["theme"]: each["total"] or 0 for each in table["items"]}
