"""Every scheduled job on one page. Times are China's (Asia/Shanghai, no summer time).

Of one moment, jobs run in this order. A pulse (`Seconds`) is run by one process at a time and bears being run by
two; every other job runs once per period, whoever starts it (see `runs`).
"""

from __future__ import annotations

from jobs import indicators, outbox, upkeep
from jobs.running import Job
from jobs.schedules import Daily, Hourly, Monthly, Seconds

TIMETABLE: tuple[Job, ...] = (
    # The outbox: what a change causes outside the database.
    Job("relay", Seconds(1), outbox.relay),
    Job("deliver", Seconds(1), outbox.deliver_others),
    Job("deliver_wechat", Seconds(1), outbox.deliver_wechat),
    Job("push_indicators", Seconds(2), outbox.push_indicators),
    Job("watch_outbox", Seconds(30), outbox.watch),
    # What crashed requests left to be finished.
    Job(upkeep.ANSWER_LATE, Seconds(5), upkeep.answer_late_messages),
    Job("reconcile_visits", Seconds(15), upkeep.reconcile_visits),
    Job("reconcile_childcare", Seconds(60), upkeep.reconcile_childcare),
    Job("reconcile_waiting_lists", Seconds(60), upkeep.reconcile_waiting_lists),
    Job("erasures", Seconds(60), upkeep.erasures),
    # Counting and observing. The roll-up counts all hours with new events, so its latest run catches up by itself.
    Job("roll_up_usage", Hourly(minute=5), indicators.roll_up_usage),
    Job("observe_indicators", Monthly(day=1, hour=2, minute=30), indicators.observe_month, catch_up=12),
    # By night: comparing what is too much by day, letting go of what need not be kept.
    Job("nightly_sweep", Daily(hour=3, minute=10), upkeep.nightly_sweep),
    Job("retention", Daily(hour=3, minute=30), upkeep.retention),
)


def job_named(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in TIMETABLE if job.name == name), None)
