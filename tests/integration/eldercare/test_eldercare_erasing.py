"""A resident's copy holds their part of elder care; erased, nothing of them is left, and the visits' numbers stay."""

from __future__ import annotations

import pytest

from models.eldercare import booking, visiting
from models.eldercare.documents import Elder, ElderLink, Visit, VisitSlot
from models.eldercare.erasing import erase_resident_visits, export_resident_visits
from models.kernel.database import collection, database
from models.kernel.encryption import blind_index
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.people.holders import all_holders
from tests.factories.eldercare import (
    ADDRESS,
    HEALTH,
    MORNING,
    NAME,
    assert_consistent,
    id_number,
    make_elder,
    make_link,
    make_slot,
    make_visitor,
)

pytestmark = pytest.mark.usefixtures("database")


NOTHING = {"links": [], "visits": [], "waiting_requests": [], "register_entry": None, "list_rows": []}


def test_the_copy_holds_links_visits_and_the_own_entry() -> None:
    elder = make_elder()
    daughter = make_link(elder, 1)
    booking.book_visit(new_id(), elder["_id"], make_slot()["_id"], "带药", by=daughter, at=MORNING)
    copy = export_resident_visits(daughter.id)
    assert [(each["name"], each["id_number"]) for each in copy["links"]] == [(NAME, id_number(1))]
    assert [(each["state"], each["wishes"]) for each in copy["visits"]] == [("booked", "带药")]
    assert copy["register_entry"] is None, "the parent's address and health are not the daughter's data"
    index = blind_index("id_number", id_number(1))
    collection(Resident).update_one({"_id": daughter.id}, {"$set": {"id_number_index": index}})
    own = export_resident_visits(daughter.id)["register_entry"]
    assert own is not None
    assert (own["address"], own["health_notes"]) == (ADDRESS, HEALTH)


def test_erased_means_no_trace_of_the_resident_and_no_lost_number() -> None:
    elder = make_elder()
    daughter = make_link(elder, 1)
    done, coming = (
        booking.book_visit(new_id(), elder["_id"], make_slot(hour=hour)["_id"], "带药", by=daughter, at=MORNING)
        for hour in (9, 10)
    )
    report = visiting.Report("seen_well")
    visiting.complete_visit(done["_id"], report, by=make_visitor(), at=MORNING, key="k", version=1)
    assert erase_resident_visits(daughter.id, MORNING) > 0
    left = "".join(
        repr(list(database()[record._get_collection_name()].find())) for record in (Visit, VisitSlot, ElderLink, Elder)
    )
    assert daughter.id not in left
    assert export_resident_visits(daughter.id) == NOTHING
    states = {visit["_id"]: visit["state"] for visit in collection(Visit).find()}
    assert states == {done["_id"]: "completed", coming["_id"]: "cancelled"}
    found = collection(Elder).find_one({"_id": elder["_id"]})
    assert found is not None
    assert found["seen_months"] == ["2026-11"]
    assert_consistent()
    assert erase_resident_visits(daughter.id, MORNING) == 0


def test_another_family_member_keeps_theirs() -> None:
    elder = make_elder()
    daughter, son = make_link(elder, 1), make_link(elder, 1)
    visit = booking.book_visit(new_id(), elder["_id"], make_slot()["_id"], "带药", by=son, at=MORNING)
    erase_resident_visits(daughter.id, MORNING)
    found = collection(Visit).find_one({"_id": visit["_id"]})
    assert found is not None
    assert (found["resident_id"], found["state"]) == (son.id, "booked")
    assert collection(ElderLink).count_documents({"resident_id": son.id}) == 1


def test_the_product_knows_of_it(app: object) -> None:
    assert "eldercare" in {holder.name for holder in all_holders()}
