"""Flats, and households that wait for one: approved applications on the county's list, made without their forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.casework.documents import Application
from models.housing import estates, waiting_list
from models.housing.estates import Imported
from models.housing.flat_documents import Flat, Tenancy
from models.housing.waiting_list import Place
from models.kernel.actors import COUNTY_REVIEWER, SYSTEM, TOWNSHIP_INTAKE, Actor
from models.kernel.database import collection
from models.kernel.ids import id_from_key, new_id
from models.kernel.lifecycle import history_entry

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PROGRAMME, DISTRICT, TOWNSHIP = "public_rental_housing", "360902", "1796554"
REVIEWER = Actor("staff", "reviewer", frozenset({COUNTY_REVIEWER}), DISTRICT)
INTAKE = Actor("staff", "intake", frozenset({TOWNSHIP_INTAKE}), DISTRICT)
HEADER = "estate_id,estate,address,programme,township_id,number,layout,floor,area_sqm,rent_yuan"


def flat_row(number: int, layout: str = "one_room", area: str = "45.50", rent: str = "300.00") -> str:
    return f"E1,幸福家园,袁州区明月路1号,{PROGRAMME},{TOWNSHIP},1-{number:03d},{layout},{number},{area},{rent}"


def import_flats(*rows: str, at: datetime = AT) -> Imported:
    content = "\n".join([HEADER, *rows]).encode()
    return estates.import_flats(content, "flats.csv", by=REVIEWER, at=at)


def make_flats(count: int, layout: str = "one_room") -> list[str]:
    """Free flats; their ids by number."""
    import_flats(*(flat_row(number, layout) for number in range(1, count + 1)))
    return [each["_id"] for each in sorted(collection(Flat).find(), key=lambda each: each["number"])]


def make_household(number: int, at: datetime = AT) -> Actor:
    """A single person, approved, who waits; lower numbers come first. The application's id is `case_of`."""
    who = Actor("resident", id_from_key("test resident", str(number)))
    case = Application(
        id=case_of(who), created_at=at, updated_at=at, resident_id=who.id, programme=PROGRAMME, programme_version=1,
        state="approved", stage_since=at, district_code=DISTRICT, township_id=TOWNSHIP, submitted_at=at,
        history=[history_entry("approve", "reviewed", "approved", SYSTEM, at)],
    )  # fmt: skip
    collection(Application).insert_one(case.raw())
    place = Place(PROGRAMME, case_of(who), DISTRICT, None, TOWNSHIP, who.id)
    day = f"20{10 + number // 300:02d}-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}"
    waiting_list.join(place, {"priority": "ordinary", "applied_on": day}, reason="approved", by=SYSTEM, at=at)
    return who


def case_of(who: Actor) -> str:
    return id_from_key("test case", who.id)


def open_batch(flat_ids: list[str], at: datetime = AT, **more: Any) -> str:
    made = estates.open_batch(
        new_id(), programme=PROGRAMME, district_code=DISTRICT, name="第一批", flat_ids=flat_ids, by=REVIEWER, at=at,
        **more,
    )  # fmt: skip
    return str(made["_id"])


def tenancy(who: Actor) -> dict[str, Any]:
    found = collection(Tenancy).find_one({"_id": case_of(who)})
    assert found is not None
    return found


def assert_flats_agree() -> None:
    """No flat is anybody's but its one tenancy's, no tenancy names a flat that is not its own, none is stranded."""
    named = {each["flat"]["id"]: each for each in collection(Tenancy).find() if each.get("flat")}
    assert len(named) == sum(1 for each in collection(Tenancy).find() if each.get("flat")), "a flat is given twice"
    for flat in collection(Flat).find():
        whose = named.pop(flat["_id"], None)
        if whose is None:
            assert flat["state"] in ("free", "closed"), f"{flat['number']} is stranded"
        else:
            assert flat["state"] in ("held", "let")
            assert flat["hold"] == {"application_id": whose["_id"], "attempt": whose["flat"]["attempt"]}
    assert not named, "a tenancy names a flat that does not exist"
