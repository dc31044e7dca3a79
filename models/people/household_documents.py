"""The household as a resident has registered it, once, for every programme that asks for one."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DictField, ListField, StringField

from models.kernel.encryption import EncryptedJsonField
from models.kernel.outbox import OUTBOX_INDEX, Causing

MEMBER_CONTEXT = "households.members"
CIRCUMSTANCES_CONTEXT = "households.circumstances"
SELF = "self"
# What a member is to the resident who registered the household.
RELATIONS = ("spouse", "child", "parent", "sibling", "grandparent", "grandchild", "child_in_law", "parent_in_law",
             "ward", "other")  # fmt: skip


class Household(Causing):
    """One a resident, who is its member `self`.

    `members`: `{"id", "relation", "person": sealed JSON, "marks": blind marks, "added_at"}`, the person being
    `{"name", "id_kind", "id_number", "birth_date", "disabled"}`. `circumstances`: `{"yearly_income" (yuan, all members
    together), "floor_area" (square metres of all dwellings), "support" (token)}`, each only where it was told.
    """

    resident_id = StringField(required=True)
    members = ListField(DictField())
    circumstances = EncryptedJsonField(CIRCUMSTANCES_CONTEXT)

    meta: ClassVar[dict[str, Any]] = {"collection": "households"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1)], "name": "unique_resident", "unique": True},
        {"keys": [("members.marks", 1)], "name": "marks"},
        {"keys": [("updated_at", 1)], "name": "changed"},
        OUTBOX_INDEX,
    ]
