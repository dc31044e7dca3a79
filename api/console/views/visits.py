"""Nobody is forgotten: the list that must be empty, one of its concerns, and what the product told its staff."""

from __future__ import annotations

from api.access import STAFF, staff
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from api.console.places import where
from api.console.views.visits_rate import rate_of
from api.console.visit_parts import CONCERNS, LOOKERS, show_part
from config.loading import rule
from config.text import label, say
from models.eldercare.concern_records import READERS

FILTERS = ("cause", "step", "overdue", "cursor")
# What of a concern ends a person's time on the register too, and may name its last day.
RESOLUTIONS = ("seen_by_other", "helped", "arranged", "mistake", "moved", "in_hospital", "died", "left_register")


@page("/visits", access=staff(*LOOKERS), section="visits", sheet=True)
def concerns(look: Look) -> Shown:
    """The open concerns of one's place with their counts; for those who only plan, the month's numbers."""
    if not look.has_role(*READERS):
        return show_part(look, "rate", "rate", **rate_of(look))
    here = where(look)
    asked = {name: look.query.get(name, "") for name in FILTERS}
    place = {"township_id": here.township, "district_code": look.query.get("district_code", "")}
    found = look.ask("/staff/concerns", **place, **asked)
    kept = {**place, **{name: value for name, value in asked.items() if name != "cursor"}}
    return show_part(
        look, "concerns", "concerns", here=here, q=asked, place=place, found=found, counts=found["counts"],
        causes=[(token, say(f"concerns.cause.{token}")) for token in sorted(found["counts"]["by_cause"])],
        steps=[(number, each["name"], say(f"concerns.step.{each['name']}"))
               for number, each in enumerate(rule("concerns.steps"))],
        next_link=link(CONCERNS, **kept, cursor=found["next"]) if found["next"] else "",
        first_link=link(CONCERNS, **kept) if asked["cursor"] else "",
    )  # fmt: skip


@page("/visits/concerns/<concern_id>", access=staff(*READERS), section="visits")
def concern(look: Look, concern_id: str) -> Shown:
    """One concern: its chain, what was said, and what can be answered; every look is recorded."""
    base = f"/staff/concerns/{concern_id}"
    case = look.ask(base)
    resolutions = [(name, label("concerns.resolution", name)) for name in RESOLUTIONS]
    may_resolve = look.may("POST", f"{base}/resolve")
    return show_part(look, "concern", "concerns", case=case, base=base, resolutions=resolutions,
                     may_resolve=may_resolve)  # fmt: skip


@page("/notices", access=STAFF, section="notices")
def notices(look: Look) -> Shown:
    """What the product told one, the newest first."""
    found = look.ask("/staff/notices", cursor=look.query.get("cursor"))
    items = [{**each, "page": _about(each["about"])} for each in found["items"]]
    next_link = link("/console/notices", cursor=found["next"]) if found["next"] else ""
    first_link = "/console/notices" if look.query.get("cursor") else ""
    return show("notices.html", items=items, count=found["unread"], next_link=next_link, first_link=first_link)


def _about(about: str) -> str:
    """The page of what a notice is about; the notices themselves where there is none."""
    kind, _, found = about.partition(":")
    return f"/console/visits/concerns/{found}" if kind == "concern" else "/console/notices"
