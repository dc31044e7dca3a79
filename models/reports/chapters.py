"""The chapters of the yearly report and the evaluation, as blocks that a page and a paper are made of.

A block is plain data: heading, text, note, table, figures, reply. Every sentence says what is known, or that it is not
and why; a value that covers a part only never stands where the city's would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from config.feedback import themes
from config.loading import catalogue, rule
from config.text import label, say
from models.reports.charts import Progress, county_map, progress_chart, trend_chart
from models.reports.documents import MIDTERM
from models.reports.gap_chapters import gap_summary

Json = Mapping[str, Any]
Block = dict[str, Any]
CITY = "3609"
COMPLETE, PARTIAL, NOT_OBSERVABLE, SUPPRESSED = "complete", "partial", "not_observable", "suppressed"
MONTHS_A_YEAR = 12


def heading(words: str, level: int = 2) -> Block:
    return {"kind": "heading", "level": level, "text": words}


def text(words: str) -> Block:
    return {"kind": "text", "text": words}


def note(words: str) -> Block:
    return {"kind": "note", "text": words}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows]}


def figures(*svgs: str) -> Block:
    return {"kind": "figures", "svgs": list(svgs)}


def title_of(inputs: Json) -> str:
    """The report's title."""
    return say(f"reports.title.{inputs['kind']}", period=inputs["period"])


def chapters(inputs: Json) -> list[Block]:
    """All blocks of a yearly report or an evaluation."""
    latest = {each["token"]: latest_of(inputs["observations"][each["token"]]) for each in inputs["indicators"]}
    return [
        *_summary(inputs, latest), *_progress(inputs, latest), *_trends(inputs), *_counties(inputs),
        *_one_by_one(inputs, latest), *_voices(inputs), *gap_summary(inputs["gaps"]), *_sources(inputs),
    ]  # fmt: skip


def latest_of(observations: Sequence[Json]) -> Json | None:
    """The latest observation that says something; else the latest, which says why there is nothing."""
    known = [each for each in observations if each["status"] in (COMPLETE, PARTIAL)]
    said = known or list(observations)
    return said[-1] if said else None


def number_in_words(value: float, unit: str = "") -> str:
    """A number without needless zeros, with its unit."""
    words = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{words}{unit}"


def elapsed_share(inputs: Json) -> float:
    """How much of the plan's years is over at the end of the report's last month, 0 to 1."""
    year, month = map(int, inputs["months"][-1].split("-"))
    first, last = rule("reports.plan_first_year"), rule("reports.plan_last_year")
    over, whole = (year - first) * MONTHS_A_YEAR + month, (last - first + 1) * MONTHS_A_YEAR
    return min(max(float(over / whole), 0.0), 1.0)


def verdict(indicator: Json, seen: Json | None, elapsed: float) -> str:
    """`reached`, `on_path`, `behind`; `partial` and `unknown` where the value does not tell of the city; `no_number`
    where all who qualify are to be reached, which no number in the plan measures."""
    if seen is None or seen["status"] in (NOT_OBSERVABLE, SUPPRESSED):
        return "unknown"
    if seen["status"] == PARTIAL:
        return "partial"
    if indicator["target"] is None:
        return "no_number"
    if seen["value"] >= indicator["target"]:
        return "reached"
    base = indicator["baseline"] if indicator["baseline"] is not None else 0.0
    return "on_path" if seen["value"] >= base + (indicator["target"] - base) * elapsed else "behind"


def _summary(inputs: Json, latest: Mapping[str, Json | None]) -> list[Block]:
    elapsed = elapsed_share(inputs)
    found: dict[str, list[Json]] = {}
    for indicator in inputs["indicators"]:
        found.setdefault(verdict(indicator, latest[indicator["token"]], elapsed), []).append(indicator)
    counts = {name: len(found.get(name, [])) for name in ("reached", "on_path", "behind", "partial", "unknown")}
    counts["no_number"] = len(found.get("no_number", []))
    blocks = [heading(say("reports.chapter.summary")), text(say("reports.summary", all=len(inputs["indicators"]),
              first=inputs["months"][0], last=inputs["months"][-1], **counts))]  # fmt: skip
    binding = [each["name"] for each in found.get("behind", []) if each["binding"]]
    if binding:
        blocks.append(text(say("reports.binding_behind", names=say("reports.comma").join(binding))))
    if inputs["kind"] == MIDTERM:
        blocks.append(note(say("reports.path_note", share=f"{elapsed:.0%}")))
    return blocks


