"""Every scheduled job on one page. Times are China's (Asia/Shanghai, no summer time).

Of one moment, jobs run in this order. A pulse (`Seconds`) is run by one process at a time and bears being run by
two; every other job runs once per period, whoever starts it (see `runs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobs import (
    casework,
    childcare,
    conversations,
    eldercare,
    feedback,
    housing,
    indicators,
    notices,
    outbox,
    reports,
    upkeep,
    watching,
)
from jobs.running import Job
from jobs.schedules import Daily, Hourly, Monthly, Seconds
from models.platform import Platform


def watch_jobs(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Tell the metrics when each job was last done and which are overdue."""
    return watching.watch(TIMETABLE, at)


TIMETABLE: tuple[Job, ...] = (
    # The outbox: what a change causes outside the database.
    Job("relay", Seconds(1), outbox.relay),
    Job("deliver", Seconds(1), outbox.deliver_others),
    Job("deliver_wechat", Seconds(1), outbox.deliver_wechat),
    Job("push_indicators", Seconds(2), outbox.push_indicators),
    Job("watch_jobs", Seconds(30), watch_jobs),
    Job("watch_outbox", Seconds(30), outbox.watch),
    # What crashed requests left to be finished.
    Job(upkeep.ANSWER_LATE, Seconds(5), upkeep.answer_late_messages),
    Job("handover_alarms", Seconds(15), conversations.handover_alarms),
    Job("reconcile_visits", Seconds(15), upkeep.reconcile_visits),
    Job("reconcile_childcare", Seconds(60), childcare.reconcile),
    Job("childcare_rounds", Seconds(5), childcare.follow_rounds),
    Job("childcare_fill", Hourly(minute=20), childcare.fill),
    Job("reconcile_waiting_lists", Seconds(60), upkeep.reconcile_waiting_lists),
    Job("erasures", Seconds(60), upkeep.erasures),
    Job("note_beside_backups", Seconds(60), upkeep.note_beside_backups),
    Job("refresh_tokens", Seconds(60), upkeep.refresh_tokens),
    # Offers of flats and childcare places, and what follows for waiting lists and flats.
    Job("expire_offers", Seconds(30), housing.expire_offers),
    Job("follow_draws", Seconds(15), housing.follow_draws),
    Job("allocate_flats", Seconds(60), housing.allocate_flats),
    Job("rent_ledger", Daily(hour=4, minute=10), housing.rent_ledger),
    Job("yearly_checks", Daily(hour=7, minute=0), housing.yearly_checks),
    # Deadlines of the office: alarms fall on midnight, so that they are sounded before work begins.
    Job("deadlines", Hourly(minute=5), casework.deadlines),
    Job("end_what_is_over", Daily(hour=3, minute=25), casework.end_what_is_over),
    Job("hand_over", Hourly(minute=35), casework.hand_over),
    Job("feedback_deadlines", Hourly(minute=10), feedback.deadlines),
    Job("count_feedback_themes", Hourly(minute=35), feedback.count_themes),
    # Visits to old people: the first night of a month builds its plan, each night repairs it.
    Job("plan_visits", Monthly(day=1, hour=0, minute=5), eldercare.plan_visits),
    Job("repair_visit_plan", Daily(hour=1, minute=15), eldercare.plan_visits),
    Job("follow_campaigns", Seconds(15), eldercare.follow_campaigns),
    Job("repair_campaigns", Hourly(minute=25), eldercare.repair_campaigns),
    # Nobody forgotten: found after the night's repair, before work begins; the chain goes on by day and night.
    Job("find_concerns", Daily(hour=1, minute=45), eldercare.find_concerns),
    Job("advance_concerns", Seconds(15), eldercare.advance_concerns),
    Job("watch_concerns", Seconds(60), eldercare.watch_concerns),
    # Families' hours, who waits for one, the evening's reminders, and who stands in for whom.
    Job("open_visit_hours", Hourly(minute=25), eldercare.open_hours),
    Job("settle_visit_waits", Seconds(15), eldercare.settle_waits),
    Job("remind_of_visits", Daily(hour=18, minute=0), eldercare.remind_of_visits),
    Job("stand_in", Seconds(60), eldercare.stand_in),
    Job("note_visit_months", Seconds(600), eldercare.note_visit_months),
    Job("close_visit_months", Daily(hour=2, minute=10), eldercare.close_visit_months),
    # Telling: public notices begin and end at midnight, what they say goes out in the morning.
    Job("public_notices", Daily(hour=0, minute=10), notices.public_notices),
    Job("opt_in_alerts", Seconds(60), notices.opt_in_alerts),
    Job("needless_calls", Hourly(minute=40), notices.needless_calls),
    # Counting and observing. The roll-up counts all hours with new events, so its latest run catches up by itself.
    Job("roll_up_usage", Hourly(minute=5), indicators.roll_up_usage),
    Job("count_trainings", Daily(hour=1, minute=40), indicators.count_trainings),
    Job("observe_indicators", Monthly(day=1, hour=2, minute=30), indicators.observe_month, catch_up=12),
    # By night: comparing what is too much by day, letting go of what need not be kept.
    Job("backup", Daily(hour=2, minute=5), upkeep.make_backup),
    Job("integrity", Daily(hour=4, minute=40), upkeep.look_for_faults),
    Job("nightly_sweep", Daily(hour=3, minute=10), upkeep.nightly_sweep),
    Job("settle_notices", Daily(hour=3, minute=20), notices.settle_notices),
    Job("keep_reports", Daily(hour=3, minute=35), reports.keep_reports),
    Job("notice_keeping", Daily(hour=3, minute=40), notices.notice_keeping),
    Job("childcare_day", Daily(hour=0, minute=20), childcare.pass_time),
    Job("retention", Daily(hour=3, minute=30), upkeep.retention),
)


def job_named(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in TIMETABLE if job.name == name), None)
