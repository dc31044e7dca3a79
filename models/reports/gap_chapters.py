"""The chapters on service circles: people outside the plan's minutes, by need and township, and the best new points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.loading import catalogue, rule
from config.text import label, say
from models.reports.charts import county_map
from models.reports.gaps import KINDS_OF_AREA

Json = Mapping[str, Any]
Block = dict[str, Any]


def gap_chapters(gaps: Json | None) -> list[Block]:
    """The whole gap report."""
    if gaps is None:
        return [_text(say("reports.gaps.unknown"))]
    return [*_basis(gaps), _overview(gaps), *[block for need in gaps["needs"] for block in _need(need)]]


def gap_summary(gaps: Json | None) -> list[Block]:
    """What a yearly report says of it."""
    head = {"kind": "heading", "level": 2, "text": say("reports.chapter.gaps")}
    if gaps is None:
        return [head, _text(say("reports.gaps.unknown"))]
    return [head, *_basis(gaps), _overview(gaps)]


def gap_rows(gaps: Json) -> list[list[str]]:
    """The table by township and need, the header first; numbers as digits, for spreadsheets."""
    head = [
        say(f"reports.gaps.column.{name}") for name in ("circle", "need", "county", "township", "people", "outside")
    ]
    return [head] + [
        [
            say(f"facilities.circles.{need['circle']}"), say(f"facilities.needs.{need['need']}"),
            catalogue().districts[each["district_code"]].name_zh, each["name"], str(each["people"]),
            str(each["outside"]),
        ]
        for need in gaps["needs"]
        for each in need["townships"]
    ]  # fmt: skip


def _basis(gaps: Json) -> list[Block]:
    people = gaps["population"]
    told = say(
        "reports.gaps.basis", points=f"{people['points']:,}", people=f"{people['people']:,}", as_of=people["as_of"],
        sources=say("reports.comma").join(people["sources"]), status=label("reports.status", people["status"]),
        facilities=f"{gaps['facilities']['count']:,}", **gaps["speeds"],
    )  # fmt: skip
    blocks = [_text(told)]
    if people["status"] == "invented":
        blocks.append({"kind": "warning", "text": say("reports.gaps.invented")})
    return [*blocks, {"kind": "note", "text": say("reports.gaps.method")}]


def _overview(gaps: Json) -> Block:
    rows = []
    for need in gaps["needs"]:
        best = need["best"][0] if need["best"] else None
        rows.append([
            say(f"facilities.circles.{need['circle']}"), say(f"facilities.needs.{need['need']}"),
            f"{need['facilities']:,}", f"{need['outside']:,}", _share(need["outside"], need["people"]),
            _point(best) if best else "—", f"{best['closes']:,}" if best else "—",
        ])  # fmt: skip
    columns = ("circle", "need", "facilities", "outside", "share", "best", "closes")
    return {"kind": "table", "head": [say(f"reports.gaps.column.{name}") for name in columns], "rows": rows}


def _need(need: Json) -> list[Block]:
    name, circle = say(f"facilities.needs.{need['need']}"), say(f"facilities.circles.{need['circle']}")
    blocks: list[Block] = [
        {"kind": "heading", "level": 2, "text": say("reports.gaps.need", circle=circle, need=name)},
        _text(say("reports.gaps.minutes", minutes=_minutes(need), source=need["source"])),
        _text(
            say("reports.gaps.outside", outside=f"{need['outside']:,}", share=_share(need["outside"], need["people"]))
        ),
    ]
    if not need["outside"]:
        return blocks
    blocks.append({"kind": "figures", "svgs": [gap_map(need, name)]})
    shown = need["townships"][: rule("reports.townships_shown")]
    rows = [
        [catalogue().districts[each["district_code"]].name_zh, each["name"], f"{each['people']:,}",
         f"{each['outside']:,}", _share(each["outside"], each["people"])]
        for each in shown
    ]  # fmt: skip
    columns = ("county", "township", "people", "outside", "share")
    blocks.append({"kind": "table", "head": [say(f"reports.gaps.column.{c}") for c in columns], "rows": rows})
    if len(need["townships"]) > len(shown):
        blocks.append({"kind": "note", "text": say("reports.gaps.more", count=len(need["townships"]) - len(shown))})
    blocks += [
        _text(say("reports.gaps.new_point", number=number, place=_point(each), closes=f"{each['closes']:,}",
                  longitude=f"{each['longitude']:.5f}", latitude=f"{each['latitude']:.5f}"))
        for number, each in enumerate(need["best"], 1)
    ]  # fmt: skip
    return blocks


def gap_map(need: Json, name: str) -> str:
    """A need's people outside the plan's minutes by county, as SVG."""
    outside = dict.fromkeys(catalogue().districts, 0)
    for each in need["townships"]:
        outside[each["district_code"]] += each["outside"]
    words = {code: say("reports.people", count=f"{count:,}") for code, count in outside.items()}
    values: dict[str, float | None] = {**outside}
    return county_map(say("reports.gaps.map", need=name), values, words, say("reports.gaps.map_note"))


def _minutes(need: Json) -> str:
    told = [
        say("reports.gaps.area_minutes", area=say(f"facilities.areas.{kind}"), count=need["minutes"][kind],
            mode=say(f"facilities.modes.{need['modes'][kind]}"))
        for kind in KINDS_OF_AREA
    ]  # fmt: skip
    return say("reports.comma").join(told)


def _point(best: Json) -> str:
    county = catalogue().districts[best["district_code"]].name_zh if best["district_code"] else ""
    return f"{county}{best['township']}{best['name']}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _text(words: str) -> Block:
    return {"kind": "text", "text": words}
