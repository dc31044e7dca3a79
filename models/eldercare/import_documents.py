"""What the import of a list keeps: the file's outcome, and the rows that a person must decide on."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from mongoengine import BinaryField, BooleanField, DictField, IntField, ListField, StringField

from models.eldercare.documents import OWED_INDEX
from models.eldercare.lifecycle import REGISTER_ROLES
from models.kernel.document import Record
from models.kernel.lifecycle import Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

ROW_CONTEXT = "elder_choices.row"
OPEN, SAME_PERSON, OTHER_PERSON, DROPPED = "open", "same_person", "other_person", "dropped"
ChoiceReason = Literal["other_number", "other_name", "no_number"]
Decision = Literal["same", "other", "drop"]


class ElderList(Record):
    """A list that was read: its counts, and the faults by line, column and code; nothing of what stands in it.

    The id is that of the content and of whose place it was read for, so that the same file again finds it.
    """

    district_code = StringField()
    counts = DictField(required=True)
    faults = ListField(DictField())
    imported_by = StringField(required=True)
    finished = BooleanField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "elder_lists"}


class ElderChoice(Causing):
    """A row of a list that may be about somebody on the register. `row`: what stands in it, until it is decided."""

    state = StringField(required=True, default=OPEN)
    list_id = StringField(required=True)
    line = IntField(required=True)
    reason = StringField(required=True)
    id_number_index = StringField()
    candidates = ListField(StringField(), required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    row = BinaryField()
    decided_for = StringField()
    owed = ListField(StringField())

    meta: ClassVar[dict[str, Any]] = {"collection": "elder_choices"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("id_number_index", 1)], "name": "id_number"},
        {"keys": [("township_id", 1), ("state", 1)], "name": "township"},
        {"keys": [("district_code", 1), ("state", 1)], "name": "district"},
        {"keys": [("candidates", 1)], "name": "candidates"},
        OWED_INDEX,
        OUTBOX_INDEX,
    ]


CHOICE_LIFECYCLE = Lifecycle(
    "elder_choice",
    ElderChoice,
    OPEN,
    [
        Transition("same", (OPEN,), SAME_PERSON, REGISTER_ROLES),
        Transition("other", (OPEN,), OTHER_PERSON, REGISTER_ROLES),
        Transition("drop", (OPEN,), DROPPED, REGISTER_ROLES),
    ],
)
