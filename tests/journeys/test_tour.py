"""The documented tour and journeys, step by step against the running product: what the README promises a newcomer."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.running import DEMO_PASSWORD, ROOT, House, Models

SHOWN = {
    "docs/tour.sh": ["approved", "accepted", "answered by the centre", "seen_well", "monthly_welfare_visit_rate"],
    "docs/journeys/housing.sh": ["核验通过", "the objection is dismissed", "the offer is accepted", "租住中", "应缴租金"],
    "docs/journeys/visits.sh": ["added 3 - unsure 1 - rejected 3", "不是同一人", "asked: 县", "已见到本人 - by visit True",
                                "4 of 4 = 100.0 %", "Done: nobody of the village was forgotten."],
    "docs/journeys/childcare.sh": ["stable: True", "向日葵托育中心", "expired", "this child: 晨光托育中心",
                                   "answered by the centre", "Done: both children have a place."],
}  # fmt: skip


@pytest.mark.slow(seconds=75)
def test_the_tour_and_the_journeys_work_as_written(tmp_path: Path, models: Models) -> None:
    house = House(tmp_path, models.demo(), DEMO_STAFF_PASSWORD=DEMO_PASSWORD)
    started: dict[str, subprocess.Popen[str]] = {}
    try:
        port = house.reserve_web()
        house.sandbox(WEBHOOK_URL=f"http://127.0.0.1:{port}/wechat")
        house.web()
        house.jobs()
        settings = {**house.environment, "PORT": str(port)}
        (tmp_path / "development.env").write_text("".join(f"{k}={shlex.quote(v)}\n" for k, v in settings.items()))
        # The childcare journey waits a minute for its round, in which the others do their work.
        others = ("docs/tour.sh", "docs/journeys/housing.sh", "docs/journeys/visits.sh")
        for script in ("docs/journeys/childcare.sh", *others):
            with (tmp_path / f"{Path(script).stem}.out").open("w") as out:
                started[script] = subprocess.Popen(
                    ["bash", script], cwd=ROOT, env={**os.environ, "DATA_DIR": str(tmp_path)}, stdout=out,
                    stderr=subprocess.STDOUT, text=True, start_new_session=True,
                )  # fmt: skip
            if script != "docs/journeys/childcare.sh":
                started[script].wait(timeout=180)
        started["docs/journeys/childcare.sh"].wait(timeout=180)
    finally:
        for each in started.values():
            each.kill()
        house.close()
    for script, process in started.items():
        said = (tmp_path / f"{Path(script).stem}.out").read_text()
        assert process.returncode == 0, f"{script}\n{said}"
        assert [each for each in SHOWN[script] if each not in said] == [], f"{script}\n{said}"
