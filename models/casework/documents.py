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

from models.kernel.document import Record
from models.kernel.encryption import EncryptedJsonField
from models.kernel.outbox import OUTBOX_INDEX, Causing

FORM_CONTEXT = "applications.form"
CORRECTION_CONTEXT = "applications.correction"
REASON_CONTEXT = "applications.reason"
PAPER_CONTEXT = "applications.paper"
CHUNK_CONTEXT = "paper_chunks.data"

DRAFT, SUBMITTED, ACCEPTED, CORRECTION = "draft", "submitted", "accepted", "correction"
APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"
EDITABLE = (DRAFT, CORRECTION)
OPEN_STATES = (SUBMITTED, ACCEPTED, CORRECTION)
CLOSED_STATES = (APPROVED, REFUSED, WITHDRAWN)


class Application(Causing):
    """An application. `district_code` and `township_id` say who is responsible, from submission on.

    `papers`: one entry a file: `{id, paper, name (sealed), media_type, bytes, pages, added_at}`; the content lies in
    PaperChunk. `days_used`: working days each stage of the office has taken so far. `placement`: what was given, with
    the `attempt` (the version it was decided from). `release_due`: given, then withdrawn, and not yet given back.
    `retention_due_at`: when the next of its data must go (`retention.py`).
    `child_id`: the registered child it is for, whose guardian's consent it rests on.
    `open_for`: blind index of applicant and person, set while the application is open, unique.
    """

    resident_id = StringField(required=True)
    programme = StringField(required=True)
    programme_version = IntField(required=True)
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
    decided_at = DateTimeField()
    decided_by = StringField()
    reason = BinaryField()
    correction = BinaryField()
    placement = DictField()
    release_due = BooleanField()
    open_for = StringField()
    child_id = StringField()
    retention_due_at = DateTimeField()
    papers_deleted_at = DateTimeField()
    anonymised_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "applications"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("township_id", 1), ("state", 1), ("due_at", 1)], "name": "queue_township"},
        {"keys": [("district_code", 1), ("state", 1), ("due_at", 1)], "name": "queue_county"},
        {"keys": [("resident_id", 1), ("created_at", -1), ("_id", -1)], "name": "resident"},
        {
            "keys": [("retention_due_at", 1)],
            "name": "retention",
            "partialFilterExpression": {"retention_due_at": {"$type": "date"}},
        },
        {
            "keys": [("open_for", 1)],
            "name": "unique_open_for",
            "unique": True,
            "partialFilterExpression": {"open_for": {"$type": "string"}},
        },
        {
            "keys": [("release_due", 1)],
            "name": "release_due",
            "partialFilterExpression": {"release_due": True},
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
