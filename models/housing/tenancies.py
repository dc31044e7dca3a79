"""From a kept flat to the hand-back of its key: choosing, signing, moving in, renewing, leaving; or money instead."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from config.loading import rule
from models.casework import offers
from models.housing import flats
from models.housing.allocation import end_of_day_after, entry_step, flat_shown, follow_up, owed
from models.housing.allocation_rules import allocation_rule
from models.housing.flat_documents import CHOOSING, PAYER_CONTEXT, TO_SIGN, Tenancy
from models.housing.flats import Hold
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.housing.tenancy_notices import tenancy_notice
from models.housing.waiting_list import months_after
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.amounts import yuan
from models.kernel.clock import at_local, day_of
from models.kernel.counters import next_value
from models.kernel.database import collection
from models.kernel.document import earlier_than
from models.kernel.encryption import seal_json
from models.kernel.errors import Conflict, DomainError, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw

LEASE_COUNTER = "lease numbers"


def own_tenancy(application_id: str, by: Actor) -> Raw:
    """One's own. Raises NotFound, also for another's."""
    found = collection(Tenancy).find_one({"_id": application_id})
    if found is None or by.kind != "resident" or found.get("resident_id") != by.id:
        raise NotFound()
    return found


def tenancy_of_place(application_id: str, by: Actor) -> Raw:
    """One of the caseworker's place. Raises NotFound, also for another place's."""
    found = collection(Tenancy).find_one({"_id": application_id})
    if found is None or not by.covers(found["district_code"], found.get("township_id")):
        raise NotFound()
    return found


def choices(tenancy: Mapping[str, Any]) -> list[Raw]:
    """The flats that the household may choose now: free ones of its batch with the layout of its own."""
    if tenancy["state"] != CHOOSING:
        return []
    layout = flats.read(tenancy["flat"]["id"])["layout"]
    return [each for each in flats.free_of_batch(tenancy["batch_id"]) if each["layout"] == layout]


def choose(application_id: str, flat_id: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """Take another flat instead of the kept one, which is free then.

    Raises Conflict (`flat_taken`: somebody was quicker; `flat_not_offered`), and as the lifecycle does. Whoever loses
    a race still has the flat that was kept.
    """
    tenancy = own_tenancy(application_id, by)
    if _done(tenancy, key) or (tenancy["state"] == CHOOSING and tenancy["flat"]["id"] == flat_id):
        return tenancy
    TENANCY_LIFECYCLE.check(tenancy, "choose", by=by, at=at, version=version)
    wanted, mine = flats.read(flat_id), flats.read(tenancy["flat"]["id"])
    if wanted.get("batch_id") != tenancy["batch_id"] or wanted["layout"] != mine["layout"]:
        raise Conflict("flat_not_offered")
    if not flats.hold(flat_id, Hold(application_id, tenancy["version"]), tenancy["batch_id"], at):
        raise Conflict("flat_taken")
    change = Change(
        set={"flat": {"id": flat_id, "attempt": tenancy["version"]}},
        push={"owed_flats": mine["_id"]}, outbox=[owed(tenancy, "choose")],
    )  # fmt: skip
    try:
        done = _perform(tenancy, "choose", by, at, tenancy["version"], key, change)
    except DomainError:
        flats.settle(flat_id, at)
        raise
    return done


def confirm_choice(application_id: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """The kept flat it is; its lease is drawn up."""
    return _draw_up(own_tenancy(application_id, by), "confirm_choice", by, at, version, key)


def sign(application_id: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """The tenant signs the lease as it was drawn up."""
    tenancy = own_tenancy(application_id, by)
    change = Change(set={"lease.signed_at": at, "due_at": None}, outbox=[tenancy_notice(tenancy, "signed")])
    return _perform(tenancy, "sign", by, at, version, key, change)


def hand_over(application_id: str, starts_on: date, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The key is handed over; the lease begins. Raises InvalidInput for a day far from today."""
    tenancy = tenancy_of_place(application_id, by)
    if abs((starts_on - day_of(at)).days) > rule("housing.start_days_most"):
        raise InvalidInput(faults=[FieldFault("starts_on", "range_too_long")])
    rules = allocation_rule(tenancy["programme"])
    change = Change(
        set={
            "lease.starts_on": starts_on.isoformat(), "charged_until": "",
            "lease.ends_on": months_after(starts_on, rules.lease_months.value).isoformat(),
            "recheck_due_at": at_local(months_after(starts_on, rules.recheck_months.value)),
        },
        outbox=[owed(tenancy, "hand_over"), tenancy_notice(tenancy, "moved_in")],
    )  # fmt: skip
    done = _perform(tenancy, "hand_over", by, at, version, key, change)
    flats.let(done["flat"]["id"], Hold(application_id, done["flat"]["attempt"]), at)
    return _audited("hand_over", done, by, at)


