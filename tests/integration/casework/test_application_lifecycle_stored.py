"""Random lives of applications on the database: history, notices, clocks and places stay whole at every step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from models.casework import operations
from models.casework.documents import APPROVED
from models.casework.lifecycle import HOUSEKEEPING
from models.childcare.operations import reconcile_places
from models.kernel.errors import Conflict, DomainError, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage
from models.people.documents import Resident
from tests.factories.casework import (
    MORNING,
    assert_places_agree,
    intake,
    make_centre,
    make_draft,
    make_guardian,
    now,
    reviewer,
)

pytestmark = pytest.mark.usefixtures("database")
APPLICATIONS = 3
NEXT = {
    ("draft", "submit"): "submitted", ("correction", "submit"): "submitted", ("submitted", "accept"): "accepted",
    ("submitted", "correct"): "correction", ("accepted", "correct"): "correction", ("accepted", "approve"): "approved",
    ("accepted", "refuse"): "refused",
    **{(state, "withdraw"): "withdrawn" for state in ("draft", "submitted", "correction", "accepted", "approved")},
}  # fmt: skip
OWN = ("submit", "withdraw")
ACTIONS = sorted({action for _, action in NEXT})


class Lives(RuleBasedStateMachine):
    """Three applications for the two places of one centre."""

    @initialize()
    def begin(self) -> None:
        centre = make_centre(toddler=2)
        self.guardians = [make_guardian() for _ in range(APPLICATIONS)]
        self.raws = [make_draft(each, [centre]) for each in self.guardians]
        self.at = MORNING
        self.model: list[dict[str, Any]] = [{"state": "draft", "steps": 1, "told": 0} for _ in self.raws]

    @rule(number=st.integers(0, APPLICATIONS - 1), action=st.sampled_from(ACTIONS), stale=st.sampled_from([0, 0, 0, 1]))
    def act(self, number: int, action: str, stale: int) -> None:
        before, model = now(self.raws[number]), self.model[number]
        self.at += timedelta(hours=5)
        target = None if stale else NEXT.get((model["state"], action))
        full = sum(each["state"] == APPROVED for each in self.model) == 2
        if action == "approve" and target and full:
            target = None
        try:
            done = self.perform(number, action, before["version"] - stale)
        except DomainError as refused:
            hidden = before.get("submitted_at") is None and action not in OWN
            assert isinstance(refused, NotFound if hidden else Conflict), refused.code
            assert target is None, f"{action} from {model['state']} was refused: {refused.code}"
            assert now(before) == before
            return
        assert target is not None, f"{action} from {model['state']} was possible"
        assert (done["state"], done["version"]) == (target, before["version"] + 1)
        told = model["told"] + (not (action == "withdraw" and model["state"] == "draft"))
        self.model[number] = {"state": target, "steps": model["steps"] + 1, "told": told}

    def perform(self, number: int, action: str, version: int) -> Raw:
        application, key = self.raws[number]["_id"], new_id()
        own = {"version": version, "by": Resident.actor(self.guardians[number].id), "at": self.at, "key": key}
        if action in OWN:
            return getattr(operations, action)(application, **own)  # type: ignore[no-any-return]
        if action == "accept":
            return operations.accept(application, **{**own, "by": intake()})
        staff = {**own, "by": reviewer()}
        if action == "correct":
            return operations.request_correction(application, **staff, reason="x", papers=[])
        return getattr(operations, action)(application, **staff, reason="x")  # type: ignore[no-any-return]

    @rule()
    def reconcile(self) -> None:
        assert sum(reconcile_places(self.at + timedelta(days=1)).values()) == 0

    @invariant()
    def is_whole(self) -> None:
        for raw, model in zip(map(now, self.raws), self.model, strict=True):
            steps = [each for each in raw["history"] if each["action"] not in HOUSEKEEPING]
            assert (raw["state"], len(steps), len(raw["outbox"])) == (model["state"], model["steps"], model["told"])
            assert [each["to"] for each in steps][-1] == raw["state"]
            assert len({each["key"] for each in raw["outbox"]}) == len(raw["outbox"])
            assert (raw.get("due_at") is not None) == (raw["state"] in ("submitted", "accepted", "correction"))
            assert isinstance(raw.get("open_for"), str) == (raw["state"] in ("submitted", "accepted", "correction"))
            for entry in raw["outbox"]:
                OutboxMessage.open_payload(entry)
        assert_places_agree()


def test_random_lives_stay_whole() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Lives,
        settings=settings(
            max_examples=6, stateful_step_count=14, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
