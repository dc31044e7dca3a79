"""Accounts of staff, as administrators keep them: what somebody is and where, with two pairs of eyes where it matters.

Roles of the rule `running.second_person_roles` are given, taken or moved by one administrator and confirmed by another;
until then the account stays as it is. Nobody changes an account of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from config.loading import rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import change_one, collection
from models.kernel.errors import Conflict, Forbidden, NotFound, StaleVersion
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.people import passwords
from models.people import staff as accounts
from models.people.documents import Caseworker

KEY_SCOPE = "staff account"
WITHOUT_SECRETS = {"password_hash": 0}
# What all accounts are looked through by; the rest is read of those on the page.
NAMES = {"username": 1, "display_name": 1}


def listed(*, role: str | None, district_code: str | None, name: str | None, cursor: str | None) -> Page:
    """Accounts by user name; `name`: how user name or display name begins or is."""
    wanted: dict[str, Any] = {}
    if cursor is not None:
        wanted["username"] = {"$gt": str(decode_cursor(cursor).get("username", ""))}
    if role is not None:
        wanted["roles"] = role
    if district_code is not None:
        wanted["district_code"] = district_code
    text = (name or "").strip().lower()
    found = [each for each in collection(Caseworker).find(wanted, NAMES).sort("username", 1)
             if text in each["username"] or text in each["display_name"].lower()]  # fmt: skip
    size = rule("running.page_size")
    more = encode_cursor({"username": found[size - 1]["username"]}) if len(found) > size else None
    ids = [each["_id"] for each in found[:size]]
    whole = {each["_id"]: each for each in collection(Caseworker).find({"_id": {"$in": ids}}, WITHOUT_SECRETS)}
    return Page([shown(whole[each]) for each in ids if each in whole], more)


def one(account_id: str) -> Raw:
    """One account. Raises NotFound."""
    return shown(accounts.caseworker(account_id))


def create(
    username: str, display_name: str, roles: Iterable[str], *, district_code: str | None,
    township_ids: Iterable[str], by: Actor, at: datetime, key: str,
) -> tuple[Raw, str, str | None]:  # fmt: skip
    """Make an account with a password and a second factor of its own, both told once: account, password, enrolment
    address. With roles that need two people it can be used once a second administrator has confirmed it.
    """
    wanted, places = sorted(set(roles)), list(township_ids)
    asked = {**_asked(wanted, district_code, places, by, at), "new": True} if _needs_two(wanted) else None
    password = passwords.generated()
    made = accounts.create_caseworker(
        username, display_name, wanted, password, at=at, by=by, district_code=district_code, township_ids=places,
        account_id=id_from_key(KEY_SCOPE, key), asked=asked,
    )  # fmt: skip
    return one(made.id), password, made.enrolment_uri


def change(
    account_id: str, roles: Iterable[str], *, district_code: str | None, township_ids: Iterable[str], version: int,
    by: Actor, at: datetime,
) -> Raw:  # fmt: skip
    """Give other roles or another place, or ask a second administrator to. Its tokens end with the change.

    Raises InvalidInput, NotFound, Forbidden (`own_account`), StaleVersion.
    """
    found = _others(account_id, by)
    wanted, places = sorted(set(roles)), list(township_ids)
    accounts.check_posting(wanted, district_code, places)
    if _needs_two(wanted) or _needs_two(found["roles"]):
        _write(account_id, version, {"asked_posting": _asked(wanted, district_code, places, by, at)}, at)
        audit.record(by, "staff.posting_asked", f"staff:{account_id}", at, district_code=district_code,
                     detail={"roles": wanted})  # fmt: skip
        return one(account_id)
    facts = {"roles": wanted, "district_code": district_code, "township_ids": places}
    _write(account_id, version, facts, at, end_tokens=True)
    _told(by, account_id, facts, at)
    return one(account_id)


def confirm(account_id: str, *, version: int, by: Actor, at: datetime) -> Raw:
    """Put in force what another administrator asked for. Raises Conflict (`no_posting_asked`), Forbidden
    (`second_person_needed`, `own_account`), StaleVersion.
    """
    found = _others(account_id, by)
    asked = found.get("asked_posting")
    if not asked:
        raise Conflict("no_posting_asked")
    if asked["by"] == by.id:
        raise Forbidden("second_person_needed")
    facts = {name: asked[name] for name in ("roles", "district_code", "township_ids")}
    first = {"active": True} if asked.get("new") else {}
    _write(account_id, version, {**facts, **first, "asked_posting": {}}, at, end_tokens=True)
    _told(by, account_id, facts, at)
    return one(account_id)


def decline(account_id: str, *, version: int, by: Actor, at: datetime) -> Raw:
    """Let what was asked for fall. Raises as `confirm`; whoever asked may do it too."""
    if not _others(account_id, by).get("asked_posting"):
        raise Conflict("no_posting_asked")
    _write(account_id, version, {"asked_posting": {}}, at)
    audit.record(by, "staff.posting_declined", f"staff:{account_id}", at)
    return one(account_id)


def disable(account_id: str, by: Actor, at: datetime) -> Raw:
    """Close an account; its tokens and sessions end. Raises NotFound, Forbidden (`own_account`)."""
    accounts.disable(_others(account_id, by)["username"], by, at)
    return one(account_id)


def reset(account_id: str, by: Actor, at: datetime) -> tuple[Raw, str, str | None]:
    """A new password and second factor, told once; a closed account is open again. Raises as `disable`, and Conflict
    (`posting_waits`) while its posting waits for a second administrator.
    """
    found = _others(account_id, by)
    if found.get("asked_posting") and not found["active"]:
        raise Conflict("posting_waits")
    password = passwords.generated()
    made = accounts.reset(found["username"], password, by, at)
    return one(account_id), password, made.enrolment_uri


def shown(stored: Raw) -> Raw:
    """An account without a secret."""
    asked = stored.get("asked_posting") or None
    return {
        "id": stored["_id"], "username": stored["username"], "display_name": stored["display_name"],
        "roles": stored["roles"], "district_code": stored.get("district_code"),
        "township_ids": list(stored.get("township_ids") or ()), "active": stored["active"],
        "otp": bool(stored.get("otp_secret")), "recovery_codes": len(stored.get("recovery_codes") or ()),
        "created_at": as_utc(stored["created_at"]), "updated_at": as_utc(stored["updated_at"]),
        "version": stored["version"], "demo": bool(stored.get("demo")),
        "asked": _asked_shown(asked) if asked else None,
    }  # fmt: skip


def city_runner(by: Actor) -> None:
    """Raises Forbidden for staff of one county: how the product runs is the city's to know."""
    if by.district_code is not None:
        raise Forbidden("not_your_place")


