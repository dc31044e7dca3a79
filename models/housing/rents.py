"""The rent ledger: lines are only added, amounts are whole fen, what is owed is computed from them. No money is held.

A month's charge and a bank's payment have ids that follow from the month and the reference: neither can come twice.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from config.text import sentences
from models.housing.allocation_rules import allocation_rule
from models.housing.flat_documents import (
    ADJUSTMENT,
    CHARGE,
    LIVED_IN,
    NOTE_CONTEXT,
    PAYMENT,
    RentEntry,
    Tenancy,
)
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.housing.tenancy_notices import tenancy_notice
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.amounts import hundredths, yuan
from models.kernel.clock import day_of, month_bounds, month_of
from models.kernel.database import collection
from models.kernel.encryption import seal_text
from models.kernel.errors import Conflict, DomainError, FieldFault
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change
from models.kernel.sheets import read_sheet

PAYMENT_COLUMNS = ("reference", "lease_number", "paid_on", "amount_yuan")
LEASE_NUMBER_MOST = 40
REFERENCE_FORM = re.compile(r"[A-Za-z0-9_-]{4,60}")

Raw = dict[str, Any]


@dataclass
class PaymentsImported:
    """What became of a bank's file: counts, and each row at fault with its line, column and code."""

    added: int = 0
    unchanged: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def ledger(tenancy_id: str) -> list[Raw]:
    """All lines of a tenancy, the oldest first."""
    found = collection(RentEntry).find({"tenancy_id": tenancy_id})
    return sorted(found, key=lambda each: (each["on"], each["created_at"], each["_id"]))


def balance(tenancy_id: str) -> int:
    """What is owed in fen: charges less payments; negative where more was paid."""
    return sum(each["amount_fen"] for each in collection(RentEntry).find({"tenancy_id": tenancy_id}, {"amount_fen": 1}))


def arrears(lines: list[Raw]) -> tuple[int, str | None, int]:
    """Owed fen, the day since which the oldest unpaid charge is due, and how many months' charges are unpaid.

    Payments and reductions settle the oldest charge first.
    """
    paid = -sum(each["amount_fen"] for each in lines if each["amount_fen"] < 0)
    since, months, owed = None, 0, 0
    for each in lines:
        if each["amount_fen"] <= 0:
            continue
        left = max(each["amount_fen"] - paid, 0)
        paid = max(paid - each["amount_fen"], 0)
        if left:
            owed, months, since = owed + left, months + (each["kind"] == CHARGE), since or each["on"]
    return owed - paid, since, months


def charge_months(at: datetime) -> dict[str, int]:
    """Charge every lease for each month up to the present one, once; months of moving in and out by their days.

    A job calls it daily; a run that was missed or killed is made up by the next.
    """
    present, charged = month_of(at), 0
    due = {"state": {"$in": list(LIVED_IN)}, "charged_until": {"$lt": present}}
    for tenancy in list(collection(Tenancy).find(due)):
        charged += _charge_up_to(tenancy, present, at)
    for tenancy in list(collection(Tenancy).find({"final_charge_due": True})):
        charged += close_ledger(tenancy, at)
    return {"charged": charged}


def close_ledger(tenancy: Raw, at: datetime) -> int:
    """Charge up to the day of moving out, and give back what was charged for days after it. Idempotent."""
    out, lease = tenancy["moved_out_on"], tenancy["lease"]
    charged = _charge_up_to(tenancy, out[:7], at)
    for line in ledger(tenancy["_id"]):
        if line["kind"] != CHARGE or line["month"] < out[:7]:
            continue
        difference = month_charge(lease, line["month"], out)[0] - line["amount_fen"]
        if difference:
            entry = id_from_key("rent correction", f"{tenancy['_id']} {line['month']}")
            _add(_line(tenancy, entry, ADJUSTMENT, difference, out, source="lease", by=SYSTEM, at=at))
    collection(Tenancy).update_one(
        {"_id": tenancy["_id"]}, {"$unset": {"final_charge_due": ""}, "$set": {"updated_at": at}}
    )
    return charged


def import_payments(content: bytes, name: str, *, by: Actor, at: datetime) -> PaymentsImported:
    """Enter a bank's payments; a reference counts once, whoever sends the file again. Raises InvalidInput."""
    done = PaymentsImported()
    titles = {each: [sentences()[f"housing.column.{each}"]] for each in PAYMENT_COLUMNS}
    for row in read_sheet(content, name, titles, PAYMENT_COLUMNS):
        payment, faults = _read_payment(row.cells, by, at)
        if not faults:
            try:
                outcome = "added" if _add(payment) else "unchanged"
                setattr(done, outcome, getattr(done, outcome) + 1)
            except Conflict as fault:
                faults = [FieldFault("reference", fault.code)]
        done.faults += [{"line": row.line, "column": each.field, "code": each.code} for each in faults]
    counts = {"added": done.added, "at_fault": len(done.faults)}
    audit.record(by, "payments.imported", "payments:import", at, detail=counts)
    return done


