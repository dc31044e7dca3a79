"""The plan's indicators at a glance, one with all that is known of it, departments' figures, pushes, reports, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from markupsafe import Markup

from api.access import STAFF, staff
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from config.indicators import indicators as defined
from config.text import label, say
from models.kernel.actors import PLANNER, SUPERVISOR
from models.kernel.clock import day_of, month_of, previous_month
from models.reports.chapters import number_in_words
from models.reports.charts import county_map, trend_chart
from models.reports.documents import PUBLISHED, SERVICE_GAPS
from models.reports.gap_chapters import gap_map

PUSHES = "/console/indicators/pushes"
PUSH_STATES = ("", "pending", "sending", "delivered", "failed", "dead")
STUCK = ("failed", "dead")
TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 96.0, 28.0, 3.0
Json = Mapping[str, Any]


@page("/indicators", access=STAFF, section="indicators", sheet=True)
def glance(look: Look) -> Shown:
    """All of them against 2025, by field of the plan."""
    domains: dict[str, list[dict[str, Any]]] = {}
    for each in look.ask("/staff/indicators")["items"]:
        domains.setdefault(each["domain"], []).append({**each, **_standing(each), "line": _line(each["trend"])})
    return show("indicators/glance.html", domains=domains, tabs=_tabs(look))


@page("/indicators/<token>", access=STAFF, section="indicators", sheet=True)
def one(look: Look, token: str) -> Shown:
    """One with its method, definitions, observations and revisions, and where the counties stand."""
    sheet = look.ask(f"/staff/indicators/{token}")
    points = [(each["period"], value) for each in reversed(_last_revisions(sheet["observations"]))
              if (value := _value(each)) is not None]  # fmt: skip
    trend = trend_chart(sheet["name"], points, sheet["target_2025"]) if points else ""
    return show(
        "indicators/one.html", sheet=sheet, **_standing(sheet), tabs=_tabs(look), trend=Markup(trend),  # noqa: S704
        map=Markup(_counties(sheet)),  # noqa: S704  both are drawn here, their words escaped
        words=number_in_words,
    )  # fmt: skip


@page("/indicators/figures", access=staff(PLANNER), section="indicators", sheet=True)
def figures(look: Look) -> Shown:
    """A department's file is tried, then read in; and what was read in before."""
    values = look.trouble.values if look.trouble else {}
    return show(
        "indicators/figures.html", files=look.ask("/staff/indicators/figure-files")["items"], tabs=_tabs(look),
        sender=values.get("sender", ""), sent_on=values.get("sent_on", day_of(look.at).isoformat()),
        period=values.get("period", previous_month(month_of(look.at))),
        expected=[each for each in defined().values() if each.observed_by == "department"],
    )  # fmt: skip


