"""No route and no job asks the embedded database a question for which it reads a whole collection that grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from api.endpoint import EXTENSION
from bench.plans import Asked, Listening, reading
from jobs.schedules import Hourly
from jobs.timetable import TIMETABLE
from models.kernel import database as kernel
from models.kernel.actors import STAFF_ROLES
from tests.contract.access import expectations, routes
from tests.contract.test_access_matrix import of_somebody, send
from tests.contract.world import World, make_world
from tests.factories.casework import MORNING

Headers = dict[str, str]
# As many as a county has staff, flats' owners, draws, reports: hundreds, and hardly more next year.
SMALL = frozenset({
    "audit_heads", "campaigns", "caseworkers", "childcare_centres", "childcare_rounds", "counters", "estates",
    "figure_files", "flat_batches", "inbound_late", "key_samples", "learned_answers", "leases", "lottery_draws",
    "migrations", "reports", "revision_floors", "rule_proposals", "usage_slots", "waiting_directories", "wechat_tokens",
})  # fmt: skip
# Read whole on purpose: the directory once at the start; the names beside the backups, of the few who were erased; a
# register of a few hundred people, of which no standing is kept. Flats: by the tests' own factory.
WHOLE = frozenset({"facilities {}", "erasure_tombstones {}", "elders {}", "flats {}"})
# Fields that a large part of a collection shares: a question that only these lead into an index reads that part.
COARSE = frozenset({"active", "district_code", "kind", "open", "programme", "roles", "state", "township_id"})
# Of those, what is open of a kind.
FEW = frozenset({
    "erasure_tombstones {open: ?, faults: {$exists: ?, $ne: {}}}",
    "outbox_messages {state: ?, lease_until: {$lte: ?}}",  # those being sent
    "outbox_messages {state: ?, next_attempt_at: {$lte: ?}, channel: {$in: ?}}",
    "phone_tasks {state: {$in: ?}, district_code: ?, call_after: {$lte: ?}}",
    "visit_waits {state: {$in: ?}, township_id: {$in: ?}}",
})  # fmt: skip
# Asks others' servers, which are not there.
ELSEWHERE = frozenset({"deliver_wechat", "push_indicators", "refresh_tokens"})


@pytest.fixture
def world(
    listening: Listening, app: Flask, resident: Callable[..., Headers], staff: Callable[..., Headers]
) -> World:  # fmt: skip
    kernel.sync_indexes()  # what the app has imported since the database was made
    listening.on = True
    return make_world(app, resident, staff)


def test_no_route_and_no_job_of_the_day_reads_a_whole_collection(
    listening: Listening, app: Flask, world: World, staff: Callable[..., Headers], resident: Callable[..., Headers]
) -> None:
    everybody = staff(*STAFF_ROLES)
    named = {found.name: (found, thing) for found, thing in of_somebody(app, world)}
    for found in routes(app):
        if found.method == "GET":
            _, thing = named.get(found.name, (found, None))
            resident_s = expectations()[found.name].kind == "resident"
            headers = (thing.owner if thing else resident()) if resident_s else everybody
            send(app, found, headers, thing.ids if thing else None)
    for job in TIMETABLE:
        if (job.is_pulse or isinstance(job.schedule, Hourly)) and job.name not in ELSEWHERE:
            job.work(app.extensions[EXTENSION], MORNING, "")
    asked = {each.shape: each for each in listening.asked}
    listening.on = False
    wrong = [found for shape, each in sorted(asked.items()) if (found := reads_too_much(shape, each))]
    assert len(asked) > 150, "it hears nothing"
    assert not wrong, "\n".join(wrong)


def reads_too_much(shape: str, asked: Asked) -> str:
    """What is wrong with a question; empty for a good one."""
    if asked.collection in SMALL or shape in WHOLE | FEW:
        return ""
    plan = reading(kernel.database(), asked)
    if plan.index is None:
        return f"reads the whole collection: {shape}"
    if plan.by != asked.filter and set(plan.by) <= COARSE:
        return f"reads all with one {', '.join(plan.by)}: {shape}"
    return ""


def test_what_reads_everything_is_noticed(database: str) -> None:
    asked = {
        "applications {state: ?}": {"state": "accepted"},
        "applications {district_code: ?, opinion: ?}": {"district_code": "360902", "opinion": "x"},
        "applications {$or: ?}": {"$or": [{"_id": "a"}, {"resident_id": "b"}]},
        "applications {alarm_at: {$lte: ?}}": {"alarm_at": {"$lte": MORNING}},
    }
    assert [shape for shape, each in asked.items() if reads_too_much(shape, Asked("applications", each))] == list(asked)
