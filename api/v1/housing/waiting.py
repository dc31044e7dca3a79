"""Waiting lists for the staff: an entry's place and history, and the actions that change it, each with a reason."""

from __future__ import annotations

import re
from typing import Any

from api.access import PUBLIC, staff
from api.endpoint import Call, Endpoint, route
from api.v1.housing.schemas import ListEntriesQuery, MoveBody, WaitingActionBody
from config.text import label
from models.housing import allocation, list_queries, queries, waiting_list
from models.housing.documents import WaitingEntry
from models.housing.ordering import waiting_lists
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.database import collection
from models.kernel.errors import Forbidden, NotFound
from models.kernel.ids import ID_PATTERN

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
MOVERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER)


class WaitingLists(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """By what each programme's waiting list is ordered, and how ties are decided: published rules."""
        return {
            "items": [
                {"programme": token, "label": each.label, "order": queries.ordering_shown(token),
                 "tie": label("housing", "tie"), "source": each.source}
                for token, each in waiting_lists().lists.items()
            ]
        }  # fmt: skip


class StaffWaitingLists(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """The lists of my place, with how many wait on each."""
        return {"items": list_queries.lists_of(call.actor), "next": None}


class StaffListEntries(Endpoint):
    @route(access=READERS, query=ListEntriesQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Who waits on a list, in its order, and what put each there; names masked."""
        key = call.path["list_key"]
        page = list_queries.page_of_list(
            key, call.actor, state=call.query.state, cursor=call.query.cursor, limit=call.query.limit
        )
        return {**list_queries.list_shown(key), "order": queries.ordering_shown(key.partition(":")[0]),
                "tie": label("housing", "tie"), "items": page.items, "next": page.next}  # fmt: skip


class OneWaitingEntry(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """An application's place on a list, its history, and what moved it lately."""
        entry = _own(call)
        audit.record(
            call.actor, "waiting_list.view", f"waiting_entry:{entry['_id']}", call.at,
            district_code=entry.get("district_code"),
        )  # fmt: skip
        return _shown(entry, call)


class _Action(Endpoint):
    """The parent of the actions."""

    def _act(self, action: str, call: Call, **more: Any) -> dict[str, Any]:
        entry = _own(call)
        done = waiting_list.act(
            entry["_id"], action, reason=call.body.reason, by=call.actor, at=call.at, version=call.body.version,
            key=call.idempotency_id, note=call.body.note, **more,
        )  # fmt: skip
        return _shown(done, call)


class MoveEntry(_Action):
    @route(access=MOVERS, body=MoveBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Change values that the order depends on."""
        return self._act("move", call, values=call.body.values)


class PauseEntry(_Action):
    @route(access=MOVERS, body=WaitingActionBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Let an entry rest: it keeps its key, but gets no offers and is not counted."""
        return self._act("pause", call)


class ResumeEntry(_Action):
    @route(access=MOVERS, body=WaitingActionBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """End a pause; the entry stands where it would have stood without."""
        return self._act("resume", call)


class RecheckEntry(_Action):
    @route(access=MOVERS, body=WaitingActionBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Note that the yearly check was passed."""
        return self._act("recheck", call)


class EndEntry(_Action):
    @route(access=MOVERS, body=WaitingActionBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Take an application off the list; an offer that it has goes to the next."""
        done = self._act("end", call)
        allocation.end(done["application_id"], call.body.reason, call.at)
        return done


class RestoreEntry(_Action):
    @route(access=MOVERS, body=WaitingActionBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Put an ended entry back where its values place it."""
        return self._act("restore", call)


def _own(call: Call) -> dict[str, Any]:
    """The entry of the path. Raises NotFound, and Forbidden where another county or township is responsible."""
    given: str = call.path["entry_id"]
    found = collection(WaitingEntry).find_one({"_id": given}) if re.match(ID_PATTERN, given) else None
    if found is None:
        raise NotFound()
    if not call.actor.covers(found.get("district_code"), found.get("township_id")):
        raise Forbidden()
    return found


def _shown(entry: dict[str, Any], call: Call) -> dict[str, Any]:
    standing = queries.position(entry["list_key"], entry["application_id"])
    moved = queries.what_moved(entry["list_key"], entry["application_id"], call.at)
    for move in (*standing["moves"], *moved):
        move["action_label"] = label("housing.actions", move["action"])
        move["reason_label"] = label("housing.reasons", move["reason"])
    return {
        "id": entry["_id"], "application_id": entry["application_id"], "list": entry["list_key"],
        "version": entry["version"], **standing, "state_label": label("housing.states", standing["state"]),
        "applicant": list_queries.applicant_of(entry["application_id"]), "township_id": entry.get("township_id"),
        "why": list_queries.why_there(entry, list_queries.ahead_of(entry)), "tie": label("housing", "tie"),
        "actions": list_queries.actions_of(entry, call.actor),
        "values": list_queries.move_lines(entry["list_key"].partition(":")[0]), "moved_by": moved,
    }  # fmt: skip
