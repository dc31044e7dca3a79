"""The register of old people in special difficulty, families' links to it, visit slots, and visits, as stored.

Source: the city's plan, social welfare: a register of old people in special difficulty and regular visits to them.
Personal data are encrypted; days are China's calendar days, `2026-11-23`; moments are UTC.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import Record, having_text
from models.kernel.encryption import EncryptedJsonField, EncryptedStringField
from models.kernel.outbox import OUTBOX_INDEX, Causing

Category = Literal[
    "living_alone", "empty_nest", "left_behind", "care_dependent", "severe_disability", "bereaved_of_only_child",
    "very_old",
]  # fmt: skip
RiskLevel = Literal["ordinary", "raised", "high"]
RiskFrom = Literal["staff", "list", "rule"]
Language = Literal["gan", "hakka", "mandarin", "sign", "other"]
LegalBasis = Literal["consent", "statutory_duty"]
EndReason = Literal["moved", "in_hospital", "died", "left_register"]
Relation = Literal[
    "child", "spouse", "grandchild", "sibling", "child_in_law", "guardian", "relative", "neighbour", "other"
]
Outcome = Literal[
    "seen_well", "seen_with_need", "not_at_home", "refused", "in_hospital", "moved", "died", "emergency"
]  # fmt: skip

ACTIVE, INACTIVE = "active", "inactive"
REQUESTED, CONFIRMED, REFUSED, ENDED = "requested", "confirmed", "refused", "ended"
NeedKind = Literal["programme", "feedback", "medical"]
Conflicting = Literal["second_report", "cancelled_visit", "visit_elsewhere"]
# Why the office cancels what a family has booked; the family reads it.
CancelReason = Literal["visitor_prevented", "weather", "family_asked", "elder_away", "other"]
BOOKED, IN_PROGRESS, COMPLETED, CANCELLED = "booked", "in_progress", "completed", "cancelled"

BOOKING_CONTEXT = "visit_slots.booking"
ELDER_NAME, LINK_NAME = "elders.name", "elder_links.name"
VISIT_NOTES, CHECKLIST, NEEDS, CORRECTION = "visits.notes", "visits.checklist", "visits.needs", "visits.correction"

# Work a commit leaves to be done in other documents; done at once, and by the reconciling job after a crash.
OWED_INDEX = {"keys": [("owed", 1)], "name": "owed", **having_text("owed")}


class Elder(Causing):
    """One entry of the register.

    `periods`: `{from, until, reason}`, days, both ends within; `until` None while it lasts. `private`: address,
    contacts, the home's point (WGS-84). `seen_months` is derived from visits: the months in which someone saw them.
    `risk_from`: who set the risk level: the staff, the list it came with, or the rule by category. `places`: where the
    entry was before each transfer, `{district_code, township_id, community, until}`, `until` the day of the transfer,
    on which it was at the new place already. `was_period`: what a period's end was before each correction.
    `person_index`: see `likeness`.
    """

    state = StringField(required=True, default=ACTIVE)
    name = EncryptedStringField(ELDER_NAME, required=True)
    id_number = EncryptedStringField("elders.id_number", required=True)
    id_number_index = StringField(required=True)
    person_index = StringField()
    birth_date = EncryptedStringField("elders.birth_date", required=True)
    categories = ListField(StringField(), required=True)
    risk_level = StringField(required=True)
    risk_from = StringField(default="staff")
    language = StringField()
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    community = StringField(required=True)
    private = EncryptedJsonField("elders.private", required=True)
    health_notes = EncryptedStringField("elders.health_notes")
    legal_basis = DictField(required=True)
    periods = ListField(DictField(), required=True)
    places = ListField(DictField())
    was_period = ListField(DictField())
    seen_months = ListField(StringField())
    owed = ListField(StringField())
    demo = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "elders"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("id_number_index", 1)], "name": "unique_id_number", "unique": True},
        {"keys": [("person_index", 1)], "name": "person"},
        {"keys": [("township_id", 1), ("_id", 1)], "name": "township"},
        {"keys": [("township_id", 1), ("risk_level", 1)], "name": "township_risk"},
        {"keys": [("district_code", 1)], "name": "district"},
        {
            "keys": [("places.township_id", 1)], "name": "earlier_township",
            **having_text("places.township_id"),
        },
        OWED_INDEX,
        OUTBOX_INDEX,
    ]  # fmt: skip


class ElderLink(Causing):
    """A resident's wish to be linked to an old person, and what the township made of it.

    It is the same document whether or not the person is on the register: whoever asks learns nothing from it.
    `open_key` is there while it is open, so that a resident asks once. `person_id`: the old person's own account, once
    it has decided.
    """

    state = StringField(required=True, default=REQUESTED)
    resident_id = StringField(required=True)
    person_id = StringField()
    elder_id = StringField()
    name = EncryptedStringField(LINK_NAME, required=True)
    id_number = EncryptedStringField("elder_links.id_number", required=True)
    id_number_index = StringField(required=True)
    relation = StringField(required=True)
    district_code = StringField()
    township_id = StringField()
    open_key = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "elder_links"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("open_key", 1)], "name": "unique_open", "unique": True,
            **having_text("open_key"),
        },
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("id_number_index", 1)], "name": "id_number"},
        {"keys": [("township_id", 1), ("state", 1)], "name": "township"},
        {"keys": [("district_code", 1), ("state", 1)], "name": "district"},
        OUTBOX_INDEX,
    ]  # fmt: skip


class VisitSlot(Record):
    """An hour of a visitor that families can book. `free` + `bookings` + `holds` = `capacity`, always.

    A booking `{id, visit_id, elder_id, resident_id, booked_at, moves, proxy, sealed}` holds all that its visit needs;
    its id stays in `pending` until the visit stands. `moves`: the booking it replaces, None for a new visit. A hold
    `{id, wait_id, elder_id, until}` keeps a place for who is first in line; `held` names their requests (`waiting`).
    `origin`: published by hand, or opened from the visitor's week (`slot_opening`). `closed_by`: why no place of it
    opens any more, None while places do; `full_capacity` is what it had before.
    """

    district_code = StringField(required=True)
    township_id = StringField(required=True)
    visitor_id = StringField(required=True)
    starts_at = DateTimeField(required=True)
    ends_at = DateTimeField(required=True)
    capacity = IntField(required=True)
    free = IntField(required=True)
    bookings = ListField(DictField())
    pending = ListField(StringField())
    holds = ListField(DictField())
    held = ListField(StringField())
    origin = StringField(default="hand")
    closed_by = StringField()
    full_capacity = IntField()
    demo = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_slots"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("visitor_id", 1), ("starts_at", 1)], "name": "unique_visitor_time", "unique": True},
        {"keys": [("district_code", 1), ("starts_at", 1)], "name": "district_time"},
        {"keys": [("township_id", 1), ("starts_at", 1)], "name": "township_time"},
        {"keys": [("pending", 1)], "name": "pending", **having_text("pending")},
        {"keys": [("held", 1)], "name": "held", **having_text("held")},
    ]


class Visit(Causing):
    """One visit: booked by a family member, or made by a visitor without booking (`slot_id` None).

    `wish_list`: what the family ticked in the catalogue, beside the words of `wishes`. `stands_in_for`: the visitor who
    was to make it. `reminded_for`: the hour of which both sides were reminded.

    `planned_id`: the planned visit that it meets, `plan_was`: with whom and when it stood in the plan; `begun_as`: the
    names that phones gave it; `visitor_before`: whose it was until somebody began it; `instead_of`: the visit that was
    cancelled or went elsewhere while its report was on the way. `arrival`: `{within, band, at}`, never where.
    `reports`: every report `{id, by, outcome, notes, checklist, needs, found_at, device_time, device_time_trusted,
    received_at}`; `report_id` names the one that counts, and the fields beside it repeat that one. `found_at`: when it
    was found; `seen_at`: the same, only where the outcome counts as seen. `completed_at` is the server's time,
    `device_time` the phone's. `corrections`: what stood before each, with who and why. `conflict`: what a supervisor
    has yet to look at. `owed`: see `settling`.
    """

    state = StringField(required=True)
    elder_id = StringField(required=True)
    resident_id = StringField()
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    slot_id = StringField()
    booking_id = StringField()
    visitor_id = StringField()
    starts_at = DateTimeField(required=True)
    ends_at = DateTimeField()
    day = StringField(required=True)
    wishes = EncryptedStringField("visits.wishes")
    wish_list = EncryptedJsonField("visits.wish_list")
    stands_in_for = StringField()
    reminded_for = DateTimeField()
    planned_id = StringField()
    plan_was = DictField()
    visitor_before = StringField()
    begun_as = ListField(StringField())
    instead_of = StringField()
    started_at = DateTimeField()
    arrival = DictField()
    completed_at = DateTimeField()
    completed_by = StringField()
    report_id = StringField()
    reports = ListField(DictField())
    corrections = ListField(DictField())
    conflict = StringField()
    cancel_reason = StringField()
    device_time = DateTimeField()
    device_time_trusted = BooleanField()
    outcome = StringField()
    notes = EncryptedStringField(VISIT_NOTES)
    checklist = EncryptedJsonField(CHECKLIST)
    found_at = DateTimeField()
    seen_at = DateTimeField()
    owed = ListField(StringField())
    demo = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "visits"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1), ("starts_at", -1)], "name": "resident"},
        {"keys": [("elder_id", 1), ("starts_at", -1)], "name": "elder"},
        {"keys": [("township_id", 1), ("day", 1)], "name": "township_day"},
        {"keys": [("district_code", 1), ("day", 1)], "name": "district_day"},
        {"keys": [("visitor_id", 1), ("day", 1)], "name": "visitor_day"},
        {
            "keys": [("stands_in_for", 1), ("day", 1)], "name": "stands_in_for",
            **having_text("stands_in_for"),
        },
        {"keys": [("begun_as", 1)], "name": "begun_as", **having_text("begun_as")},
        {"keys": [("conflict", 1)], "name": "conflict", **having_text("conflict")},
        # Sparse, not partial by type: such an index the embedded server does not read.
        {"keys": [("seen_at", 1)], "name": "seen", "sparse": True},
        OWED_INDEX,
        OUTBOX_INDEX,
    ]  # fmt: skip
