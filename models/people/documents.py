"""Residents and caseworkers as they are stored."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.actors import Actor
from models.kernel.document import Record, having_text
from models.kernel.encryption import EncryptedStringField
from models.kernel.outbox import OUTBOX_INDEX, Causing

CHILD_CONTEXT = "residents.children"
ERASING, ERASED = "erasing", "erased"
# How long counts that have ended stay for an investigation, before the database drops them.
ATTEMPTS_KEPT_SECONDS = 30 * 24 * 3600


class Resident(Causing):
    """A resident who has signed in. Personal data are encrypted; `*_index` are blind indexes.

    `children`: those the resident is guardian of: `{"id", "relation", "person": sealed JSON, "id_number_index",
    "registered_at"}`. They lie here so that the guardian's consent and the child are written and erased together.
    `consents` is append-only (`models.people.consents`). `erasure`: `erasing`, then `erased`.
    """

    mini_openid_index = StringField()
    mini_openid = EncryptedStringField("residents.mini_openid")
    official_openid_index = StringField()
    official_openid = EncryptedStringField("residents.official_openid")
    unionid_index = StringField()
    name = EncryptedStringField("residents.name")
    name_index = StringField()
    id_number = EncryptedStringField("residents.id_number")
    id_number_index = StringField()
    id_kind = StringField()
    birth_date = EncryptedStringField("residents.birth_date")
    # `self` as declared, `staff` as corrected from the paper.
    identity_source = StringField()
    identity_set_at = DateTimeField()
    phone = EncryptedStringField("residents.phone")
    phone_index = StringField()
    home_township_id = StringField()
    large_type = BooleanField(default=False)
    consents = ListField(DictField())
    children = ListField(DictField())
    # Tokens carry the epoch they were made in; a higher one here ends them all.
    token_epoch = IntField(required=True, default=1)
    erasure = StringField()
    erased_at = DateTimeField()
    demo = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "residents"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [(field, 1)],
            "name": f"unique_{field}",
            "unique": True,
            **having_text(field),
        }
        for field in ("mini_openid_index", "official_openid_index", "unionid_index", "id_number_index")
    ] + [{"keys": [("name_index", 1)], "name": "name"}, OUTBOX_INDEX]

    @staticmethod
    def actor(resident_id: str) -> Actor:
        return Actor(kind="resident", id=resident_id)


class Caseworker(Record):
    """A member of staff. `district_code` None: the whole city; no `township_ids`: every township of the county.

    `visitor_kind`: as what somebody visits old people, see rule `visitors.visitor_kinds`.
    """

    username = StringField(required=True)
    password_hash = StringField(required=True)
    display_name = StringField(required=True)
    roles = ListField(StringField(), required=True)
    district_code = StringField()
    township_ids = ListField(StringField())
    visitor_kind = StringField(default="caseworker")
    otp_secret = EncryptedStringField("caseworkers.otp_secret")
    # Handed out, but not yet confirmed with a code.
    otp_pending = EncryptedStringField("caseworkers.otp_pending")
    # Blind indexes of those not used yet.
    recovery_codes = ListField(StringField())
    # The last time step whose code was used: a code is good once.
    otp_last_step = IntField(default=0)
    token_epoch = IntField(required=True, default=1)
    active = BooleanField(required=True, default=True)
    # Roles and place that wait for a second administrator: `roles`, `district_code`, `township_ids`, `by`, `at`.
    asked_posting = DictField()
    demo = BooleanField(default=False)
    # Of queues: `{number, name, query}`, the last saved at the end.
    saved_filters = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "caseworkers"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("username", 1)], "name": "unique_username", "unique": True},
        {"keys": [("district_code", 1), ("active", 1)], "name": "district"},
    ]


class SignInAttempts(Record):
    """Failed sign-ins under one user name, known or not, so that a lock tells nothing of whether it exists.

    The id is derived from the user name; `expires_at` ends the count, and the lock once the failures are full.
    """

    failures = IntField(required=True, default=0)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "sign_in_attempts"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": ATTEMPTS_KEPT_SECONDS}
    ]


def staff_actor(stored: dict[str, Any]) -> Actor:
    """The actor of a stored caseworker."""
    return Actor(
        kind="staff",
        id=stored["_id"],
        roles=frozenset(stored["roles"]),
        district_code=stored.get("district_code"),
        township_ids=tuple(stored.get("township_ids", ())),
    )
