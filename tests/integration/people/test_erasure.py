"""A copy of everything, and erasure that is completed whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from pymongo.errors import AutoReconnect

from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import NotFound, Unavailable
from models.kernel.outbox import OutboxEntry, _insert_message
from models.people import erasure, holders, messages, queries
from models.people.documents import Resident
from models.people.erasure import ErasureTombstone, continue_erasures, erase_resident
from models.people.sign_in import sign_in
from tests.factories.people import Caller, WechatStandIn, id_number

Person = Callable[..., Caller]
HUSK = {"_id", "version", "created_at", "updated_at", "token_epoch", "erasure", "erased_at", "consents", "demo"}


class Holding:
    """A domain that holds something of residents, and may fail to let go of it."""

    def __init__(self) -> None:
        self.erased: list[str] = []
        self.fault: Exception | None = None

    def export(self, resident_id: str) -> list[str]:
        return ["a case"]

    def erase(self, resident_id: str, at: datetime) -> int:
        if self.fault is not None:
            raise self.fault
        self.erased.append(resident_id)
        return 1


@pytest.fixture
def holding() -> Iterator[Holding]:
    made = Holding()
    holders.register_holder("test holding", export=made.export, erase=made.erase)
    yield made
    del holders._holders["test holding"]


def full_life(person: Person, at: datetime) -> Caller:
    """A resident with something of every kind."""
    me = person(identity=True, mini_openid="openid-x", mini_openid_index="index-x")
    me("POST", "/me/children", {"name": "张小宝", "id_number": id_number("20240301"), "relation": "mother",
                                "consent_version": 1})  # fmt: skip
    messages.store_message("k1", me.id, "您的申请已受理", "pages/case", at)
    notice = OutboxEntry("n1", "notice", {"resident_id": me.id, "text": "请来领取"}, subject_id=me.id)
    _insert_message(notice.stored(at), at)
    return me


def everywhere(needle: str) -> list[str]:
    """The collections in which the text stands, the audit trail and the tombstones left out."""
    kept = {"audit_entries", "audit_heads", "erasure_tombstones"}
    return [
        name
        for name in database().list_collection_names()
        if name not in kept and any(needle in repr(each) for each in database()[name].find())
    ]


def test_the_copy_holds_everything_in_clear(person: Person, clock: FixedClock, holding: Holding) -> None:
    me = full_life(person, clock.now())
    answer = me("GET", "/me/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    data = answer.json["data"]
    assert data["profile"]["name"] == "张三丰"
    assert data["profile"]["mini_openid"] == "openid-x"
    assert data["profile"]["children"][0]["name"] == "张小宝"
    assert [each["purpose"] for each in data["profile"]["consents"]] == ["identity", "child"]
    assert [each["text"] for each in data["messages"]] == ["您的申请已受理"]
    assert [each["payload"]["text"] for each in data["notices"]] == ["请来领取"]
    assert len(data["answers"]) == 2
    assert data["test holding"] == ["a case"]


def test_erasure_leaves_the_id_and_the_consents(person: Person, clock: FixedClock, holding: Holding) -> None:
    me, other = full_life(person, clock.now()), person(identity=True)
    messages.store_message("k2", other.id, "bleibt", None, clock.now())
    answer = me("DELETE", "/me")
    assert (answer.status_code, answer.json) == (200, {"state": "erased"})
    assert everywhere(me.id) == ["residents"]
    husk = collection(Resident).find_one({"_id": me.id})
    assert set(husk) <= HUSK
    assert [each["purpose"] for each in husk["consents"]] == ["identity", "child"]
    assert holding.erased == [me.id]
    assert other("GET", "/me").json["identity"] is not None
    assert len(other("GET", "/me/messages").json["items"]) == 1


def test_every_token_is_dead_after_erasure(person: Person) -> None:
    me = person()
    me("DELETE", "/me")
    for method, path in (("GET", "/me"), ("GET", "/me/export"), ("DELETE", "/me")):
        answer = me(method, path)
        assert (answer.status_code, answer.json["code"]) == (401, "account_erased")


def test_the_tombstone_holds_the_id_only(person: Person) -> None:
    me = person(identity=True)
    me("DELETE", "/me")
    (stone,) = collection(ErasureTombstone).find()
    assert stone["_id"] == me.id
    assert set(stone) == {"_id", "version", "created_at", "updated_at", "state", "open", "next_at", "faults"}


def test_the_same_person_may_come_back_as_somebody_new(
    anyone: Caller, wechat: WechatStandIn, call: Callable[..., Caller]
) -> None:
    first = anyone("POST", "/auth/wechat", {"code": "login-li"}).json
    call({"Authorization": f"Bearer {first['token']}"})("DELETE", "/me")
    # A phone that signs in again by itself makes nobody; a person who asks does.
    again = anyone("POST", "/auth/wechat", {"code": "login-li", "existing": True})
    assert (again.status_code, again.json["code"]) == (404, "no_account")
    second = anyone("POST", "/auth/wechat", {"code": "login-li"}).json
    again = anyone("POST", "/auth/wechat", {"code": "login-li", "existing": True}).json
    assert again["resident"]["id"] == second["resident"]["id"]
    assert second["resident"]["id"] != first["resident"]["id"]
    assert second["resident"]["consents"] == []


def test_the_number_is_free_again(person: Person) -> None:
    given = {"name": "张三", "id_number": id_number()}
    for _ in range(2):
        me = person()
        me("POST", "/me/consents", {"purpose": "identity", "version": 1})
        assert me("PUT", "/me/identity", given).status_code == 200
        me("DELETE", "/me")


def test_a_holder_that_fails_is_asked_again_by_the_job(person: Person, clock: FixedClock, holding: Holding) -> None:
    me = full_life(person, clock.now())
    holding.fault = ValueError("name of a person")
    answer = me("DELETE", "/me")
    assert (answer.status_code, answer.json) == (200, {"state": "erasing"})
    assert me("GET", "/me").status_code == 401
    assert messages.export_messages(me.id) == [], "the other holders let go at once"
    assert queries.openids_of(me.id), "whoever erases by openid still needs it"
    assert continue_erasures(clock.now()).done == []
    waiting = continue_erasures(clock.advance(minutes=6)).waiting
    assert waiting == {me.id: {"test holding": "ValueError"}}
    holding.fault = None
    assert continue_erasures(clock.advance(minutes=6)).done == [me.id]
    assert set(collection(Resident).find_one({"_id": me.id})) <= HUSK
    assert holding.erased == [me.id]


def test_no_sign_in_while_the_old_account_is_being_erased(clock: FixedClock, database: str, holding: Holding) -> None:
    _, stored = sign_in("openid-li", None, clock.now())
    holding.fault = ValueError()
    assert erase_resident(stored["_id"], SYSTEM, clock.now()) == "erasing"
    with pytest.raises(Unavailable, match="erasure_in_progress"):
        sign_in("openid-li", None, clock.now())
    holding.fault = None
    assert erase_resident(stored["_id"], SYSTEM, clock.now()) == "erased"
    assert sign_in("openid-li", None, clock.now())[1]["_id"] != stored["_id"]


@pytest.mark.parametrize("step", ["_erase_holdings", "_note"])
def test_a_crash_in_the_middle_is_completed(
    person: Person, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    me = full_life(person, clock.now())

    def crash(*_: object) -> None:
        raise AutoReconnect("gone")

    with monkeypatch.context() as broken:
        broken.setattr(erasure, step, crash)
        assert me("DELETE", "/me").status_code == 503
    assert me("GET", "/me").status_code == 401, "asked for, so never usable again"
    assert continue_erasures(clock.advance(seconds=1)).done == [me.id]
    assert everywhere(me.id) == ["residents"]
    assert set(collection(Resident).find_one({"_id": me.id})) <= HUSK


def test_what_was_written_during_the_erasure_is_swept_up(person: Person, clock: FixedClock) -> None:
    me = full_life(person, clock.now())
    me("DELETE", "/me")
    late = OutboxEntry("late", "notice", {"text": "x"}, subject_id=me.id)
    _insert_message(late.stored(clock.now()), clock.now())
    assert not messages.store_message("late", me.id, "x", None, clock.now())
    continue_erasures(clock.advance(minutes=9))
    assert everywhere(me.id) == ["outbox_messages", "residents"]
    continue_erasures(clock.advance(minutes=2))
    assert everywhere(me.id) == ["residents"]
    assert continue_erasures(clock.advance(days=1)).done == [], "nothing left to do"


def test_erasing_again_changes_nothing(person: Person, clock: FixedClock) -> None:
    me = person()
    me("DELETE", "/me")
    husk = collection(Resident).find_one({"_id": me.id})
    assert erase_resident(me.id, SYSTEM, clock.advance(minutes=1)) == "erased"
    assert collection(Resident).find_one({"_id": me.id}) == husk


def test_two_erasures_at_once_end_in_one(person: Person, clock: FixedClock) -> None:
    me = full_life(person, clock.now())
    states: list[str] = []
    threads = [
        threading.Thread(target=lambda: states.append(erase_resident(me.id, SYSTEM, clock.now()))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["erased"] * 8
    assert everywhere(me.id) == ["residents"]


def test_an_erasure_is_repeated_on_a_restored_backup(person: Person, clock: FixedClock) -> None:
    me = full_life(person, clock.now())
    backup = collection(Resident).find_one({"_id": me.id})
    me("DELETE", "/me")
    ids = erasure.tombstones()
    collection(ErasureTombstone).delete_many({})
    collection(Resident).replace_one({"_id": me.id}, backup)
    messages.store_message("restored", me.id, "x", None, clock.now())
    assert erasure.replay_erasures(ids, clock.now()).done == [me.id]
    assert set(collection(Resident).find_one({"_id": me.id})) <= HUSK
    assert everywhere(me.id) == ["residents"]
    assert erasure.tombstones() == [me.id]


def test_nobody_is_not_found(database: str, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        erase_resident("01ARZ3NDEKTSV4RRFFQ69G5FAV", SYSTEM, clock.now())
    assert erasure.tombstones() == []


def test_two_holders_of_one_name_are_a_mistake(holding: Holding) -> None:
    with pytest.raises(ValueError, match="test holding"):
        holders.register_holder("test holding", export=holding.export, erase=holding.erase)
