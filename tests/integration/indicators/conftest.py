"""A small directory, and events of use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from config.settings import Settings
from models.facilities.documents import Facility
from models.indicators import usage
from models.indicators.push import push_handler
from models.indicators.storing import PUSH_CHANNEL
from models.kernel import outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from tests.factories.office import KEY, Office

SETUP = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def recorder_at_rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Counts of other tests are forgotten, and nothing is written but by `flush`; call it to start the thread."""
    recorder = usage._recorder
    _end(recorder)
    start = usage.Recorder._start
    monkeypatch.setattr(usage.Recorder, "_start", lambda self: None)
    yield lambda: start(recorder)
    _end(recorder)


def _end(recorder: usage.Recorder) -> None:
    if recorder._thread is not None:
        recorder._ending.set()
        recorder._thread.join()
    recorder.reset()


@pytest.fixture
def facility(database: str) -> Callable[..., str]:
    """`facility("elder_care_home", beds=100)` → id of a stored facility."""

    def make(category: str, district_code: str = "360902", **fields: Any) -> str:
        made = Facility(
            id=new_id(), created_at=SETUP, updated_at=SETUP, external_id=new_id(), source="test", name="某机构",
            category=category, longitude=114.4, latitude=27.8, given_longitude=114.4, given_latitude=27.8, datum="wgs84",
            district_code=district_code, township_id="1", search_terms={"pinyin": "x", "initials": "x"}, changed_at=SETUP, **fields,
        )  # fmt: skip
        collection(Facility).insert_one(made.raw())
        return str(made.id)

    return make


@pytest.fixture
def directory(facility: Callable[..., str]) -> Callable[..., str]:
    """4,450 places, 29,000 beds of which 13,050 for nursing, as the plan's 2020 figures say."""
    facility("childcare_centre", places_infant=450, places_toddler=1000, places_preschool=3000,
             registration_valid_until="2027-12-31")  # fmt: skip
    facility("elder_care_home", beds=20_000, beds_nursing=10_000)
    facility("elder_care_home", "360981", beds=9_000, beds_nursing=3_050)
    return facility


@pytest.fixture
def office(httpserver: HTTPServer, clock: FixedClock) -> Office:
    made = Office(clock)
    httpserver.expect_request("/observations", method="POST").respond_with_handler(made.take)
    return made


@pytest.fixture
def tick(httpserver: HTTPServer, settings: Settings, clock: FixedClock) -> Callable[[], dict[str, int]]:
    """One relay and one delivery at the clock's present."""
    mine = settings.model_copy(update={"indicator_endpoint": httpserver.url_for("/observations"), "indicator_key": KEY})
    handlers = {PUSH_CHANNEL: push_handler(mine, clock)}

    def once() -> dict[str, int]:
        outbox.relay(clock.now())
        return outbox.deliver(clock.now(), handlers, clock.now)

    return once
