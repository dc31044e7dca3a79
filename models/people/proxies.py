"""Proxies: a child or a village cadre acts for an applicant who has authorised it (Civil Code, articles 161 and 165).

Each call in another's name goes through `acting`; the history of what was done names both, and each look is audited
by the door that lets it through.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.kernel.actors import SYSTEM, Actor, Proxy
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index, keyed_hash, open_json, seal_text
from models.kernel.errors import Conflict, DomainError, Forbidden, LimitReached, NotFound
from models.kernel.lifecycle import Change, history_entry
from models.kernel.outbox import OutboxEntry
from models.people import consents, queries
from models.people.applicants import PAPER_CHANNEL, applicant_on_paper, forget_applicant_on_paper
from models.people.documents import Resident
from models.people.faults import field_fault
from models.people.identity import read_id_number, read_name
from models.people.proxy_documents import (
    ACCEPT,
    ACTIVE,
    CHILD,
    CONFIRM,
    GIVE_UP,
    OFFERED,
    PERSON_CONTEXT,
    PROXY_LIFECYCLE,
    PROXY_OWN_LIFECYCLE,
    REASON_CONTEXT,
    REFUSE,
    REQUESTED,
    REVOKE,
    ProxyAuthorisation,
)
from models.people.store import Raw

READ = "read"
NOTICE = "notice"
MINI_PROGRAM = "mini_program"
PAGE = "pages/me/proxies"
# Bits of base32 that are easily told apart when they are read aloud.
CODE_LETTERS = str.maketrans("", "", "= -")
CODE_PURPOSE = "proxy code"
# A code nobody used must not be good any more; what was said of an applicant has no purpose any more.
OVER: Mapping[str, Any] = {"code_index": None, "person": None}
STEPS_OF_PLACE = (CONFIRM, REFUSE, REVOKE)


def offer(
    authorisation_id: str, *, relation: str, actions: Sequence[str], programmes: Sequence[str], days: int, by: Actor,
    at: datetime, child_consent_version: int | None = None,
) -> tuple[Raw, str]:  # fmt: skip
    """Authorise whoever brings the code that is returned; the same id again gives the same.

    `child_consent_version`: the version of the text `child` to which the guardian agrees, where `child` is among the
    actions. Raises LimitReached (`too_many_proxies`); with `child` Forbidden (`consent_missing`), Conflict
    (`consent_outdated`, `identity_not_set`: nobody consents for a child without a name), InvalidInput.
    """
    given = {"resident_id": by.id, "state": {"$in": [OFFERED, ACTIVE]}}
    if collection(ProxyAuthorisation).count_documents(given) >= rule("people.proxies_most"):
        raise LimitReached("too_many_proxies", most=rule("people.proxies_most"))
    consent = _guardian_consents(by, child_consent_version, at) if CHILD in actions else {}
    code = _code(authorisation_id)
    fresh = ProxyAuthorisation(
        id=authorisation_id, created_at=at, updated_at=at, state=OFFERED, resident_id=by.id, relation=relation,
        actions=sorted(set(actions)), programmes=sorted(set(programmes)), expires_at=at + timedelta(days=days),
        child_consent=consent, code_index=_code_index(code),
        code_expires_at=at + timedelta(hours=rule("people.proxy_code_hours")),
        history=[history_entry("offer", None, OFFERED, by, at)],
    )  # fmt: skip
    return _inserted(fresh, resident_id=by.id), code


def accept(code: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Become the proxy of whoever handed over the code. Again by the same: no change.

    Raises NotFound (`proxy_code_unknown`) for a wrong, used or outdated one, Conflict (`identity_not_set`: a proxy is
    known by name, `proxy_is_self`).
    """
    found = collection(ProxyAuthorisation).find_one({"code_index": _code_index(code)})
    if found is not None and found["state"] == ACTIVE and found.get("proxy_id") == by.id:
        return found
    if found is None or found["state"] != OFFERED or as_utc(found["code_expires_at"]) <= at:
        raise NotFound("proxy_code_unknown")
    if found["resident_id"] == by.id:
        raise Conflict("proxy_is_self")
    if queries.person_of(by.id) is None:
        raise Conflict("identity_not_set")
    change = Change(
        set={"proxy_kind": "resident", "proxy_id": by.id, "accepted_at": at},
        outbox=[_notice(found, "proxy_accepted")],
    )
    return PROXY_LIFECYCLE.perform(found["_id"], ACCEPT, by=SYSTEM, at=at, version=found["version"], key=key,
                                   change=change)  # fmt: skip


