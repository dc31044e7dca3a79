"""The city of `bench.pages`: the demo's documents, which the operations made, multiplied to a year of a whole city.

All of it is invented. A copy has an id, a place, a moment and unique fields of its own; nothing waits in its outbox.
Of the applications four in ten are open, and a tenth of those late; a township's register has some hundreds of people,
each with a planned visit this month and a dozen visits a year.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from pymongo import MongoClient

from bench import pages_rest
from config.loading import Place, catalogue
from config.settings import Settings, embedded_uri
from models.casework.deadlines import due
from models.casework.documents import OPEN_STATES, Application
from models.eldercare import month_closing
from models.eldercare.documents import Elder, Visit
from models.eldercare.month_standing import note_standings
from models.eldercare.plan_records import PlannedVisit, planned_id
from models.feedback.theme_standing import note_themes
from models.kernel.clock import FixedClock, day_of, month_of, previous_month
from models.kernel.database import collection, sync_indexes
from models.kernel.database import database as connected
from models.kernel.document import Record
from models.kernel.ids import id_from_key
from models.people.documents import Caseworker
from models.running.overview import note_keys
from wsgi import compose

Raw = dict[str, Any]
AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
DISTRICT = "360902"
APPLICATIONS, ELDERS, VISITS = 100_000, 50_000, 600_000
BATCH = 500
# So many people are counted otherwise the second time.
REVISED = 60
OPEN_SHARE, LATE_SHARE = 0.4, 0.1
YEAR_DAYS, VISITS_BACK_DAYS = 365, 330
DUE_DAYS = 15
STAFF = ("intake-360902", "reviewer-360902", "visitor-360902", "planner", "supervisor", "admin", "supervisor-360902")


def product() -> Flask:
    """The product over the connected database, its clock standing still."""
    settings = Settings(
        mongodb_uri=_uri(), log_level="ERROR", rate_limit_scale=1_000_000,
        demo_staff_password="a long password 1",
    )  # fmt: skip
    return compose(settings, FixedClock(AT))


def staff() -> list[Raw]:
    """One member of staff of each role, and a supervisor of one county beside the city's."""
    found = [collection(Caseworker).find_one({"username": name}) for name in STAFF]
    return [each for each in found if each is not None]


def fill(share: float) -> dict[str, int]:
    """Lay it down; returns how many documents of what."""
    sync_indexes()
    app = product()
    for command in (["demo", "load"], ["jobs", "run", "observe_indicators"]):
        done = app.test_cli_runner().invoke(args=command)
        if done.exit_code != 0:
            raise RuntimeError(done.output) from done.exception
    pages_rest.make_by_hand(AT, DISTRICT)
    counts = {
        "applications": _lay(Application, _applications(round(APPLICATIONS * share))),
        "register entries": _lay(Elder, _elders(round(ELDERS * share))),
        "planned visits": _lay(PlannedVisit, _planned(round(ELDERS * share))),
        "visits": _lay(Visit, _visits(round(VISITS * share), round(ELDERS * share))),
    }
    for record, documents in pages_rest.multiplied(share, AT, clones):
        counts[record._get_collection_name().replace("_", " ")] = _lay(record, documents)
    _close_and_revise(previous_month(previous_month(month_of(AT))))
    jobs_of_the_night()
    return counts


def _close_and_revise(month: str) -> None:
    """A closed month, and a second count of it that finds some visits of one township no more."""
    month_closing.close_month(month, AT)
    township = (collection(Elder).find_one({"district_code": DISTRICT}) or {})["township_id"]
    for person in collection(Elder).find({"township_id": township}, {"_id": 1}).limit(REVISED):
        collection(Visit).delete_many({"elder_id": person["_id"]})
    month_closing.close_month(month, AT)


def jobs_of_the_night() -> None:
    """What jobs have counted before anybody looks."""
    note_keys(AT)
    note_standings(AT)
    note_themes(AT)


def clones(
    name: str, templates: Sequence[Raw], count: int, change: Callable[[int, Raw, Place], Raw] | None = None
) -> Iterator[Raw]:  # fmt: skip
    """Copies of documents over the city's townships, each with an id of its own."""
    chance, places = random.Random(name), catalogue().places
    if not templates:
        raise RuntimeError(f"the demo has no {name}")
    for number in range(count):
        template, place = templates[number % len(templates)], chance.choice(places)
        made = {**template, "_id": id_from_key(f"bench {name}", str(number))}
        if made.get("district_code"):
            made["district_code"] = place.district_code
        if made.get("township_id"):
            made["township_id"] = place.id
        made |= {field: still for field, still in (("outbox", []), ("outbox_waiting", False)) if field in made}
        yield made | (change(number, template, place) if change else {})


def _lay(record: type[Record], documents: Iterator[Raw]) -> int:
    """Insert them some at a time; returns how many."""
    # A connection of its own: the product gives up after seconds, a batch may take longer on a busy machine.
    with MongoClient[Raw](_uri(), uuidRepresentation="standard") as patient:
        target, count, batch = patient.get_default_database()[record._get_collection_name()], 0, list[Raw]()
        for each in documents:
            batch.append(each)
            if len(batch) == BATCH:
                target.insert_many(batch, ordered=False)
                count, batch = count + len(batch), []
        if batch:
            target.insert_many(batch, ordered=False)
    return count + len(batch)


