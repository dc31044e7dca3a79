"""Giving flats to who waits: batches of flats, offers in the list's order, and what an answer leads to.

A flat is held first, on its own document, under the version of the tenancy from which it is offered; then the tenancy
is written, naming the flat and the offer; then the offer is made. What a step owes to flats and to the waiting list is
written with it and done at once, and again by the outbox; a hold whose process died is settled by `reconcile_flats`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework import offers
from models.casework.documents import APPROVED, Application
from models.casework.queries import household_facts_of
from models.housing import flats, positions, waiting_list
from models.housing.allocation_rules import AllocationRule, allocation_rule
from models.housing.flat_documents import (
    CHOOSING,
    OFFERED,
    OPEN_BATCH,
    WAITING,
    Estate,
    FlatBatch,
    Tenancy,
)
from models.housing.flats import Hold
from models.housing.ordering import application_of
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.housing.tenancy_notices import tenancy_notice
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc, day_bounds, day_of
from models.kernel.database import collection
from models.kernel.errors import DomainError, IllegalTransition, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import Handler, OutboxEntry, Receipt

KIND = "flat"
CHANNEL = "housing_follow_up"
LEAST_SCANNED = 64


def fill(batch_id: str, at: datetime) -> int:
    """Offer the batch's free flats to the next households that fit, in the list's order; returns how many offers.

    Anyone may call it, at any time, any number of times at once.
    """
    batch = collection(FlatBatch).find_one({"_id": batch_id})
    if batch is None or batch["state"] != OPEN_BATCH:
        return 0
    free = flats.free_of_batch(batch_id)
    room = batch["offers_at_once"] - _answering(batch_id)
    made = 0
    for stretch in _line(batch["list_key"]):
        begun = {each["_id"]: each for each in collection(Tenancy).find({"_id": {"$in": stretch}})}
        for application_id in stretch:
            if not free or made >= room:
                return made
            tenancy = begun.get(application_id) or ensure_tenancy(application_id, batch["list_key"], at)
            made += _offer_next(batch, tenancy, free, at)
    return made


def fill_all(at: datetime) -> int:
    """Fill every open batch: what joined the list since, or what a crash left. A job calls it."""
    return sum(fill(each["_id"], at) for each in list(collection(FlatBatch).find({"state": OPEN_BATCH}, {"_id": 1})))


def follow_up(application_id: str, at: datetime) -> None:
    """What a tenancy's steps owe other documents; any number of times. Then the next household's turn."""
    tenancy = collection(Tenancy).find_one({"_id": application_id})
    if tenancy is None:
        return
    if tenancy.get("flat"):
        flats.confirm(tenancy["flat"]["id"], Hold(application_id, tenancy["flat"]["attempt"]))
    if tenancy["state"] == OFFERED:
        _make_offer(tenancy, at)
    for owed in tenancy.get("owed_entry", []):
        _tell_list(tenancy, owed, at)
    for flat_id in tenancy.get("owed_flats", []):
        flats.settle(flat_id, at)
    if tenancy.get("owed_entry") or tenancy.get("owed_flats"):
        # A step that came in between has its own entry in the outbox, and does this once more.
        collection(Tenancy).update_one(
            {"_id": application_id, "version": tenancy["version"]}, {"$set": {"owed_entry": [], "owed_flats": []}}
        )
    if tenancy.get("batch_id") and tenancy["state"] != OFFERED:
        fill(tenancy["batch_id"], at)


def follow_up_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        follow_up(payload["application_id"], now())
        return Receipt("delivered", "followed")

    return Handler(send, idempotent=True)


def owed(tenancy: Mapping[str, Any], step: str) -> OutboxEntry:
    """The outbox entry of a step; `tenancy` is the one before it."""
    key = f"tenancy:{tenancy['_id']}:{tenancy['version'] + 1}:{step}"
    return OutboxEntry(key=key, channel=CHANNEL, payload={"application_id": tenancy["_id"]})


def entry_step(tenancy: Mapping[str, Any], action: str, reason: str, **more: Any) -> Raw:
    """What a step owes to the waiting list, to be pushed to `owed_entry`; the key makes it happen once."""
    key = f"tenancy {tenancy['_id']} {tenancy['version'] + 1}"
    return {"action": action, "reason": reason, "key": key, **more}


class FlatGiver:
    """What offers ask of flats."""

    def accepted(self, offer: Mapping[str, Any], at: datetime) -> None:
        """The flat is theirs, and they may choose another of the same layout for some days."""
        tenancy = _tenancy(offer["application_id"])
        if tenancy["state"] == OFFERED and tenancy["offer"]["id"] == offer["_id"]:
            with suppress(DomainError):  # ended, or taken up by another hand, in between
                _take_up(tenancy, at)
        flats.settle(offer["subject"]["flat_id"], at)
        follow_up(offer["application_id"], at)

    def released(self, offer: Mapping[str, Any], at: datetime) -> None:
        """The flat goes to the next household at once; what follows for this one is the programme's rule."""
        tenancy = _tenancy(offer["application_id"])
        if tenancy["state"] == OFFERED and tenancy["offer"]["id"] == offer["_id"]:
            with suppress(DomainError):
                _pass_on(tenancy, offer["state"], at)
        flats.settle(offer["subject"]["flat_id"], at)
        follow_up(offer["application_id"], at)


