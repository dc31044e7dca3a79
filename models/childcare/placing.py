"""Rolling placement: on approval, and when a place frees, the next child by the published order is offered it.

What must agree lies in three documents: the centre (its places), the placement (the child's one way to one of them)
and the offer (what the guardian answers). A place is held first, then the placement names centre and offer in one
write, then the offer is made. Whatever dies in between is completed by the placement's own outbox entry
(`childcare_follow_up`), by the offer's, or by `reconcile_places`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework import offers
from models.casework.documents import Application
from models.casework.offer_documents import EXPIRED, WITHDRAWN
from models.childcare import places
from models.childcare.documents import ENDED, OFFERED, PLACED, VALUES_CONTEXT, WAITING, ChildcarePlacement
from models.childcare.lifecycle import END, GIVE_UP, OFFER, PASS_ON, PLACEMENT_LIFECYCLE, TAKE_UP
from models.childcare.notices import placement_notice
from models.childcare.ordering import birth_of, values_of, waiting_at
from models.childcare.places import Hold
from models.childcare.rounds_active import in_a_round
from models.childcare.stays import Stay, first_month, outgrown_from, stay_of
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc, day_bounds, day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index, seal_json
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import OutboxEntry

KIND = "childcare_place"
CHANNEL = "childcare_follow_up"
FAMILY = "childcare_placements.family"
# Why a placement ended where its application was withdrawn or ended first.
WITHDRAWN_BY_FAMILY = "withdrawn"
# An offer expires at midnight; its last day is the one before.
MOMENT = timedelta(seconds=1)
# Passes over one centre while other processes offer its places too.
MAX_CONTENTION = 20


def enter(raw: Raw, form: Mapping[str, Any], at: datetime) -> Raw:
    """The application is approved: the child waits from now on, and is offered a place where one is free. Again: as is.

    `raw` is the application, `form` its answers.
    """
    stored = _new(raw, form, at)
    try:
        collection(ChildcarePlacement).insert_one(stored)
    except DuplicateKeyError:
        stored = _read(raw["_id"])
    if stored["state"] == WAITING:
        seek(raw["_id"], at)
    return _read(raw["_id"])


def seek(placement_id: str, at: datetime) -> None:
    """Fill the centres that the child asked for, in the child's order, until it is offered a place."""
    choices = (collection(ChildcarePlacement).find_one({"_id": placement_id}) or {}).get("choices", [])
    for centre in choices:
        if _read(placement_id)["state"] != WAITING:
            return
        fill(centre, at)


def fill(centre_id: str, at: datetime) -> int:
    """Offer the centre's free places to whoever is next, as many as there are; returns how many offers were made.

    Nothing while a round of the centre is under way, or where its registration has lapsed.
    """
    made = 0
    for _ in range(MAX_CONTENTION):
        offered, lost = _fill_once(centre_id, at)
        made += offered
        if not lost:
            break
    return made


def offer(placement: Raw, facility: Mapping[str, Any], stay: Stay, at: datetime) -> bool:
    """Offer this child a stay at this centre; False where the place, or the child, went to somebody else meanwhile."""
    kept = places.stay_at(facility, stay)
    hold = Hold(facility["_id"], placement["version"], kept)
    if not kept or not places.take(placement["_id"], hold, at):
        return False
    number = placement["offers_made"] + 1
    named = {
        "id": offers.offer_id(KIND, placement["_id"], number),
        "centre_id": facility["_id"],
        "centre": facility["name"],
        "age_group": kept[min(kept)],
        "begins": min(kept),
        "attempt": placement["version"],
        "number": number,
        "rank": placement["choices"].index(facility["_id"]) + 1,
        "expires_at": _expiry(at),
    }
    change = Change(set={"offer": named, "offers_made": number}, outbox=[_follow_up(placement, OFFER)])
    try:
        done = PLACEMENT_LIFECYCLE.perform(
            placement["_id"], OFFER, by=SYSTEM, at=at, version=placement["version"], change=change
        )
    except DomainError:
        settle(placement["_id"], hold, at)
        return False
    _make_offer(done, at)
    return True