def _uri() -> str:
    return embedded_uri((connected().client.address or ("", 0))[1], "bench")


def _applications(count: int) -> Iterator[Raw]:
    """Open ones due within some weeks, a tenth of them late; closed ones over the year."""
    chance = random.Random(7)
    found = list(collection(Application).find({}))
    still_open = [each for each in found if each["state"] in OPEN_STATES]
    closed = [each for each in found if each["state"] not in OPEN_STATES and each.get("submitted_at")]
    ends = [due(day_of(AT), days).at for days in range(DUE_DAYS + 1)]
    mine = [each["_id"] for each in staff()]

    def opened(number: int, template: Raw, place: Place) -> Raw:
        late = chance.random() < LATE_SHARE
        ends_at = ends[0] - timedelta(days=chance.randrange(1, 90)) if late else chance.choice(ends)
        facts = {**_own(number), "due_at": ends_at, "open_for": id_from_key("bench for", str(number))}
        if late:
            facts |= {"escalated_at": ends_at + timedelta(seconds=1), "alarm_at": None}
        else:
            facts |= {"alarm_at": ends_at + timedelta(seconds=1)}
        facts["assignee_id"] = None
        if chance.random() < 0.5:
            facts["assignee_id"] = mine[1] if chance.random() < 0.002 else id_from_key("bench clerk", str(number % 400))
        return facts | _moments(AT - timedelta(days=chance.randrange(1, 30)))

    def over(number: int, template: Raw, place: Place) -> Raw:
        began = AT - timedelta(days=chance.randrange(20, YEAR_DAYS))
        ended = {"closed_at": began, "decided_at": began, "retention_due_at": began + timedelta(days=3 * YEAR_DAYS)}
        return {**_own(10**7 + number), **_moments(began), **ended, "open_for": None, "alarm_at": None}

    yield from clones("open application", still_open, round(count * OPEN_SHARE), opened)
    yield from clones("closed application", closed, count - round(count * OPEN_SHARE), over)


def _own(number: int) -> Raw:
    """An applicant of its own, whom nothing else is about."""
    return {"resident_id": id_from_key("bench resident", str(number)),
            "people": [{"role": "applicant", "member_id": None, "marks": [f"bench {number}"]}]}  # fmt: skip


def _moments(at: datetime) -> Raw:
    return {"created_at": at, "updated_at": at, "submitted_at": at, "stage_since": at}


def _elders(count: int) -> Iterator[Raw]:
    templates = list(collection(Elder).find({"state": "active"}))
    places = catalogue().places

    def change(number: int, template: Raw, _: Place) -> Raw:
        place = places[number % len(places)]
        return {
            "id_number_index": f"bench {number}", "person_index": f"bench {number}", "community": f"c{number % 7}",
            "district_code": place.district_code, "township_id": place.id, "owed": [], "demo": False,
            "_id": elder_id(number),
        }  # fmt: skip

    return clones("elder", templates, count, change)


def elder_id(number: int) -> str:
    """The id of a copied register entry."""
    return f"E{number:025d}"


def _planned(count: int) -> Iterator[Raw]:
    """A visit of the month for each person, most of them still to come."""
    templates = list(collection(PlannedVisit).find({"state": "planned", "month": month_of(AT), "campaign_id": None}))
    places, chance, month = catalogue().places, random.Random(5), month_of(AT)

    def change(number: int, template: Raw, _: Place) -> Raw:
        place, day = places[number % len(places)], f"{month}-{chance.randrange(1, 31):02d}"
        state = "met" if chance.random() < 0.6 else "planned"
        return {
            "_id": planned_id(month, elder_id(number), 1), "elder_id": elder_id(number), "number": 1, "day": day,
            "of": f"{month} {place.district_code}", "of_township": f"{month} {place.id}", "state": state,
            "visitor_id": f"V{number % 800:025d}", "township_id": place.id,
        }  # fmt: skip

    return clones("planned visit", templates, count, change)


def _visits(count: int, people: int) -> Iterator[Raw]:
    """A dozen a year to each person; those of today are still booked."""
    templates = list(collection(Visit).find({"state": "completed", "conflict": None}))
    places = catalogue().places

    def change(number: int, template: Raw, _: Place) -> Raw:
        person = number % people
        place = places[person % len(places)]
        began = AT - timedelta(days=1 + number * VISITS_BACK_DAYS // count, minutes=number % 480)
        return {
            "elder_id": elder_id(person), "district_code": place.district_code, "township_id": place.id,
            "visitor_id": f"V{person % 800:025d}", "day": day_of(began).isoformat(), "starts_at": began,
            "found_at": began, "completed_at": began, "created_at": began, "updated_at": began, "owed": [],
            "seen_at": began if template.get("seen_at") else None, "planned_id": None, "begun_as": [],
        }  # fmt: skip

    return clones("visit", templates, count, change)
