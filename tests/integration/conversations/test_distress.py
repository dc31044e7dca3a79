"""A call for help out of the chat reaches who is on duty, once, and can be given out and erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from config.loading import catalogue
from models.conversations.distress import DistressCall, call_for_help, erase_calls, export_calls, sound_alarms
from models.conversations.handovers import ask_for_person, locate, take
from models.conversations.lifecycle import OPEN_STATES
from models.conversations.queries import queue
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.database import collection
from models.kernel.errors import NotFound
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


def ticket_of(name: str) -> str:
    """The hand-over with the words, which nobody has taken."""
    asked = ask_for_person(f"o{name}", "x", name, MORNING, district_code=PLACE.district_code, resident_id="R1")
    return str(asked["_id"])


def test_the_county_is_told_once_where_nobody_takes_it_in_time_and_it_is_loud_where_the_county_does_not(
    database: str,
) -> None:
    here = make_staff(SUPERVISOR, township_ids=(SANYANG,))
    county, other = make_staff(SUPERVISOR), make_staff(SUPERVISOR)
    first, later, last = (MORNING + timedelta(minutes=minutes) for minutes in (9, 10, 25))
    call_for_help("message 1", "R1", PLACE, ticket_of("one"), MORNING)
    assert set(sound_alarms(first).values()) == {0}
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: sound_alarms(later)["escalate"], range(4)))
    assert sum(done) == 1, "of processes that run it at once one tells"
    deliver_all(later)
    assert [len(told(each)) for each in (here, county, other)] == [1, 1, 1]
    assert sound_alarms(last)["give_up"] == 1, "nobody above the county: the log is loud"
    deliver_all(last)
    assert [len(told(each)) for each in (here, county, other)] == [1, 1, 1]
    assert set(sound_alarms(last + timedelta(days=1)).values()) == {0}


def test_a_call_that_was_taken_goes_no_further(database: str) -> None:
    here, county = make_staff(SUPERVISOR, township_ids=(SANYANG,)), make_staff(SUPERVISOR)
    ticket = ticket_of("two")
    for _ in range(2):
        locate(ticket, PLACE, "locate", MORNING)
        call_for_help("message 1", "R1", PLACE, ticket, MORNING)
    elsewhere = make_staff(SUPERVISOR, township_ids=(XIAPU,))
    seen = [
        [each["id"] for each in queue(by, OPEN_STATES, 10, None, MORNING).items] for by in (here, county, elsewhere)
    ]
    assert seen == [[ticket], [ticket], []], "the township that was told can open it, and no other"
    with pytest.raises(NotFound):
        take(ticket, by=elsewhere, at=MORNING, key="take")
    take(ticket, by=here, at=MORNING + timedelta(minutes=1), key="take")
    assert sound_alarms(MORNING + timedelta(minutes=10))["answer"] == 1
    deliver_all(MORNING + timedelta(minutes=10))
    assert told(county) == []
    assert set(sound_alarms(MORNING + timedelta(hours=1)).values()) == {0}


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
