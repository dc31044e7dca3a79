"""Waiting lists as the staff reads them: the lists of a place, and in their order who waits and why each is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from config.loading import catalogue, rule
from config.text import label, say
from models.casework.documents import Application
from models.casework.queries import form_of, programme_of
from models.housing import positions
from models.housing.documents import PAUSED, VALUES_CONTEXT, WAITING, WaitingEntry
from models.housing.lifecycle import WAITING_LIFECYCLE
from models.housing.ordering import CITY, OrderLine, application_of, list_key, list_rule, waiting_lists
from models.housing.waiting_list import entry_id
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.errors import Forbidden, InvalidInput, NotFound
from models.kernel.masking import mask_name
from models.kernel.paging import Page, decode_cursor, encode_cursor

Raw = dict[str, Any]


def lists_of(by: Actor) -> list[Raw]:
    """The lists of the caseworker's county, or of all, and the city's: `{list, programme, label, place, total}`.

    A county's own lists are shown before anybody waits on them, others once they have begun.
    """
    districts = [by.district_code] if by.district_code else sorted(catalogue().districts)
    begun = [each for each in positions.all_lists() if _district_of(each) in {*districts, CITY}]
    own = [list_key(token, by.district_code) for token in waiting_lists().lists] if by.district_code else []
    known = [each for each in dict.fromkeys((*own, *begun)) if each.partition(":")[0] in waiting_lists().lists]
    totals = positions.totals(known)
    return [{**list_shown(each), "total": totals.get(each, 0)} for each in known]


def list_shown(key: str) -> Raw:
    """A list by its programme and place."""
    programme, district, *group = key.split(":")
    return {
        "list": key, "programme": programme, "label": list_rule(programme).label,
        "district_code": None if district == CITY else district, "group": group[0] if group else None,
    }  # fmt: skip


def check_list(key: str, by: Actor) -> None:
    """Raises NotFound for what is no list, Forbidden for another county's."""
    if not 2 <= len(key.split(":")) <= 3:
        raise NotFound()
    list_rule(key.partition(":")[0])
    if by.district_code not in (None, _district_of(key)) and _district_of(key) != CITY:
        raise Forbidden("not_your_place")


def page_of_list(key: str, by: Actor, *, state: str, cursor: str | None, limit: int) -> Page:
    """Who waits on a list in its order, or rests: of one's own place, with what put each there. Raises as `check_list`.

    Who looks after some townships only sees theirs, at their places among all.
    """
    check_list(key, by)
    after = decode_cursor(cursor) if cursor is not None else {"list": key, "state": state, "key": positions.LOWEST}
    if after.get("list") != key or after.get("state") != state:
        raise InvalidInput("bad_cursor")
    rows: list[tuple[int | None, Raw, Raw | None]] = []
    # Who sees the whole list needs no more of it than the page holds.
    step = rule("housing.page_size_most") if by.township_ids else limit + 1
    walk = _waiting(key, after["key"], step) if state == WAITING else _resting(key, after["key"])
    for row in walk:
        if by.covers(row[1].get("district_code"), row[1].get("township_id")):
            rows.append(row)
        if len(rows) > limit:
            break
    page = rows[:limit]
    more = len(rows) > limit
    following = encode_cursor({"list": key, "state": state, "key": page[-1][1]["full_key"]}) if more else None
    names = _applicants([entry["application_id"] for _, entry, _ in page])
    return Page([_row(position, entry, ahead, names) for position, entry, ahead in page], following)


def why_there(entry: Mapping[str, Any], ahead: Mapping[str, Any] | None = None) -> list[Raw]:
    """Each line of the order with this entry's value: `{label, value, source, decides}`.

    `decides`: the first line in which it differs from the entry right ahead of it.
    """
    lines = list_rule(entry["list_key"].partition(":")[0]).order
    mine = _values(entry)
    other = _values(ahead) if ahead is not None else None
    decided = other is None
    found = []
    for line in lines:
        differs = not decided and other is not None and mine.get(line.value) != other.get(line.value)
        decided = decided or differs
        found.append({
            "label": line.label, "name": line.value, "value": in_words(line, mine.get(line.value)),
            "source": line.source, "decides": differs,
        })  # fmt: skip
    return found