def renew(application_id: str, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The lease goes on for another term from its end, after a passed check."""
    tenancy = tenancy_of_place(application_id, by)
    if tenancy.get("recheck_asked_at"):
        raise Conflict("lease_not_ready")  # the yearly check is open
    months = allocation_rule(tenancy["programme"]).lease_months.value

    def change(now: Raw) -> Change:
        until = months_after(date.fromisoformat(now["lease"]["ends_on"]), months)
        told = tenancy_notice(now, "renewed", due_at=at_local(until))
        return Change(set={"lease.ends_on": until.isoformat()}, outbox=[told])

    done = TENANCY_LIFECYCLE.perform(application_id, "renew", by=by, at=at, version=version, key=key, change=change)
    return _audited("renew", done, by, at)


def pass_recheck(application_id: str, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The household still qualifies; the next check is due a year on."""
    tenancy = tenancy_of_place(application_id, by)
    months = allocation_rule(tenancy["programme"]).recheck_months.value
    change = Change(
        set={"recheck_due_at": at_local(months_after(day_of(at), months)), "recheck_asked_at": None},
        outbox=[tenancy_notice(tenancy, "recheck_passed")],
    )
    return _audited("pass_recheck", _perform(tenancy, "pass_recheck", by, at, version, key, change), by, at)


def leave(
    application_id: str, action: str, reason: str, note: str | None = None, *, version: int | None = None, by: Actor,
    at: datetime, key: str,
) -> Raw:  # fmt: skip
    """Begin the exit: `give_notice` (the tenant), `terminate` or `fail_recheck` (the county), for a reason."""
    tenancy = own_tenancy(application_id, by) if by.kind == "resident" else tenancy_of_place(application_id, by)
    change = Change(
        set={"leaving_reason": reason, "recheck_due_at": None, "recheck_asked_at": None}, note=note,
        outbox=[tenancy_notice(tenancy, "must_leave" if by.kind == "staff" else "notice_given")],
    )  # fmt: skip
    return _audited(action, _perform(tenancy, action, by, at, version, key, change), by, at)


def hand_back(application_id: str, on: date, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The key is back and the flat was looked at: only now it is free again, for a later batch."""
    tenancy = tenancy_of_place(application_id, by)
    lease = tenancy.get("lease") or {}
    if on > day_of(at) or on.isoformat() < lease.get("starts_on", ""):
        raise InvalidInput(faults=[FieldFault("on", "in_the_future" if on > day_of(at) else "too_long_ago")])
    flat = tenancy.get("flat") or {}
    change = Change(
        set={"flat": None, "moved_out_on": on.isoformat(), "end_reason": tenancy.get("leaving_reason"),
             "last_flat_id": flat.get("id"), "final_charge_due": True},
        push={"owed_flats": flat["id"]} if flat else {},
        outbox=[owed(tenancy, "hand_back"), tenancy_notice(tenancy, "handed_back")],
    )  # fmt: skip
    return _audited("hand_back", _perform(tenancy, "hand_back", by, at, version, key, change), by, at)


def choose_subsidy(application_id: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """Money instead of a flat: the household leaves the list, its flat goes on. Raises Conflict (`no_subsidy`)."""
    tenancy = own_tenancy(application_id, by)
    subsidy = allocation_rule(tenancy["programme"]).subsidy
    if subsidy is None:
        raise Conflict("no_subsidy")
    amount = subsidy.monthly_fen(tenancy["persons"])

    def change(now: Raw) -> Change:
        push: Raw = {"owed_entry": entry_step(now, "end", "subsidy_chosen")}
        if now.get("flat"):
            push["owed_flats"] = now["flat"]["id"]
        told = tenancy_notice(now, "subsidy", amount=yuan(amount))
        written = {"flat": None, "due_at": None, "subsidy_fen": amount}
        return Change(set=written, push=push, outbox=[owed(now, "subsidy"), told])

    done = TENANCY_LIFECYCLE.perform(
        application_id, "choose_subsidy", by=by, at=at, version=version, key=key, change=change
    )
    if done.get("offer"):
        with suppress(DomainError):  # answered before
            offers.withdraw(done["offer"]["id"], by=SYSTEM, at=at)
    follow_up(application_id, at)
    return done


def authorise_payer(
    application_id: str, payer: Mapping[str, str] | None, *, version: int | None = None, by: Actor, at: datetime,
    key: str,
) -> Raw:  # fmt: skip
    """Let somebody else pay the rent, as the plan asks, or nobody any more: `{kind, name}`, kept encrypted."""
    tenancy = own_tenancy(application_id, by)
    sealed = None if payer is None else seal_json({**payer, "on": day_of(at).isoformat()}, PAYER_CONTEXT)
    action = "revoke_payer" if payer is None else "authorise_payer"
    return _perform(tenancy, action, by, at, version, key, Change(set={"payer": sealed}))


def end_subsidy(
    application_id: str, reason: str, note: str | None, *, version: int, by: Actor, at: datetime, key: str
) -> Raw:  # fmt: skip
    """The money ends."""
    tenancy = tenancy_of_place(application_id, by)
    change = Change(set={"subsidy_fen": None, "end_reason": reason}, note=note)
    return _audited("end_subsidy", _perform(tenancy, "end_subsidy", by, at, version, key, change), by, at)


def restore(application_id: str, *, version: int, note: str, by: Actor, at: datetime, key: str) -> Raw:
    """Back among who waits, where an allocation was void; never for one who lived there."""
    tenancy = tenancy_of_place(application_id, by)
    change = Change(
        set={"end_reason": None, "batch_id": None, "lease": None}, note=note,
        push={"owed_entry": entry_step(tenancy, "restore", "allocation_void")}, outbox=[owed(tenancy, "restore")],
    )  # fmt: skip
    return _audited("restore", _perform(tenancy, "restore", by, at, version, key, change), by, at)


def pass_time(at: datetime) -> dict[str, int]:
    """Choices and signatures whose time is over; a job calls it. A choice closes on the kept flat, a lease lapses."""
    counts = {"choices_closed": 0, "leases_lapsed": 0}
    for tenancy in list(collection(Tenancy).find({"due_at": earlier_than(at)}).sort("due_at", 1)):
        with suppress(DomainError):  # done by the household in between
            if tenancy["state"] == CHOOSING:
                _draw_up(tenancy, "close_choice", SYSTEM, at, tenancy["version"], None)
                counts["choices_closed"] += 1
            elif tenancy["state"] == TO_SIGN:
                change = Change(
                    set={"flat": None, "due_at": None, "end_reason": "not_signed", "lease": None},
                    push={"owed_flats": tenancy["flat"]["id"]},
                    outbox=[owed(tenancy, "lapse"), tenancy_notice(tenancy, "lapsed")],
                )
                _perform(tenancy, "lapse", SYSTEM, at, tenancy["version"], None, change)
                counts["leases_lapsed"] += 1
    return counts


def _draw_up(tenancy: Raw, action: str, by: Actor, at: datetime, version: int | None, key: str | None) -> Raw:
    if _done(tenancy, key):
        return tenancy
    TENANCY_LIFECYCLE.check(tenancy, action, by=by, at=at, version=version)
    flat = flats.read(tenancy["flat"]["id"])
    number = f"{tenancy['district_code']}-{day_of(at).year}-{next_value(LEASE_COUNTER):06d}"
    due = end_of_day_after(at, allocation_rule(tenancy["programme"]).sign_days.value)
    lease = {"number": number, "rent_fen": flat["rent_fen"], "flat": flat_shown(flat)}
    change = Change(
        set={"lease": lease, "due_at": due},
        outbox=[owed(tenancy, "to_sign"), tenancy_notice(tenancy, "to_sign", due_at=due)],
    )
    return _perform(tenancy, action, by, at, tenancy["version"], key, change)


def _perform(
    tenancy: Raw, action: str, by: Actor, at: datetime, version: int | None, key: str | None, change: Change
) -> Raw:  # fmt: skip
    # What the change says was computed from `tenancy`: it is good for that version only.
    if not _done(tenancy, key):
        TENANCY_LIFECYCLE.check(tenancy, action, by=by, at=at, version=version)
    done = TENANCY_LIFECYCLE.perform(
        tenancy["_id"], action, by=by, at=at, version=tenancy["version"], key=key, change=change
    )
    follow_up(tenancy["_id"], at)
    return done


def _done(tenancy: Mapping[str, Any], key: str | None) -> bool:
    return key is not None and any(entry.get("key") == key for entry in tenancy["history"])


def _audited(action: str, done: Raw, by: Actor, at: datetime) -> Raw:
    if by.kind == "staff":
        detail = {"version": done["version"], "reason": done.get("leaving_reason")}
        audit.record(
            by, f"tenancy.{action}", f"tenancy:{done['_id']}", at, district_code=done["district_code"], detail=detail
        )
    return done
