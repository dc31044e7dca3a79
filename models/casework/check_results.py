"""A department's answers: read row by row, kept once, shown on the application and held against its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.checks import Check, Evidence, checks
from config.loading import rule
from config.text import say
from models.casework.check_documents import (
    ANSWER_CONTEXT,
    CHECK_BATCH,
    NO,
    UNCLEAR,
    YES,
    CheckResult,
)
from models.casework.check_people import people_of
from models.casework.checks import FILE_COLUMNS, batch_of_place, check_named
from models.casework.documents import Application
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import open_json, seal_json
from models.kernel.errors import Conflict
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw
from models.kernel.masking import mask_name
from models.kernel.sheets import SheetRow, read_sheet

RESULTS = (YES, NO, UNCLEAR)
REQUIRED = ("reference", "result", "source", "checked_on")
TEXTS = {"source": "source_chars_most", "value": "source_chars_most", "remark": "remark_chars_most"}
FIRST_DAY = date(2000, 1, 1)
MAX_CONTENTION = 20


@dataclass(frozen=True)
class RowFault:
    """A row that was not taken: its line, the column and why."""

    line: int
    field: str
    code: str


@dataclass
class Report:
    """What became of the rows; rows without a result are `empty`, no fault: the department answers in parts."""

    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    empty: int = 0
    rejected: list[RowFault] = field(default_factory=list)


def import_results(
    batch_id: str, content: bytes, name: str, *, by: Actor, at: datetime, key: str
) -> tuple[Raw, Report]:
    """Take the answers of a department's file: all good rows land, the same file again changes nothing.

    Raises NotFound, InvalidInput (`file_refused`), IllegalTransition once the batch is closed.
    """
    batch = batch_of_place(batch_id, by)
    CHECK_BATCH.check(batch, "import", by=by, at=at)
    titles = {column: (say(f"checks.column.{column}"),) for column in FILE_COLUMNS}
    rows = read_sheet(content, name, titles, REQUIRED)
    report, check = Report(), check_named(batch["check"])
    asked = {row["reference"]: row for row in batch["rows"]}
    owners = _owners({row["application_id"] for row in batch["rows"]})
    seen: set[str] = set()
    for row in rows:
        answer = _read(row, check, asked, seen, report, day_of(at))
        if answer is None:
            continue
        owner = owners.get(asked[row.cells["reference"]]["application_id"])
        if owner is None:
            report.rejected.append(RowFault(row.line, "reference", "case_gone"))
        else:
            _keep(batch, asked[row.cells["reference"]], owner, answer, report, by, at)
    if report.accepted or report.updated:
        batch = CHECK_BATCH.perform(batch_id, "import", by=by, at=at, key=key, change=Change())
    counts = {"accepted": report.accepted, "updated": report.updated, "rejected": len(report.rejected)}
    audit.record(by, "check_batch.imported", f"check_batch:{batch_id}", at, district_code=batch["district_code"],
                 detail=counts)  # fmt: skip
    return batch, report


def results_of(raw: Raw, at: datetime) -> list[dict[str, Any]]:
    """All answers about an application's people, the newest first; names masked."""
    found = list(collection(CheckResult).find({"application_id": raw["_id"]}))
    names = _names(raw, {each["check"] for each in found})
    today = day_of(at).isoformat()
    shown = [
        {
            "id": each["_id"], "check": each["check"], "member_id": each["member_id"],
            "label": check_named(each["check"]).label, "department": check_named(each["check"]).department,
            "question": check_named(each["check"]).question,
            "person": mask_name(names.get((each["check"], each["member_id"]), "")),
            **_worded(answer_of(each)), "checked_on": date.fromisoformat(each["checked_on"]),
            "valid_until": date.fromisoformat(each["valid_until"]), "expired": each["valid_until"] < today,
            "imported_at": as_utc(each["updated_at"]),
        }
        for each in found
        if each["check"] in checks()
    ]  # fmt: skip
    return sorted(shown, key=lambda each: (each["checked_on"], each["id"]), reverse=True)