def in_words(line: OrderLine, value: Any) -> str:
    """A value of the order as people read it."""
    if value is None:
        return say("housing.order_absent")
    if line.kind == "level":
        return label(f"housing.levels.{line.value}", str(value))
    return say(f"housing.order_{line.kind}", value=value)


def move_lines(programme: str) -> list[Raw]:
    """What a move may change: `{name, label, kind, levels: [{value, label}]}`."""
    return [
        {"name": line.value, "label": line.label, "kind": line.kind,
         "levels": [{"value": each, "label": label(f"housing.levels.{line.value}", each)} for each in line.levels]}
        for line in list_rule(programme).order
    ]  # fmt: skip


def actions_of(entry: Raw, by: Actor) -> list[Raw]:
    """What the caseworker may do with an entry now, each with the reasons for which it may be done."""
    return [
        {
            "action": each, "label": label("housing.actions", each),
            "reasons": [
                {"value": why, "label": label("housing.reasons", why)} for why in waiting_lists().reasons.get(each, [])  # type: ignore[call-overload]
            ],
        }
        for each in dict.fromkeys(WAITING_LIFECYCLE.actions_for(entry, by))
    ]  # fmt: skip


def applicant_of(application_id: str) -> str:
    """The masked name of an application's applicant; empty where it is not kept any more."""
    return _applicants([application_id]).get(application_id, "")


def ahead_of(entry: Mapping[str, Any]) -> Raw | None:
    """The entry right ahead of one on its list, None for the first."""
    if entry["state"] != WAITING:
        return None
    found = positions.before(entry["list_key"], entry["full_key"])
    return _entries(entry["list_key"], [found]).get(found) if found else None


def _waiting(key: str, after: str, step: int) -> Iterator[tuple[int | None, Raw, Raw | None]]:
    """Position, entry, and the entry right ahead, in order; bounded by how far a page looks down a list."""
    scanned, previous = 0, None
    if after != positions.LOWEST:
        previous = _entries(key, [after]).get(after)
    while scanned < rule("housing.offer_scan_most"):
        ahead, keys = positions.after(key, after, step)
        entries = _entries(key, keys)
        for number, each in enumerate(keys, ahead + 1):
            if each in entries:
                yield number, entries[each], previous
                previous = entries[each]
        if len(keys) < step:
            return
        after, scanned = keys[-1], scanned + len(keys)


def _resting(key: str, after: str) -> Iterator[tuple[int | None, Raw, Raw | None]]:
    found = collection(WaitingEntry).find({"list_key": key, "state": PAUSED, "full_key": {"$gt": after}})
    for entry in sorted(found, key=lambda each: str(each["full_key"])):
        yield None, entry, None


def _entries(key: str, full_keys: list[str]) -> dict[str, Raw]:
    ids = [entry_id(key, application_of(each)) for each in full_keys]
    found = collection(WaitingEntry).find({"_id": {"$in": ids}}, {"outbox": 0, "history": 0})
    return {each["full_key"]: each for each in found}


def _row(position: int | None, entry: Raw, ahead: Raw | None, names: Mapping[str, str]) -> Raw:
    why = why_there(entry, ahead)
    last = entry["moves"][-1]
    return {
        "id": entry["_id"], "application_id": entry["application_id"], "position": position,
        "applicant": names.get(entry["application_id"], ""), "township_id": entry.get("township_id"),
        "state": entry["state"], "state_label": label("housing.states", entry["state"]),
        "joined_at": as_utc(entry["joined_at"]), "recheck_due_at": entry.get("recheck_due_at"), "why": why,
        "decided_by": next((each["label"] for each in why if each["decides"]), None) or (
            None if ahead is None else label("housing", "tie")
        ),
        "last_move": {"action_label": label("housing.actions", last["action"]),
                      "reason_label": label("housing.reasons", last["reason"]), "at": as_utc(last["at"])},
    }  # fmt: skip


def _values(entry: Mapping[str, Any]) -> Raw:
    found: Raw = open_json(entry["values"], VALUES_CONTEXT)
    return found


def _applicants(application_ids: list[str]) -> dict[str, str]:
    found = collection(Application).find({"_id": {"$in": application_ids}}, {"programme": 1, "form": 1})
    return {
        each["_id"]: mask_name(form_of(each).get(programme_of(each["programme"]).people.applicant, ""))
        for each in found
    }


def _district_of(key: str) -> str:
    return key.partition(":")[2].partition(":")[0]
