"""The old person confirms or refuses with the own account; nobody who only claims a number can."""

from __future__ import annotations

from typing import Any

import pytest

from models.eldercare import asked_links, booking, operations
from models.eldercare.documents import Elder, ElderLink, Visit
from models.eldercare.erasing import erase_resident_visits
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_json, seal_json, seal_text
from models.kernel.errors import Conflict, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, relay
from models.people.documents import Resident
from tests.factories.eldercare import (
    MORNING,
    NAME,
    PHONE,
    headers_of,
    id_number,
    make_elder,
    make_link,
    make_resident,
    make_slot,
)
from tests.factories.notices import resident_named
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")


def account(number: int = 1, name: str = NAME, phone: str | None = None, source: str = "self") -> Actor:
    """The old person's account, with what it was told of itself."""
    by = make_resident()
    facts: dict[str, Any] = {
        "name": seal_text(name, Resident.name.context), "identity_source": source,
        "id_number_index": blind_index("id_number", id_number(number)),
    }  # fmt: skip
    if phone:
        facts["phone"] = seal_text(phone, Resident.phone.context)
    collection(Resident).update_one({"_id": by.id}, {"$set": facts})
    return by


def asked(by: Actor, number: int = 1) -> Raw:
    return operations.request_link(new_id(), NAME, id_number(number), "child", None, by=by, at=MORNING)


def with_own_phone() -> Raw:
    """A person on the register whose own telephone is known."""
    elder = make_elder()
    contacts = [{"name": NAME, "phone": "+86 138 0013 8000", "relation": None}]
    private = open_json(elder["private"], Elder.private.context)
    sealed = seal_json({**private, "contacts": contacts}, Elder.private.context)
    collection(Elder).update_one({"_id": elder["_id"]}, {"$set": {"private": sealed}})
    return elder


def test_the_old_person_is_asked_confirms_and_the_daughter_books() -> None:
    elder, mother, daughter = with_own_phone(), account(phone=PHONE), make_resident()
    link = asked(daughter)
    relay(MORNING)
    (question,) = collection(OutboxMessage).find({"subject_id": mother.id})
    assert OutboxMessage.open_payload(question)["values"] == {"relation": "子女"}
    assert [each["_id"] for each in asked_links.links_asked_of(mother)] == [link["_id"]]
    done = asked_links.confirm_asked(link["_id"], by=mother, at=MORNING, key="confirm-1")
    again = asked_links.confirm_asked(link["_id"], by=mother, at=MORNING, key="confirm-1")
    assert (done["state"], done["elder_id"], again["version"]) == ("confirmed", elder["_id"], done["version"])
    visit = booking.book_visit(new_id(), elder["_id"], make_slot()["_id"], None, by=daughter, at=MORNING)
    assert visit["state"] == "booked"
    ended = asked_links.refuse_asked(link["_id"], by=mother, at=MORNING, key="end-1")
    assert ended["state"] == "ended"
    assert erase_resident_visits(mother.id, MORNING) > 0
    assert mother.id not in repr(list(collection(ElderLink).find()))
    assert collection(Visit).count_documents({"resident_id": daughter.id}) == 1


def test_a_refusal_is_told_and_lets_the_resident_ask_again() -> None:
    with_own_phone()
    mother, stranger = account(phone=PHONE), make_resident()
    link = asked(stranger)
    assert asked_links.refuse_asked(link["_id"], by=mother, at=MORNING, key="refuse-1")["state"] == "refused"
    relay(MORNING)
    told = [each["_id"] for each in collection(OutboxMessage).find({"subject_id": stranger.id})]
    assert told == [f"link_refused:{link['_id']}"]
    assert asked(stranger)["_id"] != link["_id"]


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"phone": PHONE}, True),
        ({"source": "staff"}, True),
        ({}, False),  # a number that anyone may declare
        ({"phone": "13911112222"}, False),
        ({"phone": PHONE, "name": "王小明"}, False),
        ({"phone": PHONE, "number": 2}, False),
    ],
)
def test_whose_account_it_is_must_be_proved(facts: dict[str, Any], allowed: bool) -> None:
    with_own_phone()
    somebody, daughter = account(**facts), make_resident()
    link = asked(daughter)
    assert [each["_id"] for each in asked_links.links_asked_of(somebody)] == ([link["_id"]] if allowed else [])
    if not allowed:
        with pytest.raises(NotFound):
            asked_links.confirm_asked(link["_id"], by=somebody, at=MORNING, key="confirm-1")
        assert collection(OutboxMessage).count_documents({"subject_id": somebody.id}) == 0


def test_nobody_confirms_themselves_and_nobody_who_is_not_registered() -> None:
    mother = account(source="staff")
    own, daughters = asked(mother), asked(make_resident())
    with pytest.raises(NotFound):
        asked_links.confirm_asked(own["_id"], by=mother, at=MORNING, key="confirm-1")
    with pytest.raises(Conflict, match="elder_not_registered"):
        asked_links.confirm_asked(daughters["_id"], by=mother, at=MORNING, key="confirm-1")


def test_over_http_the_asker_is_masked_and_others_find_nothing(call: Call) -> None:
    elder, mother = with_own_phone(), account(phone=PHONE)
    daughter = make_resident()
    collection(Resident).update_one(
        {"_id": daughter.id}, {"$set": {"name": seal_text("王小明", Resident.name.context)}}
    )  # fmt: skip
    link = asked(daughter)
    (item,) = call("GET", "/elders/asked-of-me", headers_of(mother)).json["items"]
    assert (item["id"], item["asker"], item["relation_label"]) == (link["_id"], "王**", "子女")
    assert call("GET", "/elders/asked-of-me", headers_of(daughter)).json["items"] == []
    path = f"/elders/{link['_id']}/confirm"
    assert call("POST", path, headers_of(daughter)).status_code == 404
    assert call("POST", path, headers_of(mother)).json["state"] == "confirmed"
    assert call("GET", "/elders", headers_of(daughter)).json["items"][0]["elder_id"] == elder["_id"]


def test_a_proxy_books_in_the_resident_s_name(call: Call) -> None:
    elder = make_elder()
    daughter = make_link(elder, 1)
    helper = resident_named("陈小红")
    offered = call("POST", "/me/proxies", headers_of(daughter), json={"relation": "relative", "actions": ["visits"]})
    assert offered.status_code == 201, offered.text
    assert call("POST", "/me/principals", headers_of(helper), json={"code": offered.json["code"]}).status_code == 201
    acting = {**headers_of(helper), "On-Behalf-Of": offered.json["id"]}
    body = {"elder_id": elder["_id"], "slot_id": make_slot()["_id"], "wish_list": ["check_stove"]}
    booked = call("POST", "/visits", dict(acting), json=body)
    assert booked.status_code == 201, booked.text
    stored = collection(Visit).find_one({"_id": booked.json["id"]})
    assert stored is not None
    assert stored["resident_id"] == daughter.id
    assert stored["history"][0]["by"]["proxy"]["id"] == helper.id
    moved = call(
        "POST", f"/visits/{stored['_id']}/reschedule", dict(acting), json={"slot_id": make_slot(hour=10)["_id"]}
    )
    assert moved.status_code == 200, moved.text
    assert call("POST", f"/visits/{stored['_id']}/cancel", dict(acting)).status_code == 200
    assert call("GET", "/elders/asked-of-me", dict(acting)).json["code"] == "proxy_not_here"