def request(
    authorisation_id: str, *, name: str, id_number: str, id_kind: str, township_id: str, relation: str,
    actions: Sequence[str], programmes: Sequence[str], days: int, by: Actor, at: datetime,
) -> Raw:  # fmt: skip
    """Ask to act for an applicant without a telephone, who has signed a paper; the township confirms it.

    Tells nothing of whether the applicant is known. Raises InvalidInput, LimitReached (`too_many_proxy_requests`),
    Conflict (`identity_not_set`, `proxy_is_self`).
    """
    place = catalogue().place(township_id)
    if place is None:
        raise field_fault("township_id", "unknown_township")
    number = read_id_number(id_number, id_kind, day_of(at))
    person = {"name": read_name(name), "id_kind": id_kind, "id_number": number.number,
              "birth_date": number.birth_date.isoformat()}  # fmt: skip
    _check_proxy(by, blind_index("id_number", number.number))
    waiting = {"proxy_id": by.id, "state": REQUESTED}
    if collection(ProxyAuthorisation).count_documents(waiting) >= rule("people.proxy_requests_most"):
        raise LimitReached("too_many_proxy_requests", most=rule("people.proxy_requests_most"))
    fresh = ProxyAuthorisation(
        id=authorisation_id, created_at=at, updated_at=at, state=REQUESTED, proxy_kind=by.kind, proxy_id=by.id,
        relation=relation, actions=sorted(set(actions)), programmes=sorted(set(programmes)), person=person,
        expires_at=at + timedelta(days=days), district_code=place.district_code, township_id=place.id,
        history=[history_entry("request", None, REQUESTED, by, at)],
    )  # fmt: skip
    return _inserted(fresh, proxy_id=by.id)


def confirm(
    authorisation_id: str, *, version: int, by: Actor, at: datetime, key: str, child_consent_version: int | None = None
) -> Raw:
    """The township has compared the signed paper with the person: the proxy may act from now on.

    An applicant who is not known yet becomes a resident without a sign-in, with the consents that the paper states.
    `child_consent_version`: the version of the text `child` that the guardian has signed, needed where `child` is among
    the actions. Raises NotFound, Conflict (`proxy_paper_missing`, `proxy_person_differs`,
    `proxy_child_consent_missing`, `consent_outdated`), and as the lifecycle does.
    """
    raw = authorisation_of_place(authorisation_id, by)
    if any(entry.get("key") == key for entry in raw["history"]):
        return raw
    PROXY_LIFECYCLE.check(raw, CONFIRM, by=by, at=at, version=version)
    if not raw["papers"]:
        raise Conflict("proxy_paper_missing")
    if as_utc(raw["expires_at"]) <= at:
        raise Conflict("proxy_expired")
    consent = _consent_on_paper(child_consent_version, at) if CHILD in raw["actions"] else {}
    applicant = applicant_on_paper(authorisation_id, person_on_paper(raw), raw["township_id"], by, at)
    told = {**raw, "resident_id": applicant}
    change = Change(
        set={"resident_id": applicant, "confirmed_by": by.id, "person": None, "child_consent": consent},
        outbox=[_notice(told, "proxy_confirmed")],
    )
    return PROXY_LIFECYCLE.perform(authorisation_id, CONFIRM, by=by, at=at, version=version, key=key, change=change)


