"""Ordered lists, read one window of their order after the other until a page is full.

A server that follows an index's order then examines about as many keys as it gives; one that matches before it sorts
(the embedded one, which no limit stops early) has only a small window to match. The order is a moment, then the id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.kernel.clock import as_utc
from models.kernel.document import EPOCH
from models.kernel.paging import beyond

Raw = dict[str, Any]
Window = dict[str, Any]
Ask = Callable[[Mapping[str, Any]], list[Raw]]
Position = tuple[datetime, str]
# How a look backwards grows: by so much where nothing was found, and never by more.
GROWTH = 4
FIRST_SPAN = timedelta(days=1)
# Next to nothing: this part of a page.
FEW = 8


def ages(at: datetime) -> list[datetime]:
    """Edges for lists in the order of how long something waits: wide apart long ago, close together now."""
    return edges(at, rule("kernel.age_windows_days"))


def edges(at: datetime, days: Iterable[float]) -> list[datetime]:
    """Moments so many days from `at`, between which windows lie."""
    return [at + timedelta(days=each) for each in days]


def windows(
    order: str, between: Iterable[datetime], *, after: Position | None = None, before: datetime | None = None
) -> Iterator[Window]:
    """Filters on a moment, earliest first, from the position `after` on and up to `before`; each a contiguous range
    that goes over none of the moments `between`.

    Half-open: the embedded server leaves the end of a closed range out where the index goes on behind its field.
    """
    begin: dict[str, Any] = {"$gt": EPOCH}
    if after is not None:
        same, rest = beyond(order, *after)
        yield same
        begin = rest[order]
    for edge in [*sorted(set(between)), None]:
        end = min((each for each in (edge, before) if each is not None), default=None)
        if end is not None and any(end <= start for start in begin.values()):
            continue
        yield {order: begin | ({"$lt": end} if end is not None else {})}
        if before is not None and end == before:
            return
        begin = {"$gte": end}


def read(ask: Ask, ranges: Iterable[Window], limit: int, hold: datetime | None = None) -> list[Raw]:
    """One window after the other until there is a page and one more. Where next to nothing is found the next look takes
    twice as many windows together, but never goes on over the moment `hold`, behind which most is."""
    found: list[Raw] = []
    every, begin, together = list(ranges), 0, 1
    while begin < len(every) and len(found) <= limit:
        last = begin
        while last + 1 < min(begin + together, len(every)) and _may_join(every[last], hold):
            last += 1
        rows = ask(_joined(every[begin], every[last]))
        found += rows
        if len(rows) >= limit // 2 or not _may_join(every[last], hold):
            together = 1
        elif len(rows) <= limit // FEW:
            together *= 2
        begin = last + 1
    return found


def read_latest(ask: Ask, order: str, at: datetime, limit: int, *, after: Position | None = None) -> list[Raw]:
    """As `read`, the latest first, for what lies evenly over years: each look back is as long as what is still wanted
    takes at the pace of the one before it. `ask` gives what it finds in that order."""
    found: list[Raw] = []
    end, until = at, dict[str, Any]()
    if after is not None:
        same, rest = beyond(order, *after, descending=True)
        found += ask(same)
        end, until = after[0], rest[order]
    span, oldest = FIRST_SPAN, end - timedelta(days=rule("kernel.look_back_days"))
    while len(found) <= limit:
        begin = end - span
        rows = ask({order: {"$gte": begin, **until} if begin > oldest else {"$gt": EPOCH, **until}})
        found += rows
        if begin <= oldest:
            break
        span *= min(GROWTH, (limit + 1 - len(found)) / len(rows)) if rows else GROWTH
        span, end, until = max(span, timedelta(hours=1)), begin, {"$lt": begin}
    return found


def place_of(row: Mapping[str, Any], order: str) -> Position:
    """Where it stands in the order."""
    return as_utc(row[order]), str(row["_id"])


def _may_join(window: Mapping[str, Any], hold: datetime | None) -> bool:
    """False for a position's own moment, and for the window that ends at `hold`."""
    (limits,) = (each for name, each in window.items() if name != "_id")
    return isinstance(limits, dict) and (hold is None or limits.get("$lt") != hold)


def _joined(first: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """From where the first begins to where the last ends."""
    if first is last:
        return dict(first)
    ((order, limits),) = first.items()
    ends = {name: each for name, each in last[order].items() if name == "$lt"}
    return {order: {**{name: each for name, each in limits.items() if name != "$lt"}, **ends}}
