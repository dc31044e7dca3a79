"""Which of a centre's childcare places are given away. How many it has is said by its facility in the directory."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DictField, IntField

from models.kernel.document import Record

HELD, GIVEN = "held", "given"


class ChildcareCentre(Record):
    """The places of one centre that are taken; the id is the facility's. One document, so no place is given twice.

    `taken`: how many, by age group. `holders`: by application id `{age_group, attempt, state, at}`; `attempt` is the
    version of the application from which it is being decided. `held`: how many holders are not yet `given`.
    `unpublished`: the directory does not show the last change yet.
    """

    taken = DictField()
    holders = DictField()
    held = IntField(required=True, default=0)
    unpublished = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_centres"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("held", 1)], "name": "held", "partialFilterExpression": {"held": {"$gt": 0}}},
        {"keys": [("unpublished", 1)], "name": "unpublished", "partialFilterExpression": {"unpublished": True}},
    ]
