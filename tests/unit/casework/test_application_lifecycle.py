"""The table of an application against a model written apart from it: who may do what from where, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from config.programmes import programmes
from models.casework.documents import CLOSED_STATES
from models.casework.lifecycle import HOUSEKEEPING, lifecycle_of
from models.kernel.actors import ANONYMOUS, SYSTEM, Actor
from models.kernel.errors import Conflict, Forbidden, IllegalTransition, StaleVersion
from models.kernel.lifecycle import SAME
from models.people.documents import Resident
from tests.factories.casework import DISTRICT, MORNING, SANYANG, XIAPU

# The four variants: one or two reviews, with and without a public notice.
VARIANTS = {
    "childcare_place": (False, False), "affordable_rental_housing": (False, True),
    "elder_home_admission": (True, False), "public_rental_housing": (True, True),
}  # fmt: skip
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
SUPERVISE = {"supervisor"}
# Of each action, what the case remembers about who did it; none of them decides it later.
REMEMBERS = {"accept": "accepted_by", "first_review": "reviewed_by", "refuse": "decided_by"}
DECIDES = ("approve", "second_review", "refuse")
Model = dict[tuple[str, str], tuple[str, set[str]]]


def model_of(two_reviews: bool, notice: bool) -> Model:
    """From state and action to the new state and who may; nothing else is allowed."""
    last = "reviewed" if two_reviews else "accepted"
    office = ["submitted", "accepted", *(["reviewed"] if two_reviews else [])]
    shown = ["on_notice", "objected"] if notice else []
    then = "on_notice" if notice else "approved"
    model: Model = {
        ("draft", "submit"): ("submitted", {"owner"}),
        ("correction", "submit"): ("submitted", {"owner"}),
        ("submitted", "accept"): ("accepted", INTAKE),
        (last, "refuse"): ("refused", REVIEW),
        ("correction", "lapse"): ("lapsed", {"system"}),
        ("refused", "appeal"): ("appealed", {"owner"}),
        ("appealed", "uphold"): ("refused", SUPERVISE),
        ("appealed", "reopen"): (last, SUPERVISE),
        ("approved", "end"): ("ended", REVIEW | SUPERVISE | {"system"}),
        (last, "second_review" if two_reviews else "approve"): (then, REVIEW),
    }
    if two_reviews:
        model["accepted", "first_review"] = ("reviewed", INTAKE)
    if notice:
        model |= {
            ("on_notice", "end_notice"): ("approved", {"system"}),
            ("on_notice", "raise_objection"): ("objected", {"system"}),
            ("objected", "dismiss_objection"): ("on_notice", {"system"}),
            ("objected", "sustain_objection"): ("refused", {"system"}),
        }
    for state in office:
        model[state, "request_correction"] = ("correction", INTAKE | REVIEW)
        model[state, "transfer"] = ("submitted", INTAKE | REVIEW)
    for state in ("draft", "correction", "appealed", "approved", *office, *shown):
        model[state, "withdraw"] = ("withdrawn", {"owner"})
    for state in ("appealed", *office, *shown):
        model[state, "assign"] = (state, INTAKE | REVIEW | SUPERVISE)
        model[state, "hand_back"] = (state, {"system"})
    for state in ("appealed", *office):
        model[state, "escalate"] = (state, {"system"})
    for state in ("appealed", "correction", *office):
        model[state, "warn"] = (state, {"system"})
    return model


class Application(RuleBasedStateMachine):
    """Performs what the table allows on a plain document, and compares each answer with the model's."""

    @initialize(token=st.sampled_from(sorted(VARIANTS)))
    def begin(self, token: str) -> None:
        self.lifecycle = lifecycle_of(programmes()[token])
        self.model = model_of(*VARIANTS[token])
        self.actions = sorted({action for _, action in self.model})
        self.may_ever = {
            action: set().union(*(who for (_, each), (_, who) in self.model.items() if each == action))
            for action in self.actions
        }
        self.raw: dict[str, Any] = {
            "state": "draft", "version": 1, "resident_id": OWNER.id, "district_code": DISTRICT, "township_id": SANYANG,
        }  # fmt: skip
        assert self.lifecycle.initial == "draft"

    @rule(data=st.data(), behind=st.sampled_from([0, 0, 0, 1]), later=st.sampled_from([0, 0, 0, 30, 61]))
    def act(self, data: st.DataObject, behind: int, later: int) -> None:
        # Mostly what can be done now, by somebody who may at some time, so that lives go on to their ends.
        now = [action for state, action in self.model if state == self.raw["state"]]
        action = data.draw(st.sampled_from([*now, *now, *self.actions]))
        who = data.draw(st.sampled_from([*sorted(self.may_ever[action]) * 3, *sorted(ACTORS)]))
        at = MORNING + timedelta(days=later)
        expected, by = self.expected(action, who, behind, at), ACTORS[who]
        try:
            self.lifecycle.check(self.raw, action, by=by, at=at, version=self.raw["version"] - behind)
        except (Forbidden, Conflict) as refused:
            assert (type(refused), refused.code) == expected
            return
        assert expected is None, f"{who} could {action} from {self.raw['state']}"
        row = self.lifecycle.row(action, self.raw["state"])
        assert row is not None
        target = row.leads_to(self.raw["state"])
        assert target == self.model[self.raw["state"], action][0]
        self.raw |= {"state": target, "version": self.raw["version"] + 1}
        self.remember(action, by)

    def remember(self, action: str, by: Actor) -> None:
        """What the operations write of each step."""
        if action in REMEMBERS:
            self.raw[REMEMBERS[action]] = by.id
        if action in ("refuse", "sustain_objection"):
            self.raw["decided_at"] = MORNING
        if action in ("submit", "transfer"):
            self.raw |= {"accepted_by": None, "reviewed_by": None}
        if action == "request_correction":
            self.raw["due_at"] = MORNING + timedelta(days=20)
        if action in ("uphold", "reopen"):
            self.raw["appeal_decided"] = True

    def expected(self, action: str, who: str, behind: int, at: datetime) -> tuple[type[Exception], str] | None:
        if who not in self.may_ever[action]:
            return Forbidden, "forbidden"
        if behind:
            return StaleVersion, "stale_version"
        found = self.model.get((self.raw["state"], action))
        if found is None:
            return IllegalTransition, "illegal_transition"
        if who not in found[1]:
            return Forbidden, "forbidden"
        return self.guarded(action, ACTORS[who].id, at)

    def guarded(self, action: str, who: str, at: datetime) -> tuple[type[Exception], str] | None:
        hands = {self.raw.get(name) for name in ("accepted_by", "reviewed_by", "decided_by")}
        if (action in DECIDES and who in hands) or (
            action in ("uphold", "reopen") and who == self.raw.get("decided_by")
        ):
            return Forbidden, "same_person"
        if action == "appeal" and self.raw.get("appeal_decided"):
            return Conflict, "appeal_is_over"
        if action == "appeal" and at > MORNING + timedelta(days=60):
            return Conflict, "appeal_too_late"
        if action == "lapse" and at <= self.raw["due_at"]:
            return Conflict, "not_due"
        return None

    @invariant()
    def offers_what_it_allows(self) -> None:
        if not hasattr(self, "raw"):
            return
        for who, by in ACTORS.items():
            offered = set(self.lifecycle.actions_for(self.raw, by))
            state = self.raw["state"]
            assert offered == {a for (each, a), (_, may) in self.model.items() if each == state and who in may}


