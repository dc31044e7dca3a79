"""`flask jobs` and `flask outbox`, as an operator uses them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from jobs.timetable import TIMETABLE
from models.indicators.documents import Observation
from models.kernel import outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import DEAD, OutboxEntry, OutboxMessage


def test_the_timetable_is_listed_with_its_state(app: Flask) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["jobs", "list"])
    assert said.exit_code == 0
    lines = {line.split("\t")[0]: line for line in said.output.splitlines()}
    assert set(lines) == {job.name for job in TIMETABLE}
    assert "每月1日02:30" in lines["observe_indicators"]
    assert "2026-10" in lines["observe_indicators"] and "尚未运行" in lines["observe_indicators"]
    assert "2026-12-01T02:30:00+08:00" in lines["observe_indicators"]
    runner.invoke(args=["jobs", "run", "observe_indicators"])
    assert "已完成" in runner.invoke(args=["jobs", "list"]).output


def test_a_job_runs_at_most_once_a_period(app: Flask) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(args=["jobs", "run", "observe_indicators", "--at", "2026-10-01T03:00"])
    assert first.exit_code == 0 and "observe_indicators 2026-09: done" in first.output
    second = runner.invoke(args=["jobs", "run", "observe_indicators", "--at", "2026-10-31T23:59:59+08:00"])
    assert second.exit_code == 0 and "2026-09: already done" in second.output
    assert set(collection(Observation).distinct("period")) == {"2026-08", "2026-09"}


def test_every_job_can_be_run_by_hand(app: Flask) -> None:
    runner = app.test_cli_runner()
    for job in TIMETABLE:
        said = runner.invoke(args=["jobs", "run", job.name])
        assert said.exit_code == 0, said.output


@pytest.mark.parametrize("arguments", [["nothing"], ["retention", "--at", "yesterday"], ["retention", "--at", ""]])
def test_what_cannot_be_run_is_refused(app: Flask, arguments: list[str]) -> None:
    said = app.test_cli_runner().invoke(args=["jobs", "run", *arguments])
    assert said.exit_code != 0


def test_stuck_messages_are_listed_without_contents_and_sent_again(app: Flask, clock: FixedClock) -> None:
    runner = app.test_cli_runner()
    outbox.enqueue(OutboxEntry("push:1", "indicator_push", {"name": "secret words"}), clock.now())
    collection(OutboxMessage).update_one({"_id": "push:1"}, {"$set": {"state": DEAD, "outcome": "http_500"}})
    listed = runner.invoke(args=["outbox", "list"]).output
    assert "push:1" in listed and "http_500" in listed and "secret" not in listed
    assert runner.invoke(args=["outbox", "retry", "push:1"]).exit_code == 0
    assert runner.invoke(args=["outbox", "list"]).output == ""
    assert runner.invoke(args=["outbox", "retry", "push:1"]).exit_code == 1


def test_an_errand_of_another_door_is_carried_out(app: Flask) -> None:
    platform = app.extensions["yixiang"]
    asked = []
    app.extensions["yixiang"] = replace(platform, errands={"answer_late_messages": lambda at: asked.append(at) or 3})
    said = app.test_cli_runner().invoke(args=["jobs", "run", "answer_late_messages"])
    assert "{'answered': 3}" in said.output
    assert asked == [platform.clock.now()]
    assert "answer_late_messages" in platform.errands, "the composition root wires it"