def _progress(inputs: Json, latest: Mapping[str, Json | None]) -> list[Block]:
    elapsed = elapsed_share(inputs)
    rows = []
    for indicator in inputs["indicators"]:
        seen, target = latest[indicator["token"]], indicator["target"]
        value = _value(seen)
        path = None
        if target and indicator["baseline"] is not None:
            path = (indicator["baseline"] + (target - indicator["baseline"]) * elapsed) / target
        rows.append(Progress(
            indicator["name"], _bar_words(indicator, seen, value),
            value / target if target and value is not None else None, seen is not None and seen["status"] == PARTIAL,
            path,
        ))  # fmt: skip
    chart = progress_chart(say("reports.chart.progress"), rows)
    return [heading(say("reports.chapter.progress")), figures(chart), note(say("reports.chart.progress_note"))]


def _bar_words(indicator: Json, seen: Json | None, value: float | None) -> str:
    goal = number_in_words(indicator["target"]) if indicator["target"] is not None else indicator["target_words"]
    if value is None or seen is None:
        return say("reports.bar.unknown", target=goal)
    kind = "partial" if seen["status"] == PARTIAL else "known"
    return say(f"reports.bar.{kind}", value=number_in_words(value), target=goal, month=seen["period"])


def _trends(inputs: Json) -> list[Block]:
    drawn = []
    for indicator in inputs["indicators"]:
        points = [
            (each["period"], each["value"]) for each in inputs["observations"][indicator["token"]]
            if each["status"] == COMPLETE
        ]  # fmt: skip
        if len(points) >= rule("reports.trend_months_least"):
            title = say("reports.chart.trend", name=indicator["name"], unit=indicator["unit"])
            drawn.append(trend_chart(title, points, indicator["target"]))
    head = heading(say("reports.chapter.trends"))
    if not drawn:
        return [head, text(say("reports.no_trend"))]
    return [head, figures(*drawn[: rule("reports.trends_shown")])]


def _counties(inputs: Json) -> list[Block]:
    """Maps: the indicator that most counties have a value of, and the facilities of the directory."""
    blocks = [heading(say("reports.chapter.counties"))]
    best = max(inputs["indicators"], key=lambda each: len(_county_values(inputs, each["token"])))
    values = _county_values(inputs, best["token"])
    if values:
        words = {code: number_in_words(value, best["unit"]) for code, value in values.items()}
        period = inputs["counties"][best["token"]][0]["period"]
        title = say("reports.chart.map", name=best["name"], month=period)
        blocks.append(figures(county_map(title, values, words, say("reports.chart.map_note"))))
    else:
        blocks.append(text(say("reports.no_county_values")))
    counts = {code: sum(row[code] for row in inputs["facilities"].values()) for code in catalogue().districts}
    if any(counts.values()):
        words = {code: say("reports.places", count=count) for code, count in counts.items()}
        title = say("reports.chart.facilities", period=inputs["period"])
        known: dict[str, float | None] = {**counts}
        blocks.append(figures(county_map(title, known, words, say("reports.chart.facilities_note"))))
    return blocks


def _county_values(inputs: Json, token: str) -> dict[str, float]:
    return {each["area"]: each["value"] for each in inputs["counties"][token] if each["status"] == COMPLETE}