TestApplicationLifecycle = Application.TestCase
TestApplicationLifecycle.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_nothing_leads_out_of_a_closed_case_but_withdrawal_its_end_and_appeal() -> None:
    for token in VARIANTS:
        rows = lifecycle_of(programmes()[token]).rows
        out = {state: {row.action for row in rows if state in row.source} for state in CLOSED_STATES}
        assert out == {
            "approved": {"withdraw", "end"}, "refused": {"appeal"}, "withdrawn": set(), "lapsed": set(), "ended": set(),
        }  # fmt: skip


def test_what_only_the_office_sees_moves_no_case() -> None:
    for token in VARIANTS:
        for row in lifecycle_of(programmes()[token]).rows:
            assert (row.action in HOUSEKEEPING) == (row.target == SAME)


def test_a_table_follows_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.casework.lifecycle._made", {})
    monkeypatch.setattr("models.kernel.lifecycle.LIFECYCLES", {})
    programme = programmes()["public_rental_housing"]
    without = programme.versions[0].model_copy(update={"public_notice": None})
    assert lifecycle_of(programme, without).row("second_review", "reviewed").target == "approved"  # type: ignore[union-attr]
    assert lifecycle_of(programme).row("second_review", "reviewed").target == "on_notice"  # type: ignore[union-attr]
