"""Counted uses, raw and rolled up, and the monthly observations of the plan's indicators, as stored.

Nothing here is about a person: a use is a measure, a place and an hour.
"""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, FloatField, IntField, StringField

from models.kernel.document import Record
from models.kernel.outbox import OUTBOX_INDEX, Causing

CITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL = "city", "county", "township"
LEVELS = (CITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL)
PLATFORM, DEPARTMENT = "platform", "department"
PROVISIONAL, FINAL = "provisional", "final"
COMPLETE, PARTIAL = "complete", "partial"
NO_PLACE = ""


class UsageEvent(Record):
    """Uses of one measure in one place within one hour, as one process noted them within about a second.

    `slot` is the hour of the use in China, `2026-11-23T09`; NO_PLACE where county or township are not known.
    """

    measure = StringField(required=True)
    slot = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    count = IntField(required=True, min_value=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "usage_events"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        # No expiry by index: the embedded server reads the whole collection for it, every minute, while all wait.
        {"keys": [("slot", 1), ("measure", 1)], "name": "slot_measure"},
    ]


class UsageSlot(Record):
    """An hour that has events. `dirty` until a roll-up has counted the events of its present `version`."""

    dirty = BooleanField(required=True, default=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "usage_slots"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("dirty", 1)], "name": "dirty", "partialFilterExpression": {"dirty": True}},
    ]


class UsageRollUp(Record):
    """When uses were last rolled up (`updated_at`): hours since then are looked at, marked or not."""

    meta: ClassVar[dict[str, Any]] = {"collection": "usage_roll_ups"}


class UsageDay(Record):
    """A day's uses of one measure in one county: `hours` is hour → township → count, `counted` hour → mark's version.

    Setting an hour again to what the raw events say changes nothing, so a roll-up may be repeated at any time.
    """

    day = StringField(required=True)
    measure = StringField(required=True)
    district_code = StringField(required=True)
    hours = DictField()
    counted = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "usage_days"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("day", 1), ("measure", 1), ("district_code", 1)], "name": "unique_day", "unique": True},
        {"keys": [("measure", 1), ("day", 1)], "name": "measure_day"},
    ]


class Observation(Causing):
    """One value of an indicator for a month and an area, never changed: what is learnt later is a further revision.

    `value` None where the denominator is empty: not observable. `numerator`, `denominator` are already divided as the
    catalogue says, so that value = numerator / denominator (× 100 for a percentage). `inputs` are the counts behind.
    `origin`: who computed it; what a department has reported, the platform does not revise. `finality`: provisional
    until late notes can no longer change it. `defined_since`: the version of the definition.
    `facts_hash` tells whether the same facts were found again.
    """

    indicator = StringField(required=True)
    period = StringField(required=True)
    level = StringField(required=True, choices=LEVELS)
    area = StringField(required=True)
    revision = IntField(required=True, min_value=1)
    value = FloatField()
    numerator = FloatField()
    denominator = FloatField()
    inputs = DictField()
    coverage = DictField(required=True)
    source = StringField(required=True)
    method = StringField(required=True)
    as_of = DateTimeField(required=True)
    origin = StringField(required=True, choices=(PLATFORM, DEPARTMENT))
    finality = StringField(required=True, choices=(PROVISIONAL, FINAL))
    defined_since = StringField(required=True)
    file_id = StringField()
    facts_hash = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "observations"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("indicator", 1), ("level", 1), ("area", 1), ("period", 1), ("revision", 1)],
            "name": "unique_revision", "unique": True,
        },
        {"keys": [("period", 1), ("indicator", 1)], "name": "period_indicator"},
        OUTBOX_INDEX,
    ]  # fmt: skip


class RevisionFloor(Record):
    """The highest revision of an indicator's month (its id: `indicator:month`) that the office had before a restore."""

    revision = IntField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "revision_floors"}
