"""Opening hours as they stand on a wall: days that are alike together, for a week like any other."""

from __future__ import annotations

from datetime import date, timedelta

from config.text import say
from models.facilities.opening_hours import BadHours, Stretch, schedule

# Far enough apart that hours of a season differ between them.
SEASONS = tuple(timedelta(weeks=weeks) for weeks in (13, 26, 39))
Spans = list[tuple[str, str]]


def week_in_words(hours: str | None, day: date) -> list[str]:
    """Lines such as "Monday to Friday 08:00-12:00, 14:00-17:30".

    Empty where nothing is known, or no week is like another (hours of a season): then only the phone can say.
    """
    try:
        plan = schedule(hours) if hours else None
    except BadHours:
        return []
    if plan is None:
        return []
    week = [_spans(each) for each in plan.week(day)]
    if any([_spans(each) for each in plan.week(day + season)] != week for season in SEASONS):
        return []
    lines = [
        say("facilities.week.line", days=_days(first, last), hours=_hours(spans)) for first, last, spans in _runs(week)
    ]
    return [*lines, say("facilities.week.holidays")] if plan.rests_on_holidays(day) else lines


def _spans(stretches: list[Stretch]) -> Spans:
    return [
        (f"{each.start:%H:%M}", f"{each.end:%H:%M}" if each.end.date() == each.start.date() else "24:00")
        for each in stretches
    ]


def _runs(week: list[Spans]) -> list[tuple[int, int, Spans]]:
    """Days one after another with the same hours: first, last, hours."""
    found: list[tuple[int, int, Spans]] = []
    for number, spans in enumerate(week):
        if found and found[-1][2] == spans:
            found[-1] = (found[-1][0], number, spans)
        else:
            found.append((number, number, spans))
    return found


def _days(first: int, last: int) -> str:
    names = say("facilities.week.days").split()
    if last - first == len(names) - 1:
        return say("facilities.week.every_day")
    return names[first] if first == last else say("facilities.week.days_from_to", first=names[first], last=names[last])


def _hours(spans: Spans) -> str:
    if not spans:
        return say("facilities.week.closed")
    if spans == [("00:00", "24:00")]:
        return say("facilities.week.all_day")
    return say("facilities.week.and").join(say("facilities.week.span", start=start, end=end) for start, end in spans)
