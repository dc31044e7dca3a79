"""Reads of waiting lists and lottery draws."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.housing import positions
from models.housing.documents import PUBLISHED, VOID, WAITING, LotteryDraw, WaitingEntry, WaitingMovement
from models.housing.draw import number, salt_of, seal_of
from models.housing.draw_record import committed_part, record_of
from models.housing.operations import order_of, seals_of, secret_of
from models.housing.ordering import application_of, list_rule
from models.housing.waiting_list import entry_id
from models.kernel.clock import as_utc, day_of, shown
from models.kernel.database import collection
from models.kernel.document import earlier_than
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

SUMMARY = ("programme", "round", "district_code", "group", "state", "count", "places", "seed_source", "commitment",
           "committed_at", "replaces", "void", "version", "seed", "updated_at")  # fmt: skip


def position(key_of_list: str, application_id: str) -> dict[str, Any]:
    """Where an application stands: reads three documents, however long the list.

    `{state, position, ahead, total, joined_at, recheck_due_at, moves: [{action, reason, at}]}`; `position` and `ahead`
    are None while it does not wait. Raises NotFound.
    """
    entry = collection(WaitingEntry).find_one({"_id": entry_id(key_of_list, application_id)})
    if entry is None:
        raise NotFound()
    standing = positions.standing(key_of_list, entry["full_key"])
    waits = entry["state"] == WAITING
    return {
        "state": entry["state"],
        "position": standing.ahead + 1 if waits else None,
        "ahead": standing.ahead if waits else None,
        "total": standing.total,
        "joined_at": entry["joined_at"],
        "recheck_due_at": entry.get("recheck_due_at"),
        "moves": [{name: move[name] for name in ("action", "reason", "at")} for move in entry["moves"]],
    }


def entries_of(application_id: str) -> list[dict[str, Any]]:
    """The waiting entries of an application, one a list."""
    return list(collection(WaitingEntry).find({"application_id": application_id}))


def waiting_place(application_id: str, at: datetime) -> dict[str, Any] | None:
    """An application's place on its list with what moved it, for its applicant; None where it is on none."""
    found = entries_of(application_id)
    if not found:
        return None
    entry = max(found, key=lambda each: as_utc(each["joined_at"]))
    key = entry["list_key"]
    moves = what_moved(key, application_id, at) if entry["state"] == WAITING else []
    return {
        "entry_id": entry["_id"], "version": entry["version"], "programme": key.partition(":")[0], "list_key": key,
        **position(key, application_id), "moved_by": moves,
    }  # fmt: skip


def what_moved(
    key_of_list: str, application_id: str, at: datetime, since: datetime | None = None
) -> list[dict[str, Any]]:
    """What changed the number ahead since `since` (at most the days that are shown): `{day, cause, reason, change}`.

    `change` is by how many the number ahead grew or shrank, counted against the place the application has now.
    Costs what happened on the list in that time, not what waits on it. Raises NotFound.
    """
    entry = collection(WaitingEntry).find_one({"_id": entry_id(key_of_list, application_id)}, {"full_key": 1})
    if entry is None:
        raise NotFound()
    earliest = at - timedelta(days=rule("housing.movements_shown_days"))
    begin = max(since, earliest) if since else earliest
    changes: Counter[tuple[str, str, str]] = Counter()
    for moved in collection(WaitingMovement).find({"list_key": key_of_list, "at": {"$gte": begin}}):
        effect = _is_ahead(moved["after"], entry["full_key"]) - _is_ahead(moved["before"], entry["full_key"])
        if effect:
            changes[(day_of(moved["at"]).isoformat(), moved["action"], moved["reason"])] += effect
    return [
        {"day": day, "action": action, "reason": reason, "change": change}
        for (day, action, reason), change in sorted(changes.items())
        if change
    ]


def head(key_of_list: str, count: int) -> list[str]:
    """The applications whose turn is next, in order."""
    return [application_of(key) for key in positions.first(key_of_list, count)]


