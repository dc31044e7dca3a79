"""The public indicators and their export."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.eldercare.month_closing import close_month
from models.indicators.observations import observe
from models.indicators.sources import SOURCES
from models.indicators.usage import flush, record_use

NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
URL = "/api/v1/indicators"


def test_all_25_are_public_with_their_target(client: FlaskClient) -> None:
    items = client.get(URL).get_json()["items"]
    assert len(items) == 25
    first = items[0]
    assert first["token"] == "childcare_places_per_thousand"
    assert (first["baseline_2020"], first["target_2025"], first["binding"], first["latest"]) == (0.89, 4.5, False, None)
    assert next(each for each in items if each["target_comparison"] == "all")["target_2025"] is None


def test_the_latest_observation_is_shown_as_partial(client: FlaskClient, directory: Callable[..., str]) -> None:
    observe("2026-09", NOVEMBER)
    close_month("2026-10", NOVEMBER)  # the register's numbers are observed once they are frozen
    observe("2026-10", NOVEMBER)
    found = {each["token"]: each["latest"] for each in client.get(URL).get_json()["items"]}
    beds = found["elder_care_beds"]
    assert (beds["period"], beds["status"], beds["value"], beds["partial_value"]) == ("2026-10", "partial", None, 2.9)
    assert beds["note"] and beds["coverage"]["basis"]
    assert found["monthly_welfare_visit_rate"]["status"] == "not_observable"


def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, directory: Callable[..., str]) -> None:
    observe("2026-10", NOVEMBER)
    for url in (URL, f"{URL}/elder_care_beds/observations"):
        first = client.get(url)
        assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    directory("elder_care_home", beds=100)
    observe("2026-10", NOVEMBER)
    again = client.get(f"{URL}/elder_care_beds/observations", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


def test_observations_by_level_area_and_month(client: FlaskClient, directory: Callable[..., str]) -> None:
    for month in ("2026-08", "2026-09", "2026-10"):
        observe(month, NOVEMBER)
    url = f"{URL}/nursing_bed_share/observations"
    city = client.get(url, query_string={"first": "2026-09"}).get_json()
    assert [each["period"] for each in city["items"]] == ["2026-10", "2026-09"]
    county = client.get(url, query_string={"level": "county", "area": "360902", "limit": 1}).get_json()
    assert (county["items"][0]["area_name"], county["items"][0]["partial_value"]) == ("袁州区", 50)
    following = client.get(
        url, query_string={"level": "county", "area": "360902", "limit": 1, "cursor": county["next"]}
    ).get_json()
    assert following["items"][0]["period"] == "2026-09"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"level": "village"}, 422), ({"area": "110000"}, 422), ({"first": "2026-13"}, 422), ({"limit": "0"}, 422),
        ({"limit": "100000"}, 422), ({"cursor": "x"}, 400), ({"revisions": "some"}, 422), ({"more": "1"}, 422),
        ({"area": "\x00"}, 422), ({"first": "2026-10\n"}, 422),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(client: FlaskClient, query: dict[str, str], status: int) -> None:
    answer = client.get(f"{URL}/elder_care_beds/observations", query_string=query)
    assert answer.status_code == status
    assert answer.get_json()["code"]


def test_an_unknown_indicator_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"{URL}/happiness/observations").status_code == 404


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    from models.kernel.paging import encode_cursor

    for position in ({"id": "x"}, {"period": 1, "area": 2, "revision": "3"}):
        answer = client.get(f"{URL}/elder_care_beds/observations", query_string={"cursor": encode_cursor(position)})
        assert answer.status_code == 400


def test_a_month_is_exported_so_that_it_can_be_recomputed(app: Flask, directory: Callable[..., str]) -> None:
    close_month("2026-10", NOVEMBER)
    observe("2026-10", NOVEMBER)
    said = app.test_cli_runner().invoke(args=["indicators", "export", "--format", "csv", "--period", "2026-10"])
    assert said.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    city = {row["indicator"]: row for row in rows if row["level"] == "city"}
    assert set(city) == set(SOURCES)
    assert len([row for row in rows if row["level"] == "county"]) == 10 * (len(SOURCES) - 1)
    share = city["nursing_bed_share"]
    assert float(share["numerator"]) / float(share["denominator"]) * 100 == float(share["partial_value"]) == 45
    assert share["value"] == "" and share["coverage"].startswith("partial")
    assert share["as_of"] == "2026-11-01T02:30:00+08:00"


def test_a_wrong_month_is_refused(app: Flask, database: str) -> None:
    for command in ("export", "uses", "observe"):
        said = app.test_cli_runner().invoke(args=["indicators", command, "--period", "2026-13"])
        assert said.exit_code == 1, command


def test_a_revision_can_be_made_by_hand(app: Flask, directory: Callable[..., str]) -> None:
    runner = app.test_cli_runner()
    assert (
        "elder_care_beds:3609:2026-10:0001"
        in runner.invoke(args=["indicators", "observe", "--period", "2026-10"]).output
    )
    assert "0 revisions made" in runner.invoke(args=["indicators", "observe", "--period", "2026-10"]).output


def test_counted_uses_are_exported(app: Flask, database: str) -> None:
    record_use("facility_view", datetime(2026, 11, 22, 16, 30, tzinfo=UTC), "360902", count=3)
    flush()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["jobs", "run", "roll_up_usage"]).exit_code == 0
    said = runner.invoke(args=["indicators", "uses", "--period", "2026-11"]).stdout
    assert said.splitlines() == ["day,district_code,township_id,measure,count", "2026-11-23,360902,,facility_view,3"]
    assert runner.invoke(args=["indicators", "rebuild-uses"]).exit_code == 0
    assert runner.invoke(args=["indicators", "uses", "--period", "2026-11"]).stdout == said


def test_the_last_month_asked_for_is_within(client: FlaskClient, directory: Callable[..., str]) -> None:
    observe("2026-10", NOVEMBER)
    asked = {"area": "3609", "first": "2026-10", "last": "2026-10"}
    found = client.get(f"{URL}/elder_care_beds/observations", query_string=asked).get_json()["items"]
    assert [each["period"] for each in found] == ["2026-10"]
