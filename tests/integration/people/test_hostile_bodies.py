"""Every field of every body of this domain, filled with what nobody honest sends: refused, and nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel, ValidationError

from api.endpoint import Route
from api.v1.people.routes import namespace
from models.kernel.database import database
from tests.factories.people import Caller, WechatStandIn, id_number, signed_in

CHINESE = re.compile(r"[\u4e00-\u9fff]")
METHODS = ("post", "put", "patch", "delete")
# What calls leave behind by themselves, whatever becomes of them.
TRACES = {"idempotency_keys", "audit_entries", "audit_heads", "sign_in_attempts"}
NUMBER = id_number("19850101")
GOOD: dict[str, dict[str, Any]] = {
    "WechatCodeBody": {"code": "login-li"},
    "SignInBody": {"code": "login-li", "existing": False},
    "SavedFilterBody": {
        "name": "本周到期",
        "stage": "submitted",
        "programme": "childcare_place",
        "due": "week",
        "mine": "1",
        "district_code": "360902",
        "township_id": "1796554",
    },
    "ProfileBody": {"home_township_id": None, "large_type": True},
    "IdentityBody": {"name": "张三", "id_number": NUMBER, "id_kind": "resident_id_card"},
    "IdentityCorrectionBody": {"name": "张三", "id_number": NUMBER, "id_kind": "resident_id_card", "reason": "原件"},
    "ConsentBody": {"purpose": "proactive", "version": 1, "given": True},
    "ChildBody": {
        "name": "张小宝",
        "id_number": id_number("20240301"),
        "id_kind": "resident_id_card",
        "birth_date": "2024-03-01",
        "relation": "mother",
        "consent_version": 1,
    },
    "HouseholdBody": {"yearly_income": 48000, "floor_area": 31.5, "support": "low_income"},
    "HouseholdChangeBody": {"version": 1, "yearly_income": None, "floor_area": 31.5, "support": "low_income"},
    "MemberBody": {
        "relation": "spouse",
        "disabled": False,
        "child_id": None,
        "name": "李秀英",
        "id_number": NUMBER,
        "id_kind": "resident_id_card",
        "birth_date": "1985-01-01",
        "agreed": True,
    },
    "MemberChangeBody": {"version": 1, "relation": "spouse", "disabled": True},
    "OfferBody": {
        "relation": "child",
        "actions": ["draft"],
        "programmes": ["childcare_place"],
        "days": 30,
        "child_consent_version": None,
    },
    "AcceptCodeBody": {"code": "ABCD2345EFGH"},
    "RequestBody": {
        "name": "刘奶奶",
        "id_number": NUMBER,
        "id_kind": "resident_id_card",
        "township_id": "1796554",
        "relation": "village_cadre",
        "actions": ["draft"],
        "programmes": [],
        "days": 30,
    },
    "ConfirmBody": {"version": 1, "child_consent_version": None},
    "RefuseProxyBody": {"version": 1, "reason": "与原件不符"},
    "RevokeProxyBody": {"reason": "本人要求", "looked": True},
    "StaffSignInBody": {"username": "reviewer", "password": "correct horse battery", "otp": None},
    "OtpBeginBody": {"password": "correct horse battery", "otp": None},
    "OtpConfirmBody": {"otp": "123456"},
    "PasswordBody": {"current_password": "correct horse battery", "new_password": "another long one", "otp": None},
}
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", " ", "\x00", "a\x00b", "\u202e", "x" * 1_000_000, "张" * 5_000, [], ["a"], {},
    {"$ne": None}, {"$gt": ""}, {"$where": "1"}, [{"$ne": None}], "{\"$ne\": null}", "../../etc/passwd", "2024-02-30",
)  # fmt: skip
RAW = (
    b"", b"null", b"[]", b"7", b'"x"', b"{", b'{"a":1', b"\xff\xfe", b"\x00", b'{"a":NaN}', b'{"code":"\\ud800"}',
    b'{"name":"\\udfff","id_number":"1"}', b"[" * 10_000, b'{"code":"a","code":"b","x":1}',
)  # fmt: skip


def declared() -> Iterator[tuple[str, str, Route]]:
    """Each method with a body: HTTP method, path, what it declares."""
    for resource in namespace.resources:
        for method in METHODS:
            spec = getattr(getattr(resource.resource, method, None), "route", None)
            if spec is not None and spec.body is not None:
                yield method.upper(), resource.urls[0], spec


ROUTES = list(declared())
NAMES = [f"{method} {path}" for method, path, _ in ROUTES]


@pytest.fixture
def caller(
    anyone: Caller, account: str, person: Callable[..., Caller], call: Callable[..., Caller], wechat: WechatStandIn,
    staff: Callable[..., dict[str, str]], request: pytest.FixtureRequest,
) -> tuple[Caller, str]:  # fmt: skip
    """Who may call the route, and its path filled in."""
    path, spec = request.param
    resident = person(identity=True)
    path = path.replace("<string:resident_id>", resident.id)
    if spec.access.kind == "public":
        return anyone, path
    if spec.access.kind == "resident":
        return resident, path
    city = call(staff("county_reviewer", "township_intake", district_code=None))
    return (city if spec.access.roles else signed_in(anyone, call)), path


def changes(model: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies with one thing wrong; what the schema rightly accepts is left out."""
    good = GOOD[model.__name__]
    assert set(good) == set(model.model_fields), "a good value for every field"
    for field, info in model.model_fields.items():
        for value in HOSTILE:
            body = {**good, field: value}
            if not accepted(model, body):
                yield field, body
        if info.is_required():
            yield field, {name: value for name, value in good.items() if name != field}
    yield "unknown", {**good, "unknown": 1}
    yield "$where", {**good, "$where": "1"}


