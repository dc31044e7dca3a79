"""What is stored of an application and its papers. Personal data are encrypted; lists show them masked."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    StringField,
)

from models.kernel.document import Record, having_text, having_time
from models.kernel.encryption import EncryptedJsonField
from models.kernel.outbox import OUTBOX_INDEX, Causing

FORM_CONTEXT = "applications.form"
CORRECTION_CONTEXT = "applications.correction"
REASON_CONTEXT = "applications.reason"
OPINION_CONTEXT = "applications.opinion"
APPEAL_CONTEXT = "applications.appeal"
PAPER_CONTEXT = "applications.paper"
CHUNK_CONTEXT = "paper_chunks.data"
HOUSEHOLD_CONTEXT = "applications.household"

DRAFT, SUBMITTED, ACCEPTED, REVIEWED, CORRECTION = "draft", "submitted", "accepted", "reviewed", "correction"
ON_NOTICE, OBJECTED, APPEALED = "on_notice", "objected", "appealed"
APPROVED, REFUSED, WITHDRAWN, LAPSED, ENDED = "approved", "refused", "withdrawn", "lapsed", "ended"
EDITABLE = (DRAFT, CORRECTION)
# Where it is the office's turn and its clock runs.
OFFICE_STATES = (SUBMITTED, ACCEPTED, REVIEWED, APPEALED)
OPEN_STATES = (SUBMITTED, ACCEPTED, REVIEWED, CORRECTION, ON_NOTICE, OBJECTED, APPEALED)
CLOSED_STATES = (APPROVED, REFUSED, WITHDRAWN, LAPSED, ENDED)


class Application(Causing):
    """An application. `district_code` and `township_id` say who is responsible, from submission on.

    `county_rules`: the county's override it is bound to beside the version (`Override.key`).
    `papers`: one entry a file: `{id, paper, name (sealed), media_type, bytes, pages, added_at}`; the content lies in
    PaperChunk. `days_used`: working days each stage of the office has taken so far. `alarm_at`, `alarm`: when the stage
    next needs attention and which (`deadlines.py`); `warned_at`, `escalated_at`: those of this stage that have been.
    `assignee_id`: the caseworker whose it is. `places`: where it was before, each `until`. `placement`: what was given,
    in short. `appeal_decided`: the appeal has been, there is none after it. `closed_at`: when it closed, or what it
    gave ended, for `end_reason`. `retention_due_at`: when the next of its data must go (`retention.py`).
    `child_id`: the registered child it is for, whose guardian's consent it rests on.
    `household`: the household as it was at submission (`households.snapshot`), `household_id` its id; `people`: whom it
    concerns as blind marks, `{role, member_id, marks}`; `claims_version`: the version its people are held for;
    `matter`: which of several that one person may have in the programme (blind).
    `handed_in`: the answers as they were before the first correction.
    `papers_replaced`: files the office has seen that were replaced since, with `replaced_at` and `replaced_by`.
    `open_for`: blind index of applicant and person, set while the application is open, unique.
    """

    resident_id = StringField(required=True)
    programme = StringField(required=True)
    programme_version = IntField(required=True)
    county_rules = StringField()
    state = StringField(required=True)
    stage_since = DateTimeField(required=True)
    form = EncryptedJsonField(FORM_CONTEXT)
    papers = ListField(DictField())
    district_code = StringField()
    township_id = StringField()
    due_at = DateTimeField()
    due_assumed = BooleanField(default=False)
    days_used = DictField()
    submitted_at = DateTimeField()
    accepted_at = DateTimeField()
    accepted_by = StringField()
    reviewed_at = DateTimeField()
    reviewed_by = StringField()
    opinion = StringField()
    opinion_reason = BinaryField()
    decided_at = DateTimeField()
    decided_by = StringField()
    reason = BinaryField()
    correction = BinaryField()
    handed_in = EncryptedJsonField(FORM_CONTEXT)
    places = ListField(DictField())
    approved_at = DateTimeField()
    closed_at = DateTimeField()
    end_reason = StringField()
    appeal = BinaryField()
    appealed_at = DateTimeField()
    appeal_decided = BooleanField()
    assignee_id = StringField()
    assigned_at = DateTimeField()
    alarm = StringField()
    alarm_at = DateTimeField()
    warned_at = DateTimeField()
    escalated_at = DateTimeField()
    placement = DictField()
    open_for = StringField()
    child_id = StringField()
    household = EncryptedJsonField(HOUSEHOLD_CONTEXT)
    household_id = StringField()
    people = ListField(DictField())
    claims_version = IntField()
    matter = StringField()
    papers_replaced = ListField(DictField())
    retention_due_at = DateTimeField()
    papers_deleted_at = DateTimeField()
    anonymised_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "applications"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("district_code", 1), ("township_id", 1), ("state", 1), ("due_at", 1), ("_id", 1)],
            "name": "queue_of_township",
        },
        {"keys": [("district_code", 1), ("state", 1), ("due_at", 1), ("_id", 1)], "name": "queue_of_county"},
        {
            "keys": [("district_code", 1), ("programme", 1), ("state", 1), ("due_at", 1), ("_id", 1)],
            "name": "queue_of_programme",
        },
        {
            "keys": [
                ("district_code", 1),
                ("township_id", 1),
                ("programme", 1),
                ("state", 1),
                ("due_at", 1),
                ("_id", 1),
            ],
            "name": "queue_of_township_programme",
        },
        {
            "keys": [("assignee_id", 1), ("district_code", 1), ("state", 1), ("due_at", 1), ("_id", 1)],
            "name": "queue_of_caseworker",
            **having_text("assignee_id"),
        },
        {
            "keys": [("alarm_at", 1)],
            "name": "alarm",
            **having_time("alarm_at"),
        },
        {
            "keys": [("district_code", 1), ("escalated_at", 1), ("_id", 1)],
            "name": "escalated",
            **having_time("escalated_at"),
        },
        # A filter on the value: the embedded server reads no index that is partial by a type.
        {"keys": [("approved_at", 1)], "name": "approved", "partialFilterExpression": {"state": APPROVED}},
        {"keys": [("escalated_at", 1), ("_id", 1)], "name": "escalated_anywhere", **having_time("escalated_at")},
        {"keys": [("resident_id", 1), ("created_at", -1), ("_id", -1)], "name": "resident"},
        {"keys": [("people.marks", 1)], "name": "people_marks"},
        {
            "keys": [("retention_due_at", 1)],
            "name": "retention",
            **having_time("retention_due_at"),
        },
        {
            "keys": [("open_for", 1)],
            "name": "unique_open_for",
            "unique": True,
            **having_text("open_for"),
        },
        OUTBOX_INDEX,
    ]


class PaperChunk(Record):
    """A piece of a file, encrypted; the id is the file's and its position. `pending`: not yet in a list of papers."""

    application_id = StringField(required=True)
    document_id = StringField(required=True)
    position = IntField(required=True)
    data = BinaryField(required=True)
    pending = BooleanField()

    meta: ClassVar[dict[str, Any]] = {"collection": "paper_chunks"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("document_id", 1), ("position", 1)], "name": "document"},
        {"keys": [("application_id", 1)], "name": "application"},
        {
            "keys": [("pending", 1), ("created_at", 1)],
            "name": "pending",
            "partialFilterExpression": {"pending": True},
        },
    ]
