"""Invented people: the sandbox's residents, the register of old people, staff in every county, slots to book."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import Field
from pymongo.errors import DuplicateKeyError

from bot.wechat.sandbox.people import Person
from config.loading import CATALOGUE, Entry, Place, catalogue, load_yaml, rule
from models.eldercare import booking, operations, visiting
from models.eldercare.documents import Elder, VisitSlot
from models.kernel.actors import ADMINISTRATOR, COUNTY_REVIEWER, PLANNER, SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import at_local, day_of, month_bounds, month_of, previous_month
from models.kernel.database import collection
from models.kernel.ids import id_from_key
from models.kernel.workdays import is_workday
from models.people import consents, passwords
from models.people import operations as people
from models.people.documents import Caseworker, staff_actor
from models.people.sign_in import link_follower, sign_in

SCOPE = "demo"
SEED = 20220608
OF_A_COUNTY = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, VISITOR)
OF_THE_CITY = (PLANNER, SUPERVISOR, ADMINISTRATOR)
FIRST_DISTRICT = "360902"
# ISO 7064 MOD 11-2 over the first seventeen digits (GB 11643).
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
OLDEST, YOUNGEST = date(1928, 1, 1), date(1950, 12, 31)
CATEGORIES = ("living_alone", "empty_nest", "left_behind", "care_dependent", "very_old")
RISKS = ("ordinary", "ordinary", "ordinary", "raised", "high")
SLOT_DAYS = 14
SLOT_CAPACITY = 2


class DemoResident(Entry):
    """A sandbox resident with an invented identity."""

    token: str
    name: str
    birth: date
    woman: bool
    county: str


class DemoPeople(Entry):
    """The file `config/catalogue/demo/people.yaml`."""

    surnames: list[str]
    given_women: list[str]
    given_men: list[str]
    communities: list[str]
    health: list[str]
    address: str
    contact: dict[str, str]
    elders: int = Field(gt=0)
    residents: list[DemoResident]
    mother: dict[str, str]
    child: dict[str, str]
    on_paper: dict[str, str]
    staff: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def definition() -> DemoPeople:
    """The demo's people, validated."""
    return load_yaml(CATALOGUE / "demo" / "people.yaml", DemoPeople)


def id_number(district_code: str, birth: date, number: int, *, woman: bool) -> str:
    """An ID number with a right check digit that no register has given out to anybody we know of."""
    order = (number * 2 + (0 if woman else 1)) % 1000
    body = f"{district_code}{birth:%Y%m%d}{order:03d}"
    return body + CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def load_staff(password: str, at: datetime) -> None:
    """Staff of every county and of the city, all with the demo's password; a changed password is set anew."""
    hashed = passwords.hash_password(password)
    for username, name, role, district in _staff():
        kind = "volunteer" if username.startswith("volunteer") else "caseworker"
        worker = Caseworker(
            id=id_from_key(SCOPE, username), created_at=at, updated_at=at, username=username, password_hash=hashed,
            display_name=name, roles=[role], district_code=district, demo=True, visitor_kind=kind,
        )  # fmt: skip
        try:
            collection(Caseworker).insert_one(worker.raw())
        except DuplicateKeyError:
            collection(Caseworker).update_one(
                {"username": username, "demo": True}, {"$set": {"password_hash": hashed, "updated_at": at}}
            )


def has_staff() -> bool:
    """True where every demo caseworker is there, so that the demo's cases have somebody to work on them."""
    there = {each["username"] for each in collection(Caseworker).find({"demo": True}, {"username": 1})}
    return all(username in there for username, *_ in _staff())


def demo_staff(username: str) -> Actor:
    """The actor of a demo caseworker."""
    found = collection(Caseworker).find_one({"username": username, "demo": True})
    if found is None:
        raise LookupError(username)
    return staff_actor(found)


def load_residents(at: datetime) -> dict[str, str]:
    """The sandbox's residents with identity and consent; returns their ids by token. A second run changes nothing."""
    found: dict[str, str] = {}
    for number, each in enumerate(definition().residents, start=1):
        player = Person(each.token)
        _, stored = sign_in(player.mini_openid, player.unionid, at)
        found[each.token] = stored["_id"]
        link_follower(player.official_openid, player.unionid, at)
        if not stored.get("id_number_index"):
            people.record_consent(
                stored["_id"], consents.IDENTITY, consents.current_version(consents.IDENTITY), True, at
            )
            number_text = id_number(each.county, each.birth, 400 + number, woman=each.woman)
            people.set_identity(stored["_id"], each.name, number_text, "resident_id_card", at)
    _load_child(found, at)
    return found


def load_register(residents: dict[str, str], at: datetime) -> int:
    """The register, last month's and this month's visits; returns the number of entries."""
    began = month_bounds(previous_month(month_of(at)))[0]
    chance = random.Random(SEED)  # noqa: S311  invented data, not secrets
    elders = [_register(number, chance, began) for number in range(definition().elders)]
    _load_mother(residents, began, at)
    for elder in elders:
        for month, share in ((month_of(began), 0.96), (month_of(at), 0.6)):
            if chance.random() < share:
                _visited(elder, month, chance, at)
    return len(elders) + 1


def load_slots(at: datetime) -> int:
    """Hours of the first district's visitor on the coming working days; returns how many."""
    visitor = demo_staff(f"visitor-{FIRST_DISTRICT}")
    home = first_place()
    made = 0
    for day in (day_of(at) + timedelta(days=number) for number in range(1, SLOT_DAYS + 1)):
        for text in rule("eldercare.slot_starts") if is_workday(day) else ():
            hour, minute = map(int, text.split(":"))
            starts = at_local(day, hour, minute)
            ends = starts + timedelta(minutes=rule("eldercare.slot_minutes"))
            plan = booking.SlotPlan(home, starts, ends, SLOT_CAPACITY, visitor.id)
            slot = booking.publish_slot(id_from_key(SCOPE, f"slot {day} {text}"), plan, by=visitor, at=at)
            collection(VisitSlot).update_one({"_id": slot["_id"]}, {"$set": {"demo": True}})
            made += 1
    return made


