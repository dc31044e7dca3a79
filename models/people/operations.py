"""What residents do with their own record: profile, real name, phone, consents, children, sign-out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.encryption import blind_index, open_text, seal_json
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, LimitReached, NotFound
from models.kernel.outbox import OutboxEntry
from models.people import consents, holders, identity, proxies
from models.people.documents import CHILD_CONTEXT, Resident
from models.people.faults import field_fault
from models.people.store import Edit, Raw, change, district_of, in_charge_of, live

MINI_PROGRAM = "mini_program"
CHILDREN_PAGE = "pages/me/children"
# WeChat itself asks before it hands out a phone number; that answer is the consent.
WECHAT_PROMPT = "wechat_phone_prompt"
SELF, STAFF = "self", "staff"
# What is kept under a consent, and goes when it is withdrawn (PIPL article 47).
KEPT_UNDER: Mapping[str, tuple[str, ...]] = {
    consents.IDENTITY: (
        "name", "name_index", "id_number", "id_number_index", "id_kind", "birth_date", "identity_source",
        "identity_set_at",
    ),
    consents.PHONE: ("phone", "phone_index"),
}  # fmt: skip
# The outbox channel on which a change of a consent is told.
CONSENT_CHANNELS = {consents.PROACTIVE: "proactive_consent"}


def update_profile(resident_id: str, wanted: Mapping[str, Any], at: datetime) -> Raw:
    """Set `home_township_id` (a place's id or None) and `large_type`, as far as named.

    Raises InvalidInput for a township that does not exist.
    """
    township = wanted.get("home_township_id")
    if township is not None and catalogue().place(township) is None:
        raise field_fault("home_township_id", "unknown_township")
    kept = {name: value for name, value in wanted.items() if name in ("home_township_id", "large_type")}

    def edit(current: Raw) -> Edit | None:
        changed = {name: value for name, value in kept.items() if current.get(name) != value}
        return Edit("update_profile", set=changed) if changed else None

    return change(resident_id, Resident.actor(resident_id), at, edit)


def set_identity(resident_id: str, name: str, id_number: str, id_kind: str, at: datetime) -> Raw:
    """Declare real name and ID number, once. The same again changes nothing.

    Another identity is not set by the resident: decided cases rest on the first; staff correct it from the paper
    (`correct_identity`). Raises Forbidden (`consent_missing`; `guardian_needed` below 14), InvalidInput, Conflict
    (`identity_already_set`, `id_number_taken`).
    """
    consents.demand(live(resident_id).get("consents", []), consents.IDENTITY)
    person = identity.read_name(name)
    number = identity.read_id_number(id_number, id_kind, day_of(at))
    if identity.age_on(number.birth_date, day_of(at)) < rule("people.guardian_consent_below_years"):
        raise Forbidden("guardian_needed")

    def edit(current: Raw) -> Edit | None:
        consents.demand(current.get("consents", []), consents.IDENTITY)
        if current.get("id_number_index"):
            if same_identity(current, person, number.number):
                return None
            raise Conflict("identity_already_set")
        return _identity_edit("set_identity", person, number, SELF, at)

    return _unique_number(resident_id, Resident.actor(resident_id), at, edit)


def correct_identity(
    resident_id: str, name: str, id_number: str, id_kind: str, *, by: Actor, at: datetime, reason: str
) -> Raw:
    """Correct an identity that was declared, by staff who have seen the paper and are responsible for the place.

    Raises NotFound also for residents of other counties, InvalidInput, Conflict (`id_number_taken`,
    `identity_not_set`).
    """
    found = in_charge_of(resident_id, by)
    person = identity.read_name(name)
    number = identity.read_id_number(id_number, id_kind, day_of(at))
    audit.record(by, "resident.identity_corrected", f"resident:{resident_id}", at, district_code=district_of(found))

    def edit(current: Raw) -> Edit | None:
        if not current.get("id_number_index"):
            raise Conflict("identity_not_set")
        if same_identity(current, person, number.number):
            return None
        return _identity_edit("correct_identity", person, number, STAFF, at, reason)

    return _unique_number(resident_id, by, at, edit)


def set_phone(resident_id: str, phone: str, at: datetime) -> Raw:
    """Keep the mainland number that WeChat vouches for, with the consent its own prompt asked for."""
    version = consents.current_version(consents.PHONE)
    said = consents.made(consents.PHONE, version, consents.GIVEN, at, channel=WECHAT_PROMPT)

    def edit(current: Raw) -> Edit | None:
        given = consents.holds(current.get("consents", []), consents.PHONE)
        if given and current.get("phone_index") == blind_index("phone", phone):
            return None
        if not given:
            _room_for_consent(current)
        push = {} if given else {"consents": said}
        return Edit("set_phone", set={"phone_index": blind_index("phone", phone)}, sealed={"phone": phone}, push=push)

    return change(resident_id, Resident.actor(resident_id), at, edit)


def record_consent(resident_id: str, purpose: str, version: int, given: bool, at: datetime) -> Raw:
    """Append what the resident says. What was kept under a consent goes with its withdrawal.

    Raises InvalidInput and Conflict for another version than the current one when giving, InvalidInput for `child`
    (given with each child, withdrawn by removing it), Conflict (`consent_in_use`) where open cases rest on it.
    """
    if purpose == consents.CHILD:
        raise field_fault("purpose", "consent_by_child")
    if given:
        consents.check_version(purpose, version)
    elif holders.rests_on(resident_id, purpose):
        raise Conflict("consent_in_use")
    state = consents.GIVEN if given else consents.WITHDRAWN

    def edit(current: Raw) -> Edit | None:
        said = consents.standing(current.get("consents", []), purpose)
        if (said is None and not given) or (said is not None and (said["state"], said["version"]) == (state, version)):
            return None
        if given:  # a withdrawal may never be refused
            _room_for_consent(current)
        entry = consents.made(purpose, version if said is None or given else said["version"], state, at,
                              channel=MINI_PROGRAM)  # fmt: skip
        gone = () if given else KEPT_UNDER.get(purpose, ())
        # Whoever acts on a consent hears of each change of it, also where it was made here last.
        told = OutboxEntry(
            f"consent:{resident_id}:{current['version'] + 1}", CONSENT_CHANNELS[purpose],
            {"resident_id": resident_id}, subject_id=resident_id,
        ) if purpose in CONSENT_CHANNELS else None  # fmt: skip
        return Edit(f"consent_{state}", push={"consents": entry}, unset=gone, outbox=(told,) if told else ())

    return change(resident_id, Resident.actor(resident_id), at, edit)


def add_child(
    by: Actor, child_id: str, *, name: str, id_kind: str, id_number: str, birth_date: date | None, relation: str,
    consent_version: int | None, at: datetime,
) -> Raw:  # fmt: skip
    """Register a child under 14 with the guardian's explicit consent (PIPL article 31). The same id again: no change.

    `consent_version`: to which the guardian agrees by sending it; None from a proxy, who cannot agree for a guardian:
    what counts then is the consent in the authorisation, and the guardian is told of the child.
    `birth_date` is needed with a birth certificate, which does not say it. Raises Conflict (`identity_not_set` for a
    guardian without a real name, `child_registered`, `consent_outdated`), InvalidInput, LimitReached; for a proxy
    as `proxies.child_consent`.
    """
    said = _said_for_child(by, child_id, consent_version, at)
    child = _read_child(name, id_kind, id_number, birth_date, day_of(at))
    entry = {
        "id": child_id, "relation": relation, "person": seal_json(child, CHILD_CONTEXT), "registered_at": at,
        "id_number_index": blind_index("id_number", child["id_number"]),
    }  # fmt: skip
    told = (_child_notice(by, child_id),) if by.proxy else ()

    def edit(current: Raw) -> Edit | None:
        children = current.get("children", [])
        if any(each["id"] == child_id for each in children):
            return None
        if not current.get("id_number_index"):
            raise Conflict("identity_not_set")
        if entry["id_number_index"] in {current["id_number_index"], *(each["id_number_index"] for each in children)}:
            raise Conflict("child_registered")
        if len(children) >= rule("people.children_most"):
            raise LimitReached("too_many_children")
        _room_for_consent(current)
        return Edit("add_child", push={"children": entry, "consents": said}, outbox=told)

    return change(by.id, by, at, edit)


def remove_child(resident_id: str, child_id: str, at: datetime) -> Raw:
    """Remove a child and withdraw the consent given for it. Raises NotFound, Conflict (`consent_in_use`)."""
    if holders.rests_on(resident_id, consents.CHILD, child_id):
        raise Conflict("consent_in_use")

    def edit(current: Raw) -> Edit | None:
        if all(each["id"] != child_id for each in current.get("children", [])):
            raise NotFound()
        said = consents.standing(current["consents"], consents.CHILD, child_id)
        version = said["version"] if said else consents.current_version(consents.CHILD)
        entry = consents.made(consents.CHILD, version, consents.WITHDRAWN, at, channel=MINI_PROGRAM, by="guardian",
                              child_id=child_id)  # fmt: skip
        return Edit("remove_child", pull={"children": {"id": child_id}}, push={"consents": entry})

    return change(resident_id, Resident.actor(resident_id), at, edit)


def sign_out_everywhere(resident_id: str, at: datetime) -> None:
    """End every token of the resident."""
    change(resident_id, Resident.actor(resident_id), at, lambda _: Edit("sign_out", inc={"token_epoch": 1}))


def same_identity(stored: Mapping[str, Any], name: str, number: str) -> bool:
    """True where the stored identity is this one."""
    return (
        stored.get("id_number_index") == blind_index("id_number", number)
        and open_text(stored["name"], "residents.name") == name
    )


def _identity_edit(
    action: str, name: str, number: identity.IdNumber, source: str, at: datetime, note: str | None = None
) -> Edit:
    return Edit(
        action,
        note=note,
        set={
            "name_index": blind_index("name", name),
            "id_number_index": blind_index("id_number", number.number),
            "id_kind": number.kind,
            "identity_source": source,
            "identity_set_at": at,
        },
        sealed={"name": name, "id_number": number.number, "birth_date": number.birth_date.isoformat()},
    )


def _unique_number(resident_id: str, by: Actor, at: datetime, edit: Callable[[Raw], Edit | None]) -> Raw:
    try:
        return change(resident_id, by, at, edit)
    except DuplicateKeyError:
        raise Conflict("id_number_taken") from None


def _read_child(name: str, id_kind: str, id_number: str, birth_date: date | None, today: date) -> dict[str, str]:
    person = identity.read_name(name)
    if id_kind == identity.BIRTH_CERTIFICATE:
        number = identity.read_birth_certificate(id_number)
        if birth_date is None:
            raise field_fault("birth_date", "birth_date_needed")
        born = birth_date
    else:
        checked = identity.read_id_number(id_number, id_kind, today)
        number, born = checked.number, checked.birth_date
        if birth_date is not None and birth_date != born:
            raise field_fault("birth_date", "birth_date_differs")
    if born > today:
        raise field_fault("birth_date", "birth_date_in_future")
    if identity.age_on(born, today) >= rule("people.guardian_consent_below_years"):
        raise field_fault("id_number" if birth_date is None else "birth_date", "child_too_old")
    return {"name": person, "id_kind": id_kind, "id_number": number, "birth_date": born.isoformat()}


def _said_for_child(by: Actor, child_id: str, version: int | None, at: datetime) -> dict[str, Any]:
    """The guardian's consent for a child: said with the child, or before in a proxy's authorisation."""
    if by.proxy is None:
        if version is None:
            raise InvalidInput(faults=[FieldFault("consent_version", "missing")])
        consents.check_version(consents.CHILD, version)
        return consents.made(consents.CHILD, version, consents.GIVEN, at, channel=MINI_PROGRAM, by="guardian",
                             child_id=child_id)  # fmt: skip
    if version is not None:
        raise field_fault("consent_version", "consent_by_guardian")
    consent = proxies.child_consent(by)
    return consents.made(consents.CHILD, consent["version"], consents.GIVEN, at, channel=consent["channel"],
                         by="guardian", child_id=child_id, authorisation_id=consent["authorisation_id"])  # fmt: skip


def _child_notice(by: Actor, child_id: str) -> OutboxEntry:
    payload = {"resident_id": by.id, "text_key": "people.notice.proxy_child", "values": {}, "page": CHILDREN_PAGE}
    return OutboxEntry(f"child:{by.id}:{child_id}:proxy", proxies.NOTICE, payload, subject_id=by.id)


def _room_for_consent(current: Raw) -> None:
    if len(current.get("consents", [])) >= rule("people.consent_records_most"):
        raise LimitReached("too_many_consents")
