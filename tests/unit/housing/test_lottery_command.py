"""`lottery verify` works in a clean checkout, and the program printed in the guide agrees with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.v1.housing.commands import lottery
from tests.unit.housing.lottery_sample import published

ROOT = Path(__file__).resolve().parents[3]


def verify(file: Path, *options: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(lottery, ["verify", str(file), *options])
    return outcome.exit_code, outcome.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(published(), ensure_ascii=False), encoding="utf-8")
    return path


def test_the_same_draw_exits_0_and_shows_what_to_compare(file: Path) -> None:
    status, said = verify(file)
    assert status == 0
    record = published()
    assert "核验通过" in said
    assert record["commitment"]["sha256"] in said
    assert "03-07-12-19-25-31-08" in said
    assert "https://www.cwl.gov.cn/" in said


def test_a_bent_draw_exits_1_and_says_where(file: Path) -> None:
    record = published()
    record["result"][0], record["result"][1] = record["result"][1], record["result"][0]
    file.write_text(json.dumps(record))
    status, said = verify(file)
    assert status == 1
    assert "第一处在第 1 名" in said
    assert "核验未通过" in said


def test_another_commitment_than_noted_exits_1(file: Path) -> None:
    assert verify(file, "--commitment", "0" * 64)[0] == 1
    assert verify(file, "--commitment", published()["commitment"]["sha256"])[0] == 0


def test_a_demonstration_says_so_and_is_refused_by_who_does_not_know(file: Path) -> None:
    file.write_text(json.dumps(published(source="demonstration")))
    status, said = verify(file)
    assert status == 1
    assert "--demonstration" in said
    status, said = verify(file, "--demonstration")
    assert status == 0
    assert "不是公开的开奖结果" in said
    assert "?" not in said


def test_a_file_cannot_write_to_the_terminal(file: Path) -> None:
    record = published()
    record["committed"]["round"] = "\x1b[2J{programme}"
    file.write_text(json.dumps(record))
    status, said = verify(file)
    assert status == 1
    assert "\x1b" not in said


def test_no_file_and_no_record_are_refused(tmp_path: Path) -> None:
    assert verify(tmp_path / "absent.json")[0] == 2
    (tmp_path / "x.json").write_bytes(b"\x89PNG")
    assert verify(tmp_path / "x.json")[0] == 1


@pytest.mark.slow
def test_it_runs_in_a_clean_checkout_without_a_database(file: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        flask = Path(sys.executable).parent / "flask"
        nowhere = {"PATH": os.environ["PATH"], "MONGODB_URI": "mongodb://127.0.0.1:1/none", "PYTHONUTF8": "1"}
        return subprocess.run(
            [flask, "--app", "wsgi", "lottery", "verify", file], cwd=ROOT, env=nowhere, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    good = run()
    assert good.returncode == 0, good.stderr
    assert "核验通过" in good.stdout
    file.write_text(file.read_text(encoding="utf-8").replace("000001", "000002"), encoding="utf-8")
    assert run().returncode == 1


def guide_program() -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/draws.md").read_text(encoding="utf-8"), re.S)
    assert found is not None
    return found[1]


def test_the_program_of_the_guide_agrees(file: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-c", guide_program(), str(file)], capture_output=True, text=True, check=False
        )

    good = run()
    assert good.returncode == 0, good.stderr
    assert good.stdout.split("chosen: ")[1].split() == published()["result"][:5]
    record = published()
    record["result"].reverse()
    file.write_text(json.dumps(record))
    assert run().returncode != 0


def test_the_guide_is_ten_minutes_reading() -> None:
    assert len((ROOT / "docs/draws.md").read_text(encoding="utf-8").split()) < 1200
