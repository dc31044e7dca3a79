"""A queue as a table for an office's own work: names masked, each export recorded."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework import presenters
from api.v1.casework.files import SHEETS, sheet
from api.v1.casework.staff import READERS
from api.v1.casework.staff_schemas import QueueFileQuery
from config.loading import rule
from config.text import say, sentences
from models.casework import queues
from models.kernel import audit
from models.kernel.clock import local

COLUMNS = ("id", "programme", "applicant", "township", "state", "submitted_at", "due_at", "overdue")


class QueueFile(Endpoint):
    @route(access=staff(*READERS), query=QueueFileQuery, rate="export", media=SHEETS)
    def get(self, call: Call) -> Response:
        """The open applications of one's place in a stage, the soonest due first; names masked; recorded."""
        asked = call.query
        items = _all(call)
        kept = asked.model_dump(exclude_none=True, mode="json")
        audit.record(
            call.actor, "applications.exported", f"queue:{asked.stage}", call.at,
            district_code=asked.district_code, detail={**kept, "rows": len(items)},
        )  # fmt: skip
        header = [sentences()[f"casework.queue_file.{name}"] for name in COLUMNS]
        return sheet(asked.form, f"queue-{asked.stage}", [header, *(_row(each) for each in items)])


def _all(call: Call) -> list[dict[str, Any]]:
    asked, found, cursor = call.query, list[dict[str, Any]](), None
    most = rule("casework.queue_file_rows_most")
    while len(found) < most:
        page = queues.queue(
            call.actor, stage=asked.stage, district_code=asked.district_code, township_id=asked.township_id,
            programme=asked.programme, assignee_id=call.actor.id if asked.mine else None,
            due_before=asked.due_before, cursor=cursor, limit=rule("casework.queue_file_page"), at=call.at,
        )  # fmt: skip
        found += [presenters.queue_item(raw, call.at) for raw in page.items]
        cursor = page.next
        if cursor is None:
            break
    return found[:most]


def _row(each: dict[str, Any]) -> list[str]:
    return [
        each["id"], each["programme_label"], each["applicant"], each["township"], each["state_label"],
        f"{local(each['submitted_at']):%Y-%m-%d %H:%M}", f"{local(each['due_at']):%Y-%m-%d}",
        say("casework.queue_file.late") if each["overdue"] else "",
    ]  # fmt: skip