def accepted(offer_made: Mapping[str, Any], at: datetime) -> None:
    """The guardian accepts: the place is theirs. Idempotent; where the child has left meanwhile, the place goes on."""
    application_id, subject = offer_made["application_id"], offer_made["subject"]
    placement = _read(application_id)
    if placement["state"] == OFFERED and placement["offer"]["id"] == offer_made["_id"]:
        with suppress(DomainError):  # ended, or taken up by another hand, in between
            placement = _take_up(placement, at)
        placement = _read(application_id)
    if placement["state"] == PLACED and placement["place"]["offer_id"] == offer_made["_id"]:
        places.confirm(application_id, _hold(placement["place"]), at)
        _show_place(placement, at)
        return
    places.release(application_id, _hold(subject), at)
    fill(subject["centre_id"], at)


def released(offer_made: Mapping[str, Any], at: datetime) -> None:
    """The offer is over without a yes: its place goes to the next child, and this one on to its next choice."""
    application_id, subject = offer_made["application_id"], offer_made["subject"]
    placement = _read(application_id)
    if placement["state"] == OFFERED and placement["offer"]["id"] == offer_made["_id"]:
        with suppress(DomainError):  # ended, or passed on by another hand, in between
            _pass_on(placement, offer_made["state"], at)
    places.release(application_id, _hold(subject), at)
    # Also where it was free already: whoever freed it may have died before offering it on.
    fill(subject["centre_id"], at)
    if _read(application_id)["state"] == WAITING:
        seek(application_id, at)


def end(placement_id: str, reason: str, at: datetime, *, tell: bool = False) -> None:
    """The child waits no longer, or gives the place back for the next one. Again: no change. Unknown ids are passed."""
    found = collection(ChildcarePlacement).find_one({"_id": placement_id})
    if found is None:
        return
    if found["state"] != ENDED:

        def change(now: Raw) -> Change:
            told = [placement_notice(now, f"ended_{reason}")] if tell else []
            due = now["state"] in (OFFERED, PLACED)
            return Change(
                set={"end_reason": reason, "release_due": due, "ended_at": at}, outbox=[*told, _follow_up(now, END)]
            )

        with suppress(DomainError):  # another hand ended it in between
            PLACEMENT_LIFECYCLE.perform(placement_id, END, by=SYSTEM, at=at, change=change)
    let_go(_read(placement_id), at)


def let_go(placement: Raw, at: datetime) -> bool:
    """Give back what an ended placement still has; True where something was due. A second time changes nothing."""
    if not placement.get("release_due"):
        return False
    had = placement.get("offer") or placement.get("place")
    if placement.get("offer"):
        with suppress(DomainError):  # answered or over already
            offers.withdraw(placement["offer"]["id"], by=SYSTEM, at=at)
    if had:
        places.release(placement["_id"], _hold(had), at)
    _show_no_place(placement["_id"], at)
    collection(ChildcarePlacement).update_one(
        {"_id": placement["_id"], "state": ENDED}, {"$set": {"release_due": False, "updated_at": at}}
    )
    if had:
        fill(had["centre_id"], at)
    return True


def follow_up(placement_id: str, at: datetime) -> None:
    """What a placement's last step owes other documents, whichever step that was. Idempotent."""
    placement = collection(ChildcarePlacement).find_one({"_id": placement_id})
    if placement is None:
        return
    if placement["state"] == OFFERED:
        _make_offer(placement, at)
    elif placement["state"] == PLACED:
        places.confirm(placement_id, _hold(placement["place"]), at)
        _show_place(placement, at)
    elif placement["state"] == ENDED:
        let_go(placement, at)


