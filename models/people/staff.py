"""Caseworkers: accounts, sign-in with a second factor, lock-out.

A refused sign-in never tells which part was wrong, takes as long for an unknown user name as for a known one, and
counts the same for both. An attempt is counted before it is checked, so that many at once cannot pass the limit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.kernel import audit
from models.kernel.actors import ANONYMOUS, STAFF_ROLES, SYSTEM, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_text, seal_text
from models.kernel.errors import Conflict, Duplicate, LimitReached, NotFound, Unauthenticated
from models.kernel.ids import id_from_key, new_id
from models.people import passwords, recovery
from models.people.documents import Caseworker, SignInAttempts, staff_actor
from models.people.faults import field_fault
from models.people.tokens import Token, issue

SECRET_CONTEXT, PENDING_CONTEXT = "caseworkers.otp_secret", "caseworkers.otp_pending"
ATTEMPTS_SCOPE = "staff sign-in"
MAX_CONTENTION = 200
Raw = dict[str, Any]


@dataclass(frozen=True)
class NewCaseworker:
    """An account as made: the secret's enrolment address is shown once; None where no second factor was set up."""

    id: str
    enrolment_uri: str | None


def create_caseworker(
    username: str, display_name: str, roles: Iterable[str], password: str, *, at: datetime, by: Actor = SYSTEM,
    district_code: str | None = None, township_ids: Iterable[str] = (), with_otp: bool = True, demo: bool = False,
    visitor_kind: str = "caseworker", account_id: str | None = None, asked: Raw | None = None,
) -> NewCaseworker:  # fmt: skip
    """Make an account. `with_otp` sets up the second factor at once. `asked`: its posting waits for a second
    administrator, and nobody can sign in until then.

    Raises InvalidInput (user name, roles, district, townships, password), Duplicate (`username_taken`).
    """
    name = read_username(username)
    wanted, places = sorted(set(roles)), list(dict.fromkeys(township_ids))
    check_posting(wanted, district_code, places)
    if visitor_kind not in rule("visitors.visitor_kinds"):
        raise field_fault("visitor_kind", "literal_error")
    passwords.check_new_password(password, name)
    secret = passwords.new_otp_secret() if with_otp else None
    worker = Caseworker(
        id=account_id or new_id(), created_at=at, updated_at=at, username=name,
        password_hash=passwords.hash_password(password), display_name=display_name,
        roles=wanted, district_code=district_code, township_ids=places, otp_secret=secret,
        demo=demo, visitor_kind=visitor_kind, active=asked is None, asked_posting=asked or {},
    )  # fmt: skip
    try:
        collection(Caseworker).insert_one(worker.raw())
    except DuplicateKeyError:
        raise Duplicate("username_taken") from None
    audit.record(by, "staff.created", f"staff:{worker.id}", at, district_code=district_code, detail={"roles": wanted})
    return NewCaseworker(worker.id, passwords.enrolment_uri(secret, name) if secret else None)


def sign_in(username: str, password: str, otp: str | None, at: datetime, *, otp_required: bool) -> tuple[Token, Raw]:
    """A token for a caseworker. `otp_required`: nobody without a second factor gets in (production).

    Raises Unauthenticated (`login_failed`, whatever was wrong), LimitReached (`login_locked`).
    """
    found = _proved(username, password, otp, at, otp_required)
    audit.record(staff_actor(found), "staff.signed_in", f"staff:{found['_id']}", at)
    if passwords.needs_new_hash(found["password_hash"]):
        _set(found["_id"], {"password_hash": passwords.hash_password(password)}, at)
    return issue("staff", found["_id"], found["token_epoch"], at), found


def sign_out(by: Actor, at: datetime) -> None:
    """End every token of the caseworker: tokens are not kept, so one alone cannot be ended."""
    _end_tokens(by.id, {}, at)
    audit.record(by, "staff.signed_out", f"staff:{by.id}", at)


def change_password(by: Actor, current: str, new: str, otp: str | None, at: datetime) -> None:
    """Set another password after the current one was proved; ends every token.

    Raises as `sign_in`, InvalidInput (`new_password`).
    """
    found = caseworker(by.id)
    passwords.check_new_password(new, found["username"], "new_password")
    _proved(found["username"], current, otp, at, otp_required=False)
    if new == current:
        raise field_fault("new_password", "password_same")
    _end_tokens(by.id, {"password_hash": passwords.hash_password(new)}, at)
    audit.record(by, "staff.password_changed", f"staff:{by.id}", at)


