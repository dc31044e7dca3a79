"""Batches of applicants for other departments: made, fetched as a file, answered, and shown as evidence for rules.

Only people whose applicant agreed to it are in a batch (purpose `verification`), and the file is made anew from the
applications each time it is fetched, which is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.checks import Check, checks
from config.loading import catalogue, rule
from config.text import say
from models.casework.check_documents import CHECK_BATCH, WAITING, CheckBatch, CheckResult
from models.casework.check_people import Checked, people_of
from models.casework.documents import Application
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.sheets import write_sheet
from models.people import consents
from models.people.documents import Resident
from models.people.holders import register_holder

# Where the office may still use an answer.
CHECKED_STATES = ("submitted", "accepted", "reviewed")
HOLDER = "check_results"
REFERENCE_CHARS = 16
FILE_COLUMNS = ("reference", "relation", "name", "id_number", "result", "value", "source", "checked_on",
                "valid_until", "remark")  # fmt: skip
BATCH = 500


def make_batch(
    batch_id: str, check_token: str, *, programme: str | None, district_code: str | None, by: Actor, at: datetime
) -> Raw:
    """Gather whom a department is to check in a county; the same id again gives the first.

    Left out are those without consent, without a known number, with an answer that still holds, and those in another
    batch that waits. Raises NotFound for an unknown check, InvalidInput, Forbidden (`not_your_place`).
    """
    found = collection(CheckBatch).find_one({"_id": batch_id})
    if found is not None:
        return batch_of_place(batch_id, by)
    check = check_named(check_token)
    if programme is not None and programme not in check.programmes:
        raise InvalidInput(faults=[FieldFault("programme", "not_checked_so")])
    district = _district(by, district_code)
    rows, left_out = _gather(batch_id, check, programme, district, at)
    made = CheckBatch(
        id=batch_id, created_at=at, updated_at=at, check=check.token, programme=programme, district_code=district,
        rows=rows, left_out=left_out, history=[history_entry("make", None, WAITING, by, at)],
    )  # fmt: skip
    try:
        collection(CheckBatch).insert_one(made.raw())
    except DuplicateKeyError:
        return batch_of_place(batch_id, by)
    audit.record(by, "check_batch.made", f"check_batch:{batch_id}", at, district_code=district,
                 detail={"check": check.token, "rows": len(rows)})  # fmt: skip
    return batch_of_place(batch_id, by)


def batch_file(batch_id: str, form: str, *, by: Actor, at: datetime) -> tuple[Raw, bytes]:
    """The file for the department, with what is answered already; each fetching is recorded. Raises NotFound."""
    raw = batch_of_place(batch_id, by)
    check = check_named(raw["check"])
    audit.record(by, "check_batch.exported", f"check_batch:{batch_id}", at, district_code=raw["district_code"],
                 detail={"form": form, "rows": len(raw["rows"])})  # fmt: skip
    header = [say(f"checks.column.{name}") for name in FILE_COLUMNS]
    return raw, write_sheet(form, [header, *_file_rows(raw, check)])


def close_batch(batch_id: str, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """No more answers will come: who was not answered may be in another batch. Raises as the lifecycle does."""
    raw = batch_of_place(batch_id, by)
    done = CHECK_BATCH.perform(batch_id, "close", by=by, at=at, version=version, key=key, change=Change())
    audit.record(by, "check_batch.closed", f"check_batch:{batch_id}", at, district_code=raw["district_code"])
    return done


def batch_of_place(batch_id: str, by: Actor) -> Raw:
    """A batch of the caseworker's county. Raises NotFound, also for another's."""
    found = collection(CheckBatch).find_one({"_id": batch_id})
    if found is None or by.district_code not in (None, found["district_code"]):
        raise NotFound()
    return found


def batches_of_place(by: Actor) -> list[Raw]:
    """The batches of the caseworker's county, the newest first, without their rows' applications."""
    wanted = {"district_code": by.district_code} if by.district_code else {}
    found = collection(CheckBatch).find(wanted, {"history": 0, "rows.application_id": 0, "rows.member_id": 0})
    newest = sorted(found, key=lambda each: (as_utc(each["created_at"]), each["_id"]), reverse=True)
    return newest[: rule("checks.batches_shown")]


def answered(batch_id: str) -> int:
    """How many of its rows have an answer."""
    return int(collection(CheckResult).count_documents({"batch_id": batch_id}))


def check_named(token: str) -> Check:
    """A check. Raises NotFound."""
    found = checks().get(token)
    if found is None:
        raise NotFound()
    return found


def forget_old_results(at: datetime) -> int:
    """Delete answers whose time is over; a job calls it."""
    before = at - timedelta(days=rule("checks.results_kept_days"))
    return collection(CheckResult).delete_many({"created_at": {"$lt": before}}).deleted_count


def _gather(
    batch_id: str, check: Check, programme: str | None, district: str, at: datetime
) -> tuple[list[Raw], dict[str, int]]:
    wanted = {"district_code": district, "state": {"$in": list(CHECKED_STATES)},
              "programme": programme or {"$in": check.programmes}}  # fmt: skip
    candidates = list(collection(Application).find(wanted).sort("due_at", 1))
    asked = _asked_already(check, district)
    agreed = _who_agreed({raw["resident_id"] for raw in candidates})
    left_out = {"no_consent": 0, "no_number": 0, "asked_already": 0, "answered": 0, "no_room": 0}
    rows: list[Raw] = []
    for raw in candidates:
        people = people_of(raw, check)
        why = (
            "no_consent" if raw["resident_id"] not in agreed
            else "asked_already" if raw["_id"] in asked
            else "no_number" if not people
            else "answered" if _holds_already(raw, check, people, at)
            else "no_room" if len(rows) + len(people) > rule("checks.rows_most")
            else None
        )  # fmt: skip
        if why is not None:
            left_out[why] += 1
            continue
        rows += [_row(batch_id, raw, person) for person in people]
    return rows, left_out


def _row(batch_id: str, raw: Raw, person: Checked) -> Raw:
    reference = id_from_key("check row", f"{batch_id}:{raw['_id']}:{person.member_id}")[-REFERENCE_CHARS:]
    return {"reference": reference, "application_id": raw["_id"], "member_id": person.member_id}


def _asked_already(check: Check, district: str) -> set[str]:
    waiting = {"district_code": district, "state": WAITING, "check": check.token}
    found = collection(CheckBatch).find(waiting, {"rows.application_id": 1}).limit(rule("checks.batches_read"))
    return {row["application_id"] for batch in found for row in batch["rows"]}


def _who_agreed(resident_ids: set[str]) -> set[str]:
    """Those whose consent to the exchange holds in its present words."""
    agreed = set()
    for some in _batches(sorted(resident_ids)):
        for each in collection(Resident).find({"_id": {"$in": some}, "erased_at": None}, {"consents": 1}):
            if consents.holds(each.get("consents", []), consents.VERIFICATION):
                agreed.add(each["_id"])
    return agreed


def _holds_already(raw: Raw, check: Check, people: list[Checked], at: datetime) -> bool:
    today = day_of(at).isoformat()
    found = collection(CheckResult).find({"application_id": raw["_id"]}, {"check": 1, "valid_until": 1, "member_id": 1})
    valid = {each["member_id"] for each in found if each["check"] == check.token and each["valid_until"] >= today}
    return all(person.member_id in valid for person in people)


def _file_rows(batch: Raw, check: Check) -> Iterable[list[str]]:
    from models.casework.check_results import answers_of_batch, cells_of_answer  # it reads batches

    known = answers_of_batch(batch["_id"])
    people: dict[str, dict[str, Checked]] = {}
    ids = list(dict.fromkeys(row["application_id"] for row in batch["rows"]))
    for some in _batches(ids):
        for raw in collection(Application).find({"_id": {"$in": some}}):
            if raw.get("anonymised_at") is None:
                people[raw["_id"]] = {each.member_id: each for each in people_of(raw, check)}
    for row in batch["rows"]:
        person = people.get(row["application_id"], {}).get(row["member_id"])
        if person is not None:
            told = cells_of_answer(known.get(row["reference"]))
            relation = say(f"checks.relation.{person.relation}")
            yield [row["reference"], relation, person.name, person.id_number, *told]


def _district(by: Actor, district_code: str | None) -> str:
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden("not_your_place")
    if district not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    return district


def _batches(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def export_results(resident_id: str) -> list[dict[str, Any]]:
    """What departments answered about a resident's applications, in clear."""
    from models.casework.check_results import answer_of

    found = collection(CheckResult).find({"resident_id": resident_id}).sort("created_at", 1)
    return [
        {"check": each["check"], "checked_on": each["checked_on"], "valid_until": each["valid_until"],
         **_told(answer_of(each))}
        for each in found
    ]  # fmt: skip


def erase_results(resident_id: str, at: datetime) -> int:
    """Delete what departments answered about a resident's applications."""
    return collection(CheckResult).delete_many({"resident_id": resident_id}).deleted_count


def _told(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in ("result", "value", "source", "remark")}


register_holder(HOLDER, export=export_results, erase=erase_results)
