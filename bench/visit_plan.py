"""The month's plan of visits: PEOPLE and VISITORS (default: a smoke run; the goal's size is `50000 800`), planned and
stored on the embedded database, against a tenth of both in the same run.

    python -m bench.visit_plan [PEOPLE VISITORS]

Baseline of the route lengths: the same visitors' days filled in the order of the register, in the same run.
Must reach: 50,000 people and 800 visitors ≤ 60 s and ≤ 500 MB; ten times the people cost ≤ 12×; routes ≥ 20% shorter.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime

from bench.common import embedded_database, figure
from config.loading import Place, catalogue, rule
from config.settings import DEVELOPMENT_DEFAULTS
from models.eldercare import plan_building, plan_inputs
from models.eldercare.documents import Elder
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.plan_routes import Spot, route_length
from models.kernel.actors import VISITOR
from models.kernel.clock import month_of
from models.kernel.database import collection, connect, disconnect, sync_indexes
from models.kernel.encryption import install_keyring
from models.people.documents import Caseworker

SMOKE = (2_000, 32)
AT = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)  # the first of December in China, 00:05
MOST_SECONDS, MOST_MEGABYTES, MOST_GROWTH, LEAST_SAVING = 60.0, 500.0, 12.0, 20.0
TENTH = 10
SPREAD_DEGREES = 0.05
Seconds = float


def main(people: int, visitors: int) -> int:
    """Prints the figures; returns how many were missed."""
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    small, _ = planned(people // TENTH, max(1, visitors // TENTH))
    seconds, saving = planned(people, visitors)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    growth = seconds / small
    figure(f"{people // TENTH:,} people planned and stored", f"{small:.2f} s")
    figure(f"{people:,} people, {visitors:,} visitors, planned and stored", f"{seconds:.2f} s", f"≤ {MOST_SECONDS} s",
           seconds <= MOST_SECONDS)  # fmt: skip
    figure("  against a tenth of them", f"× {growth:.1f}", f"≤ × {MOST_GROWTH}", growth <= MOST_GROWTH)
    figure("  most memory, register made in the same process", f"{megabytes:,.0f} MB", f"≤ {MOST_MEGABYTES} MB",
           megabytes <= MOST_MEGABYTES)  # fmt: skip
    figure("  routes shorter than in the order of the register", f"{saving:.1f} %", f"≥ {LEAST_SAVING} %",
           saving >= LEAST_SAVING)  # fmt: skip
    met = [seconds <= MOST_SECONDS, growth <= MOST_GROWTH, megabytes <= MOST_MEGABYTES, saving >= LEAST_SAVING]
    return met.count(False)


def planned(people: int, visitors: int) -> tuple[Seconds, float]:
    """How long the job takes on a database of its own, and by how many per cent its routes are shorter."""
    with embedded_database() as uri:
        connect(uri)
        sync_indexes()
        _store(people, visitors, random.Random(2026))
        began = time.perf_counter()
        counts = plan_building.plan_present_month(AT)
        seconds = time.perf_counter() - began
        figure(f"  of {people:,} people: planned · uncovered", f"{counts['planned']:,} · {counts['uncovered']:,}")
        saving = _saving()
        disconnect()
    return seconds, saving


def _saving() -> float:
    """Per cent by which the stored plan's ways are shorter than those of as full days in the register's order."""
    month_days = plan_inputs.days_of_month(month_of(AT))
    visits = plan_inputs.visits_of_month(month_days, AT)
    ours = theirs = 0.0
    for district in sorted(catalogue().districts):
        people = plan_inputs.people_of_county(district, month_days, visits, AT)
        spots = {each.id: each.spot for each in people}
        homes = {each.id: each.home for each in plan_inputs.visitors_of_county(district, month_days, 1, visits.taken)}
        days: dict[tuple[str, str], list[tuple[int, Spot]]] = defaultdict(list)
        by_visitors: dict[str, list[str]] = defaultdict(list)  # who was given to each township's visitors
        starts: dict[str, Spot] = {}
        for each in collection(PlannedVisit).find({"of": f"{month_of(AT)} {district}", "state": "planned"}):
            days[(each["visitor_id"], each["day"])].append((each["place"], spots[each["elder_id"]]))
            by_visitors[each["of_township"]].append(each["elder_id"])
            starts[each["of_township"]] = homes[each["visitor_id"]]
        ours += sum(
            route_length(homes[visitor], [spot for _, spot in sorted(stops)]) for (visitor, _), stops in days.items()
        )
        full = rule("eldercare.visits_a_day")
        for township, ids in by_visitors.items():
            listed = sorted(ids)
            for first in range(0, len(listed), full):
                theirs += route_length(starts[township], [spots[each] for each in listed[first : first + full]])
    return 100 * (1 - ours / theirs) if theirs else 0.0


def _store(people: int, visitors: int, chance: random.Random) -> None:
    """A register spread over the city's townships, some under one roof; every township has a visitor or shares one."""
    places = sorted(catalogue().places, key=lambda each: each.id)[: max(1, min(visitors, len(catalogue().places)))]
    workers = [_visitor(number, places[number % len(places)]) for number in range(visitors)]
    collection(Caseworker).insert_many(workers)
    batch = []
    for number in range(people):
        batch.append(_elder(number, places[number % len(places)], chance))
        if len(batch) == 1000:
            collection(Elder).insert_many(batch)
            batch = []
    if batch:
        collection(Elder).insert_many(batch)


def _visitor(number: int, place: Place) -> dict[str, object]:
    return Caseworker(
        id=f"V{number:025d}", created_at=AT, updated_at=AT, username=f"visitor{number}", password_hash="unused",
        display_name="x", roles=[VISITOR], district_code=place.district_code, township_ids=[place.id],
    ).raw()  # fmt: skip


def _elder(number: int, place: Place, chance: random.Random) -> dict[str, object]:
    point = {
        "longitude": place.longitude + chance.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
        "latitude": place.latitude + chance.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
    }
    return Elder(
        id=f"E{number:025d}", created_at=AT, updated_at=AT, name="x", id_number=f"{number}", birth_date="1940-02-03",
        id_number_index=f"{number}", categories=["very_old"], district_code=place.district_code, township_id=place.id,
        risk_level=chance.choices(["ordinary", "raised", "high"], [80, 15, 5])[0], community=f"c{number % 7}",
        private={"address": f"{number // 2 if chance.random() < 0.1 else number}", "contacts": [], "point": point},
        legal_basis={"kind": "consent"}, periods=[{"from": "2026-01-01", "until": None, "reason": None}],
    ).raw()  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(*([int(each) for each in sys.argv[1:3]] or SMOKE)))
