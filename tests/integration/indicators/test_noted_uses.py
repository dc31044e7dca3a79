"""What somebody was told is done is counted once, whatever dies or is repeated; and nothing in it is about a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.dialogues.elders import Elders
from models.childcare import supervision
from models.facilities.documents import Facility
from models.indicators import usage
from models.indicators.approvals import count_approvals
from models.indicators.checkins import CheckIn, check_in, code_of, text_of
from models.indicators.documents import UsageEvent
from models.indicators.rollups import Use, roll_up, uses
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from tests.factories import casework, eldercare
from tests.failpoints import Killable
from tests.integration_targets import CHECKED_IN

Headers = dict[str, str]
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def send(client: FlaskClient, headers: Headers, facility_id: str, code: str | None = None, key: str = "") -> Any:
    return client.post(
        f"/api/v1/facilities/{facility_id}/check-ins", json={"code": code or code_of(facility_id)},
        headers={**headers, "Idempotency-Key": key or new_id()},
    )  # fmt: skip


def found(measure: str) -> list[Use]:
    roll_up(NOW + timedelta(hours=1))
    return list(uses("2026-11-01", "2026-11-30", measure))


def counted(measure: str = "cultural_facility_use") -> int:
    return sum(use.count for use in found(measure))


def test_a_person_counts_once_a_day_and_facility(
    client: FlaskClient, facility: Callable[..., str], resident: Callable[..., Headers], clock: FixedClock
) -> None:
    library, museum = facility("library"), facility("museum", "360981")
    me, another = resident(), resident()
    assert send(client, me, library).status_code == 201
    assert send(client, me, library).status_code == 201, "a repeat is answered, and counts nothing"
    for headers, where in ((another, library), (me, museum)):
        assert send(client, headers, where).get_json()["text"]
    assert counted() == 3
    following = clock.advance(days=1)
    check_in(library, code_of(library), resident_id=me["X-Resident-Id"], at=following)
    roll_up(following)
    assert [(use.day, use.district_code, use.count) for use in uses("2026-11-01", "2026-11-30")] == [
        ("2026-11-23", "360902", 2), ("2026-11-23", "360981", 1), ("2026-11-24", "360902", 1),
    ]  # fmt: skip


def test_nothing_ties_an_event_to_a_person(
    client: FlaskClient, facility: Callable[..., str], resident: Callable[..., Headers]
) -> None:
    me, library = resident(), facility("library")
    send(client, me, library)
    mark = collection(CheckIn).find_one({})
    event = collection(UsageEvent).find_one({"measure": "cultural_facility_use"})
    assert mark is not None and event is not None
    assert me["X-Resident-Id"] not in repr(mark) + repr(event)
    assert mark["expires_at"] <= NOW + timedelta(days=2), "afterwards nobody can tell who it was"
    assert set(event) == {
        "_id", "version", "created_at", "updated_at", "measure", "slot", "district_code", "township_id", "count",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("category", "change", "code", "status", "said"),
    [
        ("library", {}, "0" * 16, 422, "invalid_input"), ("library", {}, "not hex", 422, "invalid_input"),
        ("library", {"status": "closed"}, None, 409, "checkin_not_counted"),
        ("elder_care_home", {}, None, 409, "checkin_not_counted"),
    ],
)  # fmt: skip
def test_what_is_no_check_in_is_refused(
    client: FlaskClient, facility: Callable[..., str], resident: Callable[..., Headers], category: str,
    change: dict[str, Any], code: str | None, status: int, said: str,
) -> None:  # fmt: skip
    found = send(client, resident(), facility(category, **change), code)
    assert (found.status_code, found.get_json()["code"]) == (status, said)
    assert counted() == 0
    assert send(client, resident(), "no-such-place", "0" * 16).status_code == 404


def test_the_code_for_the_wall_is_for_the_staff_of_the_place(
    client: FlaskClient, facility: Callable[..., str], staff: Callable[..., Headers]
) -> None:
    library = facility("library")
    path = f"/api/v1/staff/facilities/{library}/check-in-code"
    found = client.get(path, headers=staff("supervisor")).get_json()
    assert found["text"] == text_of(library) and code_of(library) in found["text"]
    assert "<svg" in found["svg"]
    assert client.get(path, headers=staff("supervisor", district_code="360981")).status_code == 404


@pytest.mark.slow
def test_a_check_in_killed_at_any_write_is_counted_once_when_it_is_repeated(database: str) -> None:
    Facility(
        id=CHECKED_IN, created_at=NOW, updated_at=NOW, external_id="x", source="test", name="馆", category="library",
        longitude=114.4, latitude=27.8, given_longitude=114.4, given_latitude=27.8, datum="wgs84",
        district_code="360902", township_id="1", search_terms={"pinyin": "x", "initials": "x"}, changed_at=NOW,
    ).save()  # fmt: skip
    with Killable("tests.integration_targets:check_in_once", database, NOW) as target:
        for point in target.points():
            assert not target.run(), "the repeat ends"
            assert counted() == 1, point
            for record in (UsageEvent, CheckIn):
                collection(record).delete_many({})


def test_what_is_noted_twice_counts_once(database: str) -> None:
    for at in (NOW, NOW, NOW + timedelta(hours=1)):
        usage.note_use("visit_completed", "visit 1", at, "360902", None)
    usage.note_use("visit_booked", "visit 1", NOW, "360902", None)
    assert (counted("visit_completed"), counted("visit_booked")) == (1, 1)


def test_an_inspection_counts_once_and_an_incident_is_none(database: str) -> None:
    centre, intake = casework.make_centre(), eldercare.staff_actor("township_intake")
    for finding_id, kind in (("A" * 26, "inspection"), ("A" * 26, "inspection"), ("B" * 26, "incident")):
        finding = supervision.Finding(kind, NOW.date(), "serious", "消防通道堵塞")
        supervision.record(finding_id, centre, finding, by=intake, at=NOW)
    assert [(use.district_code, use.count) for use in found("inspection_recorded")] == [("360902", 1)]


def test_a_visit_booked_in_the_chat_counts_once_when_its_message_comes_again(database: str) -> None:
    elder, daughter = eldercare.family()
    slot = eldercare.make_slot()
    for _ in range(2):
        Elders(daughter.id, lambda name: f"one message {name}", NOW).book(elder["_id"], slot["_id"], None)
    assert [(use.township_id, use.count) for use in found("visit_booked")] == [(eldercare.SANYANG, 1)]


def test_an_approved_training_counts_once_on_the_day_it_took_effect(database: str) -> None:
    from models.casework.documents import Application

    def application(programme: str, state: str, days: int) -> None:
        at = NOW - timedelta(days=days)
        collection(Application).insert_one({
            "_id": new_id(), "programme": programme, "state": state, "approved_at": at, "district_code": "360902",
            "township_id": "1", "updated_at": at, "created_at": at, "version": 1,
        })  # fmt: skip

    application("training_subsidy", "approved", 3)
    application("training_subsidy", "approved", 10)
    application("training_subsidy", "refused", 3)
    application("rental_subsidy", "approved", 3)
    application("training_subsidy", "approved", 40)  # counted a month ago
    for _ in range(2):
        count_approvals(NOW)
    roll_up(NOW)
    assert [(use.day, use.count) for use in uses("2026-11-01", "2026-11-30", "training_completed")] == [
        ("2026-11-13", 1), ("2026-11-20", 1),
    ]  # fmt: skip


def test_pages_are_counted_where_they_are_asked_for(client: FlaskClient, facility: Callable[..., str]) -> None:
    library = facility("library")
    for path in (f"/facilities/{library}", "/places?q=三阳", "/service-circles?lat=27.8&lng=114.4",
                 "/indicators/elder_care_beds/observations", "/facilities?q=x"):  # fmt: skip
        assert client.get(f"/api/v1{path}").status_code == 200, path
    usage.flush()
    found = {each["measure"]: each["district_code"] for each in collection(UsageEvent).find({})}
    assert found["facility_view"] == "360902"
    assert set(found) == {"facility_view", "place_search", "service_circle_view", "indicator_view", "facility_search"}
