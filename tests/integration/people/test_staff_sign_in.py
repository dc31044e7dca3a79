"""Caseworkers' accounts: sign-in, second factor, lock-out, password, and looks that are recorded."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from api.endpoint import EXTENSION
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import DomainError, InvalidInput, LimitReached
from models.people import passwords, staff
from models.people.documents import Caseworker, SignInAttempts
from tests.factories.people import LOGIN, PASSWORD, Caller, signed_in


@pytest.fixture
def secret(database: str, clock: FixedClock) -> str:
    """A caseworker `reviewer` with a second factor; the value is its secret."""
    made = staff.create_caseworker("reviewer", "王审核", ["county_reviewer"], PASSWORD, at=clock.now(),
                                   district_code="360902")  # fmt: skip
    return (made.enrolment_uri or "").split("secret=")[1].split("&")[0]


def actions() -> list[str]:
    return [each["action"] for each in database().audit_entries.find().sort("_id", 1)]


def test_signing_in_gives_a_token_for_the_own_account(
    account: str, anyone: Caller, call: Callable[..., Caller]
) -> None:
    answer = anyone("POST", "/staff/auth/login", LOGIN)
    assert answer.status_code == 200
    assert answer.json["expires_at"] == "2026-11-23T17:30:00+08:00"
    me = call({"Authorization": f"Bearer {answer.json['token']}"})
    shown = me("GET", "/staff/me").json
    assert shown == answer.json["staff"]
    assert (shown["id"], shown["district"], shown["otp_enrolled"]) == (account, "袁州区", False)
    assert shown["roles"] == [{"token": "county_reviewer", "label": "县级审核"}]
    assert "password" not in str(shown)
    assert actions() == ["staff.created", "staff.signed_in"]


def test_user_names_are_read_without_case_and_width(account: str, anyone: Caller) -> None:
    assert anyone("POST", "/staff/auth/login", {**LOGIN, "username": " Ｒeviewer "}).status_code == 200


def test_a_refusal_never_tells_which_part_was_wrong(secret: str, anyone: Caller, clock: FixedClock) -> None:
    code = passwords.otp_code(secret, clock.now())
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = [
        {"username": "nobody", "password": PASSWORD, "otp": code},
        {"username": "reviewer", "password": "wrong password", "otp": code},
        {"username": "reviewer", "password": PASSWORD, "otp": wrong},
        {"username": "reviewer", "password": PASSWORD},
    ]
    answers = [anyone("POST", "/staff/auth/login", each) for each in tries]
    assert {each.status_code for each in answers} == {401}
    assert len({each.get_data() for each in answers}) == 1
    assert answers[0].json["code"] == "login_failed"
    assert actions().count("staff.sign_in_failed") == 4
    assert "nobody" not in repr(list(database().audit_entries.find()))


def test_an_unknown_user_costs_the_same_work(account: str, monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    verified: list[str] = []
    genuine = PasswordHasher.verify

    def counting(hasher: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored)
        return genuine(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    for name in ("nobody", "reviewer"):
        with pytest.raises(DomainError, match="login_failed"):
            staff.sign_in(name, "wrong password", None, clock.now(), otp_required=False)
    assert len(verified) == 2
    assert verified[0].split("$")[:4] == verified[1].split("$")[:4], "the same parameters, so the same time"


@pytest.mark.parametrize("username", ["reviewer", "nobody"])
def test_five_failures_lock_for_a_quarter_of_an_hour(
    account: str, anyone: Caller, clock: FixedClock, username: str
) -> None:
    for _ in range(5):
        assert anyone("POST", "/staff/auth/login", {"username": username, "password": "wrong"}).status_code == 401
    locked = anyone("POST", "/staff/auth/login", {"username": username, "password": PASSWORD})
    assert (locked.status_code, locked.json["code"]) == (429, "login_locked")
    assert 0 < int(locked.headers["Retry-After"]) <= 901
    clock.advance(minutes=14)
    assert anyone("POST", "/staff/auth/login", {"username": username, "password": PASSWORD}).status_code == 429
    clock.advance(minutes=2)
    expected = 200 if username == "reviewer" else 401
    assert anyone("POST", "/staff/auth/login", {"username": username, "password": PASSWORD}).status_code == expected


def test_a_success_forgets_the_failures(account: str, clock: FixedClock) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(DomainError, match="login_failed"):
                staff.sign_in("reviewer", "wrong", None, clock.now(), otp_required=False)
        staff.sign_in("reviewer", PASSWORD, None, clock.now(), otp_required=False)
    assert collection(SignInAttempts).count_documents({}) == 0


def test_thirty_guesses_at_once_are_five_guesses(account: str, clock: FixedClock) -> None:
    told: list[str] = []
    together = threading.Barrier(30)

    def guess() -> None:
        together.wait()
        try:
            staff.sign_in("reviewer", "wrong", None, clock.now(), otp_required=False)
        except DomainError as error:
            told.append(error.code)

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["login_failed"] * 5 + ["login_locked"] * 25


def test_a_code_is_good_once(secret: str, clock: FixedClock) -> None:
    code = passwords.otp_code(secret, clock.now())
    staff.sign_in("reviewer", PASSWORD, code, clock.now(), otp_required=True)
    with pytest.raises(DomainError, match="login_failed"):
        staff.sign_in("reviewer", PASSWORD, code, clock.now(), otp_required=True)
    clock.advance(seconds=30)
    staff.sign_in("reviewer", PASSWORD, passwords.otp_code(secret, clock.now()), clock.now(), otp_required=True)


def test_one_code_at_once_lets_one_in(secret: str, clock: FixedClock) -> None:
    code, let_in = passwords.otp_code(secret, clock.now()), []
    together = threading.Barrier(5)

    def enter() -> None:
        together.wait()
        try:
            let_in.append(staff.sign_in("reviewer", PASSWORD, code, clock.now(), otp_required=True))
        except DomainError:
            return

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 1


def test_in_production_nobody_signs_in_without_a_second_factor(
    account: str, app: Flask, anyone: Caller, clock: FixedClock
) -> None:
    platform = app.extensions[EXTENSION]
    production = platform.settings.model_copy(update={"environment": "production"})
    app.extensions[EXTENSION] = dataclasses.replace(platform, settings=production)
    refused = anyone("POST", "/staff/auth/login", LOGIN)
    assert (refused.status_code, refused.json["code"]) == (401, "login_failed")


def test_signing_out_ends_every_token(account: str, anyone: Caller, call: Callable[..., Caller]) -> None:
    first, second = signed_in(anyone, call), signed_in(anyone, call)
    assert first("POST", "/staff/auth/logout").status_code == 204
    assert second("GET", "/staff/me").json["code"] == "token_revoked"


def test_enrolling_a_second_factor(
    account: str, anyone: Caller, call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = signed_in(anyone, call)
    assert me("POST", "/staff/me/otp/confirm", {"otp": "123456"}).json["code"] == "otp_not_begun"
    assert me("POST", "/staff/me/otp", {"password": "wrong"}).json["code"] == "login_failed"
    begun = me("POST", "/staff/me/otp", {"password": PASSWORD})
    assert begun.status_code == 201
    assert begun.json["uri"].startswith("otpauth://totp/")
    assert me("GET", "/staff/me").json["otp_enrolled"] is False
    code = passwords.otp_code(begun.json["secret"], clock.now())
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert me("POST", "/staff/me/otp/confirm", {"otp": wrong}).json["faults"][0]["code"] == "otp_wrong"
    assert me("POST", "/staff/me/otp/confirm", {"otp": code}).status_code == 204
    assert me("GET", "/staff/me").json["otp_enrolled"] is True
    assert anyone("POST", "/staff/auth/login", LOGIN).status_code == 401, "the second factor is asked for now"
    assert anyone("POST", "/staff/auth/login", {**LOGIN, "otp": code}).status_code == 401, "this code is used"
    clock.advance(seconds=30)
    fresh = passwords.otp_code(begun.json["secret"], clock.now())
    assert anyone("POST", "/staff/auth/login", {**LOGIN, "otp": fresh}).status_code == 200
    assert begun.json["secret"] not in repr(collection(Caseworker).find_one())


def test_another_second_factor_needs_the_present_one(
    secret: str, anyone: Caller, call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = signed_in(anyone, call, otp=passwords.otp_code(secret, clock.now()))
    assert me("POST", "/staff/me/otp", {"password": PASSWORD}).json["code"] == "login_failed"
    clock.advance(seconds=30)
    again = {"password": PASSWORD, "otp": passwords.otp_code(secret, clock.now())}
    assert me("POST", "/staff/me/otp", again).status_code == 201


def test_changing_the_password(account: str, anyone: Caller, call: Callable[..., Caller]) -> None:
    me = signed_in(anyone, call)
    new = "another long password"

    def change(current: str, wanted: str) -> tuple[int, str]:
        answer = me("POST", "/staff/me/password", {"current_password": current, "new_password": wanted})
        faults = answer.json.get("faults") if answer.status_code != 204 else None
        return answer.status_code, faults[0]["code"] if faults else ""

    assert change("wrong", new) == (401, "")
    assert change(PASSWORD, "short") == (422, "password_short")
    assert change(PASSWORD, "reviewer reviewer") == (422, "password_weak")
    assert change(PASSWORD, PASSWORD) == (422, "password_same")
    assert change(PASSWORD, new) == (204, "")
    assert me("GET", "/staff/me").json["code"] == "token_revoked"
    assert anyone("POST", "/staff/auth/login", LOGIN).status_code == 401
    assert anyone("POST", "/staff/auth/login", {**LOGIN, "password": new}).status_code == 200


def test_guessing_the_password_with_a_stolen_token_locks_too(
    account: str, anyone: Caller, call: Callable[..., Caller]
) -> None:
    me = signed_in(anyone, call)
    for _ in range(5):
        me("POST", "/staff/me/otp", {"password": "wrong"})
    assert me("POST", "/staff/me/otp", {"password": PASSWORD}).json["code"] == "login_locked"


def test_an_old_hash_is_renewed_at_sign_in(account: str, clock: FixedClock) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    collection(Caseworker).update_one({"_id": account}, {"$set": {"password_hash": weak}})
    staff.sign_in("reviewer", PASSWORD, None, clock.now(), otp_required=False)
    stored = collection(Caseworker).find_one({"_id": account})["password_hash"]
    assert stored != weak
    assert not passwords.needs_new_hash(stored)


def test_a_closed_account_is_closed(
    account: str, anyone: Caller, call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = signed_in(anyone, call)
    staff.disable("reviewer", SYSTEM, clock.now())
    assert me("GET", "/staff/me").status_code == 401
    assert anyone("POST", "/staff/auth/login", LOGIN).json["code"] == "login_failed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "a"}, "username"),
        ({"username": "张三"}, "username"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"district_code": "110101"}, "district_code"),
        ({"township_ids": ["1"]}, "township_ids"),
        ({"password": "short"}, "password"),
    ],
)
def test_accounts_are_checked_when_made(database: str, clock: FixedClock, changes: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {
        "username": "planner", "display_name": "x", "roles": ["planner"], "password": PASSWORD,
        "district_code": "360902", **changes,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        staff.create_caseworker(**given, at=clock.now())
    assert [each.field for each in refused.value.faults] == [field]
    assert collection(Caseworker).count_documents({}) == 0


def test_the_same_user_name_twice_is_refused(account: str, clock: FixedClock) -> None:
    with pytest.raises(DomainError, match="username_taken"):
        staff.create_caseworker("Reviewer", "x", ["planner"], PASSWORD, at=clock.now())


def test_a_locked_account_says_so_to_operations_too(account: str, clock: FixedClock) -> None:
    for _ in range(5):
        with pytest.raises(DomainError):
            staff.sign_in("reviewer", "wrong", None, clock.now(), otp_required=False)
    actor = Actor("staff", account, frozenset({"county_reviewer"}))
    with pytest.raises(LimitReached):
        staff.begin_otp(actor, PASSWORD, None, clock.now())
