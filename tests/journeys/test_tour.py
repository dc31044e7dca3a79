"""The documented tour, step by step against the running product: what the README promises a newcomer."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.running import DEMO_PASSWORD, ROOT, House, Models


@pytest.mark.slow
def test_the_tour_works_as_written(tmp_path: Path, models: Models) -> None:
    house = House(tmp_path, models.demo(), DEMO_STAFF_PASSWORD=DEMO_PASSWORD)
    try:
        port = house.reserve_web()
        house.sandbox(WEBHOOK_URL=f"http://127.0.0.1:{port}/wechat")
        house.web()
        house.jobs()
        settings = {**house.environment, "PORT": str(port)}
        (tmp_path / "development.env").write_text("".join(f"{k}={shlex.quote(v)}\n" for k, v in settings.items()))
        done = subprocess.run(
            ["bash", "docs/tour.sh"], cwd=ROOT, env={**os.environ, "DATA_DIR": str(tmp_path)}, capture_output=True,
            text=True, timeout=180, check=False,
        )  # fmt: skip
    finally:
        house.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "approved" in done.stdout
    assert "accepted" in done.stdout
    assert "answered by the centre" in done.stdout
    assert "seen_well" in done.stdout
    assert "monthly_welfare_visit_rate" in done.stdout
