"""Any order of objections, rulings, withdrawals, days and crashes leaves notices, objections and cases in line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from models.casework import notice_settling, objections, operations, public_notices
from models.casework.documents import Application
from models.casework.notice_documents import UNDECIDED, Objection, PublicNotice
from models.casework.public_notices import WORKING_DAYS
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import DomainError
from models.kernel.ids import new_id
from models.kernel.workdays import is_workday
from tests.factories.casework import MORNING, reviewer
from tests.factories.eldercare import Crash, crash_before_write
from tests.factories.notices import APPLICANT, make_on_notice, resident_named

NEVER = 99
CRASHES = st.sampled_from([NEVER, NEVER, 1, 2, 3, 4, 6, 8])
REFUSALS = {"notice_over", "objected_already", "objections_open", "illegal_transition", "stale_version", "not_found"}
# What the case is once its notice is in a state.
CASE_OF = {"published": {"on_notice"}, "paused": {"objected"}, "ended": {"approved"},
           "stopped": {"refused", "withdrawn"}}  # fmt: skip


class NoticeMachine(RuleBasedStateMachine):
    """Two cases on notice, three who object; the public must see each for as long as its programme promises."""

    def __init__(self) -> None:
        super().__init__()
        for record in (Application, PublicNotice, Objection):
            collection(record).delete_many({})
        self.at = MORNING
        self.applicant, self.ruler = resident_named(APPLICANT), reviewer()
        self.objectors = [resident_named("司马光明") for _ in range(3)]
        made = [make_on_notice(self.applicant) for _ in range(2)]
        self.cases, self.notices = [raw["_id"] for raw, _ in made], [notice for _, notice in made]
        self.shown = dict.fromkeys(self.notices, 0)
        self.filed: dict[str, int] = {}
        self.acknowledged: dict[str, str] = {}

    @rule(who=st.integers(0, 2), notice=st.integers(0, 1), crash=CRASHES)
    def object(self, who: int, notice: int, crash: int) -> None:
        objection, by = new_id(), self.objectors[who]
        self.filed[objection] = who
        if self._do(crash, lambda: objections.file_objection(
            objection, self.notices[notice], "他名下另有一套住房，不符合条件。", by=by, at=self.at
        )):  # fmt: skip
            self.acknowledged[objection] = "open"

    @rule(decision=st.sampled_from(["sustained", "dismissed", "dismissed"]), crash=CRASHES)
    def rule_on_first(self, decision: Any, crash: int) -> None:
        for each in self._open()[:1]:
            self._end_objection(each["_id"], decision, crash, partial(
                objections.rule_on, each["_id"], decision, "已核实。", version=each["version"], by=self.ruler, at=self.at,
                key=new_id(),
            ))  # fmt: skip

    @rule(crash=CRASHES)
    def take_back_last(self, crash: int) -> None:
        for each in self._open()[-1:]:
            by = self.objectors[self.filed[each["_id"]]]
            back = partial(objections.withdraw, each["_id"], by=by, at=self.at, key=new_id())
            self._end_objection(each["_id"], "withdrawn", crash, back)

    def _end_objection(self, objection: str, state: str, crash: int, act: Callable[[], Any]) -> None:
        if self._do(crash, act):
            self.acknowledged[objection] = state

    @rule(crash=CRASHES)
    def withdraw_first(self, crash: int) -> None:
        case = self.cases[0]
        self._do(crash, lambda: operations.withdraw(case, version=None, by=self.applicant, at=self.at, key=new_id()))

    @rule(days=st.sampled_from([1, 2, 9]), crash=CRASHES)
    def pass_days(self, days: int, crash: int) -> None:
        for _ in range(days):
            before = {notice: self._notice(notice) for notice in self.notices}
            self.at += timedelta(days=1)
            for notice, seen in before.items():
                counts = seen["unit"] != WORKING_DAYS or is_workday(day_of(self.at))
                # The day just begun is shown whole only where the notice is not over by then.
                if seen["state"] == "published" and seen["ends_at"] > self.at:
                    self.shown[notice] += counts
            self._do(crash, lambda: notice_settling.run_day(self.at))
            self._recover()

    def _do(self, crash: int, act: Callable[[], Any]) -> bool:
        try:
            with crash_before_write(crash):
                act()
        except Crash:
            return False
        except DomainError as fault:
            assert fault.code in REFUSALS, fault.code
            return False
        return True

    def _recover(self) -> None:
        """What the outbox does for every entry that was written."""
        for objection in self.filed:
            objections.complete(objection, self.at)
        for notice in self.notices:
            assert notice_settling.settle(notice, self.at)

    def _open(self) -> list[dict[str, Any]]:
        return list(collection(Objection).find({"state": "open"}).sort("_id", 1))

    def _objection(self, objection: str) -> dict[str, Any]:
        found = collection(Objection).find_one({"_id": objection})
        assert found is not None
        return found

    def _notice(self, notice: str) -> dict[str, Any]:
        return public_notices.read_notice(notice)

    @invariant()
    def all_agree(self) -> None:
        self._recover()
        for case, notice in zip(self.cases, self.notices, strict=True):
            raw, shown = collection(Application).find_one({"_id": case}), self._notice(notice)
            assert raw is not None
            assert raw["state"] in CASE_OF[shown["state"]], (raw["state"], shown["state"])
            waiting = [o for o in collection(Objection).find({"notice_id": notice}) if o["state"] in UNDECIDED]
            assert sorted(shown["objections"]) == sorted(o["_id"] for o in waiting) or shown["state"] == "stopped"
            assert (shown["state"] == "paused") == bool(waiting)
            assert (shown.get("ends_at") is None) == (shown["state"] in ("paused", "stopped"))
            if shown["state"] == "ended":
                assert self.shown[notice] >= shown["length"]
                assert all(o["state"] != "sustained" for o in collection(Objection).find({"notice_id": notice}))

    @invariant()
    def what_was_acknowledged_stays(self) -> None:
        for objection, state in self.acknowledged.items():
            now = self._objection(objection)["state"]
            # What died unanswered may have been written: an open one may have gone on, never back.
            assert now not in ("filed", "late") if state == "open" else now == state, (state, now)


@pytest.mark.usefixtures("database")
def test_notices_objections_and_cases_agree_whatever_happens() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        NoticeMachine,
        settings=settings(
            max_examples=8, stateful_step_count=10, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