def begin_otp(by: Actor, password: str, otp: str | None, at: datetime) -> dict[str, str]:
    """A new secret, in force once a code of it is confirmed. Proves password and, where there is one, the old factor.

    Returns `secret` and `uri`. Raises as `sign_in`.
    """
    found = caseworker(by.id)
    _proved(found["username"], password, otp, at, otp_required=False)
    secret = passwords.new_otp_secret()
    _set(by.id, {"otp_pending": seal_text(secret, PENDING_CONTEXT)}, at)
    return {"secret": secret, "uri": passwords.enrolment_uri(secret, found["username"])}


def confirm_otp(by: Actor, code: str, at: datetime) -> None:
    """Put the new secret in force. Raises Conflict (`otp_not_begun`), InvalidInput for a wrong code."""
    pending = caseworker(by.id).get("otp_pending")
    if not pending:
        raise Conflict("otp_not_begun")
    secret = open_text(pending, PENDING_CONTEXT)
    step = passwords.otp_step(secret, code, at)
    if step is None:
        raise field_fault("otp", "otp_wrong")
    facts = {"otp_secret": seal_text(secret, SECRET_CONTEXT), "otp_last_step": step, "updated_at": at}
    written = collection(Caseworker).update_one(
        {"_id": by.id, "otp_pending": pending},
        {"$set": facts, "$unset": {"otp_pending": ""}, "$inc": {"version": 1}},
    )
    if not written.modified_count:
        raise Conflict("otp_not_begun")
    audit.record(by, "staff.otp_enrolled", f"staff:{by.id}", at)


def renew_recovery_codes(by: Actor, password: str, otp: str | None, at: datetime) -> list[str]:
    """Fresh recovery codes in place of all earlier ones; shown once.

    Raises as `sign_in`, Conflict (`otp_not_enrolled`) where there is no second factor to recover.
    """
    found = caseworker(by.id)
    _proved(found["username"], password, otp, at, otp_required=False)
    if not found.get("otp_secret"):
        raise Conflict("otp_not_enrolled")
    codes = recovery.new_codes()
    _set(by.id, {"recovery_codes": recovery.kept(codes)}, at)
    audit.record(by, "staff.recovery_codes_made", f"staff:{by.id}", at)
    return codes


def disable(username: str, by: Actor, at: datetime) -> None:
    """Close an account; its tokens end. Raises NotFound."""
    found = _by_username(read_username(username))
    if found is None:
        raise NotFound()
    _end_tokens(found["_id"], {"active": False}, at)
    audit.record(by, "staff.disabled", f"staff:{found['_id']}", at)


def reset(username: str, password: str, by: Actor, at: datetime, *, with_otp: bool = True) -> NewCaseworker:
    """A new password and a new second factor for someone who lost theirs; tokens and lock end. Raises NotFound."""
    name = read_username(username)
    found = _by_username(name)
    if found is None:
        raise NotFound()
    passwords.check_new_password(password, name)
    secret = passwords.new_otp_secret() if with_otp else None
    facts: Raw = {
        "password_hash": passwords.hash_password(password), "active": True, "otp_pending": None, "recovery_codes": [],
        "otp_secret": seal_text(secret, SECRET_CONTEXT) if secret else None,
    }  # fmt: skip
    _end_tokens(found["_id"], facts, at)
    _forget_attempts(name)
    audit.record(by, "staff.reset", f"staff:{found['_id']}", at)
    return NewCaseworker(found["_id"], passwords.enrolment_uri(secret, name) if secret else None)


def caseworker(caseworker_id: str) -> Raw:
    """The stored account. Raises NotFound."""
    found = collection(Caseworker).find_one({"_id": caseworker_id})
    if found is None:
        raise NotFound()
    return found


def read_username(text: str) -> str:
    """A user name as it is stored: NFKC, lower case. Raises InvalidInput for another form."""
    name = _plain(text)
    if not re.fullmatch(rule("people.staff_username_pattern"), name):
        raise field_fault("username", "username_form")
    return name


