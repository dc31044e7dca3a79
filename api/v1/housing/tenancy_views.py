"""Tenancies, flats and the rent ledger as the routes give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.loading import rule
from config.text import label
from models.housing import rents
from models.housing.flat_documents import PAYER_CONTEXT
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.encryption import open_json
from models.kernel.lifecycle import note_of
from models.kernel.masking import mask_name

Shown = dict[str, Any]


def tenancy(raw: Mapping[str, Any], by: Actor) -> Shown:
    """A tenancy: where it stands, until when, what can be done. Names are shown to the tenant, masked to the staff."""
    return {
        "id": raw["_id"], "application_id": raw["application_id"], "programme": raw["programme"],
        "state": raw["state"], "state_label": label("housing.tenancy_states", raw["state"]),
        "version": raw["version"], "due_at": _time(raw.get("due_at")), "persons": raw["persons"],
        "declines": raw["declines"], "flat_id": (raw.get("flat") or {}).get("id"),
        "offer_id": (raw.get("offer") or {}).get("id"), "lease": _lease(raw), "payer": _payer(raw, by),
        "recheck_due_at": _time(raw.get("recheck_due_at")), "recheck_asked_at": _time(raw.get("recheck_asked_at")),
        "subsidy_fen": raw.get("subsidy_fen"), "end_reason": raw.get("end_reason"),
        "leaving_reason": raw.get("leaving_reason"),
        "leaving_reason_label": label("housing.leaving_reasons", raw.get("leaving_reason") or ""),
        "moved_out_on": raw.get("moved_out_on"),
        "actions": [
            {"action": each, "label": label("housing.tenancy_actions", each)}
            for each in TENANCY_LIFECYCLE.actions_for(dict(raw), by)
        ],
    }  # fmt: skip


def with_history(raw: Mapping[str, Any], by: Actor) -> Shown:
    """A tenancy with every step, for the staff's file."""
    steps = [
        {"action": each["action"], "from": each["from"], "to": each["to"], "at": as_utc(each["at"]),
         "by": each["by"]["kind"], "note": note_of(each)}
        for each in raw["history"]
    ]  # fmt: skip
    return {**tenancy(raw, by), "history": steps}


def item(raw: Mapping[str, Any]) -> Shown:
    """A tenancy in the staff's list: no personal data."""
    return {
        "id": raw["_id"], "programme": raw["programme"], "state": raw["state"], "version": raw["version"],
        "state_label": label("housing.tenancy_states", raw["state"]), "township_id": raw.get("township_id"),
        "due_at": _time(raw.get("due_at")), "lease_number": (raw.get("lease") or {}).get("number"),
        "recheck_due_at": _time(raw.get("recheck_due_at")),
    }  # fmt: skip


def flat(shown: Mapping[str, Any]) -> Shown:
    """A flat with the label of its layout."""
    return {**shown, "layout_label": label("housing.layout", shown["layout"])}


def ledger(tenancy_id: str) -> Shown:
    """Charges and payments, the newest first, and what is owed; amounts in fen."""
    lines = rents.ledger(tenancy_id)
    owed, since, months = rents.arrears(lines)
    shown = [
        {"id": each["_id"], "kind": each["kind"], "kind_label": label("housing.rent_kinds", each["kind"]),
         "amount_fen": each["amount_fen"], "on": each["on"], "month": each.get("month"), "source": each["source"],
         "reference": each.get("reference")}
        for each in reversed(lines)
    ]  # fmt: skip
    return {
        "balance_fen": owed, "unpaid_since": since, "unpaid_months": months,
        "items": shown[: rule("housing.ledger_shown")], "next": None,
    }  # fmt: skip


def _lease(raw: Mapping[str, Any]) -> Shown | None:
    lease = raw.get("lease")
    if not lease:
        return None
    return {
        "number": lease["number"], "rent_fen": lease["rent_fen"], "starts_on": lease.get("starts_on"),
        "ends_on": lease.get("ends_on"), "signed_at": _time(lease.get("signed_at")), "flat": flat(lease["flat"]),
    }  # fmt: skip


def _payer(raw: Mapping[str, Any], by: Actor) -> Shown | None:
    if not raw.get("payer"):
        return None
    found = open_json(raw["payer"], PAYER_CONTEXT)
    name = found["name"] if by.kind == "resident" else mask_name(found["name"])
    return {
        "kind": found["kind"],
        "kind_label": label("housing.payers", found["kind"]),
        "name": name,
        "on": found["on"],
    }


def _time(at: Any) -> Any:
    return None if at is None else as_utc(at)
