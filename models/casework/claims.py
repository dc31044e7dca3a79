"""Each person once in a programme, and never in two that exclude each other: held by unique documents.

A claim is one document a person and programme, or pair of exclusive programmes; its id is blind. Claims are taken
before the write that submits, in the order of their ids, so that of two submissions at once exactly one goes through.
Whether a claim still counts is told by the application it is for: a closed case, or an attempt that died, holds nobody,
and whoever comes next takes the claim over. Nothing has to be given back for the next to get through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, IntField, ListField, StringField
from pymongo.errors import BulkWriteError

from config.loading import rule
from config.programmes import Programme, programmes
from models.casework.documents import APPROVED, OPEN_STATES, Application
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.encryption import blind_index
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Raw

DUPLICATE_KEY = 11000
MAX_CONTENTION = 20
HOLDER_FIELDS = {"resident_id": 1, "programme": 1, "state": 1, "version": 1, "claims_version": 1}


class PersonClaim(Record):
    """One person's place in a programme, or in a pair of exclusive ones. `versions`: those of the application in which
    it was asked for; the one the application was last submitted from makes it count."""

    application_id = StringField(required=True)
    programme = StringField(required=True)
    versions = ListField(IntField())
    claimed_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "person_claims"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("application_id", 1)], "name": "application"}]


def claim(raw: Raw, programme: Programme, numbers: Iterable[str], at: datetime, matter: str | None = None) -> None:
    """Hold these people (blind marks of their numbers) for the application, in the version it has now.

    `matter`: where one person may use the programme for several, which. The same again changes nothing. Raises
    Conflict: `already_applied` or `exclusive_programme` where the applicant's own application holds one, else
    `people_in_another_case`, which tells nothing of whose it is. Nothing is held then.
    """
    wanted = claim_ids(programme, numbers, matter)
    held: list[str] = []
    try:
        for claim_id in wanted[_insert(raw, wanted, held, at) :]:
            if _take(raw, claim_id, at):
                held.append(claim_id)  # noqa: PERF401  a refusal must know what was held before it
    except Conflict:
        collection(PersonClaim).delete_many(
            {"_id": {"$in": held}, "application_id": raw["_id"], "versions": [raw["version"]]}
        )
        raise


def claim_ids(programme: Programme, numbers: Iterable[str], matter: str | None = None) -> list[str]:
    """The claims that these people need, sorted: whoever gets the first of a common set gets it all."""
    own = f"{programme.token} {matter}" if matter else programme.token
    scopes = [own, *("+".join(sorted((programme.token, each))) for each in exclusive_with(programme))]
    return sorted(blind_index("person claim", f"{scope} {number}") for scope in scopes for number in set(numbers))


def exclusive_with(programme: Programme) -> list[str]:
    """The programmes nobody can have beside this one, whichever of the two files says so."""
    named = {each.programme for each in programme.conflicts}
    named |= {other.token for other in programmes().values()
              if any(each.programme == programme.token for each in other.conflicts)}  # fmt: skip
    return sorted(named - {programme.token})


def holds_its_people(application: Mapping[str, Any]) -> bool:
    """True while an application is open, or gives something that lasts."""
    if application["state"] in OPEN_STATES:
        return True
    programme = programmes().get(application["programme"])
    return application["state"] == APPROVED and programme is not None and programme.lasting


def drop_other_claims(raw: Raw) -> None:
    """After a submission: claims of people who are no longer in the application go."""
    collection(PersonClaim).delete_many({"application_id": raw["_id"], "versions": {"$ne": raw["claims_version"]}})


def release_claims(application_ids: Sequence[str]) -> int:
    """Delete the claims of applications whose data go; returns how many."""
    return collection(PersonClaim).delete_many({"application_id": {"$in": list(application_ids)}}).deleted_count


def _insert(raw: Raw, wanted: list[str], held: list[str], at: datetime) -> int:
    """Insert the claims in their order up to the first that is there already; how many were made."""
    if not wanted:
        return 0
    fresh = [
        {"_id": each, "version": 1, "created_at": at, "updated_at": at, "application_id": raw["_id"],
         "programme": raw["programme"], "versions": [raw["version"]], "claimed_at": at}
        for each in wanted
    ]  # fmt: skip
    try:
        collection(PersonClaim).insert_many(fresh, ordered=True)
        made = len(wanted)
    except BulkWriteError as fault:
        first = fault.details["writeErrors"][0]
        if first["code"] != DUPLICATE_KEY:
            raise
        made = int(first["index"])
    held.extend(wanted[:made])
    return made


def _take(raw: Raw, claim_id: str, at: datetime) -> bool:
    """Take one claim; True where it was nobody's before. Raises Conflict where another application holds it."""
    for _ in range(MAX_CONTENTION):
        if _insert(raw, [claim_id], [], at):
            return True
        found = collection(PersonClaim).find_one({"_id": claim_id})
        if found is None:
            continue
        seen = {"_id": claim_id, "application_id": found["application_id"], "claimed_at": found["claimed_at"],
                "versions": found["versions"]}  # fmt: skip
        if found["application_id"] == raw["_id"]:
            again = {"$addToSet": {"versions": raw["version"]}, "$set": {"claimed_at": at, "updated_at": at}}
            if collection(PersonClaim).update_one(seen, again).matched_count:
                return False
            continue
        _refuse_if_held(raw, found, at)
        ours = {"application_id": raw["_id"], "programme": raw["programme"], "versions": [raw["version"]],
                "claimed_at": at, "updated_at": at}  # fmt: skip
        if collection(PersonClaim).update_one(seen, {"$set": ours}).matched_count:
            return True
    raise Conflict("people_in_another_case")


def _refuse_if_held(raw: Raw, found: Raw, at: datetime) -> None:
    holder = collection(Application).find_one({"_id": found["application_id"]}, HOLDER_FIELDS)
    if holder is None:
        return
    if not (holds_its_people(holder) and holder.get("claims_version") in found["versions"]):
        if holder["version"] not in found["versions"]:
            return
        until = as_utc(found["claimed_at"]) + timedelta(seconds=rule("casework.hold_seconds"))
        if until <= at and _end_attempt(holder):
            return
    if holder["resident_id"] != raw["resident_id"]:
        raise Conflict("people_in_another_case")
    if holder["programme"] == raw["programme"]:
        raise Conflict("already_applied")
    raise Conflict("exclusive_programme", other=programmes()[holder["programme"]].label)


def _end_attempt(holder: Raw) -> bool:
    """A submission that died: the application's new version ends what it had begun, should it still be alive."""
    unchanged = {"_id": holder["_id"], "version": holder["version"], "state": holder["state"]}
    return bool(collection(Application).update_one(unchanged, {"$inc": {"version": 1}}).matched_count)
