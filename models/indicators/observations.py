"""Monthly observations of the plan's indicators: numerator, denominator, coverage, source, method, revision.

The same facts found again change nothing; other facts become the next revision, and the earlier ones stay. The city's
observations go to the planning office through the outbox, written in the same write as the observation.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from config.indicators import Indicator, coverage_of, indicators
from config.loading import rule
from config.text import say
from models.indicators.documents import CITY_LEVEL, COMPLETE, PARTIAL, Observation
from models.indicators.sources import SOURCES, Count, Source
from models.kernel.clock import month_bounds, month_of, previous_month, shown
from models.kernel.database import collection
from models.kernel.errors import InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxEntry

PUSH_CHANNEL = "indicator_push"
REVISION_DIGITS = 4
# Two processes that observe the same month at once: the second looks again, once or twice at most.
MAX_CONTENTION = 10


@dataclass(frozen=True)
class Observed:
    """What became of observing: revisions made, and how often the known facts were found again."""

    made: tuple[str, ...] = ()
    unchanged: int = 0


def observe(period: str, at: datetime) -> Observed:
    """Observe the month `period` (`2026-10`) for all indicators that the platform can count, as known at `at`.

    Indicators that can be counted for the past as well are also observed again for the months before, since late
    notes change them (`indicators.revise_months`). Raises InvalidInput for a month that has not ended.
    """
    try:
        end = month_bounds(period)[1]
    except ValueError:
        raise InvalidInput("invalid_input") from None
    if end > at:
        raise InvalidInput("month_not_ended")
    made: list[str] = []
    unchanged = 0
    for token, source in SOURCES.items():
        for month in _months(period, source):
            for count in source.count(month, at):
                stored = _store(_facts(indicators()[token], month, count, source, at), at)
                made += [stored] if stored else []
                unchanged += stored is None
    return Observed(tuple(made), unchanged)


def last_ended(at: datetime) -> str:
    """The last month that has ended at `at`."""
    return previous_month(month_of(at))


def push_body(observation: Raw) -> dict[str, Any]:
    """What the planning office is sent of a stored observation."""
    fields = ("indicator", "period", "value", "numerator", "denominator", "coverage", "source", "method", "revision")
    body = {name: observation[name] for name in fields}
    return {**body, "as_of": shown(observation["as_of"])}


def _months(period: str, source: Source) -> list[str]:
    """The months to observe, the oldest first."""
    months = [period]
    while not source.snapshot and len(months) < rule("indicators.revise_months"):
        months.insert(0, previous_month(months[0]))
    return months


def _facts(indicator: Indicator, period: str, count: Count, source: Source, at: datetime) -> Raw:
    """The observation without its revision."""
    numerator = Decimal(str(count.counted)) / (indicator.numerator_per or 1)
    denominator = None if count.base is None else Decimal(str(count.base)) / (indicator.denominator_per or 1)
    facts: Raw = {
        "indicator": indicator.token, "period": period, "level": count.level, "area": count.area,
        "value": _value(indicator, numerator, denominator), "numerator": _number(numerator),
        "denominator": _number(denominator), "inputs": dict(count.inputs),
        "coverage": _coverage(indicator.token, period, count, source, at), "method": indicator.method,
    }  # fmt: skip
    facts["facts_hash"] = hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {**facts, "source": count.source, "as_of": at}


def _value(indicator: Indicator, numerator: Decimal, denominator: Decimal | None) -> float | int | None:
    """In the indicator's unit. Division by an empty denominator is not observable: None, never 0 or 100."""
    if indicator.denominator is None:
        return _number(numerator)
    return _number(numerator / denominator * indicator.factor) if denominator else None


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    step = Decimal(1).scaleb(-int(rule("indicators.value_decimals")))
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


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


def _store(facts: Raw, at: datetime) -> str | None:
    """Insert the next revision with its push; returns its id, None where the latest one says the same."""
    series = {name: facts[name] for name in ("indicator", "level", "area", "period")}
    for _ in range(MAX_CONTENTION):
        known = list(collection(Observation).find(series, {"revision": 1, "facts_hash": 1}))
        latest = max(known, key=lambda each: each["revision"], default=None)
        if latest is not None and latest["facts_hash"] == facts["facts_hash"]:
            return None
        made = _document(facts, latest["revision"] + 1 if latest else 1, at)
        try:
            collection(Observation).insert_one(made)
        except DuplicateKeyError:
            continue  # another process has observed in between: compare with what it found
        return str(made["_id"])
    raise RuntimeError(f"no place for a revision of {series}")


def _document(facts: Raw, revision: int, at: datetime) -> Raw:
    made = {**facts, "revision": revision}
    # What was never observable is not reported; what is no longer observable is.
    pushed = facts["level"] == CITY_LEVEL and (facts["value"] is not None or revision > 1)
    outbox = [_push(made).stored(at)] if pushed else []
    return {
        **made, "_id": ":".join([facts["indicator"], facts["area"], facts["period"], _padded(revision)]),
        "version": 1, "created_at": at, "updated_at": at, "history": [], "outbox": outbox, "outbox_waiting": pushed,
    }  # fmt: skip


def _push(observation: Raw) -> OutboxEntry:
    token, period = observation["indicator"], observation["period"]
    key = ":".join([PUSH_CHANNEL, token, period, _padded(observation["revision"])])
    return OutboxEntry(key, PUSH_CHANNEL, push_body(observation), order_key=f"{PUSH_CHANNEL}:{token}")


def _padded(revision: int) -> str:
    # Padded, so that keys of one moment sort in the order of their revisions.
    return f"{revision:0{REVISION_DIGITS}d}"
