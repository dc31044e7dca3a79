"""What the pages of visits share: the links to each other."""

from __future__ import annotations

from typing import Any

from api.console.formats import link
from api.console.pages import PAGES, Look, Shown, show
from config.text import say
from models.eldercare.concern_records import READERS
from models.kernel.actors import COUNTY_REVIEWER, PLANNER

LOOKERS = (*READERS, PLANNER, COUNTY_REVIEWER)
CONCERNS = "/console/visits"
# The pages of the part in the order of their links: the page, and the name under `console_visits.tab`.
TABS = (
    ("/visits", "concerns"), ("/visits/day", "day"), ("/visits/plan", "plan"), ("/visits/calendar", "calendar"),
    ("/visits/map", "map"), ("/visits/bookings", "bookings"), ("/visits/register", "register"),
    ("/visits/links", "links"), ("/visits/referrals", "referrals"), ("/visits/proposals", "proposals"),
    ("/visits/conflicts", "conflicts"), ("/visits/campaigns", "campaigns"), ("/visits/rate", "rate"),
    ("/visits/hours", "hours"),
)  # fmt: skip


def show_part(look: Look, template: str, tab: str, **values: Any) -> Shown:
    """A page of the part, with links to the others that the one who looks may open."""
    pages = {each.path: each for each in PAGES}
    tabs = [
        (f"/console{path}", name)
        for path, name in TABS
        if path in pages and look.has_role(*pages[path].access.roles)
        and not (path == "/visits" and not look.has_role(*READERS))
    ]  # fmt: skip
    return show(f"visits/{template}.html", tabs=tabs, tab=tab, **values)


def visit_tiles(look: Look) -> list[dict[str, Any]]:
    """What of this part stands on the page of today's work."""
    if not look.has_role(*READERS):
        return []
    counts = look.ask("/staff/concerns", limit=1)["counts"]
    tiles = [
        {"path": CONCERNS, "count": counts["total"], "label": say("console_visits.tile.open"),
         "alarm": bool(counts["total"])},
        {"path": link(CONCERNS, overdue="true"), "count": counts["overdue"],
         "label": say("console_visits.tile.overdue"), "alarm": bool(counts["overdue"])},
    ]  # fmt: skip
    return [{"title": say("console.section.visits"), "tiles": tiles}]
