"""Whatever happens to us, the planning office takes each revision once, and ends with what holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import integrity
from models.indicators import pushed_list
from models.indicators.observations import observe
from models.kernel import backup
from models.kernel.clock import FixedClock
from tests.factories.office import Office
from tests.quick import empty_database

OBSERVED = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
Tick = Callable[[], dict[str, int]]


def revisions(office: Office) -> list[tuple[int, float]]:
    return [(each["revision"], each["value"]) for each in office.accepted if each["indicator"] == "elder_care_beds"]


def test_a_restored_backup_never_numbers_twice_and_tells_what_holds(
    directory: Callable[..., str], office: Office, tick: Tick, clock: FixedClock, tmp_path: Path
) -> None:
    observe("2026-10", OBSERVED)
    tick()
    backup.create(tmp_path / "old", clock.now())
    directory("elder_care_home", beds=100, beds_nursing=0)
    observe("2026-10", clock.now())
    tick()
    assert revisions(office) == [(1, 2.9), (2, 2.91)]
    pushed_list.write(tmp_path)
    empty_database()
    backup.restore(tmp_path / "old", clock.now())
    assert pushed_list.raise_floors(tmp_path / pushed_list.FILE, clock.now()) > 0
    backup.restored()
    clock.advance(hours=1)
    observe("2026-10", clock.now())
    tick()
    assert revisions(office) == [(1, 2.9), (2, 2.91), (3, 2.9)]
    observe("2026-10", clock.now())
    tick()
    assert len(revisions(office)) == 3 and office.faults == []
    assert integrity.look().counts["observation_revisions"] == 0


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_two_hours_off_pushes_nothing_twice(
    directory: Callable[..., str], office: Office, tick: Tick, clock: FixedClock, hours: int
) -> None:
    observe("2026-10", clock.now())
    tick()
    clock.advance(hours=hours)
    directory("elder_care_home", beds=1, beds_nursing=0)
    observe("2026-10", clock.now())
    for _ in range(4):
        tick()
        clock.advance(hours=1)
    tick()
    keys = [each["key"] for each in office.accepted]
    assert len(keys) == len(set(keys)) and [each[0] for each in revisions(office)] == [1, 2]
    assert office.faults == []
