"""What is stored of reports: each frozen with its inputs, and where people live for the gap report."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, DateTimeField, IntField, ListField, StringField

from models.kernel.document import Record
from models.kernel.outbox import OUTBOX_INDEX, Causing

YEARLY, MIDTERM, SERVICE_GAPS = "yearly", "midterm", "service_gaps"
KINDS = (YEARLY, MIDTERM, SERVICE_GAPS)
DRAFT, PUBLISHED, REPLACED, TAKEN_DOWN = "draft", "published", "replaced", "taken_down"
# How sure a count of people is; `invented` is for demonstrations and says so in every report.
STATUSES = ("invented", "assumption", "provisional", "final")


class Report(Causing):
    """One revision of a report; what it says never changes. The id follows from kind, period and `inputs_hash`.

    `inputs`: gzip of canonical JSON, `inputs_hash` its SHA-256. `html`: gzip, `html_hash` the SHA-256 of the page.
    `pdf` None where no Chinese font was installed. `pieces`: the feedback whose public words it quotes.
    """

    kind = StringField(required=True, choices=KINDS)
    period = StringField(required=True)
    revision = IntField(required=True, min_value=1)
    state = StringField(required=True)
    inputs = BinaryField()
    inputs_hash = StringField(required=True)
    html = BinaryField()
    html_hash = StringField(required=True)
    pdf = BinaryField()
    font = StringField()
    pieces = ListField(StringField())
    published_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "reports"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("kind", 1), ("period", 1), ("revision", 1)], "name": "unique_revision", "unique": True},
        {"keys": [("state", 1), ("kind", 1)], "name": "state"},
        OUTBOX_INDEX,
    ]


class PopulationPoints(Record):
    """Where people live, as imported: dated, with its source. The id follows from content, day and status.

    `points`: gzip of a JSON list of `[longitude, latitude, people, name]`, WGS-84.
    """

    as_of = StringField(required=True)
    status = StringField(required=True, choices=STATUSES)
    sources = ListField(StringField(), required=True)
    file_name = StringField(required=True)
    sha256 = StringField(required=True)
    count = IntField(required=True)
    people = IntField(required=True)
    points = BinaryField(required=True)
    imported_by = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "population_points"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("as_of", 1)], "name": "as_of"}]
