"""The base of every stored document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from mongoengine import DateTimeField, Document, IntField, StringField

# Before any moment that is stored.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Any text at all: what an index made by `having_text` is asked with.
SOME_TEXT = {"$gt": ""}


def having_text(field: str) -> dict[str, Any]:
    """For an index that holds only documents whose `field` is a text (decision 48: never as `$type`)."""
    return {"partialFilterExpression": {field: SOME_TEXT}}


def having_time(field: str) -> dict[str, Any]:
    """For an index that holds only documents whose `field` is a moment; it serves `up_to` and `earlier_than`."""
    return {"partialFilterExpression": {field: {"$gt": EPOCH}}}


def up_to(at: datetime) -> dict[str, Any]:
    """The range of moments until `at`; with a lower end, without which an index reads those that have none, too."""
    return {"$gt": EPOCH, "$lte": at}


def earlier_than(at: datetime) -> dict[str, Any]:
    """The range of moments before `at`, as `up_to`."""
    return {"$gt": EPOCH, "$lt": at}


class Record(Document):
    """A document with a string id, a version for compare-and-set writes, and its times (UTC).

    `index_specs` declares its indexes: `{"keys": [("field", 1)], "unique": True, "name": …}` as pymongo's
    `create_index` takes them. They are built by `flask indexes sync`, never on save.
    """

    id = StringField(primary_key=True)
    version = IntField(required=True, default=1)
    created_at = DateTimeField(required=True)
    updated_at = DateTimeField(required=True)

    index_specs: ClassVar[list[dict[str, Any]]] = []
    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False, "strict": False}

    def raw(self) -> dict[str, Any]:
        """As it is stored, encrypted fields encrypted; validated first."""
        self.validate()
        stored: dict[str, Any] = self.to_mongo().to_dict()
        return stored
