"""People, hours and visits for tests, made through the operations as the product makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from pymongo.collection import Collection
from stdnum.iso7064 import mod_11_2

from config.loading import catalogue
from models.eldercare import booking, operations
from models.eldercare.documents import Elder, ElderLink, Visit, VisitSlot
from models.kernel.actors import TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import at_local, month_of
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker, Resident
from models.people.tokens import issue

SANYANG, XIAPU = "1796554", "1789833"  # two townships of 360902
DISTRICT = "360902"
FENGXIN = next(place for place in catalogue().places if place.district_code == "360921")
NAME, ADDRESS, HEALTH, PHONE = "欧阳桂英", "三阳镇幸福路八号", "高血压，夜里常头晕", "13800138000"
MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TOMORROW = date(2026, 11, 24)
WRITES = ("insert_one", "update_one", "update_many", "find_one_and_update", "delete_one")


def id_number(number: int, born: str = "19400203") -> str:
    """A valid invented ID number of Yuanzhou, the `number`-th of that birthday."""
    head = f"360902{born}{number:03d}"
    return head + mod_11_2.calc_check_digit(head)


def staff_actor(*roles: str, district_code: str | None = DISTRICT, township_ids: tuple[str, ...] = ()) -> Actor:
    """A member of staff who is no stored caseworker."""
    return Actor("staff", new_id(), frozenset(roles or (VISITOR, TOWNSHIP_INTAKE)), district_code, township_ids)


def make_visitor(
    at: datetime = MORNING, district_code: str = DISTRICT, township_ids: tuple[str, ...] = (), **more: Any
) -> Actor:  # fmt: skip
    """A stored visitor, as slots need one."""
    worker = Caseworker(
        id=new_id(), created_at=at, updated_at=at, password_hash="unused", roles=[VISITOR], township_ids=township_ids,
        district_code=district_code, **{"username": new_id().lower(), "display_name": "x", **more},
    )  # fmt: skip
    collection(Caseworker).insert_one(worker.raw())
    return Actor("staff", worker.id, frozenset([VISITOR]), district_code, township_ids)


def make_resident(at: datetime = MORNING) -> Actor:
    """A stored resident."""
    person = Resident(id=new_id(), created_at=at, updated_at=at)
    collection(Resident).insert_one(person.raw())
    return Resident.actor(person.id)


def entry(number: int, township_id: str = SANYANG, since: date = date(2026, 1, 1), **more: Any) -> operations.Entry:
    """What is written into the register of the `number`-th person."""
    place = catalogue().place(township_id)
    assert place is not None
    private = {"address": ADDRESS, "contacts": [{"name": "王小明", "phone": PHONE, "relation": "child"}], "point": None}
    given = {
        "name": NAME, "id_number": id_number(number), "birth_date": None, "categories": ["living_alone"],
        "risk_level": "raised", "place": place, "community": "幸福村", "private": private, "health_notes": HEALTH,
        "legal_basis": {"kind": "consent", "reference": "同意书", "on": "2026-01-01"}, "since": since,
    }  # fmt: skip
    return operations.Entry(**{**given, **more})


def make_elder(number: int = 1, township_id: str = SANYANG, at: datetime = MORNING, **more: Any) -> Raw:
    """A person on the register."""
    place = catalogue().place(township_id)
    assert place is not None
    by = staff_actor(district_code=place.district_code)
    return operations.register_elder(new_id(), entry(number, township_id, **more), by=by, at=at)


def make_link(elder: Raw, number: int, resident: Actor | None = None, at: datetime = MORNING) -> Actor:
    """A family member whose link to the `number`-th person is confirmed."""
    person = resident or make_resident(at)
    link = operations.request_link(new_id(), NAME, id_number(number), "child", None, by=person, at=at)
    by = staff_actor(district_code=elder["district_code"])
    operations.confirm_link(elder["_id"], link, by=by, at=at, key=new_id())
    assert collection(ElderLink).count_documents({"_id": link["_id"], "state": "confirmed"}) == 1
    return person


def make_slot(
    capacity: int = 1, day: date = TOMORROW, hour: int = 9, township_id: str = SANYANG, visitor: Actor | None = None,
    at: datetime = MORNING,
) -> Raw:  # fmt: skip
    """A published hour of a visitor of its own, unless one is named."""
    place = catalogue().place(township_id)
    assert place is not None
    by = visitor or make_visitor(at, place.district_code)
    starts = at_local(day, hour)
    plan = booking.SlotPlan(place, starts, starts + timedelta(hours=1), capacity, by.id)
    return booking.publish_slot(new_id(), plan, by=by, at=at)


def family(number: int = 1) -> tuple[Raw, Actor]:
    elder = make_elder(number)
    return elder, make_link(elder, number)


def book(elder: Raw, slot: Raw, by: Actor, visit_id: str | None = None) -> Raw:
    return booking.book_visit(visit_id or new_id(), elder["_id"], slot["_id"], "带降压药", by=by, at=MORNING)


def slot_now(slot: Raw) -> Raw:
    found = collection(VisitSlot).find_one({"_id": slot["_id"]})
    assert found is not None
    return found


def visit_now(visit_id: str) -> Raw:
    found = collection(Visit).find_one({"_id": visit_id})
    assert found is not None
    return found


def headers_of(by: Actor) -> dict[str, str]:
    kind: Literal["resident", "staff"] = "resident" if by.kind == "resident" else "staff"
    return {"Authorization": f"Bearer {issue(kind, by.id, 1, MORNING).text}"}


def assert_consistent() -> None:
    """What must hold between slots and visits whenever nothing is under way."""
    visits = {visit["_id"]: visit for visit in collection(Visit).find()}
    placed = {}
    for slot in collection(VisitSlot).find():
        assert slot["free"] == slot["capacity"] - len(slot["bookings"]) - len(slot.get("holds", ())) >= 0
        assert slot["pending"] == []
        assert sorted(slot.get("held", ())) == sorted(each["wait_id"] for each in slot.get("holds", ()))
        elders = [each["elder_id"] for each in slot["bookings"]]
        assert len(elders) == len(set(elders)), "one person twice in one hour"
        for each in slot["bookings"]:
            visit = visits[each["visit_id"]]
            assert (visit["booking_id"], visit["slot_id"]) == (each["id"], slot["_id"])
            assert visit["state"] != "cancelled"
            placed[visit["_id"]] = slot["_id"]
    for visit in visits.values():
        assert visit.get("owed", []) == []
        if visit.get("slot_id") and visit["state"] != "cancelled":
            assert placed[visit["_id"]] == visit["slot_id"]
        keys = [entry["key"] for entry in visit.get("outbox", [])]
        assert len(keys) == len(set(keys))
        if visit.get("seen_at"):
            elder = collection(Elder).find_one({"_id": visit["elder_id"]})
            assert elder is not None
            assert month_of(visit["seen_at"]) in elder["seen_months"]
    assert collection(Elder).count_documents({"owed": {"$gt": ""}}) == 0


class Crash(BaseException):
    """The process dies here."""


@contextmanager
def crash_before_write(number: int) -> Iterator[list[str]]:
    """Die before the `number`-th write of the block, from 1; yields the writes done. Reads and writes are real."""
    done: list[str] = []
    kept = {name: getattr(Collection, name) for name in WRITES}

    def counted(name: str) -> Callable[..., Any]:
        def write(self: Any, *args: Any, **kwargs: Any) -> Any:
            if len(done) + 1 >= number:
                raise Crash
            done.append(f"{self.name}.{name}")
            return kept[name](self, *args, **kwargs)

        return write

    try:
        for name in WRITES:
            setattr(Collection, name, counted(name))
        yield done
    finally:
        for name, original in kept.items():
            setattr(Collection, name, original)
