"""In-app messages."""

from __future__ import annotations

from collections.abc import Callable

from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.people import messages
from models.people.messages import Message
from tests.factories.people import Caller

Person = Callable[..., Caller]


def test_a_message_is_stored_once_and_encrypted(person: Person, clock: FixedClock) -> None:
    me = person()
    assert messages.store_message("approved:1", me.id, "您的申请已通过", "pages/case?id=1", clock.now())
    assert not messages.store_message("approved:1", me.id, "您的申请已通过", "pages/case?id=1", clock.now())
    page = me("GET", "/me/messages").json
    assert page["unread"] == 1
    assert page["next"] is None
    (shown,) = page["items"]
    assert (shown["text"], shown["page"], shown["read_at"]) == ("您的申请已通过", "pages/case?id=1", None)
    assert "申请" not in repr(collection(Message).find_one())


def test_pages_go_from_new_to_old_without_a_gap(person: Person, clock: FixedClock) -> None:
    me = person()
    for number in range(25):
        if number % 3 == 0:  # several share a moment
            clock.advance(seconds=1)
        messages.store_message(f"k{number}", me.id, str(number), None, clock.now())
    found, cursor = [], ""
    while True:
        page = me("GET", f"/me/messages?limit=7{cursor}").json
        found += [(each["created_at"], each["id"], each["text"]) for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(int(text) for _, _, text in found) == list(range(25))
    assert found == sorted(found, reverse=True)


def test_opening_a_message_counts_once(person: Person, clock: FixedClock) -> None:
    me = person()
    messages.store_message("k", me.id, "x", None, clock.now())
    (shown,) = me("GET", "/me/messages").json["items"]
    first = me("PUT", f"/me/messages/{shown['id']}/read").json
    clock.advance(hours=1)
    assert me("PUT", f"/me/messages/{shown['id']}/read").json == first
    assert first["read_at"] == "2026-11-23T09:30:00+08:00"
    assert me("GET", "/me/messages").json["unread"] == 0


def test_anothers_messages_are_not_found(person: Person, clock: FixedClock) -> None:
    me, other = person(), person()
    messages.store_message("k", me.id, "x", None, clock.now())
    (mine,) = me("GET", "/me/messages").json["items"]
    assert other("GET", "/me/messages").json == {"items": [], "next": None, "unread": 0}
    assert other("PUT", f"/me/messages/{mine['id']}/read").status_code == 404
    assert me("GET", "/me/messages").json["unread"] == 1


def test_bad_pages_are_refused(person: Person, clock: FixedClock) -> None:
    me = person()
    assert me("GET", "/me/messages?limit=51").status_code == 422
    assert me("GET", "/me/messages?limit=0").status_code == 422
    assert me("GET", "/me/messages?cursor=AAAA").json["code"] == "bad_cursor"
    assert me("GET", "/me/messages?resident_id=1").status_code == 422


def test_nobody_gets_no_message(database: str, clock: FixedClock) -> None:
    assert not messages.store_message("k", "nobody", "x", None, clock.now())
    assert collection(Message).count_documents({}) == 0
