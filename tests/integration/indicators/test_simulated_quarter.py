"""A quarter by hand, as `docs/tour.md` has it: what arrives at the office can be computed again from what is exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from config.settings import Settings
from models.indicators import usage
from models.indicators.rollups import roll_up
from models.kernel.clock import FixedClock
from tests.factories.office import KEY, Office
from tests.running import ROOT
from wsgi import compose

QUARTER = ("2026-07", "2026-08", "2026-09")
AUGUST, SEPTEMBER = datetime(2026, 8, 31, 2, 0, tzinfo=UTC), datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
COMMAND = "    flask --app wsgi "
BED_KINDS = ("elder_care_home", "day_care_centre", "mutual_aid_centre")


def documented() -> list[list[str]]:
    """The commands of the page's section, each as its words."""
    section = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8").partition("## A simulated quarter")[2]
    return [line.removeprefix(COMMAND).split() for line in section.splitlines() if line.startswith(COMMAND)]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_a_quarter_by_hand_as_it_is_documented(
    directory: Callable[..., str], settings: Settings, clock: FixedClock, office: Office, httpserver: HTTPServer,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    directory("sports_venue", area_sqm=12_000.5)
    for number, at in enumerate((AUGUST, AUGUST, SEPTEMBER)):
        usage.note_use("cultural_facility_use", f"use {number}", at, "360902", None)
        roll_up(at)
    told = {"indicator_endpoint": httpserver.url_for("/observations"), "indicator_key": KEY}
    runner = compose(settings.model_copy(update=told), clock).test_cli_runner()
    said: dict[str, str] = {}
    monkeypatch.chdir(tmp_path)
    for words in documented():
        done = runner.invoke(args=words)
        assert done.exit_code == 0, (words, done.output)
        said[" ".join(words)] = done.stdout
    observed = rows_of(Path("observations.csv").read_text(encoding="utf-8"))
    (paper,) = Path("report").glob("*.pdf")
    assert paper.read_bytes().startswith(b"%PDF-") and list(Path("report").glob("*.html"))
    repeated = runner.invoke(args=documented()[0])
    assert "already done" in repeated.output
    assert [each for each in said if "observe" in each and f"{QUARTER[0]}: done" in said[each]]

    city = {each["indicator"]: each for each in observed if each["level"] == "city"}
    for each in (row for row in observed if row["value"] or row["partial_value"]):
        numerator, denominator = float(each["numerator"]), float(each["denominator"] or 1)
        value = numerator / denominator * (100 if each["unit"] == "%" else 1)
        assert abs(value - float(each["value"] or each["partial_value"])) < 0.0001, each
    places = rows_of(next(text for words, text in said.items() if words.startswith("facilities")))
    beds = sum(float(each["beds"] or 0) for each in places if each["category"] in BED_KINDS)
    assert float(city["elder_care_beds"]["numerator"]) * 10_000 == beds == 29_000
    assert float(city["sports_area_per_person"]["numerator"]) == sum(
        float(each["area_sqm"] or 0) for each in places if each["category"] == "sports_venue"
    )
    uses = rows_of(next(text for words, text in said.items() if words.startswith("indicators uses")))
    since_january = runner.invoke(args=["indicators", "uses", "--period", "2026-08"]).stdout
    counted = sum(int(each["count"]) for each in [*uses, *rows_of(since_january)])
    assert round(float(city["cultural_facility_uses"]["numerator"]) * 10_000) == counted == 3

    assert office.faults == []
    sent = {(each["indicator"], each["period"]) for each in office.accepted}
    assert {("elder_care_beds", month) for month in QUARTER} <= sent
    values = {each["indicator"]: each["value"] for each in office.accepted if each["period"] == QUARTER[-1]}
    assert values["elder_care_beds"] == float(city["elder_care_beds"]["partial_value"]) == 2.9
