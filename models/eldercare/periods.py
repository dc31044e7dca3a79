"""Who was on the register when, in China's calendar days. Pure functions over stored periods.

A day is text, `2026-11-23`, so that order of text is order of time. Both ends of a period lie within it: a person who
died on the 1st was on the register on the 1st, hence in that month; one who died on the 31st was not in the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from models.kernel.clock import day_of, month_bounds, month_of
from models.kernel.errors import Conflict, FieldFault, InvalidInput

Period = Mapping[str, Any]


def days_of(month: str, at: datetime) -> tuple[str, str]:
    """First and last day of the month; of the present month the last is today.

    Raises InvalidInput for what is no month or has not begun: nobody can know who will be on the register.
    """
    try:
        start, following = month_bounds(month)
    except (ValueError, OverflowError):
        raise InvalidInput(faults=[FieldFault("month", "string_pattern_mismatch")]) from None
    if month > month_of(at):
        raise InvalidInput("month_not_begun")
    last = min(day_of(following - timedelta(seconds=1)), day_of(at))
    return day_of(start).isoformat(), last.isoformat()


def is_active(periods: Sequence[Period], first: str, last: str) -> bool:
    """True where one of the periods holds at least one day from `first` to `last`, both within."""
    return any(p["from"] <= last and (p["until"] is None or p["until"] >= first) for p in periods)


def place_on(elder: Mapping[str, Any], day: str) -> dict[str, str]:
    """Where the entry was on a day: `{district_code, township_id, community}`. On the day of a transfer it is at the
    new place already, so a transfer on the month's last day takes the month's number along."""
    here = next((each for each in elder.get("places", ()) if each["until"] > day), elder)
    return {name: here[name] for name in ("district_code", "township_id", "community")}


def last_day_within(periods: Sequence[Period], first: str, last: str) -> Period | None:
    """The latest period that holds a day from `first` to `last`, clipped to them; None where none does."""
    held = [p for p in periods if p["from"] <= last and (p["until"] is None or p["until"] >= first)]
    if not held:
        return None
    until = held[-1]["until"]
    return {
        "from": max(held[0]["from"], first),
        "until": last if until is None else min(until, last),
        "reason": held[-1]["reason"] if until is not None and until <= last else None,
    }


def opened(periods: Sequence[Period], since: date, at: datetime, field: str = "from") -> list[Period]:
    """The periods with a new one from `since`. Raises InvalidInput for a day to come or before the last one's end."""
    if since > day_of(at):
        raise InvalidInput(faults=[FieldFault(field, "in_the_future")])
    if periods and since.isoformat() < str(periods[-1]["until"]):
        raise InvalidInput(faults=[FieldFault(field, "before_last_period")])
    return [*periods, {"from": since.isoformat(), "until": None, "reason": None}]


def corrected(periods: Sequence[Period], until: date, reason: str, at: datetime) -> list[Period]:
    """The periods with the end of the last one, which has ended, on another day or for another reason."""
    *earlier, last = periods
    return closed([*earlier, {**last, "until": None, "reason": None}], until, reason, at)


def closed(periods: Sequence[Period], until: date, reason: str, at: datetime) -> list[Period]:
    """The periods with the last one ended on `until`, its last day within."""
    *earlier, last = periods
    if last["until"] is not None:
        raise Conflict("illegal_transition")
    if until > day_of(at):
        raise InvalidInput(faults=[FieldFault("until", "in_the_future")])
    if until.isoformat() < last["from"]:
        raise InvalidInput(faults=[FieldFault("until", "before_period")])
    return [*earlier, {**last, "until": until.isoformat(), "reason": reason}]