def _needs_two(roles: Iterable[str]) -> bool:
    return not set(roles).isdisjoint(rule("running.second_person_roles"))


def _others(account_id: str, by: Actor) -> Raw:
    if account_id == by.id:
        raise Forbidden("own_account")
    found = collection(Caseworker).find_one({"_id": account_id})
    if found is None:
        raise NotFound()
    return found


def _asked(roles: list[str], district_code: str | None, places: list[str], by: Actor, at: datetime) -> Raw:
    return {"roles": roles, "district_code": district_code, "township_ids": places, "by": by.id, "at": at}


def _asked_shown(asked: Raw) -> Raw:
    return {
        "roles": asked["roles"], "district_code": asked.get("district_code"),
        "township_ids": list(asked.get("township_ids") or ()), "by": asked["by"], "at": as_utc(asked["at"]),
    }  # fmt: skip


def _write(account_id: str, version: int, facts: Raw, at: datetime, *, end_tokens: bool = False) -> None:
    """One write, where nobody has changed the account since. Raises StaleVersion."""
    counted = {"version": 1, "token_epoch": 1} if end_tokens else {"version": 1}
    done = change_one(collection(Caseworker), {"_id": account_id, "version": version},
                      {"$set": {**facts, "updated_at": at}, "$inc": counted})  # fmt: skip
    if done is None:
        raise StaleVersion()


def _told(by: Actor, account_id: str, facts: Raw, at: datetime) -> None:
    detail = {"roles": facts["roles"], "township_ids": facts["township_ids"]}
    audit.record(by, "staff.posting_changed", f"staff:{account_id}", at, district_code=facts["district_code"],
                 detail=detail)  # fmt: skip