def settle(placement_id: str, hold: Hold, at: datetime) -> str:
    """Bring a held place into line with its placement: `confirmed`, `released`, or `open` while it is being decided."""
    now = collection(ChildcarePlacement).find_one({"_id": placement_id})
    if now is not None:
        if now["state"] == WAITING and now["version"] == hold.attempt:
            return "open"
        if now["state"] == OFFERED and now["offer"]["attempt"] == hold.attempt and _at(now["offer"], hold):
            return "open"
        if now["state"] == PLACED and now["place"]["attempt"] == hold.attempt and _at(now["place"], hold):
            places.confirm(placement_id, hold, at)
            return "confirmed"
    places.release(placement_id, hold, at)
    return "released"


def give_up(placement_id: str, attempt: int, at: datetime) -> bool:
    """End an attempt whose process died before it was written; False where the placement has moved on."""
    try:
        PLACEMENT_LIFECYCLE.perform(placement_id, GIVE_UP, by=SYSTEM, at=at, version=attempt)
    except DomainError:
        return False
    return True


class ChildcareGiver:
    """Gives childcare places to who accepts their offers (`OfferGiver`)."""

    def accepted(self, offer: Mapping[str, Any], at: datetime) -> None:
        """The place is theirs."""
        accepted(offer, at)

    def released(self, offer: Mapping[str, Any], at: datetime) -> None:
        """The place goes to the next."""
        released(offer, at)


def _fill_once(centre_id: str, at: datetime) -> tuple[int, int]:
    """One pass over who waits: how many were offered a place, and how many went to somebody else meanwhile.

    Where one was lost, its place was held for a moment, so that another process may have found the centre full.
    """
    day = day_of(at)
    facility = places.centres([centre_id]).get(centre_id)
    if facility is None or places.closed_because(facility, day) is not None or in_a_round(facility):
        return 0, 0
    counts, occupied = {True: 0, False: 0}, places.occupied_at(centre_id)
    for candidate in waiting_at(facility, day):
        if places.has_room(facility, occupied, candidate.stay):
            counts[offer(candidate.raw, facility, candidate.stay, at)] += 1
            occupied = places.occupied_at(centre_id)
    return counts[True], counts[False]


def _new(raw: Raw, form: Mapping[str, Any], at: datetime) -> Raw:
    birth = form["child_birth_date"]
    values = {"birth_date": birth, "claims": sorted(form.get("priority_claims") or [])}
    family = form.get("household") or raw["resident_id"]
    applied = day_of(as_utc(raw.get("submitted_at") or at)).isoformat()
    made = ChildcarePlacement(
        id=raw["_id"], created_at=at, updated_at=at, state=WAITING, resident_id=raw["resident_id"],
        child_id=form.get("child_id"), family_index=blind_index(FAMILY, str(family)),
        district_code=raw["district_code"], township_id=raw.get("township_id"), choices=list(form["choices"]),
        start_month=form["start_month"], outgrown_from=outgrown_from(birth_of(values)), applied_on=applied,
        history=[history_entry("enter", None, WAITING, SYSTEM, at)],
    ).raw()  # fmt: skip
    return {**made, "values": seal_json(values, VALUES_CONTEXT)}


def _take_up(placement: Raw, at: datetime) -> Raw:
    taken = placement["offer"]
    facility = places.centres([taken["centre_id"]]).get(taken["centre_id"]) or {}
    place = {
        **{name: taken[name] for name in ("centre_id", "centre", "age_group", "begins", "attempt", "rank")},
        "offer_id": taken["id"],
        "since": at,
        "district_code": facility.get("district_code"),
        "township_id": facility.get("township_id"),
    }
    outbox = [_follow_up(placement, TAKE_UP), placement_notice(placement, "placed", centre=taken["centre"])]
    change = Change(set={"place": place, "offer": {}}, outbox=outbox)
    return PLACEMENT_LIFECYCLE.perform(
        placement["_id"], TAKE_UP, by=SYSTEM, at=at, version=placement["version"], change=change
    )


