"""How facilities and times are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.understanding.lexicon import category_words
from config.loading import catalogue, rule
from config.text import say, sentences
from models.facilities.price_words import lowest
from models.kernel.clock import at_local, day_of, local
from models.kernel.errors import DomainError, InvalidInput

Item = Mapping[str, Any]
KILOMETRE = 1000
ROUNDED_TO = 10
ALL_DAY = "00:00-24:00"


def call_of(category: str) -> str:
    """Our short word for a category."""
    return category_words()[category].call


def district_name(code: str | None) -> str:
    """A county's name; the city's where none is known."""
    found = catalogue().districts.get(code or "")
    return found.name_zh if found else say("bot.city")


def distance(metres: float) -> str:
    """ "about 350 metres", "about 1.2 kilometres"."""
    if metres < KILOMETRE:
        return say("bot.distance_m", metres=max(ROUNDED_TO, round(metres / ROUNDED_TO) * ROUNDED_TO))
    return say("bot.distance_km", kilometres=f"{metres / KILOMETRE:.1f}")


def opening(item: Item, at: datetime) -> str:
    """Whether it is open, and until when or from when."""
    if item.get("open_now") is None:
        return say("bot.hours_unknown")
    if item["open_now"]:
        closes = _moment(item.get("closes_at"))
        return say("bot.open_until", time=_clock(closes, at)) if closes else say("bot.open_always")
    opens = _moment(item.get("opens_at"))
    return say("bot.closed_until", time=_clock(opens, at)) if opens else say("bot.closed")


def line(number: int, item: Item, at: datetime) -> str:
    """A facility in a list: number, name, distance, opening, telephone."""
    name = item["name"][: rule("conversations.name_chars_shown")]
    lines = [say("bot.numbered", number=number, label=name)]
    far = item.get("distance_m")
    facts = [distance(far)] if far is not None else []
    lines.append(say("bot.item_facts", facts=say("bot.comma").join([*facts, opening(item, at)])))
    if item.get("phone"):
        lines.append(say("bot.item_phone", phone=item["phone"]))
    return "\n".join(lines)


def detail(item: Item, far: float | None, at: datetime) -> str:
    """One facility in full."""
    lines = [say("bot.detail.name", name=item["name"])]
    lines.append(say("bot.detail.kind", kind=item["category_label"], district=district_name(item["district_code"])))
    if far is not None:
        lines.append(say("bot.detail.distance", distance=distance(far)))
    lines.append(say("bot.detail.state", state=opening(item, at)))
    if item.get("suspension"):
        lines.append(_suspended(item["suspension"]))
    hours = say("bot.comma").join(f"{each['from']}-{each['to']}" for each in item.get("hours_today") or ())
    if hours and hours != ALL_DAY:
        lines.append(say("bot.detail.hours", hours=hours))
    lines += [say(f"bot.detail.{name}", value=item[name]) for name in ("address", "phone") if item.get(name)]
    if item.get("inclusive"):
        lines.append(say("bot.detail.inclusive"))
    free = sum((item.get("free_places") or {}).values())
    if free:
        lines.append(say("bot.detail.free_places", count=free))
    if item["prices"] or item["prices_expected"]:
        lines.append(_prices(item["prices"] or []))
    return "\n".join(lines)


def _suspended(suspension: Item) -> str:
    """That it takes no children, why, and until which day."""
    until = suspension.get("until")
    how_long = say("bot.detail.suspended_until", day=date_of(at_local(date.fromisoformat(until), 12))) if until else ""
    return say(
        "bot.detail.suspended", kind=suspension["kind_label"], reason=suspension["reason"].rstrip("。"), until=how_long
    )


def _prices(prices: Sequence[Item]) -> str:
    """One line of what it costs: the lowest of each item, of a few items; what nobody has told is not free."""
    if not prices:
        return say("bot.detail.prices_unknown")
    found = [say("bot.detail.price", item=name, amount=amount) for name, amount in lowest(prices)]
    most = rule("conversations.prices_shown")
    line = say("bot.comma").join(found[:most])
    if len(found) > most:
        line = say("bot.detail.prices_more", prices=line, count=len(found))
    return say("bot.detail.prices", prices=line)


def when(moment: datetime, at: datetime) -> str:
    """A coming moment as it is said today: "14:00", "tomorrow 09:00", "Monday 09:00"."""
    return _clock(moment, at)


def moment_of(moment: datetime) -> str:
    """A day with its weekday and hour."""
    day = local(moment)
    weekday = say("bot.weekdays").split()[day.weekday()]
    return say("bot.moment", date=date_of(moment), weekday=weekday, time=f"{day:%H:%M}")


def refusal(fault: DomainError) -> str:
    """Why something was refused, with what is at fault."""
    key = f"errors.{fault.code}"
    try:
        lines = [say(key if key in sentences() else "errors.refused", **fault.params)]
    except KeyError:
        lines = [say("errors.refused")]
    faults = fault.faults if isinstance(fault, InvalidInput) else []
    for each in faults:
        known = f"errors.fields.{each.code}"
        detail = each.detail or (say(known) if known in sentences() else "")
        lines += [say("bot.fault", fault=detail)] if detail else []
    return "\n".join(lines)


def date_of(moment: datetime) -> str:
    """A day: month and day."""
    day = local(moment)
    return say("bot.date", month=day.month, day=day.day)


def _moment(given: Any) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    return datetime.fromisoformat(given)


def _clock(moment: datetime, at: datetime) -> str:
    time = f"{local(moment):%H:%M}"
    days = (day_of(moment) - day_of(at)).days
    if days == 0:
        return time
    if days == 1:
        return say("bot.tomorrow", time=time)
    names = say("bot.weekdays").split()
    if days < len(names):
        return say("bot.on_weekday", weekday=names[local(moment).weekday()], time=time)
    return say("bot.on_date", date=date_of(moment), time=time)
