"""Every token a person may see has a label, every notice its sentence, and no notice has room for private data."""

from string import Formatter
from typing import get_args

import pytest

from config.loading import rule
from config.text import sentences
from models.eldercare import planning, substitute_choice, substitutes, visitor_day, volunteer_hours
from models.eldercare.arrival import FARTHER, UNKNOWN
from models.eldercare.documents import (
    Category,
    Conflicting,
    EndReason,
    Language,
    LegalBasis,
    NeedKind,
    Outcome,
    Relation,
    RiskFrom,
    RiskLevel,
)
from models.eldercare.import_documents import CHOICE_LIFECYCLE, ChoiceReason
from models.eldercare.lifecycle import BY_ITSELF, ELDER_LIFECYCLE, LINK_LIFECYCLE, VISIT_LIFECYCLE
from models.eldercare.list_rows import column_titles
from models.eldercare.month_changes import Why
from models.eldercare.plan_records import AbsenceReason
from models.eldercare.referral_records import REFERRAL_LIFECYCLE
from models.eldercare.register_proposals import PROPOSAL_LIFECYCLE
from models.eldercare.waiting_documents import (
    DAYS_OVER,
    HALF_DAYS,
    NOT_ACTIVE,
    NOT_LINKED,
    OFFERS_LAPSED,
    OPEN_STATES,
    WAIT_LIFECYCLE,
)
from models.kernel.actors import ANONYMOUS, SYSTEM, Actor

LABELS = {
    "category": get_args(Category), "risk": get_args(RiskLevel), "outcome": get_args(Outcome),
    "end_reason": get_args(EndReason), "relation": get_args(Relation), "visit_state": VISIT_LIFECYCLE.states,
    "link_state": LINK_LIFECYCLE.states, "language": get_args(Language), "basis": get_args(LegalBasis),
    "plan_state": get_args(planning.State), "absence_reason": get_args(AbsenceReason),
    "plan_reason": (
        planning.NO_VISITOR, planning.NO_DAYS_LEFT, planning.VISITORS_ABSENT, planning.NO_CAPACITY, *get_args(EndReason),
        "not_seen_in_time",
    ),
    "need": get_args(NeedKind), "conflict": get_args(Conflicting), "referral_state": REFERRAL_LIFECYCLE.states,
    "proposal_state": PROPOSAL_LIFECYCLE.states, "rate_status": ("provisional", "frozen"),
    "rate_change": get_args(Why), "band": (*map(str, rule("eldercare.arrival_bands_m")), FARTHER, UNKNOWN),
    "risk_from": get_args(RiskFrom), "choice_state": CHOICE_LIFECYCLE.states, "choice_reason": get_args(ChoiceReason),
}  # fmt: skip


@pytest.mark.parametrize(("group", "token"), [(group, token) for group, tokens in LABELS.items() for token in tokens])
def test_every_token_has_a_label(group: str, token: str) -> None:
    assert f"eldercare.{group}.{token}" in sentences()


def test_notices_have_room_for_name_time_and_township_only() -> None:
    notices = {key: text for key, text in sentences().items() if key.startswith("eldercare.notice.")}
    assert {key for key in notices if not key.endswith("_short")} == {
        key.removesuffix("_short") for key in notices if key.endswith("_short")
    }
    assert all(len(text) <= rule("wechat.phrase_chars") for key, text in notices.items() if key.endswith("_short"))
    for key, text in notices.items():
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= {"name", "when", "township"}, key


def test_the_rules_speak_of_known_outcomes() -> None:
    outcomes = set(get_args(Outcome))
    assert set(rule("eldercare.outcomes_seen")) <= outcomes
    assert not {"not_at_home", "refused"} & set(rule("eldercare.outcomes_seen")), "attempted is not seen"


def test_every_category_has_a_risk_level_and_every_column_its_titles() -> None:
    levels = rule("eldercare.risk_by_category")
    assert set(levels) == set(get_args(Category))
    assert set(levels.values()) <= set(get_args(RiskLevel))
    titles = [title for each in column_titles().values() for title in each]
    assert len(titles) == len(set(titles)), "one title would stand for two columns"


VISITORS = {
    "wish": rule("visitors.wishes"), "wait_state": WAIT_LIFECYCLE.states, "wait_next": OPEN_STATES,
    "wait_end": (DAYS_OVER, OFFERS_LAPSED, NOT_ACTIVE, NOT_LINKED), "half_day": HALF_DAYS,
    "hint": {each for hints in rule("visitors.hints_by_risk").values() for each in hints},
    "kind": rule("visitors.visitor_kinds"), "stop_state": (visitor_day.LEFT, visitor_day.UNDER_WAY, visitor_day.DONE),
    "left_reason": (
        substitute_choice.NO_VISITOR, substitute_choice.VISITORS_ABSENT, substitute_choice.NO_CAPACITY,
        substitute_choice.HOUR_TAKEN, substitutes.HOUR_OVER, substitutes.DAY_OVER,
    ),
    "export": volunteer_hours.COLUMNS, "staff_notice": ("reminder", "taking_over"),
}  # fmt: skip


@pytest.mark.parametrize("group", sorted(VISITORS))
def test_what_visitors_and_waiting_families_see_has_its_words(group: str) -> None:
    missing = [token for token in VISITORS[group] if f"visitors.{group}.{token}" not in sentences()]
    assert not missing
    assert set(rule("visitors.hints_by_risk")) == set(get_args(RiskLevel))


VISIT = {"state": "booked", "resident_id": "r", "district_code": "360902", "township_id": "1", "history": []}


@pytest.mark.parametrize(
    ("by", "actions"),
    [
        (Actor("resident", "r"), ["reschedule", "cancel"]),
        (Actor("resident", "another"), []),
        (ANONYMOUS, []),
        (SYSTEM, ["cancel", "hand_over", "substitute"]),
        (Actor("staff", "s", frozenset(["visitor"]), "360902"), ["cancel", "start", "arrive", "complete"]),
        (Actor("staff", "s", frozenset(["visitor"]), "360902", ("1",)), ["cancel", "start", "arrive", "complete"]),
        (Actor("staff", "s", frozenset(["visitor"]), "360902", ("2",)), []),
        (Actor("staff", "s", frozenset(["visitor"]), "360921"), []),
        (Actor("staff", "s", frozenset(["township_intake"]), "360902"), ["cancel"]),
        (Actor("staff", "s", frozenset(["planner", "supervisor", "administrator"])), []),
    ],
)
def test_who_may_do_what_with_a_booked_visit(by: Actor, actions: list[str]) -> None:
    assert VISIT_LIFECYCLE.actions_for(VISIT, by) == actions


def test_what_is_over_stays_so() -> None:
    """A report stays; what comes in late is added to it, and only a supervisor puts it right."""
    visitor = Actor("staff", "s", frozenset(["visitor", "township_intake"]), "360902")
    supervisor = Actor("staff", "s", frozenset(["supervisor"]), "360902")
    assert set(VISIT_LIFECYCLE.actions_for({**VISIT, "state": "completed"}, visitor)) <= set(BY_ITSELF)
    assert VISIT_LIFECYCLE.actions_for({**VISIT, "state": "completed"}, supervisor) == ["correct"]
    for each in (visitor, supervisor):
        assert VISIT_LIFECYCLE.actions_for({**VISIT, "state": "cancelled"}, each) == []
    for state in ("refused", "ended"):
        assert LINK_LIFECYCLE.actions_for({**VISIT, "state": state}, visitor) == []
    assert ELDER_LIFECYCLE.states == ("active", "inactive")
