"""What is stored of batches that other departments check, and of their answers."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, DictField, ListField, StringField

from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR
from models.kernel.document import Record
from models.kernel.lifecycle import Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

WAITING, CLOSED = "waiting", "closed"
YES, NO, UNCLEAR = "yes", "no", "unclear"
ANSWER_CONTEXT = "check_results.answer"
CHECKERS = (COUNTY_REVIEWER, SUPERVISOR)


class CheckBatch(Causing):
    """People whose facts one department is asked about. `rows`: `{reference, application_id, member_id}`, no personal
    data; the file is made from the applications when it is fetched. `left_out`: why others are not in it, counted.
    """

    state = StringField(required=True, default=WAITING)
    check = StringField(required=True)
    programme = StringField()
    district_code = StringField(required=True)
    rows = ListField(DictField())
    left_out = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "check_batches"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("state", 1), ("check", 1)], "name": "place"},
        OUTBOX_INDEX,
    ]


class CheckResult(Record):
    """A department's answer about one person, under the id of batch and reference.

    `answer`: `{result, value, source, remark}` sealed; `checked_on` and `valid_until` are days.
    """

    batch_id = StringField(required=True)
    check = StringField(required=True)
    reference = StringField(required=True)
    application_id = StringField(required=True)
    resident_id = StringField(required=True)
    member_id = StringField()
    answer = BinaryField(required=True)
    checked_on = StringField(required=True)
    valid_until = StringField(required=True)
    imported_by = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "check_results"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("application_id", 1)], "name": "application"},
        {"keys": [("batch_id", 1)], "name": "batch"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("created_at", 1)], "name": "created"},
    ]


CHECK_BATCH = Lifecycle(
    "check_batch",
    CheckBatch,
    WAITING,
    [
        Transition("import", (WAITING,), WAITING, CHECKERS),
        Transition("close", (WAITING,), CLOSED, CHECKERS),
    ],
)
