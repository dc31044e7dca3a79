"""Every declared lifecycle, stored, against a model of its table: what may happen does, once; nothing else changes anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wsgi  # noqa: F401  every table is declared
from models.kernel.actors import STAFF_ROLES, SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.errors import DomainError, Forbidden, IllegalTransition, StaleVersion
from models.kernel.ids import new_id
from models.kernel.lifecycle import LIFECYCLES, OWNER, SAME, SYSTEM_ROLE, Lifecycle, Transition
from tests.factories.casework import DISTRICT, MORNING, SANYANG

ANNA = Actor("resident", "anna")
STRANGER = Actor("resident", "stranger")
ELSEWHERE = Actor("staff", "elsewhere", frozenset(STAFF_ROLES), "360981")
NAMES = sorted(name for name in LIFECYCLES if not name.startswith("application of ") or "rental_housing" in name)
UNKNOWN = "no_such_action"


def office(role: str) -> Actor:
    return Actor("staff", f"one {role}", frozenset([role]), DISTRICT, ())


ACTORS = (SYSTEM, ANNA, STRANGER, ELSEWHERE, *(office(role) for role in STAFF_ROLES))


def may(row: Transition, by: Actor) -> bool:
    """As the table says, in the model's own words."""
    if by is SYSTEM:
        return SYSTEM_ROLE in row.roles
    if by is ANNA:
        return OWNER in row.roles
    return by not in (STRANGER, ELSEWHERE) and bool(set(row.roles) & by.roles)


def expected(table: Lifecycle, state: str, stored: dict[str, Any], step: Any) -> type[Exception] | str:
    """What must come of a step: an error, or the state after it."""
    action, by, stale = step
    rows = [row for row in table.rows if row.action == action]
    if not any(may(row, by) for row in rows):
        return Forbidden
    if stale:
        return StaleVersion
    here = [row for row in rows if state in row.source]
    if not here:
        return IllegalTransition
    if not may(here[0], by):
        return Forbidden
    if here[0].guard is not None:
        try:
            here[0].guard(stored, by, MORNING)
        except Exception as refused:  # a guard of the domain, on a document that holds nothing but its state
            return type(refused)
    return state if here[0].target == SAME else here[0].target


@pytest.mark.parametrize("name", NAMES)
def test_a_lifecycle_keeps_its_table(name: str, database: str) -> None:
    table = LIFECYCLES[name]
    actions = [*dict.fromkeys(row.action for row in table.rows), UNKNOWN]
    steps = st.lists(st.tuples(st.sampled_from(actions), st.sampled_from(ACTORS), st.booleans()), max_size=12)
    begins = st.sampled_from(table.states)

    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(begins, steps)
    def run(state: str, course: list[Any]) -> None:
        document_id, version = new_id(), 1
        here = collection(table.record)
        here.delete_many({})
        here.insert_one({
            "_id": document_id, "state": state, "version": 1, "history": [], "outbox": [], table.owner_field: "anna",
            "district_code": DISTRICT, "township_id": SANYANG, "created_at": MORNING, "updated_at": MORNING,
        })  # fmt: skip
        for step in course:
            action, by, stale = step
            before = here.find_one({"_id": document_id})
            assert before is not None
            want = expected(table, state, before, step)
            told = version + 1 if stale else version
            if isinstance(want, str):
                done = table.perform(document_id, action, by=by, at=MORNING, version=told, key=f"step {version}")
                again = table.perform(document_id, action, by=by, at=MORNING, version=told, key=f"step {version}")
                assert done == again == here.find_one({"_id": document_id})
                assert (done["state"], done["version"]) == (want, version + 1)
                last = done["history"][-1]
                assert (last["action"], last["from"], last["to"]) == (action, state, want)
                assert len(done["history"]) == version
                state, version = want, version + 1
            else:
                with pytest.raises(want) as refused:
                    table.perform(document_id, action, by=by, at=MORNING, version=told)
                assert not issubclass(want, DomainError) or refused.value.code
                assert here.find_one({"_id": document_id}) == before

    run()
