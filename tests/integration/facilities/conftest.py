"""Facilities in the test's database, by way of the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.facilities.directory import directory
from models.facilities.importing import ImportReport, import_rows
from models.facilities.rows import RawRow
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock

# The square of Yichun's centre, WGS-84.
CENTRE = (114.39, 27.808)
HEADER = "external_id,name,category,longitude,latitude,datum"


def row(external_id: str, **cells: Any) -> dict[str, Any]:
    """A good row at the centre, with these cells otherwise."""
    return {
        "external_id": external_id, "name": f"测试服务点{external_id}", "category": "library",
        "longitude": CENTRE[0], "latitude": CENTRE[1], "datum": "wgs84", **cells,
    }  # fmt: skip


@pytest.fixture
def bring(database: str, clock: FixedClock) -> Callable[..., ImportReport]:
    """`bring([{...}, …])` imports rows and has this process's index take them in."""

    def run(rows: list[dict[str, Any]]) -> ImportReport:
        raw = [RawRow(number, cells) for number, cells in enumerate(rows, 2)]
        report = import_rows(raw, by=SYSTEM, at=clock.now(), name="test.csv")
        directory().refresh()
        return report

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """`write("a.csv", text)` → the path of a new file."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make
