"""What waits in conversations, feedback, indicators and the running of the product, as tiles that lead to its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.console.formats import link
from api.console.pages import Look
from config.loading import rule
from config.text import say
from models.conversations.learned import TEACHERS
from models.conversations.lifecycle import HANDOVER_ROLES
from models.feedback.lifecycle import FEEDBACK_ROLES
from models.kernel.actors import ADMINISTRATOR, PLANNER, SUPERVISOR, TOWNSHIP_INTAKE

Tile = dict[str, Any]


def office_tiles(look: Look) -> list[dict[str, Any]]:
    """The panels of "my work" beyond cases and visits; one without a tile is left out."""
    panels = {
        "proxies": _proxies(look),
        "conversations": _conversations(look), "feedback": _feedback(look), "indicators": _indicators(look),
        "running": _running(look),
    }  # fmt: skip
    return [{"title": say(f"console.section.{name}"), "tiles": tiles} for name, tiles in panels.items() if tiles]


def _proxies(look: Look) -> list[Tile]:
    if not look.has_role(TOWNSHIP_INTAKE) or look.session.actor.district_code is None:
        return []
    return [_tile("proxies", "/console/proxies", look.ask("/staff/proxies"))]


def _conversations(look: Look) -> list[Tile]:
    if not look.has_role(*HANDOVER_ROLES) or look.session.actor.township_ids:
        return []
    here, most = "/console/conversations", rule("conversations.handover_page_size_most")
    waiting = look.ask("/staff/handovers", state="waiting", limit=rule("conversations.handover_page_size"))
    mine = look.ask("/staff/handovers", mine="true", limit=most)
    tiles = [
        _tile("waiting", link(here, state="waiting"), waiting, alarm=bool(waiting["items"])),
        _tile("mine", link(here, mine=1), mine, alarm=any(each["unread"] for each in mine["items"])),
    ]
    if look.has_role(*TEACHERS):
        proposed = {"items": look.ask("/staff/learned-answers", state="proposed")["items"], "next": None}
        tiles.append(_tile("proposed", f"{here}/learned?state=proposed", proposed))
    return tiles


def _feedback(look: Look) -> list[Tile]:
    if not look.has_role(*FEEDBACK_ROLES):
        return []
    found = look.ask("/staff/feedback", limit=rule("feedback.page_size"))
    late = any(each["overdue"] for each in found["items"])
    return [_tile("feedback", "/console/feedback", found, alarm=late)]


def _indicators(look: Look) -> list[Tile]:
    if not look.has_role(PLANNER, SUPERVISOR):
        return []
    here, most = "/console/indicators", rule("indicators.page_size_most")
    stuck = {state: look.ask("/staff/indicators/pushes", state=state, limit=most) for state in ("failed", "dead")}
    drafts = [each for each in look.ask("/staff/reports")["items"] if each["state"] == "draft"]
    return [
        *(_tile(f"push_{state}", f"{here}/pushes?state={state}", found, alarm=bool(found["items"]))
          for state, found in stuck.items()),
        _tile("drafts", f"{here}/reports", {"items": drafts, "next": None}),
    ]  # fmt: skip


def _running(look: Look) -> list[Tile]:
    if not look.has_role(ADMINISTRATOR, SUPERVISOR) or look.session.actor.district_code is not None:
        return []
    health = look.ask("/staff/running/health")
    counts = health["messages"]
    return [
        _counted("jobs", "/console/running/jobs", len(health["failed_jobs"])),
        *(_counted(f"message_{state}", f"/console/running/outbox?state={state}", counts[state])
          for state in ("dead", "uncertain")),
    ]  # fmt: skip


def _tile(name: str, path: str, found: Mapping[str, Any], *, alarm: bool = False) -> Tile:
    """How many a list holds; with a plus where there are more than one look counts."""
    count = f"{len(found['items'])}{'+' if found['next'] else ''}"
    return {"label": say(f"console_work.{name}"), "path": path, "count": count, "alarm": alarm}


def _counted(name: str, path: str, count: int) -> Tile:
    return {"label": say(f"console_work.{name}"), "path": path, "count": str(count), "alarm": count > 0}
