"""What waits for one today, and the queues it comes from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.access import STAFF, staff
from api.console.formats import link, place
from api.console.office_parts import office_tiles
from api.console.pages import Look, Shown, page, show
from api.console.visit_parts import visit_tiles
from config.loading import catalogue, rule
from config.programmes import programmes
from config.text import say
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import at_local, day_of, shown

CASEWORK = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
QUEUE = "/console/applications"
EXPORT = "/staff/applications/export"
# In which stages the office of a role has something to do; in the others somebody else has.
OWN_STAGES = {
    TOWNSHIP_INTAKE: ("submitted", "accepted"), COUNTY_REVIEWER: ("accepted", "reviewed"), SUPERVISOR: ("appealed",),
}  # fmt: skip
FILTERS = ("stage", "programme", "township_id", "district_code", "mine", "due", "cursor")
WEEK_DAYS = 7


@page("/", access=STAFF, section="work")
def work(look: Look) -> Shown:
    """Today's work by role and place."""
    actor = look.session.actor
    where = place(actor.district_code) or say("console.whole_city")
    values: dict[str, Any] = {"stages": [], "mine": None, "panels": [], "today": look.at, "where": where}
    if look.has_role(*CASEWORK) and actor.district_code is not None:
        own = {stage for role in CASEWORK if look.has_role(role) for stage in OWN_STAGES[role]}
        counted = look.ask("/staff/applications/counts")["items"]
        values["stages"] = [{**each, "turn": "own" if each["stage"] in own else "others"} for each in counted]
        values["mine"] = _mine(look, [each["stage"] for each in counted if each["all"]])
    values["panels"] += [*visit_tiles(look), *office_tiles(look)]
    return show("work.html", **values)


@page("/applications", access=staff(*CASEWORK), section="applications")
def queue(look: Look) -> Shown:
    """The open applications of a place in one stage, the soonest due first."""
    asked: dict[str, str] = {name: look.query.get(name, "") for name in FILTERS}
    actor = look.session.actor
    district = asked["district_code"] or actor.district_code or next(iter(catalogue().districts))
    asked["stage"] = asked["stage"] or _first_stage(look)
    where = {"district_code": district, "township_id": asked["township_id"]}
    counted = look.ask("/staff/applications/counts", **where)
    found = look.ask("/staff/applications", **queue_query(look, asked, district))
    plain = {name: value for name, value in asked.items() if name != "cursor"}
    unfiltered = not (asked["programme"] or asked["mine"])
    return show(
        "queue.html", q=asked, stages=counted["items"], items=found["items"], townships=_townships(look, district),
        programmes=[(each.token, each.label) for each in programmes().values()],
        total=_total(counted["items"], asked) if unfiltered else None,
        next_link=link(QUEUE, **plain, cursor=found["next"]) if found["next"] else "",
        first_link=link(QUEUE, **plain) if asked["cursor"] else "", saved=_saved(look),
        files=[(form, link(f"/console/files{EXPORT}", form=form, **_of_file(look, asked, district)))
               for form in ("xlsx", "csv")],
    )  # fmt: skip


def queue_query(look: Look, asked: dict[str, str], district: str) -> dict[str, Any]:
    """The API's query for what the page is asked."""
    tomorrow = at_local(day_of(look.at) + timedelta(days=1), 0, 0)
    until = {"overdue": look.at, "today": tomorrow, "week": tomorrow + timedelta(days=WEEK_DAYS - 1)}.get(asked["due"])
    return {
        "stage": asked["stage"], "programme": asked["programme"], "district_code": district,
        "township_id": asked["township_id"], "mine": "true" if asked["mine"] else "", "cursor": asked["cursor"],
        "due_before": shown(until) if until else "",
    }  # fmt: skip


def _saved(look: Look) -> list[dict[str, str]]:
    """The filters that the caseworker keeps: name, number, and the list they lead to."""
    found = look.ask("/staff/me/saved-filters")["items"]
    return [{**each, "path": link(QUEUE, **each["query"])} for each in found]


def _of_file(look: Look, asked: dict[str, str], district: str) -> dict[str, Any]:
    return {name: each for name, each in queue_query(look, asked, district).items() if name != "cursor"}


def _first_stage(look: Look) -> str:
    for role, stages in OWN_STAGES.items():
        if look.has_role(role):
            return stages[-1] if role == COUNTY_REVIEWER else stages[0]
    return "submitted"


def _mine(look: Look, stages: list[str]) -> list[dict[str, Any]]:
    """The cases that were given to one, the soonest due first."""
    found: list[dict[str, Any]] = []
    for stage in stages:
        found += look.ask("/staff/applications", stage=stage, mine="true")["items"]
    return sorted(found, key=lambda each: (each["due_at"], each["id"]))[: rule("casework.page_size")]


def _townships(look: Look, district: str) -> list[tuple[str, str]]:
    ours = set(look.session.actor.township_ids)
    found = [each for each in catalogue().places if each.district_code == district and (not ours or each.id in ours)]
    return [(each.id, each.name_zh) for each in found] if len(found) > 1 else []


def _total(stages: list[dict[str, Any]], asked: dict[str, str]) -> str | None:
    """How many the list holds in all, where that was counted; with a plus where there are more."""
    counted = next((each for each in stages if each["stage"] == asked["stage"]), None)
    name = {"": "all", "overdue": "overdue", "today": "today"}.get(asked["due"])
    if counted is None or name is None:
        return None
    return f"{counted[name]}{'+' if name in counted['more'] else ''}"
