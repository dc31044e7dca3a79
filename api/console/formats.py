"""What templates can say: sentences, labels, times on China's clocks, and forms with their fields."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import segno
from flask import Blueprint, current_app

from api.console.pages import Look
from api.console.sheets import beginning
from api.endpoint import EXTENSION
from config.loading import catalogue
from config.text import label, say
from models.facilities.price_words import about, amount, details, what_for
from models.kernel.amounts import yuan
from models.kernel.clock import as_utc, day_of, local
from models.kernel.sheets import CSV, MEDIA_TYPES, write_sheet

# By what browsers name themselves; the first that is found says it, for most name others too.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def install(blueprint: Blueprint, asset: Callable[[str], str]) -> None:
    """Give the templates their functions."""
    functions: dict[str, Callable[..., Any]] = {
        "asset": asset,
        "say": say,
        "label": label,
        "link": link,
        "place": place,
    }
    filters: dict[str, Callable[..., Any]] = {
        "moment": moment, "day": day, "left": left, "iso": iso, "qr": qr, "yuan": yuan, "pairs": pairs,
        "fault_sheet": fault_sheet, "sheet": sheet, "reading": reading,
        "what_for": what_for, "price_amount": amount, "price_about": about, "price_details": details,
    }  # fmt: skip
    for name, function in functions.items():
        blueprint.add_app_template_global(function, name)
    for name, function in filters.items():
        blueprint.add_app_template_filter(function, name)


Time = datetime | str | None


def moment(at: Time) -> str:
    """Day and time, the year where it is another one."""
    read = _read(at)
    if read is None:
        return ""
    here, today = local(read), local(_now())
    kind = "console.moment" if here.year == today.year else "console.moment_of_year"
    return say(kind, year=here.year, month=here.month, day=here.day, time=f"{here:%H:%M}")


def day(at: datetime | date | str | None) -> str:
    """The day, the year where it is another one."""
    if not at:
        return ""
    if isinstance(at, str):
        at = date.fromisoformat(at[: len("2026-11-26")])
    here = day_of(as_utc(at)) if isinstance(at, datetime) else at
    kind = "console.day" if here.year == local(_now()).year else "console.day_of_year"
    return say(kind, year=here.year, month=here.month, day=here.day)


def left(at: Time) -> str:
    """How far off a deadline is, in days: today, in so many days, or so many days over."""
    read = _read(at)
    if read is None:
        return ""
    days = (day_of(read) - day_of(_now())).days
    if days == 0:
        return say("console.left_today" if read >= _now() else "console.left_over_today")
    return say("console.left", days=days) if days > 0 else say("console.left_over", days=-days)


def iso(at: Time) -> str:
    """For the `datetime` of a `<time>`."""
    read = _read(at)
    return local(read).isoformat() if read else ""


def device(agent: str) -> str:
    """What a browser says of itself, in two words: the first known name and system in its text."""
    known = [next((shown for mark, shown in pairs if mark in agent), "") for pairs in (BROWSERS, SYSTEMS)]
    return " · ".join(each for each in known if each)


def qr(text: str) -> str:
    """A QR code as the address of an image."""
    return str(segno.make(text, error="m").svg_data_uri(border=2))


def fault_sheet(faults: Sequence[Mapping[str, Any]]) -> str:
    """The rows of a list that are at fault, as the address of a CSV file; it holds nothing of what stands in them."""
    titles = [say(f"console_visits.lists.{name}") for name in ("at_line", "column", "why")]
    rows = [[str(each["line"]), each["column_label"], each["detail"]] for each in faults]
    content = base64.b64encode(write_sheet(CSV, [titles, *rows])).decode()
    return f"data:{MEDIA_TYPES[CSV]};charset=utf-8;base64,{content}"


def sheet(look: Look, form: str) -> str:
    """The address of the file of the list that is looked at."""
    path, _, query = look.path.partition("?")
    return beginning(f"/console/sheets/{form}{path.removeprefix('/console')}", query)


def link(path: str, **query: Any) -> str:
    """A path with the parts of the query that are there."""
    given = [(name, value) for name, value in query.items() if value not in (None, "", False)]
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def place(code: str | None) -> str:
    """A county's or township's name; empty for none."""
    district = catalogue().districts.get(code or "")
    if district is not None:
        return district.name_zh
    township = catalogue().place(code or "")
    return township.name_zh if township else ""


def reading(source: str) -> str:
    """A rule's source as people read it; as it stands where no reading is written."""
    return label("sources", source)


def pairs(choices: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Choices of the API as value and label."""
    return [(each["value"], each["label"]) for each in choices]


def _read(at: Time) -> datetime | None:
    """A time as it is stored, or as an answer of the API writes it."""
    return as_utc(datetime.fromisoformat(at) if isinstance(at, str) else at) if at else None


def _now() -> datetime:
    at: datetime = current_app.extensions[EXTENSION].clock.now()
    return at
