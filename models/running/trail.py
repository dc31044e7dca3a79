"""The audit trail, read: by subject, by whoever did it, or a chain from its end; and the check of a chain's end.

A chain's entries are numbered and named by their number, so that its end is read without a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import catalogue, rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection, database
from models.kernel.errors import Forbidden, InvalidInput
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.people.documents import Caseworker

# What was written in this very moment is found too.
JUST_NOW = timedelta(seconds=1)


def chains_of(by: Actor) -> list[str]:
    """The chains that a member of staff may read: of their county, or all."""
    if by.district_code is not None:
        return [by.district_code]
    return [audit.CITY_CHAIN, *catalogue().districts]


def search(
    by: Actor, *, chain: str | None, subject: str | None, staff: str | None, action: str | None,
    first: datetime | None, until: datetime | None, cursor: str | None, at: datetime,
) -> Page:  # fmt: skip
    """Entries, the latest first. `subject`: `kind:id`; `staff`: an account's name or id. With neither of them the end
    of one chain is read, some hundred entries a page. Raises Forbidden for another county's chain, InvalidInput.
    """
    allowed = chains_of(by)
    if chain is not None and chain not in allowed:
        raise Forbidden("not_your_place")
    if subject is None and staff is None:
        return _tail(chain or allowed[0], action, first, until, cursor)
    where: dict[str, Any] = {"subject": subject} if subject is not None else {"by.id": _account(staff or "")}
    until = until or at + JUST_NOW
    if cursor is not None:
        until = min(until, _before(cursor) or until)
    earliest = first or until - timedelta(days=rule("running.audit_days"))
    if until - earliest > timedelta(days=rule("running.audit_days_most")):
        raise InvalidInput("range_too_long")
    size, ours = rule("running.page_size"), {chain} if chain else set(allowed)
    account = _account(staff) if subject is not None and staff is not None else None
    found: list[dict[str, Any]] = []
    for stretch in _stretches(earliest, until):
        rows = database()[audit.ENTRIES].find({**where, "at": stretch}).sort([("at", -1), ("_id", -1)])
        found += [each for each in rows if each["chain"] in ours and action in (None, each["action"])
                  and account in (None, each["by"]["id"])]  # fmt: skip
        if len(found) > size:
            break
    more = encode_cursor({"audit": as_utc(found[size - 1]["at"]).isoformat()}) if len(found) > size else None
    return Page(_shown(found[:size]), more)


def check(by: Actor, chain: str) -> dict[str, Any]:
    """Compare hashes and seal at a chain's end: the last entries, each with its predecessor. Raises Forbidden.

    The whole chain is compared every night (`integrity`) and by `flask audit verify`.
    """
    if chain not in chains_of(by):
        raise Forbidden("not_your_place")
    entries, faults = audit.verify_end(chain, rule("running.audit_check_entries"))
    return {"chain": chain, "entries": entries, "faults": faults}


def _stretches(earliest: datetime, until: datetime) -> Iterator[dict[str, datetime]]:
    """The time from `until` back to `earliest` in stretches that double: who does much fills a page within an hour."""
    hours = 1
    while until > earliest:
        begin = max(earliest, until - timedelta(hours=hours))
        yield {"$gte": begin, "$lt": until}
        until, hours = begin, 2 * hours


def _tail(
    chain: str, action: str | None, first: datetime | None, until: datetime | None, cursor: str | None
) -> Page:  # fmt: skip
    head = audit.length(chain)
    upper = min(_sequence(cursor), head + 1) if cursor else head + 1
    if until is not None:
        upper = min(upper, audit.first_at(chain, until, head))
    lower = audit.first_at(chain, first, head) if first is not None else 1
    size = rule("running.audit_read") if action else rule("running.page_size")
    begin = max(upper - size, lower)
    entries = audit.between(chain, begin, upper)
    more = encode_cursor({"sequence": begin}) if begin > lower else None
    kept = [each for each in entries if action in (None, each["action"])]
    return Page(_shown(sorted(kept, key=lambda each: -each["sequence"])), more)


def _shown(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with the names of the staff who made them; residents stay ids."""
    ids = sorted({each["by"]["id"] for each in entries if each["by"]["kind"] == "staff"})
    named = {each["_id"]: each["display_name"]
             for each in collection(Caseworker).find({"_id": {"$in": ids}}, {"display_name": 1})}  # fmt: skip
    return [
        {
            "chain": each["chain"], "sequence": each["sequence"], "at": as_utc(each["at"]), "action": each["action"],
            "subject": each["subject"], "by_kind": each["by"]["kind"], "by_id": each["by"]["id"],
            "by_name": named.get(each["by"]["id"]), "roles": each["by"].get("roles", []),
            "detail": _told(each["detail"]),
        }
        for each in entries
    ]  # fmt: skip


def _told(detail: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in detail.items()}


def _account(text: str) -> str:
    found = collection(Caseworker).find_one({"username": text.strip().lower()}, {"_id": 1})
    return str(found["_id"]) if found else text


def _before(cursor: str) -> datetime | None:
    try:
        return datetime.fromisoformat(decode_cursor(cursor)["audit"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("bad_cursor") from None


def _sequence(cursor: str) -> int:
    try:
        return int(decode_cursor(cursor)["sequence"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("bad_cursor") from None
