"""Reads of batches and tenancies for the staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from config.loading import catalogue, rule
from config.text import label
from models.housing.allocation_rules import allocation_rule
from models.housing.flat_documents import LIVED_IN, OFFERED, Flat, RentEntry, Tenancy
from models.housing.rents import arrears
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import earlier_than
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page

OF_BATCH = ("name", "programme", "district_code", "list_key", "state", "offers_at_once", "version")
LISTED = ("programme", "state", "version", "township_id", "district_code", "due_at", "lease.number", "recheck_due_at")


LIST_FIELDS = dict.fromkeys(LISTED, 1)


def batch_shown(batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch with its flats and households counted by state."""
    flats = collection(Flat).find({"batch_id": batch["_id"]}, {"state": 1})
    households = collection(Tenancy).find({"batch_id": batch["_id"]}, {"state": 1})
    return {
        **batch_facts(batch),
        "flats": dict(Counter(each["state"] for each in flats)),
        "households": dict(Counter(each["state"] for each in households)),
    }


def batch_facts(batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch without its flats and households."""
    return {
        "id": batch["_id"], **{name: batch[name] for name in OF_BATCH}, "opened_at": as_utc(batch["created_at"]),
        "state_label": label("housing.batch_states", batch["state"]),
    }  # fmt: skip


def tenancies_of_place(
    by: Actor, state: str, *, overdue: bool, after: str | None, limit: int, at: datetime
) -> Page:  # fmt: skip
    """The tenancies of the caseworker's place in a state, by county and id; the next page begins after the id in
    `next`."""
    late = {"recheck_due_at": earlier_than(at)} if overdue else {}
    left = list(islice(_stretches(by, (state,), after, late), limit + 1))
    return Page(left[:limit], left[limit - 1]["_id"] if len(left) > limit else None)


def households_of(batch_id: str) -> list[dict[str, Any]]:
    """Who got an offer of a batch, the longest ago first: `{tenancy, offered flat, expires_at}`."""
    found = sorted(collection(Tenancy).find({"batch_id": batch_id}, {"outbox": 0}), key=lambda each: str(each["_id"]))
    return [
        {
            **{name: each.get(name) for name in ("state", "version", "township_id", "persons", "declines")},
            "id": each["_id"], "state_label": label("housing.tenancy_states", each["state"]),
            "flat": (each.get("offer") or {}).get("subject"), "due_at": _due(each),
        }
        for each in found
    ]  # fmt: skip


def in_arrears(by: Actor, *, after: str | None) -> Page:
    """Who lives there and owes rent: `{tenancy, owed_fen, since, months}`, from one stretch of the place's tenancies.

    A stretch holds at most `housing.page_size_most` tenancies, so a page may be short while `next` leads on.
    """
    most = rule("housing.page_size_most")
    left = list(islice(_stretches(by, LIVED_IN, after), most + 1))
    stretch = left[:most]
    lines: dict[str, list[dict[str, Any]]] = {each["_id"]: [] for each in stretch}
    for line in collection(RentEntry).find({"tenancy_id": {"$in": list(lines)}}):
        lines[line["tenancy_id"]].append(line)
    items = []
    for tenancy in stretch:
        ledger = sorted(lines[tenancy["_id"]], key=lambda each: (each["on"], each["created_at"], each["_id"]))
        owed, since, months = arrears(ledger)
        if owed > 0:
            items.append({"tenancy": tenancy, "owed_fen": owed, "since": since, "months": months})
    return Page(items, stretch[-1]["_id"] if len(left) > len(stretch) else None)


def _stretches(
    by: Actor, states: Sequence[str], after: str | None, wanted: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Raw]:  # fmt: skip
    """The tenancies of the actor's place in these states behind the one with the id `after`, by county and id; a county
    is read when it is its turn. `wanted`: a range that the index of county and state goes on with."""
    last = collection(Tenancy).find_one({"_id": after}, {"district_code": 1}) if after is not None else None
    counties = sorted(catalogue().districts) if by.district_code is None else [by.district_code]
    for county in counties:
        if last is not None and county < last["district_code"]:
            continue
        behind = after if last is None or county == last["district_code"] else None
        # An index serves one range.
        beyond = {"_id": {"$gt": behind}} if behind is not None and not wanted else {}
        here = {"district_code": county, **wanted, **beyond}
        rows = [
            row for state in states for row in collection(Tenancy).find({**here, "state": state}, LIST_FIELDS)
            if (not by.township_ids or row.get("township_id") in by.township_ids)
            and (behind is None or row["_id"] > behind)
        ]  # fmt: skip
        yield from sorted(rows, key=lambda each: str(each["_id"]))


def _due(tenancy: Mapping[str, Any]) -> datetime | None:
    """By when the household has to do the next step: answer the offer, choose, sign."""
    due = tenancy["offer"]["expires_at"] if tenancy["state"] == OFFERED else tenancy.get("due_at")
    return as_utc(due) if due else None


def after_decline(application_id: str) -> str:
    """What declining the offer that is open leads to by the programme's rule: `keep`, `to_the_end` or `end`.

    Raises NotFound.
    """
    found = collection(Tenancy).find_one({"_id": application_id}, {"programme": 1, "declines": 1})
    if found is None:
        raise NotFound()
    rules = allocation_rule(found["programme"])
    return rules.after_decline(found["declines"] + 1) if "declined" in rules.counts else "keep"
