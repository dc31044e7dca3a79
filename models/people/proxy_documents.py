"""Authorisations by which somebody acts for another resident, and the table of their states."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import BinaryField, DateTimeField, DictField, ListField, StringField

from models.kernel.actors import TOWNSHIP_INTAKE, Actor
from models.kernel.clock import as_utc
from models.kernel.document import having_text
from models.kernel.encryption import EncryptedJsonField
from models.kernel.errors import Conflict, Forbidden
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

PERSON_CONTEXT = "proxy_authorisations.person"
REASON_CONTEXT = "proxy_authorisations.reason"
OFFERED, REQUESTED, ACTIVE, REFUSED, ENDED = "offered", "requested", "active", "refused", "ended"
ACCEPT, CONFIRM, REFUSE, REVOKE, GIVE_UP = "accept", "confirm", "refuse", "revoke", "give_up"
# What a proxy may be allowed to do in the applicant's name.
DRAFT, PAPERS, SUBMIT, WITHDRAW, HOUSEHOLD = "draft", "papers", "submit", "withdraw", "household"
VISITS = "visits"
# See, accept or decline what is offered; register and choose the applicant's children, which rests on `child_consent`.
OFFER, CHILD = "offer", "child"
ACTIONS = (DRAFT, PAPERS, SUBMIT, WITHDRAW, HOUSEHOLD, VISITS, OFFER, CHILD)
RELATIONS = ("child", "spouse", "parent", "relative", "neighbour", "village_cadre", "caseworker", "other")


class ProxyAuthorisation(Causing):
    """`resident_id` is the applicant; `proxy_kind` (resident or staff) and `proxy_id` say who acts for them.

    Two ways to one: the applicant offers it, and whoever has the code accepts; or a proxy asks for an applicant
    without a telephone, and the township confirms it from the signed paper. Until then `person` holds what the proxy
    said of the applicant (sealed), and `resident_id` is empty. `papers`: the files of the signed authorisation, each
    `{id, name (sealed), media_type, bytes, pages, added_at}`.

    `child_consent`: `{version, at, channel}`, the guardian's own consent (PIPL article 31) for the children whom the
    proxy registers; there where `actions` has `child` and the applicant has tapped or signed it.
    """

    state = StringField(required=True)
    resident_id = StringField()
    proxy_kind = StringField()
    proxy_id = StringField()
    relation = StringField(required=True)
    actions = ListField(StringField(), required=True)
    programmes = ListField(StringField())
    expires_at = DateTimeField(required=True)
    code_index = StringField()
    code_expires_at = DateTimeField()
    person = EncryptedJsonField(PERSON_CONTEXT)
    papers = ListField(DictField())
    child_consent = DictField()
    reason = BinaryField()
    district_code = StringField()
    township_id = StringField()
    accepted_at = DateTimeField()
    confirmed_by = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "proxy_authorisations"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1), ("state", 1)], "name": "applicant"},
        {"keys": [("proxy_id", 1), ("state", 1)], "name": "proxy"},
        {"keys": [("district_code", 1), ("township_id", 1), ("state", 1)], "name": "township"},
        {"keys": [("district_code", 1), ("state", 1)], "name": "district"},
        {
            "keys": [("code_index", 1)],
            "name": "unique_code",
            "unique": True,
            **having_text("code_index"),
        },
        {"keys": [("expires_at", 1)], "name": "over"},
        OUTBOX_INDEX,
    ]


def another_than_the_proxy(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """A caseworker who is to be the proxy may not confirm it (four-eyes rule, assumption to confirm)."""
    if raw.get("proxy_id") == by.id:
        raise Forbidden("same_person")


def still_to_come(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """An authorisation whose time is over begins no more."""
    if as_utc(raw["expires_at"]) <= at:
        raise Conflict("proxy_expired")


PROXY_LIFECYCLE = Lifecycle(
    "proxy authorisation", ProxyAuthorisation, OFFERED,
    (
        # Whoever brings the code is nobody the document knows yet, so it is the system that lets them in.
        Transition(ACCEPT, (OFFERED,), ACTIVE, (SYSTEM_ROLE,), still_to_come),
        Transition(CONFIRM, (REQUESTED,), ACTIVE, (TOWNSHIP_INTAKE,), another_than_the_proxy),
        Transition(REFUSE, (REQUESTED,), REFUSED, (TOWNSHIP_INTAKE,)),
        Transition(REVOKE, (OFFERED, ACTIVE), ENDED, (OWNER, TOWNSHIP_INTAKE)),
    ),
)  # fmt: skip
# What the proxy may do with it.
PROXY_OWN_LIFECYCLE = Lifecycle(
    "proxy authorisation, on the proxy's side", ProxyAuthorisation, REQUESTED,
    (Transition(GIVE_UP, (REQUESTED, ACTIVE), ENDED, (OWNER,)),), owner_field="proxy_id",
)  # fmt: skip