def _proved(username: str, password: str, otp: str | None, at: datetime, otp_required: bool) -> Raw:
    """The account, after password and code were proved. The attempt is counted first, and forgotten on success."""
    name = _plain(username)
    found = _by_username(name)
    _count_attempt(name, found, at)
    fits = passwords.password_fits(password, found["password_hash"] if found else None)
    if found is None or not fits or not found["active"] or not _code_fits(found, otp, at, otp_required):
        audit.record(ANONYMOUS, "staff.sign_in_failed", _subject(name, found), at)
        raise Unauthenticated("login_failed")
    _forget_attempts(name)
    return found


def _code_fits(found: Raw, otp: str | None, at: datetime, required: bool) -> bool:
    if not found.get("otp_secret"):
        return not required
    step = passwords.otp_step(open_text(found["otp_secret"], SECRET_CONTEXT), otp or "", at)
    if step is None:
        return recovery.use(found, otp or "", at)
    # One write decides who of two with the same code comes in.
    used = collection(Caseworker).update_one(
        {"_id": found["_id"], "otp_last_step": {"$lt": step}}, {"$set": {"otp_last_step": step, "updated_at": at}}
    )
    return used.modified_count == 1


def _count_attempt(name: str, found: Raw | None, at: datetime) -> None:
    """Count one more. Raises LimitReached (`login_locked`) once they are used up."""
    key, most = id_from_key(ATTEMPTS_SCOPE, name), rule("people.staff_attempts")
    until = at + timedelta(minutes=rule("people.staff_lock_minutes"))
    attempts = collection(SignInAttempts)
    for _ in range(MAX_CONTENTION):
        written = attempts.find_one_and_update(
            {"_id": key, "expires_at": {"$gt": at}, "failures": {"$lt": most}},
            {"$inc": {"failures": 1, "version": 1}, "$set": {"expires_at": until, "updated_at": at}},
            return_document=ReturnDocument.AFTER,
        )
        if written is not None:
            return
        if _begin_count(key, until, at):
            return
        counted = attempts.find_one({"_id": key})
        if counted is not None and counted["failures"] >= most and as_utc(counted["expires_at"]) > at:
            audit.record(ANONYMOUS, "staff.sign_in_locked", _subject(name, found), at)
            left = (as_utc(counted["expires_at"]) - at).total_seconds()
            raise LimitReached("login_locked", retry_after=int(left) + 1)
    raise LimitReached("login_locked", retry_after=1)


def _begin_count(key: str, until: datetime, at: datetime) -> bool:
    """Begin counting at one, where nothing was counted or the last count has ended."""
    fresh = {"failures": 1, "expires_at": until, "updated_at": at}
    attempts = collection(SignInAttempts)
    if attempts.update_one({"_id": key, "expires_at": {"$lte": at}}, {"$set": fresh}).modified_count:
        return True
    try:
        attempts.insert_one({"_id": key, "version": 1, "created_at": at, **fresh})
    except DuplicateKeyError:
        return False
    return True


def _forget_attempts(name: str) -> None:
    collection(SignInAttempts).delete_one({"_id": id_from_key(ATTEMPTS_SCOPE, name)})


def _subject(name: str, found: Raw | None) -> str:
    # Somebody may type their password into the wrong field: what is unknown is named by a hash.
    return f"staff:{found['_id']}" if found else f"username:{id_from_key(ATTEMPTS_SCOPE, name)}"


def _by_username(name: str) -> Raw | None:
    return collection(Caseworker).find_one({"username": name})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _end_tokens(caseworker_id: str, facts: Raw, at: datetime) -> None:
    collection(Caseworker).update_one(
        {"_id": caseworker_id}, {"$set": {**facts, "updated_at": at}, "$inc": {"token_epoch": 1, "version": 1}}
    )


def _set(caseworker_id: str, facts: Raw, at: datetime) -> None:
    collection(Caseworker).update_one(
        {"_id": caseworker_id}, {"$set": {**facts, "updated_at": at}, "$inc": {"version": 1}}
    )


def check_posting(roles: list[str], district_code: str | None, township_ids: list[str]) -> None:
    """Raises InvalidInput for roles or places that there are not."""
    if not roles or not set(roles) <= set(STAFF_ROLES):
        raise field_fault("roles", "unknown_role")
    if district_code is not None and district_code not in catalogue().districts:
        raise field_fault("district_code", "unknown_district")
    for township in township_ids:
        place = catalogue().place(township)
        if place is None or place.district_code != district_code:
            raise field_fault("township_ids", "unknown_township")
