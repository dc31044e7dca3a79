"""The table of an application against a model written apart from it: who may do what from where, and nobody else."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from config.programmes import programmes
from models.casework.lifecycle import HOUSEKEEPING, lifecycle_of
from models.kernel.actors import ANONYMOUS, SYSTEM, Actor
from models.kernel.errors import Conflict, Forbidden, IllegalTransition, StaleVersion
from models.people.documents import Resident
from tests.factories.casework import DISTRICT, MORNING, SANYANG, XIAPU

LIFECYCLE = lifecycle_of(programmes()["childcare_place"])
OWNER, OTHER = Resident.actor("owner"), Resident.actor("other")


def worker(name: str, role: str, district: str | None = DISTRICT, townships: tuple[str, ...] = ()) -> Actor:
    return Actor("staff", name, frozenset([role]), district, townships)


ACTORS = {
    "owner": OWNER,
    "other": OTHER,
    "anonymous": ANONYMOUS,
    "system": SYSTEM,
    "intake": worker("intake", "township_intake", townships=(SANYANG,)),
    "intake elsewhere": worker("intake elsewhere", "township_intake", townships=(XIAPU,)),
    "reviewer": worker("reviewer", "county_reviewer"),
    "reviewer elsewhere": worker("reviewer elsewhere", "county_reviewer", "360921"),
    "city reviewer": worker("city reviewer", "county_reviewer", None),
    "visitor": worker("visitor", "visitor"),
    "supervisor": worker("supervisor", "supervisor"),
    "both": Actor("staff", "both", frozenset(["township_intake", "county_reviewer"]), DISTRICT),
}
INTAKE = {"intake", "both"}
REVIEW = {"reviewer", "city reviewer", "both"}
# From state and action to the new state and who may; nothing else is allowed.
MODEL: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("draft", "submit"): ("submitted", {"owner"}),
    ("correction", "submit"): ("submitted", {"owner"}),
    ("submitted", "accept"): ("accepted", INTAKE),
    ("submitted", "request_correction"): ("correction", INTAKE | REVIEW),
    ("accepted", "request_correction"): ("correction", INTAKE | REVIEW),
    ("accepted", "approve"): ("approved", REVIEW),
    ("accepted", "refuse"): ("refused", REVIEW),
    ("accepted", "give_up_place"): ("accepted", {"system"}),
    **{(state, "withdraw"): ("withdrawn", {"owner"})
       for state in ("draft", "submitted", "correction", "accepted", "approved")},
}  # fmt: skip
ACTIONS = sorted({action for _, action in MODEL})
MAY_EVER = {
    action: set().union(*(who for (_, each), (_, who) in MODEL.items() if each == action)) for action in ACTIONS
}


class Application(RuleBasedStateMachine):
    """Performs what the table allows on a plain document, and compares each answer with the model's."""

    def __init__(self) -> None:
        super().__init__()
        self.raw: dict[str, Any] = {
            "state": LIFECYCLE.initial, "version": 1, "resident_id": OWNER.id,
            "district_code": DISTRICT, "township_id": SANYANG,
        }  # fmt: skip

    @rule(action=st.sampled_from(ACTIONS), who=st.sampled_from(sorted(ACTORS)), behind=st.sampled_from([0, 0, 0, 1]))
    def act(self, action: str, who: str, behind: int) -> None:
        expected = self.expected(action, who, behind)
        by = ACTORS[who]
        try:
            LIFECYCLE.check(self.raw, action, by=by, at=MORNING, version=self.raw["version"] - behind)
        except (Forbidden, Conflict) as refused:
            assert type(refused) is expected
            return
        assert expected is None, f"{who} could {action} from {self.raw['state']}"
        row = LIFECYCLE.row(action, self.raw["state"])
        assert row is not None
        assert row.target == MODEL[self.raw["state"], action][0]
        self.raw |= {"state": row.target, "version": self.raw["version"] + 1}
        if action == "accept":
            self.raw["accepted_by"] = by.id

    def expected(self, action: str, who: str, behind: int) -> type[Exception] | None:
        if who not in MAY_EVER[action]:
            return Forbidden
        if behind:
            return StaleVersion
        found = MODEL.get((self.raw["state"], action))
        if found is None:
            return IllegalTransition
        same = action in ("approve", "refuse") and self.raw.get("accepted_by") == ACTORS[who].id
        return Forbidden if same or who not in found[1] else None

    @invariant()
    def offers_what_it_allows(self) -> None:
        for who, by in ACTORS.items():
            offered = set(LIFECYCLE.actions_for(self.raw, by))
            assert offered == {a for (state, a), (_, may) in MODEL.items() if state == self.raw["state"] and who in may}


TestApplicationLifecycle = Application.TestCase


def test_nothing_leads_out_of_a_closed_case_but_withdrawal() -> None:
    for state in ("refused", "withdrawn"):
        assert [row.action for row in LIFECYCLE.rows if state in row.source] == []
    assert [row.action for row in LIFECYCLE.rows if "approved" in row.source] == ["withdraw"]


def test_housekeeping_is_for_the_system_alone() -> None:
    for row in LIFECYCLE.rows:
        assert (row.action in HOUSEKEEPING) == (row.roles == ("system",))
