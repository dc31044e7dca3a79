"""The base of every stored document."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, Document, IntField, StringField


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