def evidence_of(raw: Raw, results: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What the answers that hold say about the rules of eligibility, by rule: `{check, label, department, outcome}`.

    Where a rule is met by `yes`, one member's yes is enough; where it is met by `no`, it takes everybody's.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for check, each in _evidence_for(raw["programme"]):
        answers = {one["member_id"]: one for one in reversed(results) if one["check"] == check.token}
        if not answers:
            continue
        holding = [one["result"] for one in answers.values() if not one["expired"]]
        outcome = _outcome(each, holding, _asked_of(raw, check))
        found.setdefault(each.rule, []).append({
            "check": check.token, "label": check.label, "department": check.department,
            "outcome": outcome, "outcome_label": say(f"casework.outcome.{outcome}"),
            "checked_on": max(one["checked_on"] for one in answers.values()),
            "valid_until": min(one["valid_until"] for one in answers.values()),
            "expired": any(one["expired"] for one in answers.values()),
        })  # fmt: skip
    return found


def answer_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in clear: `{result, value, source, remark}`."""
    found: dict[str, Any] = open_json(stored["answer"], ANSWER_CONTEXT)
    return found


def answers_of_batch(batch_id: str) -> dict[str, Raw]:
    """The answers of a batch by reference, as stored."""
    return {each["reference"]: each for each in collection(CheckResult).find({"batch_id": batch_id})}


def cells_of_answer(stored: Mapping[str, Any] | None) -> list[str]:
    """The cells of a file that the department fills in, with what it has told already."""
    if stored is None:
        return [""] * len(FILE_COLUMNS[4:])
    told = answer_of(stored)
    result = say(f"checks.result.{told['result']}")
    return [result, told.get("value") or "", told["source"], stored["checked_on"], stored["valid_until"],
            told.get("remark") or ""]  # fmt: skip


def _outcome(evidence: Evidence, holding: list[str], asked: int) -> str:
    if evidence.met_by == YES:
        if YES in holding:
            return "met"
        return "not_met" if len(holding) >= asked and set(holding) == {NO} else "unknown"
    if YES in holding:
        return "not_met"
    return "met" if len(holding) >= asked and set(holding) == {NO} else "unknown"


def _asked_of(raw: Raw, check: Check) -> int:
    return max(len(people_of(raw, check)), 1)


@lru_cache(maxsize=64)
def _evidence_for(programme: str) -> list[tuple[Check, Evidence]]:
    return [(check, each) for check in checks().values() for each in check.evidence if each.programme == programme]


def _read(
    row: SheetRow, check: Check, asked: Mapping[str, Any], seen: set[str], report: Report, today: date
) -> dict[str, Any] | None:
    """The answer of a row; None where there is none, which `report` then says."""
    if not row.cells.get("result"):
        report.empty += 1
        return None
    faults: list[tuple[str, str]] = []
    reference = row.cells.get("reference", "")
    if reference not in asked:
        faults.append(("reference", "unknown_reference"))
    elif reference in seen:
        faults.append(("reference", "repeated"))
    seen.add(reference)
    result = _results_by_word().get(row.cells["result"].lower())
    if result is None:
        faults.append(("result", "literal_error"))
    faults += _text_faults(row)
    checked_on = _day(row, "checked_on", faults)
    valid_until = _day(row, "valid_until", faults) if row.cells.get("valid_until") else None
    if checked_on is not None and checked_on > today:
        faults.append(("checked_on", "in_the_future"))
    if checked_on is not None and valid_until is not None and valid_until < checked_on:
        faults.append(("valid_until", "before_period"))
    if faults or checked_on is None:
        report.rejected += [RowFault(row.line, name, code) for name, code in faults]
        return None
    return {
        "result": result, "value": row.cells.get("value"), "source": row.cells["source"],
        "remark": row.cells.get("remark"), "checked_on": checked_on.isoformat(),
        "valid_until": (valid_until or checked_on + timedelta(days=check.valid_days)).isoformat(),
    }  # fmt: skip


def _text_faults(row: SheetRow) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, most in TEXTS.items():
        text = row.cells.get(name, "")
        if (name == "source" and not text) or not text.isprintable():
            found.append((name, "missing" if not text else "control_character"))
        elif len(text) > rule(f"checks.{most}"):
            found.append((name, "string_too_long"))
    return found


def _day(row: SheetRow, name: str, faults: list[tuple[str, str]]) -> date | None:
    text = row.cells.get(name, "").replace("/", "-").replace(".", "-")
    parts = text.split("-")
    try:
        found = date(*map(int, parts)) if len(parts) == 3 and text.isascii() else date.fromisoformat(text)
    except (ValueError, TypeError, OverflowError):
        faults.append((name, "missing" if not text else "date_type"))
        return None
    if found < FIRST_DAY:
        faults.append((name, "too_long_ago"))
        return None
    return found


def _results_by_word() -> dict[str, str]:
    """Tokens and the words that departments write."""
    return {word.lower(): token for token in RESULTS for word in (token, say(f"checks.result.{token}"))}


def _owners(application_ids: set[str]) -> dict[str, str]:
    """Whose the applications are, of those that are not anonymised."""
    found = collection(Application).find(
        {"_id": {"$in": sorted(application_ids)}}, {"resident_id": 1, "anonymised_at": 1}
    )
    return {each["_id"]: each["resident_id"] for each in found if each.get("anonymised_at") is None}


def _keep(
    batch: Raw, row: Mapping[str, Any], resident_id: str, answer: dict[str, Any], report: Report, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Write one answer where it differs from what stands, by compare-and-set."""
    result_id = id_from_key("check result", f"{batch['_id']}:{row['reference']}")
    days = {name: answer[name] for name in ("checked_on", "valid_until")}
    said = {name: answer[name] for name in ("result", "value", "source", "remark")}
    written = {**days, "answer": seal_json(said, ANSWER_CONTEXT), "imported_by": by.id, "updated_at": at}
    here = collection(CheckResult)
    for _ in range(MAX_CONTENTION):
        found = here.find_one({"_id": result_id})
        if found is None:
            try:
                here.insert_one({
                    **written, "_id": result_id, "version": 1, "created_at": at, "batch_id": batch["_id"],
                    "check": batch["check"], "reference": row["reference"], "member_id": row["member_id"],
                    "application_id": row["application_id"], "resident_id": resident_id,
                })  # fmt: skip
            except DuplicateKeyError:
                continue
            report.accepted += 1
            return
        if answer_of(found) == said and all(found[name] == value for name, value in days.items()):
            report.unchanged += 1
            return
        done = here.update_one(
            {"_id": result_id, "version": found["version"]}, {"$set": written, "$inc": {"version": 1}}
        )
        if done.modified_count:
            report.updated += 1
            return
    raise Conflict()


def _names(raw: Raw, tokens: set[str]) -> dict[tuple[str, str], str]:
    return {
        (token, person.member_id): person.name
        for token in tokens
        if token in checks() and raw.get("anonymised_at") is None
        for person in people_of(raw, checks()[token])
    }


def _worded(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "result_label": say(f"checks.result.{answer['result']}")}
