"""Monthly observations of the plan's indicators: numerator, denominator, coverage, source, method, revision.

The same facts found again change nothing; other facts become the next revision, and the earlier ones stay. What a
department has reported for an area and month is the department's to revise: the platform leaves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from config.indicators import Indicator, coverage_of, definition
from config.loading import rule
from config.text import say
from models.indicators import open_tables
from models.indicators.counting import Count, Source
from models.indicators.documents import COMPLETE, FINAL, PARTIAL, PLATFORM, PROVISIONAL
from models.indicators.sources import SOURCES
from models.indicators.storing import PUSH_CHANNEL, push_body, store, would_push
from models.kernel.clock import month_bounds, month_of, previous_month
from models.kernel.errors import InvalidInput
from models.kernel.lifecycle import Raw

__all__ = ["PUSH_CHANNEL", "Observed", "last_ended", "make_facts", "observe", "push_body"]


@dataclass(frozen=True)
class Observed:
    """What became of observing: revisions made, how often the known facts were found again."""

    made: tuple[str, ...] = ()
    unchanged: int = 0


def observe(period: str, at: datetime, only: Collection[str] | None = None) -> Observed:
    """Observe the month `period` (`2026-10`) for all indicators that the platform can count, as known at `at`.

    Indicators that can be counted for the past as well are also observed again for the months before, since late
    notes change them (`indicators.revise_months`). `only`: the indicators to observe, by token. Raises InvalidInput
    for a month that has not ended.
    """
    _ended(period, at)
    made: list[str] = []
    unchanged = 0
    for month in _revised(period) if only is None else ():
        open_tables.publish_uses(month, at)
    for token, source in SOURCES.items():
        for month in _months(period, source) if only is None or token in only else ():
            facts = [_facts(definition(token, month), month, period, count, source, at)
                     for count in source.count(month, at)]  # fmt: skip
            stored = store(facts, at)
            made += stored.made
            unchanged += stored.unchanged
            if facts and definition(token, month).about_people:
                open_tables.publish_observations(token, month, at)
    return Observed(tuple(made), unchanged)


def preview(period: str, at: datetime) -> list[Raw]:
    """The bodies that observing the month now would push; nothing is written. Raises as `observe`."""
    _ended(period, at)
    bodies = []
    for token, source in SOURCES.items():
        for month in _months(period, source):
            facts = [_facts(definition(token, month), month, period, count, source, at)
                     for count in source.count(month, at)]  # fmt: skip
            bodies += would_push(facts, at)
    return bodies


def last_ended(at: datetime) -> str:
    """The last month that has ended at `at`."""
    return previous_month(month_of(at))


def make_facts(
    indicator: Indicator, period: str, level: str, area: str, *, value: Decimal | None, numerator: Decimal | None,
    denominator: Decimal | None, **more: Any,
) -> Raw:  # fmt: skip
    """An observation without its revision; numerator and denominator already divided as the definition says."""
    facts: Raw = {
        "indicator": indicator.token, "period": period, "level": level, "area": area, "value": number(value),
        "numerator": number(numerator), "denominator": number(denominator), "method": indicator.method,
        "defined_since": indicator.since, **more,
    }  # fmt: skip
    told = {name: fact for name, fact in facts.items() if name not in ("source", "as_of", "file_id")}
    facts["facts_hash"] = hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return facts


def value_of(indicator: Indicator, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """In the indicator's unit. Division by an empty denominator is not observable: None, never 0 or 100."""
    if indicator.denominator is None:
        return numerator
    return numerator / denominator * indicator.factor if denominator else None


def number(value: Decimal | None) -> float | int | None:
    """With so many decimals as are kept; a whole number as such."""
    if value is None:
        return None
    step = Decimal(1).scaleb(-int(rule("indicators.value_decimals")))
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _ended(period: str, at: datetime) -> None:
    try:
        end = month_bounds(period)[1]
    except ValueError:
        raise InvalidInput("invalid_input") from None
    if end > at:
        raise InvalidInput("month_not_ended")


def _months(period: str, source: Source) -> list[str]:
    """The months to observe, the oldest first."""
    return [period] if source.snapshot else _revised(period)


def _revised(period: str) -> list[str]:
    """The month and those before it that late notes still change, the oldest first."""
    months = [period]
    while len(months) < rule("indicators.revise_months"):
        months.insert(0, previous_month(months[0]))
    return months


def _facts(indicator: Indicator, month: str, asked: str, count: Count, source: Source, at: datetime) -> Raw:
    numerator = Decimal(str(count.counted)) / indicator.numerator_per
    denominator = None if count.base is None else Decimal(str(count.base)) / (indicator.denominator_per or 1)
    value = None if count.unrecorded else value_of(indicator, numerator, denominator)
    # Nobody looks again at a snapshot, nor at the oldest of the months that late notes still change.
    last_look = source.snapshot or month == _months(asked, source)[0]
    return make_facts(
        indicator, month, count.level, count.area, value=value,
        numerator=numerator, denominator=denominator, inputs=dict(count.inputs),
        coverage=_coverage(indicator.token, month, count, source, at), origin=PLATFORM,
        finality=FINAL if last_look and value is not None else PROVISIONAL, source=count.source, as_of=at,
    )  # fmt: skip


def _coverage(token: str, period: str, count: Count, source: Source, at: datetime) -> dict[str, Any]:
    """Complete only where somebody declared it, every part of the city has records, and it was read in time."""
    declared = coverage_of(token, period)
    latest = month_bounds(period)[1] + timedelta(days=rule("indicators.late_days_most"))
    basis = declared.basis if declared else say("indicators.coverage.undeclared")
    status = declared.coverage if declared else PARTIAL
    if status == COMPLETE and count.gap:
        status, basis = PARTIAL, say("indicators.coverage.county_missing")
    if status == COMPLETE and source.snapshot and at > latest:
        status, basis = PARTIAL, say("indicators.coverage.too_late")
    return {"status": status, "basis": basis, **count.reach}