def due_for_recheck(key_of_list: str, before: datetime, limit: int) -> list[dict[str, Any]]:
    """Waiting entries whose yearly check is due before a moment, soonest first."""
    found = collection(WaitingEntry).find(
        {"list_key": key_of_list, "state": WAITING, "recheck_due_at": earlier_than(before)},
        {"application_id": 1, "recheck_due_at": 1, "resident_id": 1, "list_key": 1},
    )
    return list(found.sort("recheck_due_at", 1).limit(limit))


def ordering_shown(programme: str) -> list[dict[str, str]]:
    """The published order of a programme's lists: what decides first, and its source. Raises NotFound."""
    return [{"label": line.label, "source": line.source} for line in list_rule(programme).order]


def draw(draw_id: str) -> dict[str, Any]:
    """A draw as stored. Raises NotFound."""
    found = collection(LotteryDraw).find_one({"_id": draw_id})
    if found is None:
        raise NotFound()
    return found


def public_record(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The whole verifiable record of a draw, as it stands (`draw_record` has its shape)."""
    found = dict(stored)
    committed = committed_part(
        draw_id=found["_id"], programme=found["programme"], round_name=found["round"], places=found["places"],
        district_code=found.get("district_code"), replaces=found.get("replaces"), seed_source=found["seed_source"],
        seals=seals_of(found),
    )  # fmt: skip
    void = found.get("void") or None
    result_is_public = found["state"] == PUBLISHED or (found["state"] == VOID and found.get("order_id"))
    return record_of(
        state=found["state"], committed=committed, commitment=found["commitment"], seed=found.get("seed"),
        order=order_of(found) if result_is_public else None,
        void=None if void is None else {**void, "at": shown(void["at"])},
        events=[{**step, "at": shown(step["at"])} for step in found["steps"]],
    )  # fmt: skip


def summary(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a list of draws shows of one."""
    shown_fields = {name: stored.get(name) for name in SUMMARY}
    return {"id": stored["_id"], **shown_fields, "void": stored.get("void") or None}


def draws(
    *, programme: str | None = None, district_code: str | None = None, state: str | None = None, limit: int,
    cursor: str | None = None,
) -> Page:  # fmt: skip
    """Draws, of a county with those of the whole city, the newest first. Raises InvalidInput.

    A city has some hundred a year, so all that match are read.
    """
    given = {"programme": programme, "district_code": district_code, "state": state}
    wanted: Raw = {name: value for name, value in given.items() if value is not None}
    if district_code is not None:
        wanted["district_code"] = {"$in": [district_code, None]}
    found = sorted(
        collection(LotteryDraw).find(wanted, dict.fromkeys(SUMMARY, 1)),
        key=lambda each: (as_utc(each["committed_at"]), each["_id"]), reverse=True,
    )  # fmt: skip
    if cursor is not None:
        after = decode_cursor(cursor)
        if set(after) != {"at", "id"}:
            raise InvalidInput("bad_cursor")
        found = [each for each in found if [each["committed_at"].isoformat(), each["_id"]] < [after["at"], after["id"]]]
    page = found[:limit]
    more = len(found) > limit
    following = encode_cursor({"at": page[-1]["committed_at"].isoformat(), "id": page[-1]["_id"]}) if more else None
    return Page([summary(each) for each in page], following)


def my_entry(draw_id: str, application_id: str) -> dict[str, Any]:
    """What an applicant is told to find and check the own entry: `{number, salt, seal, rank, chosen}`.

    `rank` and `chosen` are None until the draw is published. The caller makes sure whose application it is.
    Raises NotFound.
    """
    found = draw(draw_id)
    salt = salt_of(secret_of(draw_id), application_id)
    seal = seal_of(application_id, salt)
    seals = seals_of(found)
    index = bisect_left(seals, seal)
    if index == len(seals) or seals[index] != seal:
        raise NotFound()
    order = order_of(found) if found["state"] == PUBLISHED else None
    rank = None if order is None else order.index(index) + 1
    chosen = None if rank is None else rank <= found["places"]
    return {"number": number(index), "salt": salt, "seal": seal, "rank": rank, "chosen": chosen}


def _is_ahead(key: str | None, mine: str) -> int:
    return int(key is not None and key < mine)
