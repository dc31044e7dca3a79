"""OSM opening hours with China's holidays and make-up workdays.

The parser's own calendar of China knows only each feast's main day and no make-up workdays (tried on 2024 to 2026), so
the days are decided here: on a public holiday of the State Council's notice the `PH` rules hold for every weekday; on
a make-up workday the rules of an ordinary working day hold. Rules that name a date keep their force on either. What
runs past midnight belongs to the rules of the day on which it runs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]

from config.loading import rule
from models.kernel.clock import SHANGHAI, day_of, local

DayKind = Literal["ordinary", "holiday", "makeup"]
# Yichun's middle, for hours that name sunrise and sunset; the city's sun differs by 8 minutes from end to end.
MIDDLE = (28.2, 114.9)
DAY = timedelta(days=1)
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# `PH` beside weekdays with only a space between means "or"; every day of the week says the same.
HOLIDAY = re.compile(r"\bPH\b(?:[ ,]+(?=(?:Mo|Tu|We|Th|Fr|Sa|Su)\b))?")
EVERY_DAY = "Mo-Su"
# Some weekdays, as a list of days and ranges; not the n-th of a month (`We[1]`).
WEEKDAY_LIST = re.compile(r"\b{0}(?:-{0})?(?:, ?{0}(?:-{0})?)*\b(?!\[)".format(f"(?:{'|'.join(WEEKDAYS)})"))
# A weekday on which no make-up workday falls: a rule given this day does not hold on one.
NEVER_MADE_UP = "Mo"
MAIN_FEASTS = OpeningHours("PH 00:00-24:00", country="CN")


class BadHours(ValueError):
    """Text that is not opening hours; `code` is `too_long`, `not_osm` or `holiday_offset`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class OpenState:
    """Open (True), closed (False) or not known (None) from `since` to `until`, local times.

    `until` is None where nothing changes within the horizon; `assumed` where the year's holiday notice is not known.
    """

    open: bool | None
    since: datetime
    until: datetime | None
    assumed: bool

    @property
    def day_ends(self) -> datetime:
        """The midnight that ends the day of `since`."""
        return datetime.combine(self.since.date() + DAY, time(), SHANGHAI)

    @property
    def closes_at(self) -> datetime | None:
        """When it closes, if it is open and ever closes."""
        return self.until if self.open else None

    @property
    def opens_at(self) -> datetime | None:
        """When it opens next, if it is closed."""
        return self.until if self.open is False else None


@dataclass(frozen=True)
class Stretch:
    """A part of one day with one state."""

    start: datetime
    end: datetime
    open: bool | None


class Schedule:
    """The parsed hours of a place. Raises BadHours."""

    def __init__(self, text: str) -> None:
        if len(text) > rule("facilities.hours_chars_most"):
            raise BadHours("too_long")
        self._plain = _parse(text, "not_osm")
        spread = HOLIDAY.sub(lambda found: EVERY_DAY + ("," if found[0] != "PH" else ""), text)
        self._holiday = self._plain if spread == text else _parse(spread, "holiday_offset")
        working = WEEKDAY_LIST.sub(_as_working_day, text)
        self._makeup = self._plain if working == text else _parse(working, "not_osm")

    def state(self, at: datetime) -> OpenState:
        """The state at a moment, and until when it lasts."""
        moment = local(at)
        today = self.day(moment.date())
        here = next(index for index, stretch in enumerate(today) if stretch.end > moment)
        current = today[here]
        return OpenState(
            current.open, current.start, self._until(moment.date(), current, today[here + 1 :]), is_assumed(day_of(at))
        )

    def day(self, day: date) -> list[Stretch]:
        """The stretches of one day from midnight to midnight, by the rules of its kind."""
        by_kind = {"ordinary": self._plain, "holiday": self._holiday, "makeup": self._makeup}
        return _stretches(by_kind[day_kind(day)], day)

    def week(self, day: date) -> list[list[Stretch]]:
        """The open stretches of each day of an ordinary week, Monday first.

        It is the week of `day`; for a day of it that is a holiday or a make-up workday the next such weekday counts.
        """
        return [_open(self._plain, each) for each in _ordinary_week(day)]

    def rests_on_holidays(self, day: date) -> bool:
        """True where it is open on a weekday, but on no public holiday."""
        days = _ordinary_week(day)
        return any(_open(self._plain, each) for each in days) and not any(_open(self._holiday, each) for each in days)

    def _until(self, day: date, current: Stretch, rest: list[Stretch]) -> datetime | None:
        last = day + timedelta(days=rule("facilities.hours_horizon_days"))
        while True:
            for stretch in rest:
                if stretch.open != current.open:
                    return stretch.start
            day += DAY
            if day > last:
                return None
            rest = self.day(day)


def normal_hours(text: str) -> str:
    """Opening hours as stored: full-width signs made plain, spaces single. Raises BadHours."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    Schedule(plain)
    return plain


@lru_cache(maxsize=4096)
def schedule(text: str) -> Schedule:
    """The parsed hours, remembered by their text."""
    return Schedule(text)


@lru_cache(maxsize=2048)
def day_kind(day: date) -> DayKind:
    """Public holiday, make-up workday or neither, by the State Council's notices.

    For a year without a notice yet: the main day of each feast, and no make-up workdays.
    """
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return "holiday" if MAIN_FEASTS.is_open(datetime.combine(day, time(12))) else "ordinary"
    if name is None:
        return "ordinary"
    return "holiday" if off else "makeup"


@lru_cache(maxsize=2048)
def is_assumed(day: date) -> bool:
    """True where the year's holiday notice is not known."""
    try:
        chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return True
    return False


def _as_working_day(found: re.Match[str]) -> str:
    """Weekdays as they hold on a make-up workday: always, where they hold an ordinary working day; else not."""
    return EVERY_DAY if rule("facilities.makeup_workday_weekday") in _weekdays(found[0]) else NEVER_MADE_UP


def _weekdays(listed: str) -> set[int]:
    days: set[int] = set()
    for part in listed.split(","):
        first, _, last = part.strip().partition("-")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update(day % 7 for day in range(start, end + (7 if end < start else 0) + 1))
    return days


def _parse(text: str, code: str) -> OpeningHours:
    try:
        return OpeningHours(text, timezone=SHANGHAI, coords=MIDDLE, auto_country=False)
    except (ParserError, ValueError) as fault:
        raise BadHours(code) from fault


def _ordinary_week(day: date) -> list[date]:
    found = [day - timedelta(days=day.weekday()) + DAY * number for number in range(len(WEEKDAYS))]
    for number, each in enumerate(found):
        while day_kind(each) != "ordinary":
            each += DAY * len(WEEKDAYS)
        found[number] = each
    return found


def _open(hours: OpeningHours, day: date) -> list[Stretch]:
    return [each for each in _stretches(hours, day) if each.open]


def _stretches(hours: OpeningHours, day: date) -> list[Stretch]:
    midnight = datetime.combine(day, time(), SHANGHAI)
    following = midnight + DAY
    found: list[Stretch] = []
    for start, end, state, _ in hours.intervals(midnight, following):
        is_open = None if state == State.UNKNOWN else state == State.OPEN
        found.append(Stretch(max(start, midnight), min(end or following, following), is_open))
    return found or [Stretch(midnight, following, False)]
