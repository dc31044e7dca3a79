"""A step of the staff on what has changed meanwhile, or that the state does not allow: 409 with how it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from models.casework import operations
from models.housing.flat_documents import Tenancy
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.people.documents import Resident
from tests.contract.access import Found, expectations, routes
from tests.contract.test_access_matrix import send, stored
from tests.contract.world import Thing, World, make_world
from tests.factories.casework import MORNING

Headers = dict[str, str]
LONG_AGO = 999_999
# Reasons belong to the action, not to the form that all of them share.
REASONS = {
    "pause": "objection", "resume": "objection_settled", "move": "reassessed", "end": "allocated", "recheck": "recheck_done",
    "restore": "ruling",
}  # fmt: skip
# The example's programme has one review, so there is nobody whose steps of two reviews would be.
ABSENT = {
    "POST /staff/applications/{application_id}/first-review": 403,
    "POST /staff/applications/{application_id}/second-review": 403,
}


@pytest.fixture
def world(app: Flask, resident: Callable[..., Headers], staff: Callable[..., Headers]) -> World:
    return make_world(app, resident, staff)


def steps(app: Flask, world: World) -> Iterator[tuple[Found, Thing]]:
    """The staff's actions that name the version they were decided on."""
    for found in routes(app):
        thing = world.thing(found)
        versioned = found.spec.body is not None and "version" in found.spec.body.model_fields
        if thing is not None and versioned and expectations()[found.name].kind == "staff" and found.method == "POST":
            yield found, thing


def test_a_step_decided_on_another_version_is_a_conflict(app: Flask, world: World) -> None:
    wrong, tried, before = [], 0, stored()
    for found, thing in steps(app, world):
        tried += 1
        reason = REASONS.get(found.path.rsplit("/", 1)[-1]) if "waiting-entries" in found.path else None
        more = {"reason": reason} if reason else {}
        answer = send(app, found, world.right_office(found), thing.ids, version=LONG_AGO, **more)
        if answer.status_code == ABSENT.get(found.name):
            continue
        if answer.status_code != 409 or "current" not in answer.json:
            wrong.append(f"{found.name} {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 15
    changed = {name for name, documents in stored().items() if documents != before.get(name)}
    assert changed <= world.made_by_callers


def test_a_step_that_the_state_does_not_allow_is_a_conflict(app: Flask, world: World) -> None:
    """After a withdrawal nothing is to be decided, and a flat only offered is neither handed over nor given back."""
    case = world.things["/staff/applications/"].ids["application_id"]
    owner = Resident.actor(world.things["/staff/applications/"].owner["X-Resident-Id"])
    withdrawn = operations.withdraw(case, version=None, by=owner, at=MORNING, key=new_id())
    versions = {"application_id": withdrawn["version"], "tenancy_id": tenancy_of(world)["version"]}
    wrong, tried = [], 0
    for found, thing in steps(app, world):
        (param,) = found.params()
        if param in versions:
            tried += 1
            answer = send(app, found, world.right_office(found), thing.ids, version=versions[param])
            good = answer.status_code == 409 and answer.json["code"] == "illegal_transition" and answer.json["current"]
            if not good and answer.status_code != ABSENT.get(found.name):
                wrong.append(f"{found.name} {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 12


def tenancy_of(world: World) -> dict[str, Any]:
    found = collection(Tenancy).find_one({"_id": world.things["/staff/tenancies/"].ids["tenancy_id"]})
    assert found is not None
    return found