def refuse(authorisation_id: str, *, version: int, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """The township does not confirm it, with its reason; what was said of the applicant goes."""
    authorisation_of_place(authorisation_id, by)
    change = Change(set={"reason": seal_text(reason, REASON_CONTEXT), "person": None}, note=reason)
    done = PROXY_LIFECYCLE.perform(authorisation_id, REFUSE, by=by, at=at, version=version, key=key, change=change)
    forget_applicant_on_paper(authorisation_id)
    return done


def revoke(authorisation_id: str, *, by: Actor, at: datetime, key: str, reason: str | None = None) -> Raw:
    """The applicant, or their township with its reason, ends it; from the next call on the proxy is refused."""
    _known(authorisation_id, by)
    told = {"reason": seal_text(reason, REASON_CONTEXT)} if reason else {}
    change = Change(set={**OVER, **told}, note=reason)
    return PROXY_LIFECYCLE.perform(authorisation_id, REVOKE, by=by, at=at, key=key, change=change)


def give_up(authorisation_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """The proxy ends it, or takes the request back."""
    raw = _find(authorisation_id)
    if raw.get("proxy_id") != by.id or raw.get("proxy_kind") != by.kind:
        raise NotFound()
    owner = Actor(kind="resident", id=by.id)  # the table knows owners; a caseworker's own authorisation is theirs
    return PROXY_OWN_LIFECYCLE.perform(authorisation_id, GIVE_UP, by=owner, at=at, key=key, change=Change(set=OVER))


def acting(by: Actor, authorisation_id: str, action: str, at: datetime) -> Actor:
    """The applicant in whose name `by` acts. `action`: one of ACTIONS, or `read`, which each of them allows.

    Raises NotFound for an authorisation that is not the caller's or not in force, Forbidden (`proxy_not_allowed`).
    """
    raw = collection(ProxyAuthorisation).find_one({"_id": authorisation_id})
    if raw is None or raw["state"] != ACTIVE or raw.get("proxy_id") != by.id or raw.get("proxy_kind") != by.kind:
        raise NotFound("proxy_not_in_force")
    if as_utc(raw["expires_at"]) <= at:
        raise NotFound("proxy_not_in_force")
    if action not in (READ, *raw["actions"]):
        raise Forbidden("proxy_not_allowed")
    if collection(Resident).find_one({"_id": raw["resident_id"], "erased_at": None}, {"_id": 1}) is None:
        raise NotFound("proxy_not_in_force")
    kind: Literal["resident", "staff"] = "staff" if by.kind == "staff" else "resident"
    proxy = Proxy(raw["_id"], kind, by.id, frozenset(raw["actions"]), frozenset(raw["programmes"]))
    return Actor(kind="resident", id=raw["resident_id"], proxy=proxy)


def child_consent(by: Actor) -> dict[str, Any]:
    """The guardian's consent under which a proxy registers a child: `{version, at, channel, authorisation_id}`.

    Raises Conflict (`proxy_child_consent_outdated`) where the text has changed since: only the guardian agrees anew.
    """
    assert by.proxy is not None  # noqa: S101  asked of proxies only
    consent = _find(by.proxy.authorisation_id).get("child_consent") or {}
    if consent.get("version") != consents.current_version(consents.CHILD):
        raise Conflict("proxy_child_consent_outdated")
    return {**consent, "authorisation_id": by.proxy.authorisation_id}


def given_by(resident_id: str) -> list[Raw]:
    """The authorisations a resident has given, the newest first."""
    return _newest({"resident_id": resident_id})


def held_by(by: Actor) -> list[Raw]:
    """The authorisations and requests of a proxy, the newest first."""
    return [raw for raw in _newest({"proxy_id": by.id}) if raw["proxy_kind"] == by.kind]


def proxies_who_may(resident_id: str, action: str, programme: str, at: datetime) -> list[Raw]:
    """The authorisations by which somebody may do this for a resident now."""
    found = collection(ProxyAuthorisation).find({"resident_id": resident_id, "state": ACTIVE})
    may = [raw for raw in found if action in raw["actions"] and programme in (raw["programmes"] or [programme])]
    return [raw for raw in may if as_utc(raw["expires_at"]) > at]


def authorisation_of_place(authorisation_id: str, by: Actor) -> Raw:
    """An authorisation on paper of the caseworker's place. Raises NotFound, also for another place's."""
    raw = _find(authorisation_id)
    if not raw.get("township_id") or not by.covers(raw.get("district_code"), raw["township_id"]):
        raise NotFound()
    return raw


def own_request(authorisation_id: str, by: Actor) -> Raw:
    """A request of the proxy's own that still waits. Raises NotFound, Conflict once it is decided."""
    raw = _find(authorisation_id)
    if raw.get("proxy_id") != by.id or raw.get("proxy_kind") != by.kind:
        raise NotFound()
    if raw["state"] != REQUESTED:
        raise Conflict("illegal_transition", details={"state": raw["state"], "version": raw["version"]})
    return raw


def queue_of_place(
    by: Actor, district_code: str, state: str, limit: int, cursor: str | None = None
) -> tuple[list[Raw], str | None]:
    """A page of the authorisations on paper of a caseworker's townships in one state, the oldest first.

    `cursor`: the id with which the page before ended. Returns the page and the cursor of the next, None where there is
    none. Raises NotFound for a cursor that is none of the caseworker's.
    """
    wanted: dict[str, Any] = {"district_code": district_code, "state": state}
    if by.township_ids:
        wanted["township_id"] = {"$in": list(by.township_ids)}
    last = authorisation_of_place(cursor, by) if cursor else None
    if last is not None:
        wanted["created_at"] = {"$gte": last["created_at"]}
    seen = (last["created_at"], last["_id"]) if last is not None else None
    found = collection(ProxyAuthorisation).find(wanted).sort([("created_at", 1), ("_id", 1)])
    # Those of the cursor's own instant that were shown before it are left out here: `$or` would read the collection.
    after = (raw for raw in found if seen is None or (raw["created_at"], raw["_id"]) > seen)
    page = list(islice((raw for raw in after if by.covers(raw["district_code"], raw["township_id"])), limit + 1))
    return page[:limit], page[limit - 1]["_id"] if len(page) > limit else None


def steps_of_place(raw: Raw, by: Actor, at: datetime) -> list[str]:
    """What the caseworker of its place may do with it now."""
    found = []
    for action in STEPS_OF_PLACE:
        with suppress(DomainError):
            PROXY_LIFECYCLE.check(raw, action, by=by, at=at, version=raw["version"])
            found.append(action)
    return found


def person_on_paper(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the proxy said of the applicant, in clear; empty once it is decided."""
    return open_json(raw["person"], PERSON_CONTEXT) if raw.get("person") else {}


def is_in_force(authorisation_id: str, at: datetime) -> bool:
    """Whether its proxy may act now."""
    raw = collection(ProxyAuthorisation).find_one({"_id": authorisation_id}, {"state": 1, "expires_at": 1})
    return raw is not None and raw["state"] == ACTIVE and as_utc(raw["expires_at"]) > at


def _guardian_consents(by: Actor, version: int | None, at: datetime) -> dict[str, Any]:
    if version is None:
        current = consents.current_version(consents.CHILD)
        raise Forbidden("consent_missing", details={"purpose": consents.CHILD, "version": current})
    if queries.person_of(by.id) is None:
        raise Conflict("identity_not_set")
    return _consent(version, at, MINI_PROGRAM)


def _consent_on_paper(version: int | None, at: datetime) -> dict[str, Any]:
    if version is None:
        raise Conflict("proxy_child_consent_missing")
    return _consent(version, at, PAPER_CHANNEL)


def _consent(version: int, at: datetime, channel: str) -> dict[str, Any]:
    consents.check_version(consents.CHILD, version)
    return {"version": version, "at": at, "channel": channel}


def _check_proxy(by: Actor, id_number_index: str) -> None:
    if by.kind != "resident":
        return
    me = queries.person_of(by.id)
    if me is None:
        raise Conflict("identity_not_set")
    if me.id_number_index == id_number_index:
        raise Conflict("proxy_is_self")


def _known(authorisation_id: str, by: Actor) -> None:
    raw = _find(authorisation_id)
    mine = by.kind == "resident" and raw.get("resident_id") == by.id
    if not mine and not (raw.get("township_id") and by.covers(raw.get("district_code"), raw["township_id"])):
        raise NotFound()


def _find(authorisation_id: str) -> Raw:
    found = collection(ProxyAuthorisation).find_one({"_id": authorisation_id})
    if found is None:
        raise NotFound()
    return found


def _inserted(fresh: ProxyAuthorisation, **owner: str) -> Raw:
    # A repeat of the same request finds the first, where it is the caller's.
    with suppress(DuplicateKeyError):
        collection(ProxyAuthorisation).insert_one(fresh.raw())
    found = _find(fresh.id)
    if any(found.get(name) != value for name, value in owner.items()):
        raise NotFound()
    return found


def _newest(wanted: dict[str, Any]) -> list[Raw]:
    return list(collection(ProxyAuthorisation).find(wanted).sort([("created_at", -1), ("_id", -1)]))


def _notice(raw: Mapping[str, Any], step: str) -> OutboxEntry:
    return OutboxEntry(
        key=f"proxy:{raw['_id']}:{raw['version'] + 1}:{step}",
        channel=NOTICE,
        payload={"resident_id": raw["resident_id"], "text_key": f"people.notice.{step}", "values": {}, "page": PAGE},
        subject_id=raw["resident_id"],
    )


def _code(authorisation_id: str) -> str:
    """The code of an authorisation: the same for a repeat, and nobody without our key can compute it."""
    text = base64.b32encode(keyed_hash(CODE_PURPOSE, authorisation_id.encode())).decode()
    return text[: rule("people.proxy_code_chars")]


def _code_index(code: str) -> str:
    return blind_index("proxy code", code.translate(CODE_LETTERS))