def adjust(
    tenancy: Mapping[str, Any], amount_fen: int, note: str, *, entry_id: str, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """Correct the ledger by one more line with its reason; nothing is ever changed or taken away."""
    line = _line(
        tenancy, entry_id, ADJUSTMENT, amount_fen, day_of(at).isoformat(), source="staff", by=by, at=at,
        note=seal_text(note, NOTE_CONTEXT),
    )  # fmt: skip
    _add(line)
    audit.record(
        by, "rent.adjusted", f"tenancy:{tenancy['_id']}", at, district_code=tenancy["district_code"],
        detail={"amount_fen": amount_fen},
    )  # fmt: skip
    return line


def notify_arrears(at: datetime) -> dict[str, int]:
    """Tell every tenant whose rent is overdue by the rule's days, once a month; a job calls it daily."""
    counts = {"told": 0}
    for tenancy in list(collection(Tenancy).find({"state": {"$in": list(LIVED_IN)}})):
        owed, since, _ = arrears(ledger(tenancy["_id"]))
        days = allocation_rule(tenancy["programme"]).arrears_notice_days.value
        if owed <= 0 or since is None or day_of(at) < date.fromisoformat(since) + timedelta(days=days):
            continue
        key = f"arrears {month_of(at)}"
        if any(entry.get("key") == key for entry in tenancy["history"]):
            continue
        told = tenancy_notice(tenancy, "arrears", amount=yuan(owed))
        with suppress(DomainError):  # it ended, or changed in between: tomorrow's run sees it
            TENANCY_LIFECYCLE.perform(
                tenancy["_id"], "remind", by=SYSTEM, at=at, version=tenancy["version"], key=key,
                change=Change(outbox=[told]),
            )  # fmt: skip
            counts["told"] += 1
    return counts


def _charge_up_to(tenancy: Raw, last: str, at: datetime) -> int:
    lease, charged = tenancy["lease"], 0
    month = _next_month(tenancy["charged_until"]) if tenancy["charged_until"] else lease["starts_on"][:7]
    while month <= last:
        amount, on = month_charge(lease, month, tenancy.get("moved_out_on"))
        if amount:
            entry = id_from_key("rent charge", f"{tenancy['_id']} {month}")
            charged += _add(_line(tenancy, entry, CHARGE, amount, on, month=month, source="lease", by=SYSTEM, at=at))
        collection(Tenancy).update_one(
            {"_id": tenancy["_id"]}, {"$max": {"charged_until": month}, "$set": {"updated_at": at}}
        )
        month = _next_month(month)
    return charged


def month_charge(lease: Mapping[str, Any], month: str, moved_out_on: str | None) -> tuple[int, str]:
    """The rent of a month in whole fen, and the day it is due: by days where it begins or ends within the month."""
    year, number = int(month[:4]), int(month[5:])
    days = monthrange(year, number)[1]
    first, last = f"{month}-01", f"{month}-{days:02d}"
    begin, end = max(first, lease["starts_on"]), min(last, moved_out_on or last)
    if begin > end:
        return 0, begin
    lived = (date.fromisoformat(end) - date.fromisoformat(begin)).days + 1
    due = max(f"{month}-{rule('housing.rent_due_day'):02d}", begin)
    return int(lease["rent_fen"]) * lived // days, due


def _read_payment(cells: Mapping[str, str], by: Actor, at: datetime) -> tuple[Raw, list[FieldFault]]:
    faults = [FieldFault(name, "missing") for name in PAYMENT_COLUMNS if not cells.get(name)]
    if faults:
        return {}, faults
    amount = hundredths(cells["amount_yuan"])
    if not REFERENCE_FORM.fullmatch(cells["reference"]):
        faults.append(FieldFault("reference", "string_pattern_mismatch"))
    if amount is None or not 0 < amount <= rule("housing.payment_fen_most"):
        faults.append(FieldFault("amount_yuan", "float_parsing"))
    try:
        if date.fromisoformat(cells["paid_on"]) > day_of(at):
            faults.append(FieldFault("paid_on", "in_the_future"))
    except ValueError:
        faults.append(FieldFault("paid_on", "date_type"))
    tenancy = None
    if len(cells["lease_number"]) <= LEASE_NUMBER_MOST:
        tenancy = collection(Tenancy).find_one({"lease.number": cells["lease_number"]})
    if tenancy is None or not by.covers(tenancy["district_code"], tenancy.get("township_id")):
        faults.append(FieldFault("lease_number", "literal_error"))
    if faults or amount is None or tenancy is None:
        return {}, faults
    entry = id_from_key("rent payment", cells["reference"])
    return _line(
        tenancy, entry, PAYMENT, -amount, cells["paid_on"], reference=cells["reference"], source="bank", by=by, at=at
    ), []  # fmt: skip


def _line(
    tenancy: Mapping[str, Any], entry_id: str, kind: str, amount: int, on: str, *, source: str, by: Actor,
    at: datetime, **more: Any,
) -> Raw:  # fmt: skip
    return RentEntry(
        id=entry_id, created_at=at, updated_at=at, tenancy_id=tenancy["_id"], resident_id=tenancy.get("resident_id"),
        kind=kind, amount_fen=amount, on=on, source=source, by=by.as_history(), **more,
    ).raw()  # fmt: skip


def _add(line: Raw) -> bool:
    """Add a line; False where it is there. Raises Conflict (`payment_reference_used`) where another one is."""
    try:
        collection(RentEntry).insert_one(line)
    except DuplicateKeyError:
        known = collection(RentEntry).find_one({"_id": line["_id"]}) or {}
        if any(known.get(name) != line.get(name) for name in ("tenancy_id", "amount_fen", "kind")):
            raise Conflict("payment_reference_used") from None
        return False
    return True


def _next_month(month: str) -> str:
    return month_of(month_bounds(month)[1])
