"""No person-level datum in any event, push, export or open file: a search for what a person's data would look like."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from models.eldercare.documents import Elder
from models.indicators import pushes, usage
from models.indicators.documents import Observation, UsageDay, UsageEvent
from models.indicators.exporting import FORMS, export
from models.indicators.observations import observe
from models.indicators.open_tables import OpenTable
from models.indicators.rollups import roll_up
from models.kernel.database import collection
from models.people.documents import Resident
from tests.factories import casework, eldercare, housing

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
MONTH = "2026-11"


@pytest.mark.slow
def test_nothing_of_a_person_is_in_what_leaves_the_house(client: FlaskClient) -> None:
    guardian = casework.make_guardian()
    submitted = casework.make_submitted(guardian, [casework.make_centre()])
    elder = eldercare.make_elder()
    daughter = eldercare.make_link(elder, 1)
    household = housing.make_household(1)
    for key in (submitted["_id"], daughter.id):
        usage.note_use("visit_completed", key, NOW, "360902", None)
    usage.flush()
    roll_up(NOVEMBER)
    observe(MONTH, NOVEMBER)
    told = [export(form, MONTH, exact=exact)[0] for form in FORMS for exact in (False, True) if form != "xlsx"]
    told += [json.dumps(pushes.waiting(), ensure_ascii=False).encode()]
    for path in ("/indicators", f"/open-data/uses-{MONTH}.json", f"/open-data/observations-{MONTH}.json", "/open-data"):
        told.append(client.get(f"/api/v1{path}").data)
    for record in (UsageEvent, UsageDay, Observation, OpenTable):
        told += [repr(each).encode() for each in collection(record).find({}, {"outbox": 0})]
    everything = b"\n".join(told).decode()
    assert "visit_completed" in everything
    ids = [each["_id"] for record in (Resident, Elder) for each in collection(record).find({}, {"_id": 1})]
    assert len(ids) >= 3
    names = (casework.CHILD_NAME, casework.GUARDIAN_NAME, eldercare.NAME, eldercare.ADDRESS)
    words = (*names, submitted["_id"], household.id, daughter.id, guardian.id, *ids)
    assert [each for each in words if each in everything] == []