def _one_by_one(inputs: Json, latest: Mapping[str, Json | None]) -> list[Block]:
    """Every indicator: what is known, what is not and why."""
    elapsed, blocks, domain = elapsed_share(inputs), [heading(say("reports.chapter.indicators"))], ""
    for indicator in inputs["indicators"]:
        if indicator["domain"] != domain:
            domain = indicator["domain"]
            blocks.append(heading(domain, 3))
        seen = latest[indicator["token"]]
        blocks.append(text(_sentence(indicator, seen, verdict(indicator, seen, elapsed))))
    return blocks


def _sentence(indicator: Json, seen: Json | None, judged: str) -> str:
    kind = label("reports.binding", "yes" if indicator["binding"] else "no")
    base = indicator["baseline"]
    head = say(
        "reports.indicator.head", name=indicator["name"], kind=kind, target=indicator["target_words"],
        unit=indicator["unit"], baseline=number_in_words(base) if base is not None else say("reports.not_given"),
    )  # fmt: skip
    if seen is None:
        return head + say(f"reports.indicator.nothing.{indicator['observed_by']}")
    value = _value(seen)
    if value is None:
        return head + say("reports.indicator.why", month=seen["period"], why=seen["note"] or say("reports.not_given"))
    told = say(
        f"reports.indicator.{'partial' if judged == 'partial' else 'known'}", month=seen["period"],
        value=number_in_words(value, seen["unit"]), source=seen["source"],
    )  # fmt: skip
    return head + told + say(f"reports.verdict.{judged}")


def _value(seen: Json | None) -> float | None:
    if seen is None:
        return None
    value: float | None = seen["value"] if seen["status"] == COMPLETE else seen["partial_value"]
    return value


def _voices(inputs: Json) -> list[Block]:
    """What residents said, as counts; how they were answered; and the public replies."""
    blocks = [heading(say("reports.chapter.voices"))]
    kinds, small = inputs["feedback"]["kinds"], say("reports.small", least=rule("indicators.disclosure_least"))
    if not kinds:
        return [*blocks, text(say("reports.no_voices"))]
    counted = [
        say("reports.kind_count", kind=label("feedback.kind", kind), count=small if count is None else count)
        for kind, count in kinds.items()
    ]
    blocks.append(text(say("reports.voices", counts=say("reports.comma").join(counted))))
    answered, kept = inputs["feedback"]["answered"], inputs["feedback"]["in_time"]
    if answered is not None:
        blocks.append(text(say("reports.in_time", answered=answered, kept=kept)))
    rows = _theme_rows(inputs, small)
    if rows:
        places = [catalogue().districts[code].name_zh for code in catalogue().districts]
        head = [say("reports.theme"), say("reports.all"), *places, say("reports.no_county")]
        blocks += [table(head, rows), note(say("feedback.themes_note"))]
    if inputs["replies"]:
        blocks.append(heading(say("reports.chapter.replies"), 3))
        blocks += [{"kind": "reply", **each} for each in inputs["replies"]]
        blocks.append(note(say("reports.replies_note")))
    return blocks


def _theme_rows(inputs: Json, small: str) -> list[list[str]]:
    places, rows = [*catalogue().districts, CITY], []
    known = inputs["themes"]["table"]
    for theme in sorted(known, key=[*themes().themes, *known].index):
        row = known[theme]
        total = inputs["themes"]["sums"][theme]
        if total is not None or row[CITY] is not None:
            cells = ["—" if row[place] is None else str(row[place]) for place in places]
            rows.append([label("feedback.theme", theme), small if total is None else str(total), *cells])
    return rows


def _sources(inputs: Json) -> list[Block]:
    blocks = [heading(say("reports.chapter.sources")), text(say("reports.frozen"))]
    blocks += [
        text(say(
            "reports.denominator", measure=label("reports.measure", each["measure"]), as_of=each["as_of"],
            value=f"{each['value']:,}", status=label("reports.status", each["status"]), source=each["source"],
        ))
        for each in inputs["denominators"]
    ]  # fmt: skip
    rows = [[each["name"], each["method"], each["source"]] for each in inputs["indicators"]]
    head = [say("reports.indicator.name"), say("reports.indicator.method"), say("reports.indicator.source")]
    return [*blocks, table(head, rows)]