def accepted(model: type[BaseModel], body: dict[str, Any]) -> bool:
    text = json.dumps(body)
    if "\\u0000" in text or len(text) > 250_000:
        return False
    try:
        model.model_validate_json(text)
    except ValidationError:
        return False
    return True


def state() -> dict[str, str]:
    return {
        name: repr(sorted(database()[name].find(), key=lambda each: str(each["_id"])))
        for name in database().list_collection_names()
        if name not in TRACES
    }


def check_refusal(answer: Any, what: object) -> None:
    told = f"{what}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
    assert 400 <= answer.status_code < 500, told
    assert answer.mimetype == "application/problem+json", told
    assert re.fullmatch(r"[a-z_]+", answer.json["code"]), told
    assert CHINESE.search(answer.json["detail"]), told
    assert all(CHINESE.search(fault["detail"]) for fault in answer.json.get("faults", [])), told


@pytest.mark.parametrize(
    ("method", "spec", "caller"), [(m, s, (p, s)) for m, p, s in ROUTES], ids=NAMES, indirect=["caller"]
)
class TestEveryBody:
    def test_no_field_takes_what_it_should_not(self, method: str, spec: Route, caller: tuple[Caller, str]) -> None:
        assert spec.body is not None
        who, path = caller
        before, tried = state(), 0
        for field, body in changes(spec.body):
            check_refusal(who(method, path, body), (field, str(body.get(field))[:60]))
            tried += 1
        assert tried > 12 * len(spec.body.model_fields)
        assert state() == before

    def test_what_is_no_body_is_refused(self, method: str, spec: Route, caller: tuple[Caller, str], app: Flask) -> None:
        who, path = caller
        before = state()
        for number, raw in enumerate(RAW):
            headers = {**who.headers, "Idempotency-Key": f"raw-{number:08d}", "Content-Type": "application/json"}
            check_refusal(app.test_client().open(f"/api/v1{path}", method=method, headers=headers, data=raw), raw[:30])
        form = {**who.headers, "Idempotency-Key": "form-00000000"}
        check_refusal(app.test_client().open(f"/api/v1{path}", method=method, headers=form, data={"a": "b"}), "a form")
        assert state() == before


def test_a_good_value_is_given_for_every_body() -> None:
    assert {spec.body.__name__ for _, _, spec in ROUTES if spec.body} == set(GOOD)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PUT", "/me/identity", GOOD["IdentityBody"]), ("POST", "/me/children", GOOD["ChildBody"])],
    ids=["identity", "child"],
)
def test_texts_of_the_right_type_are_read_with_suspicion(
    person: Callable[..., Caller], method: str, path: str, body: dict[str, Any]
) -> None:
    me = person(identity=True)
    before = state()
    for value in ("\x01", "张三\u200b", "<script>", "🙂🙂", "=1+1", "张 '; drop", "\u0661" * 18):
        for field in ("name", "id_number"):
            check_refusal(me(method, path, {**body, field: value}), (field, value))
    assert state() == before


def test_ids_that_are_none_are_not_found(
    person: Callable[..., Caller], call: Callable[..., Caller], staff: Callable[..., dict[str, str]]
) -> None:
    me, city = person(), call(staff("county_reviewer", district_code=None))
    for path_id in ("%00", "%ED%A0%80", "%24ne", "x" * 3000, "%F0%9F%99%82", "null", "..%2F.."):
        answers = [
            me("DELETE", f"/me/children/{path_id}"),
            me("PUT", f"/me/messages/{path_id}/read"),
            city("GET", f"/staff/residents/{path_id}"),
            city("PUT", f"/staff/residents/{path_id}/identity", GOOD["IdentityCorrectionBody"]),
        ]
        for answer in answers:
            assert answer.status_code == 404, answer.get_data(as_text=True)
            assert CHINESE.search(answer.json["detail"])
