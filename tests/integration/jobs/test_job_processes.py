"""Real job processes on one database, started twice, killed in the middle, and stopped in an orderly way."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jobs.runs import DONE, JobRun
from jobs.timetable import TIMETABLE
from models.indicators.documents import Observation
from models.kernel.database import collection, connect, disconnect
from models.kernel.leases import COLLECTION as LEASES
from models.kernel.outbox import DELIVERED, OutboxMessage
from tests.factories.casework import make_centre
from tests.running import House, wait_until

RECORDED = {job.name for job in TIMETABLE if not job.is_pulse}


@pytest.mark.slow
def test_two_job_processes_run_each_period_once_also_when_one_is_killed(house: House, httpserver: HTTPServer) -> None:
    taken: list[str] = []

    def take(request: Request) -> Response:
        taken.append(request.headers["Idempotency-Key"])
        return Response(status=201)

    httpserver.expect_request("/observations").respond_with_handler(take)
    house.environment["INDICATOR_ENDPOINT"] = httpserver.url_for("/observations")
    connect(house.environment["MONGODB_URI"])
    make_centre()  # so that there is something to observe, and to push
    began = datetime.now(UTC)
    first, second = house.jobs(), house.jobs()
    try:
        wait_until(lambda: set(collection(JobRun).distinct("job", {"state": DONE})) == RECORDED, "all runs done")
        first.kill()
        wait_until(lambda: collection(OutboxMessage).count_documents({"state": DELIVERED}) >= 1, "the push")
        # An hourly job may have become due meanwhile: that is another period, and perhaps still at work.
        caught_up = list(collection(JobRun).find({"due_at": {"$lte": began}}))
        assert Counter(each["job"] for each in caught_up) == Counter(RECORDED)
        assert {each["state"] for each in caught_up} == {DONE}
        assert set(collection(Observation).distinct("revision")) == {1}
        assert len(taken) == len(set(taken)) == collection(OutboxMessage).count_documents({})

        by_hand = house.flask("jobs", "run", "observe_indicators")
        assert "already done" in by_hand.stdout
        asked = time.monotonic()
        second.stop()
        assert time.monotonic() - asked < 12, "an orderly end takes no kill"
        held = collection(JobRun).database[LEASES].find({"_id": {"$regex": "^job:"}, "holder": {"$ne": ""}})
        assert all(each["expires_at"] <= datetime.now(UTC) or each["holder"] for each in held)
    finally:
        disconnect()
