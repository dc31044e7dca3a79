"""Profile, real name, phone and consents of a resident."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from config.loading import catalogue, rules
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.people import operations, queries
from models.people.documents import Resident
from models.people.holders import _holders, register_holder
from tests.factories.people import Caller, WechatStandIn, id_number

AGREE = {"purpose": "identity", "version": 1}
Person = Callable[..., Caller]


def code_of(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]  # type: ignore[attr-defined]


def fault_of(answer: object) -> tuple[int, str, str]:
    (fault,) = answer.json["faults"]  # type: ignore[attr-defined]
    return answer.status_code, fault["field"], fault["code"]  # type: ignore[attr-defined]


def test_home_and_type_size(person: Person) -> None:
    me = person()
    changed = me("PATCH", "/me", {"home_township_id": _township(), "large_type": True})
    assert changed.status_code == 200
    assert changed.json["home_township"]["district_code"].startswith("3609")
    assert me("PATCH", "/me", {"large_type": False}).json["home_township"]["id"] == _township()
    assert me("PATCH", "/me", {"home_township_id": None}).json["home_township"] is None
    assert fault_of(me("PATCH", "/me", {"home_township_id": "1"})) == (422, "home_township_id", "unknown_township")


def test_a_change_that_changes_nothing_writes_nothing(person: Person) -> None:
    me = person()
    version = me("PATCH", "/me", {"large_type": True}).json["version"]
    assert me("PATCH", "/me", {"large_type": True}).json["version"] == version


def test_identity_needs_consent_first(person: Person) -> None:
    me = person()
    given = {"name": "张三", "id_number": id_number()}
    refused = me("PUT", "/me/identity", given)
    assert code_of(refused) == (403, "consent_missing")
    assert refused.json["current"] == {"purpose": "identity", "version": 1}
    me("POST", "/me/consents", AGREE)
    assert me("PUT", "/me/identity", given).status_code == 200


def test_identity_is_shown_masked_and_stored_encrypted(person: Person) -> None:
    me = person()
    me("POST", "/me/consents", AGREE)
    number = id_number("19900101")
    shown = me("PUT", "/me/identity", {"name": "欧阳 娜娜", "id_number": number.lower()}).json["identity"]
    assert shown["name"] == "欧阳娜娜"
    assert shown["id_number"] == "360" + "*" * 13 + number[-2:]
    assert number not in me("GET", "/me").get_data(as_text=True)
    stored = repr(collection(Resident).find_one({"_id": me.id}))
    assert number not in stored
    assert "娜娜" not in stored
    person_ = queries.person_of(me.id)
    assert person_ is not None
    assert (person_.name, person_.id_number, person_.birth_date.year) == ("欧阳娜娜", number, 1990)


def test_identity_is_set_once_and_the_same_again_changes_nothing(person: Person) -> None:
    me = person()
    me("POST", "/me/consents", AGREE)
    given = {"name": "张三", "id_number": id_number()}
    first = me("PUT", "/me/identity", given).json
    assert me("PUT", "/me/identity", given).json == first
    assert code_of(me("PUT", "/me/identity", {**given, "name": "张四"})) == (409, "identity_already_set")
    assert code_of(me("PUT", "/me/identity", {**given, "id_number": id_number()})) == (409, "identity_already_set")
    assert me("GET", "/me").json == first


def test_one_account_a_number_and_nothing_leaks(person: Person) -> None:
    given = {"name": "张三", "id_number": id_number()}
    first, second = person(), person()
    for each in (first, second):
        each("POST", "/me/consents", AGREE)
    assert first("PUT", "/me/identity", given).status_code == 200
    refused = second("PUT", "/me/identity", {**given, "name": "李四"})
    assert code_of(refused) == (409, "id_number_taken")
    told = refused.get_data(as_text=True)
    assert all(secret not in told for secret in ("张", first.id, given["id_number"]))
    assert second("GET", "/me").json["identity"] is None


def test_twenty_accounts_race_for_one_number(person: Person) -> None:
    people = [person() for _ in range(20)]
    for each in people:
        each("POST", "/me/consents", AGREE)
    given = {"name": "张三", "id_number": id_number()}
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda each=each: statuses.append(each("PUT", "/me/identity", given).status_code))
        for each in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 19
    assert collection(Resident).count_documents({"id_number_index": {"$type": "string"}}) == 1


def test_a_child_cannot_agree_for_itself(person: Person) -> None:
    me = person()
    me("POST", "/me/consents", AGREE)
    refused = me("PUT", "/me/identity", {"name": "张小三", "id_number": id_number("20121123")})
    assert code_of(refused) == (403, "guardian_needed")
    assert me("PUT", "/me/identity", {"name": "张小三", "id_number": id_number("20121122")}).status_code == 200


def test_residence_permits_of_hong_kong_macau_and_taiwan(person: Person) -> None:
    for region in ("810000", "820000", "830000"):
        me = person()
        me("POST", "/me/consents", AGREE)
        given = {"name": "CHAN Tai Man", "id_number": id_number("19680704", region)}
        assert fault_of(me("PUT", "/me/identity", given)) == (422, "id_number", "id_number_kind")
        shown = me("PUT", "/me/identity", {**given, "id_kind": "hmt_residence_permit"})
        assert shown.json["identity"]["id_kind"] == "hmt_residence_permit"


def test_consents_are_append_only(person: Person, clock: FixedClock) -> None:
    me = person()
    for given in (True, False, True):
        clock.advance(minutes=1)
        assert me("POST", "/me/consents", {**AGREE, "given": given}).status_code == 201
    records = collection(Resident).find_one({"_id": me.id})["consents"]
    assert [(each["state"], each["version"], each["by"]) for each in records] == [
        ("given", 1, "self"), ("withdrawn", 1, "self"), ("given", 1, "self"),
    ]  # fmt: skip
    assert [each["at"] for each in records] == sorted(each["at"] for each in records)
    (shown,) = me("GET", "/me").json["consents"]
    assert (shown["holds"], shown["channel"], shown["at"]) == (True, "mini_program", "2026-11-23T09:33:00+08:00")


def test_agreeing_twice_or_withdrawing_what_was_not_given_records_nothing(person: Person) -> None:
    me = person()
    me("POST", "/me/consents", {"purpose": "phone", "version": 1, "given": False})
    me("POST", "/me/consents", AGREE)
    me("POST", "/me/consents", AGREE)
    assert len(collection(Resident).find_one({"_id": me.id})["consents"]) == 1


def test_only_versions_that_exist_are_agreed_to(person: Person) -> None:
    assert code_of(person()("POST", "/me/consents", {"purpose": "identity", "version": 2})) == (
        422, "consent_unknown_version",
    )  # fmt: skip


def test_withdrawal_removes_what_was_kept_under_it(person: Person) -> None:
    me = person(identity=True)
    me("POST", "/me/consents", {**AGREE, "given": False})
    assert me("GET", "/me").json["identity"] is None
    stored = collection(Resident).find_one({"_id": me.id})
    assert not {"name", "id_number", "id_number_index", "birth_date", "name_index"} & set(stored)
    assert queries.person_of(me.id) is None


def test_what_an_open_case_needs_cannot_be_withdrawn(person: Person) -> None:
    me = person(identity=True)
    register_holder(
        "a case",
        export=lambda _: [],
        erase=lambda *_: 0,
        rests_on=lambda who, purpose, _: (who, purpose) == (me.id, "identity"),
    )
    try:
        refused = me("POST", "/me/consents", {**AGREE, "given": False})
        assert code_of(refused) == (409, "consent_in_use")
        assert me("GET", "/me").json["identity"] is not None
        assert me("POST", "/me/consents", {"purpose": "proactive", "version": 1}).status_code == 201
        withdrawn = me("POST", "/me/consents", {"purpose": "proactive", "version": 1, "given": False})
        assert withdrawn.status_code == 201
    finally:
        del _holders["a case"]


def test_the_phone_comes_from_wechat_with_its_consent(person: Person, wechat: WechatStandIn) -> None:
    me = person()
    shown = me("POST", "/me/phone", {"code": "phone-13812345678"}).json
    assert shown["phone"] == "138******78"
    assert [(each["purpose"], each["channel"]) for each in shown["consents"]] == [("phone", "wechat_phone_prompt")]
    assert queries.phone_of(me.id) == "13812345678"
    assert "13812345678" not in repr(collection(Resident).find_one({"_id": me.id}))
    me("POST", "/me/consents", {"purpose": "phone", "version": 1, "given": False})
    assert me("GET", "/me").json["phone"] is None


def test_a_repeated_phone_call_does_not_use_the_code_twice(person: Person, wechat: WechatStandIn) -> None:
    me = person()
    first = me("POST", "/me/phone", {"code": "phone-13812345678"}, key="the-same-key")
    again = me("POST", "/me/phone", {"code": "phone-13812345678"}, key="the-same-key")
    assert first.json == again.json
    assert wechat.used == ["phone-13812345678"]


def test_signing_out_everywhere_ends_every_token(person: Person) -> None:
    me = person()
    assert me("POST", "/me/sign-out-everywhere").status_code == 204
    assert code_of(me("GET", "/me")) == (401, "token_revoked")


def test_the_texts_are_public_with_their_legal_basis(anyone: Caller) -> None:
    shown = anyone("GET", "/consents")
    texts = {each["purpose"]: each for each in shown.json["items"]}
    assert set(texts) == {"identity", "phone", "child", "verification", "proactive"}
    assert "个人信息保护法第三十一条" in texts["child"]["versions"][-1]["articles"]
    assert shown.headers["ETag"]


def test_twenty_simultaneous_changes_all_arrive(person: Person, clock: FixedClock) -> None:
    me = person()
    threads = [
        threading.Thread(target=operations.record_consent, args=(me.id, "proactive", 1, True, clock.now())),
        *(threading.Thread(target=operations.sign_out_everywhere, args=(me.id, clock.now())) for _ in range(19)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = collection(Resident).find_one({"_id": me.id})
    assert (stored["token_epoch"], len(stored["consents"]), stored["version"]) == (20, 1, 21)


def test_the_history_does_not_grow_for_ever(person: Person, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "people.resident_history_kept"
    monkeypatch.setitem(rules(), key, rules()[key].model_copy(update={"value": 10}))
    me = person()
    for step in range(15):
        operations.update_profile(me.id, {"large_type": step % 2 == 0}, clock.now())
    stored = collection(Resident).find_one({"_id": me.id})
    assert (len(stored["history"]), stored["version"]) == (10, 16)


def _township() -> str:
    return next(place.id for place in catalogue().places if place.district_code == "360902")
