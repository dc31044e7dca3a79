"""Any order of bookings, moves, cancellations, visits and crashes leaves hours and visits in line."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from models.eldercare import booking, visiting
from models.eldercare.documents import Elder, Visit, VisitSlot
from models.eldercare.settling import reconcile_bookings
from models.kernel import database as kernel_database
from models.kernel.database import collection
from models.kernel.errors import DomainError
from models.kernel.ids import new_id
from tests.factories.eldercare import (
    MORNING,
    Crash,
    assert_consistent,
    crash_before_write,
    make_elder,
    make_link,
    make_slot,
    make_visitor,
)

NEVER = 99
REFUSALS = {
    "slot_full", "slot_same", "elder_booked", "bookings_open", "illegal_transition", "stale_version",
}  # fmt: skip
OUTCOMES = ["seen_well", "seen_with_need", "not_at_home", "refused", "emergency"]


class VisitMachine(RuleBasedStateMachine):
    """Three old people, four hours; what was acknowledged is remembered and must stay."""

    visits = Bundle("visits")

    def __init__(self) -> None:
        super().__init__()
        for record in (Visit, VisitSlot, Elder):
            collection(record).delete_many({})
        kernel_database.database()["elder_links"].delete_many({})
        self.elders = [make_elder(number) for number in range(3)]
        self.families = [make_link(elder, number) for number, elder in enumerate(self.elders)]
        self.slots = [make_slot(capacity=1 + n % 2, hour=hour) for n, hour in enumerate((9, 10, 11, 9))]
        self.visitor = make_visitor()
        self.acknowledged: dict[str, str] = {}

    @rule(target=visits, who=st.integers(0, 2), slot=st.integers(0, 3), crash=st.sampled_from([NEVER, 1, 2, 3]))
    def book(self, who: int, slot: int, crash: int) -> object:
        visit_id = new_id()
        elder, by = self.elders[who], self.families[who]
        slot_id = self.slots[slot]["_id"]
        if self._do(crash, lambda: booking.book_visit(visit_id, elder["_id"], slot_id, None, by=by, at=MORNING)):
            self.acknowledged[visit_id] = "booked"
        return visit_id if collection(Visit).find_one({"_id": visit_id}) else multiple()

    @rule(visit=visits, slot=st.integers(0, 3), crash=st.sampled_from([NEVER, 1, 2, 3, 4, 5]))
    def move(self, visit: str, slot: int, crash: int) -> None:
        by, slot_id = self._owner(visit), self.slots[slot]["_id"]
        self._do(crash, lambda: booking.reschedule_visit(visit, slot_id, by=by, at=MORNING, key=new_id()))

    @rule(visit=visits, crash=st.sampled_from([NEVER, 1, 2, 3]))
    def cancel(self, visit: str, crash: int) -> None:
        by = self._owner(visit)
        if self._do(crash, lambda: booking.cancel_visit(visit, by=by, at=MORNING, key=new_id())):
            self.acknowledged[visit] = "cancelled"

    @rule(visit=visits, outcome=st.sampled_from(OUTCOMES), crash=st.sampled_from([NEVER, 1, 2, 3]))
    def complete(self, visit: str, outcome: str, crash: int) -> None:
        found = collection(Visit).find_one({"_id": visit})
        assert found is not None
        report = visiting.Report(outcome)  # type: ignore[arg-type]
        version, key = found["version"], new_id()
        if self._do(
            crash,
            lambda: visiting.complete_visit(visit, report, by=self.visitor, at=MORNING, key=key, version=version),
        ):
            self.acknowledged[visit] = f"completed {outcome}"

    @invariant()
    def hours_and_visits_agree(self) -> None:
        assert_consistent()

    @invariant()
    def what_was_acknowledged_stands(self) -> None:
        """A booked visit may go on; a cancelled or completed one never changes again."""
        for visit_id, state in self.acknowledged.items():
            found = collection(Visit).find_one({"_id": visit_id})
            assert found is not None
            if state == "cancelled":
                assert found["state"] == "cancelled"
            elif state.startswith("completed"):
                assert f"{found['state']} {found['outcome']}" == state

    @invariant()
    def seen_is_only_who_was_seen(self) -> None:
        for elder in collection(Elder).find():
            outcomes = {visit.get("outcome") for visit in collection(Visit).find({"elder_id": elder["_id"]})}
            assert bool(elder.get("seen_months")) == bool(outcomes & {"seen_well", "seen_with_need"})

    def _owner(self, visit: str) -> object:
        found = collection(Visit).find_one({"_id": visit})
        assert found is not None
        return next(each for each in self.families if each.id == found["resident_id"])

    def _do(self, crash: int, change: object) -> bool:
        """Carry out, die before the named write, or be refused; then the job settles. True where acknowledged."""
        try:
            with crash_before_write(crash):
                change()  # type: ignore[operator]
        except Crash:
            reconcile_bookings(MORNING)
            return False
        except DomainError as refused:
            assert refused.code in REFUSALS
            return False
        return True


@pytest.mark.usefixtures("database")
def test_hours_and_visits_stay_in_line() -> None:
    run_state_machine_as_test(
        VisitMachine,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
