"""A call for help out of the chat reaches who is on duty, once, and can be given out and erased."""

import pytest

from config.loading import catalogue
from models.conversations.distress import DistressCall, call_for_help, erase_calls, export_calls
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.database import collection
from tests.factories.concerns import deliver_all, make_staff, told
from tests.factories.eldercare import MORNING, SANYANG, XIAPU

PLACE = next(place for place in catalogue().places if place.id == SANYANG)


def test_the_township_is_told_once_and_no_other(database: str) -> None:
    here, elsewhere = make_staff(SUPERVISOR, township_ids=(SANYANG,)), make_staff(SUPERVISOR, township_ids=(XIAPU,))
    county = make_staff(SUPERVISOR)
    for _ in range(3):
        assert call_for_help("message 1", "R1", PLACE, "H1", MORNING)
    deliver_all(MORNING)
    (notice,) = told(here)
    assert notice["about"] == "handover:H1"
    assert notice["values"] == {"township": "三阳镇"}
    assert told(elsewhere) == told(county) == []
    assert collection(DistressCall).count_documents({}) == 1


@pytest.mark.parametrize(("roles", "reached"), [((SUPERVISOR,), True), ((), False)])
def test_without_a_township_the_county_is_told_and_without_both_nobody_is_promised(
    database: str, roles: tuple[str, ...], reached: bool
) -> None:
    county = make_staff(*roles) if roles else make_staff(TOWNSHIP_INTAKE, district_code="360921")
    assert call_for_help("message 1", "R1", PLACE, "H1", MORNING) is reached
    assert call_for_help("message 1", "R1", PLACE, "H1", MORNING) is reached
    deliver_all(MORNING)
    assert len(told(county)) == int(reached)


def test_a_resident_gets_a_copy_and_can_have_it_erased(database: str) -> None:
    make_staff(SUPERVISOR)
    call_for_help("message 1", "R1", PLACE, "H1", MORNING)
    assert export_calls("R1") == [{"at": MORNING, "township_id": SANYANG}]
    assert export_calls("R2") == []
    assert erase_calls("R1", MORNING) == 0, "not before the word has gone out"
    deliver_all(MORNING)
    assert erase_calls("R1", MORNING) == 1
    assert export_calls("R1") == []