def application_ended(application: Mapping[str, Any], at: datetime) -> None:
    """The application was withdrawn or has ended: what it leads to ends too. Again, or without a tenancy: no change."""
    end(application["_id"], application.get("end_reason") or application["state"], at)


def end(application_id: str, reason: str, at: datetime) -> None:
    """End a tenancy; one who lives there must leave first. Idempotent."""
    for action, change in (("end", _ending), ("must_leave", _leaving)):
        with suppress(IllegalTransition):
            try:
                TENANCY_LIFECYCLE.perform(application_id, action, by=SYSTEM, at=at, change=partial(change, reason))
            except NotFound:
                return
            break
    tenancy = _tenancy(application_id)
    if tenancy.get("offer"):
        with suppress(DomainError):  # answered, or never made
            offers.withdraw(tenancy["offer"]["id"], by=SYSTEM, at=at)
    follow_up(application_id, at)


def reconcile_flats(at: datetime) -> dict[str, int]:
    """Complete what killed processes left between flats and tenancies; a job calls it every minute."""
    counts: dict[str, int] = {}
    for flat in flats.held_since(at - timedelta(seconds=rule("housing.hold_seconds"))):
        outcome = flats.settle(flat["_id"], at)
        holder = Hold(**flat["hold"])
        if outcome == "open":
            with suppress(DomainError):  # it has moved on in between
                TENANCY_LIFECYCLE.perform(
                    holder.application_id, "give_up", by=SYSTEM, at=at, version=holder.attempt
                )  # fmt: skip
            outcome = flats.settle(flat["_id"], at)
        elif outcome == "kept":
            follow_up(holder.application_id, at)
        counts[outcome] = counts.get(outcome, 0) + 1
        if outcome == "freed" and flat.get("batch_id"):
            fill(flat["batch_id"], at)
    return counts


def _answering(batch_id: str) -> int:
    return collection(Tenancy).count_documents({"batch_id": batch_id, "state": {"$in": [OFFERED, CHOOSING]}})


def _line(list_key: str) -> Iterator[list[str]]:
    """The applications of the list in order, stretch by stretch, as far as anyone asks and the rule allows."""
    seen, most, count = 0, rule("housing.offer_scan_most"), LEAST_SCANNED
    while seen < most:
        found = positions.first(list_key, min(count, most))
        yield [application_of(key) for key in found[seen:]]
        if len(found) < count:
            return
        seen, count = len(found), count * 4


