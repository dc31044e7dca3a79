"""Random lives of children at two centres against a model of a few lines: who is offered what, and who waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.casework import operations
from models.childcare import placing
from models.childcare.documents import ENDED, OFFERED, PLACED, WAITING
from models.kernel.errors import DomainError
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from tests.factories.casework import MORNING, make_accepted, make_guardian
from tests.factories.childcare import answer, assert_places_agree, placement_of
from tests.factories.childcare_cases import entered, roomy

CHILDREN = 4
CHOICES = [(0,), (1,), (0, 1), (1, 0)]
ACTIONS = ("enter", "accept", "decline", "withdraw", "fill")
Step = tuple[int, str, tuple[int, ...]]


class Model:
    """One place at each centre; whoever applied first is next. The number of a child is the order of applying."""

    def __init__(self) -> None:
        self.state: dict[int, str] = {}
        self.at: dict[int, int] = {}
        self.left: dict[int, list[int]] = {}

    def fill(self, centre: int) -> None:
        if centre in self.at.values():
            return
        for child in sorted(self.left):
            if self.state[child] == WAITING and centre in self.left[child]:
                self.state[child], self.at[child] = OFFERED, centre
                return

    def seek(self, child: int) -> None:
        for centre in list(self.left[child]):
            if self.state[child] == WAITING:
                self.fill(centre)

    def enter(self, child: int, choices: tuple[int, ...]) -> None:
        self.state[child], self.left[child] = WAITING, list(choices)
        self.seek(child)

    def decline(self, child: int) -> None:
        centre = self.at.pop(child)
        self.left[child].remove(centre)
        self.state[child] = WAITING if self.left[child] else ENDED
        self.fill(centre)
        self.seek(child)

    def withdraw(self, child: int) -> None:
        self.state[child] = ENDED
        if (centre := self.at.pop(child, None)) is not None:
            self.fill(centre)


def act(model: Model, raws: dict[int, Raw], step: Step, template: Raw, centres: list[str]) -> None:
    """Do the step in both; what the model has no row for must be refused and change nothing."""
    child, action, choices = step
    state = model.state.get(child)
    if action == "fill":
        placing.fill(centres[child % 2], MORNING)
    elif action == "enter":
        if state is None:
            wanted = [centres[number] for number in choices]
            raws[child] = entered(template, wanted, at=MORNING + timedelta(days=child))
            model.enter(child, choices)
    elif state is not None:
        _answer(model, raws[child], child, action, state)


def _answer(model: Model, raw: Raw, child: int, action: str, state: str) -> None:
    if action == "withdraw":
        if state != ENDED:
            by = Resident.actor(raw["resident_id"])
            operations.withdraw(raw["_id"], version=None, by=by, at=MORNING, key=new_id())
            model.withdraw(child)
        return
    if state != OFFERED:
        with pytest.raises((DomainError, KeyError)):
            answer(raw, action)
        return
    answer(raw, action)
    if action == "accept":
        model.state[child] = PLACED
    else:
        model.decline(child)


@given(st.lists(
    st.tuples(st.integers(0, CHILDREN - 1), st.sampled_from(ACTIONS), st.sampled_from(CHOICES)), min_size=6, max_size=14
))  # fmt: skip
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_product_does_what_the_model_does(database: Any, steps: list[Step]) -> None:
    centres = [roomy(1), roomy(1)]
    template, model, raws = make_accepted(make_guardian(), [centres[0]]), Model(), {}
    begun: list[Step] = [(child, "enter", CHOICES[(child + len(steps)) % len(CHOICES)]) for child in range(CHILDREN)]
    for step in [*begun, *steps]:
        act(model, raws, step, template, centres)
        for child, raw in raws.items():
            placement = placement_of(raw)
            named = placement.get("offer") or (placement["place"] if placement["state"] == PLACED else {})
            at = centres.index(named["centre_id"]) if named and placement["state"] != ENDED else None
            assert (placement["state"], at) == (model.state[child], model.at.get(child))
    assert_places_agree()