def _pass_on(placement: Raw, how: str, at: datetime) -> None:
    """`how` the offer ended. A withdrawn one was taken back by the office: that centre may be offered again."""
    centre = placement["offer"]["centre_id"]
    passed = dict(placement.get("passed") or {})
    if how != WITHDRAWN:
        passed[centre] = how
    left = [each for each in placement["choices"] if each not in passed]
    written = {"offer": {}, "passed": passed}
    if left and len(passed) < rule("childcare.offers_passed_most"):
        told = [placement_notice(placement, "expired", centre=placement["offer"]["centre"])] if how == EXPIRED else []
        change = Change(set=written, outbox=[_follow_up(placement, PASS_ON), *told])
        action = PASS_ON
    else:
        over = {**written, "end_reason": "no_choice_left", "ended_at": at}
        last = placement_notice(placement, "ended_no_choice_left")
        change = Change(set=over, outbox=[_follow_up(placement, END), last])
        action = END
    PLACEMENT_LIFECYCLE.perform(placement["_id"], action, by=SYSTEM, at=at, version=placement["version"], change=change)


def _make_offer(placement: Raw, at: datetime) -> None:
    """The offer that the placement names; made once."""
    named = placement["offer"]
    application = collection(Application).find_one({"_id": placement["_id"]})
    if application is None:
        return
    subject = {name: named[name] for name in ("centre_id", "centre", "age_group", "begins", "attempt", "rank")}
    expires_at = as_utc(named["expires_at"])
    key = f"childcare:{placement['_id']}:{placement['version']}:told_offered"
    told = placement_notice(placement, "offered", centre=named["centre"], due_at=expires_at - MOMENT, key=key)
    offers.make_offer(
        KIND, application, subject, attempt=named["number"], expires_at=expires_at, by=SYSTEM, at=at, outbox=[told]
    )


def _show_place(placement: Raw, at: datetime) -> None:
    """The application shows what was given; only ever the place of a placement that has it."""
    place = placement["place"]
    shown = {name: place[name] for name in ("centre_id", "age_group", "attempt", "rank", "begins")}
    collection(Application).update_one(
        {"_id": placement["_id"], "state": "approved", "placement.attempt": {"$ne": place["attempt"]}},
        {"$set": {"placement": shown, "updated_at": at}, "$inc": {"version": 1}},
    )


def _show_no_place(application_id: str, at: datetime) -> None:
    collection(Application).update_one(
        {"_id": application_id, "placement.attempt": {"$exists": True}},
        {"$set": {"placement": {}, "updated_at": at}, "$inc": {"version": 1}},
    )


def _follow_up(before: Raw, step: str) -> OutboxEntry:
    return OutboxEntry(
        key=f"childcare:{before['_id']}:{before['version'] + 1}:{step}", channel=CHANNEL,
        payload={"placement_id": before["_id"]}, subject_id=before["resident_id"],
    )  # fmt: skip


def _expiry(at: datetime) -> datetime:
    """The end of the last day on which an offer made now can be answered."""
    return day_bounds(day_of(at) + timedelta(days=rule("childcare.offer_days")))[1]


def _at(named: Mapping[str, Any], hold: Hold) -> bool:
    return bool(named["centre_id"] == hold.centre_id)


def _hold(named: Mapping[str, Any]) -> Hold:
    return Hold(named["centre_id"], named["attempt"])


def _read(placement_id: str) -> Raw:
    found = collection(ChildcarePlacement).find_one({"_id": placement_id})
    assert found is not None  # noqa: S101  placements are never deleted
    return found


def stay_now(placement: Mapping[str, Any], at: datetime) -> Stay:
    """The stay that the child could begin now, before any centre's limits."""
    return stay_of(birth_of(values_of(placement)), first_month(placement["start_month"], day_of(at)))


offers.register_giver(KIND, ChildcareGiver())