def _staff() -> Iterator[tuple[str, str, str, str | None]]:
    written = definition().staff
    for district in catalogue().districts.values():
        for role in OF_A_COUNTY:
            named = written[role]
            yield (named["username"].format(district=district.code), named["name"].format(place=district.name_zh),
                   role, district.code)  # fmt: skip
    volunteer, place = written["volunteer"], catalogue().districts[FIRST_DISTRICT].name_zh
    yield (volunteer["username"].format(district=FIRST_DISTRICT), volunteer["name"].format(place=place), VISITOR,
           FIRST_DISTRICT)  # fmt: skip
    for role in OF_THE_CITY:
        yield written[role]["username"], written[role]["name"], role, None


def _load_child(residents: dict[str, str], at: datetime) -> None:
    written = definition().child
    parent = next(each for each in definition().residents if each.token == written["parent"])
    birth = date.fromisoformat(written["birth"])
    people.add_child(
        Actor("resident", residents[parent.token]), id_from_key(SCOPE, "child"), name=written["name"],
        id_kind="resident_id_card", id_number=id_number(parent.county, birth, 301, woman=True), birth_date=None,
        relation=written["relation"], consent_version=consents.current_version(consents.CHILD), at=at,
    )  # fmt: skip


def _register(number: int, chance: random.Random, began: datetime) -> dict[str, Any]:
    places = catalogue().places
    # Two in three live where the demo's staff are named in the guide.
    home = [place for place in places if place.district_code == FIRST_DISTRICT]
    place = chance.choice(home if chance.random() < 0.66 else places)
    woman = chance.random() < 0.6
    names = definition()
    name = chance.choice(names.surnames) + chance.choice(names.given_women if woman else names.given_men)
    birth = OLDEST + timedelta(days=chance.randrange((YOUNGEST - OLDEST).days))
    entry = _entry(name, id_number(place.district_code, birth, number, woman=woman), place, chance, began)
    return _write_entry(f"elder {number}", entry, place, began)


def _entry(name: str, number: str, place: Place, chance: random.Random, began: datetime) -> operations.Entry:
    written = definition()
    community = chance.choice(written.communities)
    address = written.address.format(place=place.name_zh, community=community, number=chance.randint(1, 99))
    point = _near(place, number)
    contact = {**written.contact, "relation": "neighbour"}
    private: dict[str, Any] = {"address": address, "contacts": [contact], "point": point}
    return operations.Entry(
        name=name, id_number=number, birth_date=None, categories=[chance.choice(CATEGORIES)],
        risk_level=chance.choice(RISKS), place=place, community=community, private=private,
        health_notes=chance.choice(written.health), legal_basis={"kind": "statutory_duty"}, since=day_of(began),
    )  # fmt: skip


def _near(place: Place, number: str) -> dict[str, float]:
    """An invented home in the township, some kilometres from its office at most."""
    chance = random.Random(number)  # noqa: S311  invented data
    return {"longitude": round(place.longitude + chance.uniform(-0.03, 0.03), 5),
            "latitude": round(place.latitude + chance.uniform(-0.02, 0.02), 5)}  # fmt: skip


def _write_entry(key: str, entry: operations.Entry, place: Place, at: datetime) -> dict[str, Any]:
    elder_id = id_from_key(SCOPE, key)
    intake = demo_staff(f"intake-{place.district_code}")
    elder = operations.register_elder(elder_id, entry, by=intake, at=at)
    collection(Elder).update_one({"_id": elder["_id"]}, {"$set": {"demo": True}})
    return elder


def first_place() -> Place:
    """The township in which the demo's family lives."""
    return next(place for place in catalogue().places if place.district_code == FIRST_DISTRICT)


def _load_mother(residents: dict[str, str], began: datetime, at: datetime) -> None:
    written, place = definition().mother, first_place()
    chance = random.Random(SEED)  # noqa: S311  invented data
    number = id_number(FIRST_DISTRICT, date.fromisoformat(written["birth"]), 402, woman=True)
    elder = _write_entry("mother", _entry(written["name"], number, place, chance, began), place, began)
    daughter, intake = Actor(kind="resident", id=residents[written["daughter"]]), demo_staff(f"intake-{FIRST_DISTRICT}")
    link = operations.request_link(
        id_from_key(SCOPE, "link"), written["name"], number, "child", place.id, by=daughter, at=at
    )
    if link["state"] == "requested":
        operations.confirm_link(elder["_id"], link, by=intake, at=at, key=id_from_key(SCOPE, "confirm link"))


def _visited(elder: dict[str, Any], month: str, chance: random.Random, at: datetime) -> None:
    """A visit without booking within the month, seen and well."""
    first, following = month_bounds(month)
    last = min(following, at)
    hours = int((last - first).total_seconds() // 3600)
    when = first + timedelta(hours=chance.randrange(max(hours, 1)))
    if when >= at:
        return
    visitor = demo_staff(f"visitor-{elder['district_code']}")
    visit_id = id_from_key(SCOPE, f"visit {elder['_id']} {month}")
    visit = visiting.begin_unbooked(visit_id, elder["_id"], by=visitor, at=when)
    if visit["state"] == "in_progress":
        report = visiting.Report(outcome="seen_well")
        visiting.complete_visit(visit_id, report, by=visitor, at=when + timedelta(minutes=20), key=f"{visit_id}-done",
                                version=visit["version"])  # fmt: skip
