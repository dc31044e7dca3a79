"""A step of the staff on what has changed meanwhile, or that the state does not allow: 409 with how it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.contract.access import Found, expectations, routes
from tests.contract.test_access_matrix import send, stored
from tests.contract.world import Thing, World, make_world

Headers = dict[str, str]
LONG_AGO = 999_999
# Reasons belong to the action, not to the form that all of them share.
REASONS = {
    "pause": "objection", "resume": "objection_settled", "move": "reassessed", "end": "allocated", "recheck": "recheck_done",
    "restore": "ruling",
}  # fmt: skip
# The example's programme has one review: the second is nobody's to make.
ABSENT = {"POST /staff/applications/{application_id}/second-review": 403}


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
