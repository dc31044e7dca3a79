"""Estates, flats, batches of flats, and the course of a household from offer to hand-back, as they are stored."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import Record, having_text, having_time
from models.kernel.outbox import OUTBOX_INDEX, Causing

FREE, HELD, LET, CLOSED = "free", "held", "let", "closed"
OPEN_BATCH, CLOSED_BATCH = "open", "closed"
WAITING, OFFERED, CHOOSING, TO_SIGN, SIGNED = "waiting", "offered", "choosing", "to_sign", "signed"
TENANT, LEAVING, SUBSIDY, ENDED = "tenant", "leaving", "subsidy", "ended"
LIVED_IN = (TENANT, LEAVING)
PAYER_CONTEXT, NOTE_CONTEXT = "tenancies.payer", "rent_entries.note"
CHARGE, PAYMENT, ADJUSTMENT = "charge", "payment", "adjustment"


class Estate(Record):
    """A housing estate. The id follows from `external_id`, the office's own number."""

    external_id = StringField(required=True)
    name = StringField(required=True)
    address = StringField(required=True)
    programme = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "estates"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("district_code", 1)], "name": "district"}]


class Flat(Record):
    """A flat. The id follows from estate and number. Areas in hundredths of a square metre, rent in fen a month.

    `hold`: whose it is, `{application_id, attempt}`: the tenancy, and its version from which the flat was taken.
    `batch_id`: the batch that gives it out.
    """

    estate_id = StringField(required=True)
    number = StringField(required=True)
    programme = StringField(required=True)
    district_code = StringField(required=True)
    layout = StringField(required=True)
    floor = IntField(required=True)
    accessible = BooleanField(required=True)
    area_hundredths = IntField(required=True)
    rent_fen = IntField(required=True)
    state = StringField(required=True)
    hold = DictField()
    held_at = DateTimeField()
    batch_id = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "flats"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("estate_id", 1), ("number", 1)], "name": "estate"},
        {"keys": [("batch_id", 1), ("state", 1)], "name": "batch"},
        {
            "keys": [("state", 1), ("held_at", 1)],
            "name": "held",
            **having_time("held_at"),
        },
    ]


class FlatBatch(Record):
    """A set of flats given out in the order of one list. `offers_at_once`: how many may be answering or choosing."""

    state = StringField(required=True)
    programme = StringField(required=True)
    district_code = StringField(required=True)
    list_key = StringField(required=True)
    name = StringField(required=True)
    offers_at_once = IntField(required=True)
    opened_by = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "flat_batches"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("state", 1)], "name": "district"},
        {"keys": [("state", 1)], "name": "state"},
    ]


class Tenancy(Causing):
    """A household's way from an offer to the hand-back of the key; the id is the application's.

    `flat`: `{id, attempt}` the flat that is theirs, under the hold's attempt. `offer`: the last offer, as it was made.
    `declines`: how many count; `passed_batches`: batches whose offer they let go. `owed_flats`, `owed_entry`: what the
    last steps owe to flats and to the waiting list; empty once done. `due_at`: when the state's time is over.
    `lease`: `{number, starts_on, ends_on, rent_fen, signed_at}`. `charged_until`: the last month charged.
    `final_charge_due`: the ledger does not show the day of moving out yet. `payer` (sealed): who pays with the tenant's
    authorisation.
    `recheck_due_at`: of the yearly check while they live there.
    """

    application_id = StringField(required=True)
    resident_id = StringField()
    programme = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField()
    list_key = StringField(required=True)
    persons = IntField(required=True)
    state = StringField(required=True)
    offers_made = IntField(required=True, default=0)
    declines = IntField(required=True, default=0)
    passed_batches = ListField(StringField())
    batch_id = StringField()
    offer = DictField()
    flat = DictField()
    last_flat_id = StringField()
    owed_flats = ListField(StringField())
    owed_entry = ListField(DictField())
    due_at = DateTimeField()
    lease = DictField()
    charged_until = StringField()
    moved_out_on = StringField()
    payer = BinaryField()
    final_charge_due = BooleanField()
    recheck_due_at = DateTimeField()
    recheck_asked_at = DateTimeField()
    subsidy_fen = IntField()
    end_reason = StringField()
    leaving_reason = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "tenancies"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("batch_id", 1), ("state", 1)], "name": "batch"},
        {"keys": [("district_code", 1), ("state", 1), ("_id", 1)], "name": "district"},
        {"keys": [("district_code", 1), ("state", 1), ("recheck_due_at", 1)], "name": "rechecks"},
        {"keys": [("due_at", 1)], "name": "due", **having_time("due_at")},
        {"keys": [("state", 1), ("charged_until", 1)], "name": "charges"},
        {
            "keys": [("final_charge_due", 1)],
            "name": "final_charge",
            "partialFilterExpression": {"final_charge_due": True},
        },
        {
            "keys": [("recheck_due_at", 1)],
            "name": "recheck",
            **having_time("recheck_due_at"),
        },
        {
            "keys": [("lease.number", 1)],
            "name": "lease",
            **having_text("lease.number"),
        },
        OUTBOX_INDEX,
    ]


class RentEntry(Record):
    """One line of the rent ledger; lines are only ever added. Fen: a charge is positive, a payment negative.

    The id follows from what it is: the month of a charge, the bank's reference of a payment.
    """

    tenancy_id = StringField(required=True)
    resident_id = StringField()
    kind = StringField(required=True)
    amount_fen = IntField(required=True)
    month = StringField()
    on = StringField(required=True)
    reference = StringField()
    source = StringField(required=True)
    by = DictField(required=True)
    note = BinaryField()

    meta: ClassVar[dict[str, Any]] = {"collection": "rent_entries"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("tenancy_id", 1), ("on", 1)], "name": "tenancy"},
        {"keys": [("resident_id", 1)], "name": "resident"},
    ]