@page("/indicators/pushes", access=staff(PLANNER, SUPERVISOR), section="indicators", sheet=True)
def pushes(look: Look) -> Shown:
    """What was sent to the planning office, what it said, and what is stuck."""
    asked = {name: look.query.get(name, "") for name in ("state", "indicator")}
    found = look.ask("/staff/indicators/pushes", **asked, cursor=look.query.get("cursor", ""))
    return show(
        "indicators/pushes.html", q=asked, items=found["items"], states=PUSH_STATES, stuck=STUCK, tabs=_tabs(look),
        names={token: each.name_zh for token, each in defined().items()},
        next_link=link(PUSHES, **asked, cursor=found["next"]) if found["next"] else "",
        first_link=link(PUSHES, **asked) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/indicators/reports", access=staff(PLANNER, SUPERVISOR), section="indicators", sheet=True)
def reports(look: Look) -> Shown:
    """The yearly report, the evaluation of the plan and the gap report, drafts too."""
    return show("indicators/reports.html", items=look.ask("/staff/reports")["items"], tabs=_tabs(look),
                publishes=look.has_role(PLANNER))  # fmt: skip


@page("/indicators/gaps", access=STAFF, section="indicators")
def gaps(look: Look) -> Shown:
    """Who lives outside the plan's minutes, by the gap report that is public now."""
    public = look.ask("/reports")["items"]
    found = [each for each in public if (each["kind"], each["state"]) == (SERVICE_GAPS, PUBLISHED)]
    told = _gaps_of(look, found[0]["id"]) if found else None
    needs = [
        {"name": say(f"facilities.needs.{each['need']}"), "circle": say(f"facilities.circles.{each['circle']}"),
         "outside": each["outside"], "people": each["people"], "best": each["best"][:1], "number": number,
         "map": Markup(gap_map(each, say(f"facilities.needs.{each['need']}"))) if each["outside"] else ""}  # noqa: S704
        for number, each in enumerate(told["needs"] if told else [], 1)
    ]  # fmt: skip
    return show("indicators/gaps.html", needs=needs, report=found[0] if found else None, told=told, tabs=_tabs(look),
                words=number_in_words)  # fmt: skip


def _gaps_of(look: Look, report_id: str) -> Json | None:
    """The gaps of a public report; its inputs are the file that everybody may fetch."""
    gaps: Json | None = orjson.loads(look.ask(f"/reports/{report_id}/inputs").get_data())["gaps"]
    return gaps


def _tabs(look: Look) -> list[tuple[str, str]]:
    planner, reader = look.has_role(PLANNER), look.has_role(PLANNER, SUPERVISOR)
    there = {"glance": True, "figures": planner, "pushes": reader, "reports": reader, "gaps": True}
    return [(name, "/console/indicators" if name == "glance" else f"/console/indicators/{name}")
            for name, shown in there.items() if shown]  # fmt: skip


def _standing(indicator: Json) -> dict[str, Any]:
    """How far the latest value is towards the target: `share` in per cent of the way, and a verdict in words."""
    latest = indicator["latest"]
    value = _value(latest) if latest else None
    target = indicator["target_2025"]
    whole = value is not None and latest["status"] != "partial"  # a part's value is never measured by the city's target
    if value is None:
        verdict = "hidden" if latest and latest["status"] == "suppressed" else "unknown"
    elif not whole:
        verdict = "partial"
    elif target is None:
        verdict = "no_number"
    else:
        met = value > target if indicator["target_comparison"] == "more_than" else value >= target
        verdict = "reached" if met else "behind"
    told = "—" if value is None else number_in_words(value)
    return {"shown": told, "share": indicator["progress"], "verdict": verdict}


def _line(trend: Sequence[Json]) -> str:
    """The `points` of a sparkline; empty where there are fewer than two values."""
    known = [(number, each["value"]) for number, each in enumerate(trend) if each["value"] is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    span, steps = (high - low) or 1.0, max(known[-1][0] - known[0][0], 1)
    across, up = TREND_WIDTH - 2 * TREND_EDGE, TREND_HEIGHT - 2 * TREND_EDGE
    return " ".join(
        f"{TREND_EDGE + across * (number - known[0][0]) / steps:.1f},"
        f"{TREND_EDGE + up * (1 - (value - low) / span if high > low else 0.5):.1f}"
        for number, value in known
    )


def _counties(sheet: Json) -> str:
    """The counties' latest month as a map; empty where nothing is known of any."""
    values = {each["area"]: _value(each) for each in sheet["counties"]}
    if all(value is None for value in values.values()):
        return ""
    words = {code: number_in_words(value, sheet["unit"]) for code, value in values.items() if value is not None}
    words |= {each["area"]: label("console_indicators.status", each["status"])
              for each in sheet["counties"] if each["area"] not in words}  # fmt: skip
    title = say("console_indicators.map", name=sheet["name"], month=sheet["counties"][0]["period"])
    return county_map(title, values, words, say("console_indicators.map_legend"))


def _last_revisions(observations: Sequence[Json]) -> list[Json]:
    """Of each month the last revision; the list is sorted so that it comes first."""
    seen: set[str] = set()
    return [each for each in observations if not (each["period"] in seen or seen.add(each["period"]))]  # type: ignore[func-returns-value]


def _value(observation: Json) -> float | None:
    value: float | None = observation["value"] if observation["value"] is not None else observation["partial_value"]
    return value