def _offer_next(batch: Raw, tenancy: Raw | None, free: list[Raw], at: datetime) -> int:
    """One offer to this household, 0 where it gets none now; takes what is taken out of `free`."""
    if tenancy is None or tenancy["state"] != WAITING or batch["_id"] in tenancy.get("passed_batches", []):
        return 0
    if tenancy.get("owed_entry") or tenancy.get("owed_flats"):
        return 0  # its last step is not yet complete: the list may not show the truth
    rules = allocation_rule(batch["programme"])
    for flat in _fitting(free, rules, tenancy["persons"]):
        free.remove(flat)
        if flats.hold(flat["_id"], Hold(tenancy["_id"], tenancy["version"]), batch["_id"], at):
            return int(_offer(batch, tenancy, flat, rules, at))
    return 0


def _fitting(free: Sequence[Raw], rules: AllocationRule, persons: int) -> list[Raw]:
    layouts = rules.layouts_for(persons)
    fit = [each for each in free if each["layout"] in layouts]
    return sorted(fit, key=lambda each: layouts.index(each["layout"]))


def _offer(batch: Raw, tenancy: Raw, flat: Raw, rules: AllocationRule, at: datetime) -> bool:
    number, application_id = tenancy["offers_made"] + 1, tenancy["_id"]
    expires = end_of_day_after(at, rules.offer_days.value)
    named = {
        "id": offers.offer_id(KIND, application_id, number), "number": number, "expires_at": expires,
        "subject": flat_shown(flat) | {"batch_id": batch["_id"]},
    }  # fmt: skip
    change = Change(
        set={"offer": named, "offers_made": number, "batch_id": batch["_id"],
             "flat": {"id": flat["_id"], "attempt": tenancy["version"]}},
        outbox=[owed(tenancy, "offer")],
    )  # fmt: skip
    try:
        TENANCY_LIFECYCLE.perform(
            application_id, "offer", by=SYSTEM, at=at, version=tenancy["version"], change=change
        )  # fmt: skip
    except DomainError:  # somebody else offers to the same household, or it has left
        flats.settle(flat["_id"], at)
        return False
    follow_up(application_id, at)
    return True


def _make_offer(tenancy: Raw, at: datetime) -> None:
    application = collection(Application).find_one({"_id": tenancy["_id"]})
    if application is None:
        return
    named = tenancy["offer"]
    told = tenancy_notice(
        tenancy, "offered", key=f"offer:{named['id']}:told", estate=named["subject"]["estate"],
        due_at=as_utc(named["expires_at"]),
    )  # fmt: skip
    offers.make_offer(
        KIND, application, named["subject"], attempt=named["number"], expires_at=as_utc(named["expires_at"]),
        by=SYSTEM, at=at, outbox=[told],
    )  # fmt: skip


def _take_up(tenancy: Raw, at: datetime) -> None:
    due = end_of_day_after(at, allocation_rule(tenancy["programme"]).choose_days.value)
    change = Change(
        set={"due_at": due},
        push={"owed_entry": entry_step(tenancy, "end", "allocated")},
        outbox=[owed(tenancy, "take_up"), tenancy_notice(tenancy, "choosing", due_at=due)],
    )
    TENANCY_LIFECYCLE.perform(
        tenancy["_id"], "take_up", by=SYSTEM, at=at, version=tenancy["version"], change=change
    )  # fmt: skip


