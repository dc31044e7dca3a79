"""One of each thing that belongs to somebody: of an owner in Sanyang, Yuanzhou, and its ids by route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask

from models.casework import objections
from models.casework.documents import Application
from models.casework.offer_documents import Offer
from models.childcare.documents import ChildcarePlacement
from models.eldercare import campaigns, concern_chain, visiting, waiting_requests
from models.eldercare.concern_records import concern_id
from models.eldercare.documents import ElderLink
from models.eldercare.import_documents import ElderChoice
from models.eldercare.importing import import_elders
from models.eldercare.plan_queries import enter_absence
from models.eldercare.referral_records import Referral
from models.eldercare.register_proposals import RegisterProposal
from models.feedback.operations import submit_feedback
from models.housing.documents import WaitingEntry
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.people.documents import Caseworker, Resident
from models.people.messages import list_messages, store_message
from tests.contract.access import Found, expectations
from tests.factories import casework, childcare_cases, elder_lists, eldercare, housing, notices
from tests.factories.people import Caller

Headers = dict[str, str]
OTHER_COUNTY = "360921"
MEMBER = {"name": "欧阳小花", "relation": "child", "id_number": casework.id_number(date(2015, 1, 1)), "agreed": True}


@dataclass(frozen=True)
class Thing:
    """Somebody's thing: the ids in its path, and its owner's headers."""

    ids: dict[str, str]
    owner: Headers
    of_township: bool = True


@dataclass
class World:
    """Things by the beginning of the paths that lead to them; the longest beginning counts."""

    staff: Callable[..., Headers]
    things: dict[str, Thing] = field(default_factory=dict)
    secrets: tuple[str, ...] = (casework.CHILD_NAME, casework.GUARDIAN_NAME, eldercare.NAME, eldercare.ADDRESS)
    # What an office makes and everybody may know of, and what only comes about in a life that a test of its own tells
    # (test_flats_api, test_rounds_api, test_check_batches, test_handover_api, test_phone_tasks, test_proxies …).
    nobodys: tuple[str, ...] = (
        "/childcare/rounds/", "/facilities/", "/public-notices/", "/staff/indicators/", "/staff/childcare/rounds/", "/staff/lottery-draws/",
        "/staff/estates/", "/staff/flats/", "/staff/flat-batches/", "/staff/check-batches/", "/staff/notices/",
        "/staff/handovers/", "/staff/reports/", "/staff/phone-tasks/", "/staff/proxies/", "/staff/me/principals/",
        "/staff/facilities/", "/staff/learned-answers/", "/staff/unanswered/", "/staff/me/sessions/",
        "/staff/running/", "/staff/accounts/", "/staff/programme-rules/", "/staff/programmes/", "/scenes/",
        "/places/", "/staff/places/",
        "/staff/me/saved-filters/", "/staff/childcare/centres/", "/staff/childcare/suspensions/",
        "/staff/childcare/inspections/", "/staff/waiting-lists/",
    )  # fmt: skip
    # Routes that answer otherwise until the thing has come further, or to an office that has more to do with it.
    not_yet: frozenset[str] = frozenset({
        "GET /applications/{application_id}/lottery-draws/{draw_id}",
        "GET /objections/{objection_id}/evidence/{document_id}",
        "GET /staff/objections/{objection_id}/evidence/{document_id}",
        "GET /staff/applications/{application_id}/household",
        "GET /staff/residents/{resident_id}",
    })  # fmt: skip
    # Routes that are open to every resident, or whose caller makes something of their own.
    for_everybody: frozenset[str] = frozenset()
    made_by_callers: frozenset[str] = frozenset({"residents", "caseworkers"})

    def thing(self, found: Found) -> Thing | None:
        starts = [each for each in self.things if found.path.startswith(each)]
        thing = self.things[max(starts, key=len)] if starts else None
        return thing if thing is not None and set(found.params()) <= set(thing.ids) else None

    def knows(self, found: Found) -> bool:
        return self.thing(found) is not None or found.path.startswith(self.nobodys)

    def right_office(self, found: Found) -> Headers:
        return self.staff(*expectations()[found.name].roles)

    def all_ids(self) -> set[str]:
        return {each for thing in self.things.values() for each in thing.ids.values()}


def make_world(app: Flask, resident: Callable[..., Headers], staff: Callable[..., Headers]) -> World:
    world = World(staff)
    for add in (_application, _housing, _placement, _elder, _people, _feedback):
        add(world, app, resident)
    return world


def _application(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    me = resident()
    guardian = casework.make_guardian(resident_id=me["X-Resident-Id"])
    raw = casework.make_submitted(guardian, [casework.make_centre()])
    ids = {
        "application_id": raw["_id"], "document_id": raw["papers"][0]["id"], "paper": "residence_proof",
        "draw_id": new_id(),
    }  # fmt: skip
    for start in ("/applications/", "/staff/applications/"):
        world.things[start] = Thing(ids, me)
    world.things["/me/children/"] = Thing({"child_id": casework.child_of(guardian)}, me)
    world.things["/staff/residents/"] = Thing({"resident_id": guardian.id}, me)


def _housing(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    household = housing.make_household(1)
    me = resident(id=household.id)
    housing.open_batch(housing.make_flats(1))
    case = housing.case_of(household)
    offer = collection(Offer).find_one({"application_id": case})
    entry = collection(WaitingEntry).find_one({"resident_id": household.id})
    assert offer is not None and entry is not None
    for start in ("/tenancies/", "/staff/tenancies/"):
        world.things[start] = Thing({"tenancy_id": case}, me, of_township=start.startswith("/staff"))
    world.things["/offers/"] = Thing({"offer_id": offer["_id"]}, me)
    world.things["/staff/waiting-entries/"] = Thing({"entry_id": entry["_id"]}, me)
    world.things["/applications/{application_id}/waiting-place"] = Thing({"application_id": case}, me)


def _placement(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    me = resident()
    guardian = casework.make_guardian(resident_id=me["X-Resident-Id"])
    first = casework.make_accepted(guardian, [childcare_cases.roomy()])
    raw = childcare_cases.entered(first, [childcare_cases.roomy()])
    collection(Application).update_one({"_id": raw["_id"]}, {"$set": {"resident_id": guardian.id}})
    collection(ChildcarePlacement).update_one({"_id": raw["_id"]}, {"$set": {"resident_id": guardian.id}})
    for start in ("/childcare/placements/", "/staff/childcare/placements/"):
        world.things[start] = Thing({"placement_id": raw["_id"]}, me)


def _elder(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    elder = eldercare.make_elder()
    daughter = eldercare.make_link(elder, 1)
    me = {**eldercare.headers_of(daughter), "X-Resident-Id": daughter.id}
    visit = eldercare.book(elder, eldercare.make_slot(), daughter)
    link = collection(ElderLink).find_one({"resident_id": daughter.id})
    assert link is not None
    world.things["/elders/"] = world.things["/staff/elder-links/"] = Thing({"link_id": link["_id"]}, me)
    world.things["/staff/elders/"] = Thing({"elder_id": elder["_id"]}, me)
    number = eldercare.id_number(2, "19400203")
    rows = elder_lists.sheet([elder_lists.row(1, name=eldercare.NAME, number=number)])
    import_elders(rows, "list.csv", by=eldercare.staff_actor(), at=casework.MORNING)
    choice = collection(ElderChoice).find_one({"candidates": elder["_id"]})
    assert choice is not None
    world.things["/staff/elder-choices/"] = Thing({"choice_id": choice["_id"]}, me)
    visitor = eldercare.make_visitor()
    collection(Caseworker).update_one({"_id": visitor.id}, {"$set": {"township_ids": [eldercare.SANYANG]}})
    absence = enter_absence(
        new_id(), visitor.id, eldercare.TOMORROW, eldercare.TOMORROW, "ill", by=visitor, at=casework.MORNING
    )
    lost = eldercare.make_elder(3)
    found = concern_chain.Found(lost["_id"], "plan_uncovered", "2026-11", casework.MORNING)
    assert concern_chain.open_concern(found, casework.MORNING)
    concern = concern_id(lost["_id"], "plan_uncovered", "2026-11")
    world.things["/staff/concerns/"] = Thing({"concern_id": concern}, me)
    group = {"categories": [], "risk_levels": [], "age_from": None, "age_to": None}
    order = campaigns.Order(
        "heat", eldercare.DISTRICT, [eldercare.SANYANG], group, casework.MORNING.date(), casework.MORNING.date()
    )  # fmt: skip
    supervisor = eldercare.staff_actor("supervisor")
    campaign = campaigns.start(new_id(), order, by=supervisor, at=casework.MORNING)
    world.things["/staff/campaigns/"] = Thing({"campaign_id": campaign["_id"]}, me)
    world.things["/staff/visitor-absences/"] = Thing({"absence_id": absence["_id"]}, me)
    wait = waiting_requests.ask(
        new_id(), elder["_id"], [eldercare.TOMORROW], ["afternoon"], by=daughter, at=casework.MORNING
    )
    world.things["/visit-waits/"] = Thing({"wait_id": wait["_id"]}, me)
    world.things["/staff/visit-slots/"] = Thing({"slot_id": visit["slot_id"]}, me)
    report = visiting.Report("in_hospital", needs=(visiting.Need("feedback", note="想装扶手"),))
    gone = visiting.begin_unbooked(new_id(), elder["_id"], by=visitor, at=casework.MORNING)
    visiting.complete_visit(gone["_id"], report, by=visitor, at=casework.MORNING, key=new_id(), version=1)
    for start, param, record in (("/staff/referrals/", "referral_id", Referral),
                                 ("/staff/register-proposals/", "proposal_id", RegisterProposal)):  # fmt: skip
        made = collection(record).find_one({"elder_id": elder["_id"]})
        assert made is not None
        world.things[start] = Thing({param: made["_id"]}, me)
    world.things["/staff/visit-people/"] = Thing({"elder_id": elder["_id"]}, me)
    world.things["/visits/"] = world.things["/staff/visits/"] = Thing({"visit_id": visit["_id"]}, me)


def _people(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    me, helper = resident(), resident()
    for who in (me, helper):
        notices.resident_named(casework.GUARDIAN_NAME, resident_id=who["X-Resident-Id"])
    owner, friend = Caller(app.test_client(), me), Caller(app.test_client(), helper)
    assert owner("POST", "/me/household", {"yearly_income": 1}).status_code == 201
    added: Any = owner("POST", "/me/household/members", MEMBER)
    assert added.status_code == 201, added.text
    world.things["/me/household/members/"] = Thing({"member_id": added.json["members"][-1]["id"]}, me)
    offered: Any = owner("POST", "/me/proxies", {"relation": "child"}).json
    assert friend("POST", "/me/principals", {"code": offered["code"]}).status_code == 201
    authorisation = {"authorisation_id": offered["id"], "document_id": new_id()}
    world.things["/me/proxies/"] = Thing(authorisation, me)
    world.things["/me/principals/"] = Thing(authorisation, helper)
    store_message("k", owner.id, "x", None, casework.MORNING)
    (message,) = list_messages(owner.id, 5).items
    world.things["/me/messages/"] = Thing({"message_id": message["id"]}, me)
    applicant = notices.resident_named(notices.APPLICANT, resident_id=resident()["X-Resident-Id"])
    _, notice_id = notices.make_on_notice(applicant)
    objection = objections.file_objection(
        new_id(), notice_id, "家里另有一套房，请核实", by=Resident.actor(owner.id), at=casework.MORNING
    )  # fmt: skip
    for start in ("/objections/", "/staff/objections/"):
        world.things[start] = Thing({"objection_id": objection["_id"], "document_id": new_id()}, me)


def _feedback(world: World, app: Flask, resident: Callable[..., Headers]) -> None:
    me = resident()
    piece = submit_feedback(
        new_id(), "complaint", f"{casework.GUARDIAN_NAME}说，门总是锁着", by=Resident.actor(me["X-Resident-Id"]),
        at=casework.MORNING, township_id=casework.SANYANG,
    )  # fmt: skip
    for start in ("/feedback/", "/staff/feedback/"):
        world.things[start] = Thing({"feedback_id": piece["_id"]}, me)