def _pass_on(tenancy: Raw, why: str, at: datetime) -> None:
    rules = allocation_rule(tenancy["programme"])
    declines = tenancy["declines"] + (why in rules.counts)
    then = rules.after_decline(declines) if why in rules.counts else "keep"
    written: Raw = {"flat": None, "declines": declines, "due_at": None, "last_flat_id": tenancy["flat"]["id"]}
    push: Raw = {"owed_flats": tenancy["flat"]["id"], "passed_batches": tenancy["batch_id"]}
    if then == "to_the_end":
        moved = {"draw_rank": None, "applied_on": day_of(at).isoformat()}
        push["owed_entry"] = entry_step(tenancy, "move", "offer_declined", values=moved)
    elif then == "end":
        push["owed_entry"] = entry_step(tenancy, "end", "offers_declined")
        written["end_reason"] = "offers_declined"
    change = Change(
        set=written, push=push, outbox=[owed(tenancy, "pass_on"), tenancy_notice(tenancy, f"{why}_{then}")]
    )  # fmt: skip
    TENANCY_LIFECYCLE.perform(
        tenancy["_id"], "pass_out" if then == "end" else "pass_on", by=SYSTEM, at=at, version=tenancy["version"],
        change=change,
    )  # fmt: skip


def _leaving(reason: str, tenancy: Raw) -> Change:
    told = tenancy_notice(tenancy, "must_leave")
    return Change(set={"leaving_reason": reason, "recheck_due_at": None}, outbox=[told])


def _ending(reason: str, tenancy: Raw) -> Change:
    push = {"owed_flats": tenancy["flat"]["id"]} if tenancy.get("flat") else {}
    written = {"flat": None, "due_at": None, "end_reason": reason, "subsidy_fen": None}
    return Change(set=written, push=push, outbox=[owed(tenancy, "end")])


def _tell_list(tenancy: Raw, step: Raw, at: datetime) -> None:
    entry = waiting_list.entry_id(tenancy["list_key"], tenancy["_id"])
    with suppress(NotFound, IllegalTransition):  # it has left the list in between
        waiting_list.act(
            entry, step["action"], reason=step["reason"], by=SYSTEM, at=at, key=step["key"], values=step.get("values")
        )


def ensure_tenancy(application_id: str, list_key: str, at: datetime) -> Raw | None:
    """The household's tenancy, begun where there is none; None for an application that is gone or ended."""
    found = collection(Tenancy).find_one({"_id": application_id})
    if found is not None:
        return found
    application = collection(Application).find_one({"_id": application_id})
    if application is None or application["state"] != APPROVED:
        return None
    fresh = Tenancy(
        id=application_id, created_at=at, updated_at=at, application_id=application_id, state=WAITING,
        resident_id=application["resident_id"], programme=application["programme"], list_key=list_key,
        district_code=application["district_code"], township_id=application.get("township_id"),
        persons=int(household_facts_of(application).get("size", 1)), outbox_waiting=False,
        history=[history_entry("begin", None, WAITING, SYSTEM, at)],
    )  # fmt: skip
    with suppress(DuplicateKeyError):
        collection(Tenancy).insert_one(fresh.raw())
    now = collection(Application).find_one({"_id": application_id}, {"state": 1})
    if now is None or now["state"] != APPROVED:  # it ended while there was nothing yet to end
        end(application_id, "withdrawn", at)
    return collection(Tenancy).find_one({"_id": application_id})


def flat_shown(flat: Mapping[str, Any]) -> Raw:
    """A flat in public words: where, which, how large, what it costs."""
    estate = collection(Estate).find_one({"_id": flat["estate_id"]}, {"name": 1, "address": 1}) or {}
    return {
        "flat_id": flat["_id"], "estate_id": flat["estate_id"], "estate": estate.get("name", ""),
        "address": estate.get("address", ""), "number": flat["number"], "layout": flat["layout"],
        "floor": flat["floor"], "accessible": flat["accessible"], "area_hundredths": flat["area_hundredths"],
        "rent_fen": flat["rent_fen"],
    }  # fmt: skip


def end_of_day_after(at: datetime, days: int) -> datetime:
    """The last moment of the day so many days after `at`, in China."""
    return day_bounds(day_of(at) + timedelta(days=days))[1]


def _tenancy(application_id: str) -> Raw:
    found = collection(Tenancy).find_one({"_id": application_id})
    if found is None:
        raise NotFound()
    return found


GIVER = FlatGiver()
offers.register_giver(KIND, GIVER)
