"""Random lives of applications on the database: history, notices, clocks and what is held stay whole at every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from models.casework import appeals, assignment, escalation, operations, review
from models.casework.documents import OPEN_STATES
from models.casework.lifecycle import HOUSEKEEPING
from models.casework.notice_settling import run_day, settle
from models.casework.public_notices import notice_id
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.clock import as_utc
from models.kernel.errors import Conflict, DomainError, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage
from tests.factories.casework import DISTRICT, MORNING, SANYANG, XIAPU, now
from tests.factories.ninth_programme import make_applicant, make_draft, ninth_programme

pytestmark = pytest.mark.usefixtures("database")
APPLICATIONS = 2
OFFICE = ("submitted", "accepted", "reviewed")
# From state and step to the next state; nothing else is possible.
NEXT = {
    ("draft", "submit"): "submitted", ("correction", "submit"): "submitted", ("submitted", "accept"): "accepted",
    ("accepted", "first_review"): "reviewed", ("reviewed", "second_review"): "on_notice",
    ("reviewed", "refuse"): "refused", ("refused", "appeal"): "appealed", ("appealed", "uphold"): "refused",
    ("appealed", "reopen"): "reviewed",
    **{(state, "correct"): "correction" for state in OFFICE},
    **{(state, "transfer"): "submitted" for state in OFFICE},
    **{(state, "free"): state for state in (*OFFICE, "on_notice", "appealed")},
    **{(state, "withdraw"): "withdrawn"
       for state in ("draft", *OFFICE, "correction", "on_notice", "appealed", "approved")},
}  # fmt: skip
OWN = ("submit", "withdraw", "appeal")
STEPS = sorted({step for _, step in NEXT})
# What tells the applicant nothing, or leaves it to the public notice, which is a document of its own.
SILENT = ("free", "second_review")


def staff(*roles: str) -> Actor:
    return Actor("staff", new_id(), frozenset(roles), DISTRICT if SUPERVISOR not in roles else None)


class Lives(RuleBasedStateMachine):
    """Two applications of a programme with two reviews, a public notice and appeals."""

    @initialize()
    def begin(self) -> None:
        self.owners = [make_applicant() for _ in range(APPLICATIONS)]
        self.raws = [make_draft(each) for each in self.owners]
        self.at = MORNING
        self.model: list[dict[str, Any]] = [
            {"state": "draft", "steps": 1, "told": 0, "appealed": False, "township": SANYANG} for _ in self.raws
        ]

    @rule(number=st.integers(0, APPLICATIONS - 1), data=st.data(), stale=st.sampled_from([0, 0, 0, 0, 1]))
    def act(self, number: int, data: st.DataObject, stale: int) -> None:
        before, model = now(self.raws[number]), self.model[number]
        likely = [step for state, step in NEXT if state == model["state"] and step != "withdraw"]
        step = data.draw(st.sampled_from([*likely * 3, *STEPS]))
        self.at += timedelta(hours=5)
        target = None if stale else NEXT.get((model["state"], step))
        if step == "appeal" and model["appealed"]:
            target = None
        try:
            done = self.perform(number, step, before["version"] - stale)
        except DomainError as refused:
            hidden = before.get("submitted_at") is None and step not in OWN
            assert isinstance(refused, NotFound if hidden else Conflict), refused.code
            assert target is None, f"{step} from {model['state']} was refused: {refused.code}"
            assert now(before) == before
            return
        assert target is not None, f"{step} from {model['state']} was possible"
        assert (done["state"], done["version"]) == (target, before["version"] + 1)
        model["told"] += step not in SILENT and not (step == "withdraw" and model["state"] == "draft")
        model["steps"] += 1
        model["state"] = target
        model["appealed"] = model["appealed"] or step in ("uphold", "reopen")
        if step == "transfer":
            model["township"] = self.other(model["township"])

    def perform(self, number: int, step: str, version: int) -> Raw:
        raw = self.raws[number]
        given: dict[str, Any] = {"version": version, "at": self.at, "key": new_id()}
        if step in OWN:
            more = {"reason": "不服"} if step == "appeal" else {}
            own: Callable[..., Raw] = appeals.appeal if step == "appeal" else getattr(operations, step)
            return own(raw["_id"], by=self.owners[number], **given, **more)
        by = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER)
        places = {"township_id": self.other(self.model[number]["township"]), "reason": "x"}
        said: dict[str, tuple[Callable[..., Raw], Actor, dict[str, Any]]] = {
            "accept": (operations.accept, by, {}),
            "first_review": (review.first_review, by, {"opinion": "favourable", "reason": None}),
            "second_review": (review.second_review, by, {"reason": None}),
            "refuse": (operations.refuse, by, {"reason": "x"}),
            "correct": (operations.request_correction, by, {"reason": "x", "papers": []}),
            "transfer": (review.transfer, by, places),
            "free": (assignment.assign, by, {"assignee_id": None}),
            "uphold": (appeals.uphold, staff(SUPERVISOR), {"reason": "x"}),
            "reopen": (appeals.reopen, staff(SUPERVISOR), {"reason": "x"}),
        }
        operation, who, more = said[step]
        return operation(raw["_id"], by=who, **given, **more)

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        """Alarms are sounded once each; only a correction can lapse."""
        self.at += timedelta(days=days)
        escalation.sound_alarms(self.at)
        assert sum(escalation.sound_alarms(self.at).values()) == 0
        for raw, model in zip(map(now, self.raws), self.model, strict=True):
            moves = self.moves(raw)
            model["told"] += sum(each["action"] == "warn" and each["to"] == "correction" for each in moves)
            if model["state"] == "correction" and raw["state"] == "lapsed":
                model |= {"state": "lapsed", "told": model["told"] + 1}
            model["steps"] = len(raw["history"])

    def moves(self, raw: Raw) -> list[Raw]:
        """What the system did since the model last looked."""
        known = self.model[[each["_id"] for each in self.raws].index(raw["_id"])]["steps"]
        return list(raw["history"][known:])

    @rule()
    def notices_end(self) -> None:
        for raw, model in zip(map(now, self.raws), self.model, strict=True):
            if model["state"] == "on_notice":
                self.at = max(self.at, as_utc(raw["due_at"]) + timedelta(minutes=10))
                run_day(self.at)
                settle(notice_id(raw), self.at)
                model |= {"state": "approved", "told": model["told"] + 1, "steps": model["steps"] + 1}
                # The other's notice may have ended on the same day.
                for other, its in zip(self.raws, self.model, strict=True):
                    if its["state"] == "on_notice" and as_utc(now(other)["due_at"]) < self.at:
                        settle(notice_id(now(other)), self.at)
                        its |= {"state": "approved", "told": its["told"] + 1, "steps": its["steps"] + 1}

    @invariant()
    def is_whole(self) -> None:
        for raw, model in zip(map(now, self.raws), self.model, strict=True):
            assert (raw["state"], len(raw["history"])) == (model["state"], model["steps"])
            assert raw["history"][-1]["to"] == raw["state"]
            told = [each for each in raw["outbox"] if each["channel"] == "notice"]
            assert len(told) == model["told"], [each["key"] for each in told]
            assert len({each["key"] for each in raw["outbox"]}) == len(raw["outbox"])
            runs = raw["state"] in (*OFFICE, "correction", "appealed", "on_notice")
            assert (raw.get("due_at") is not None) == runs
            assert isinstance(raw.get("open_for"), str) == (raw["state"] in OPEN_STATES)
            assert (raw.get("retention_due_at") is None) == (raw["state"] in ("draft", *OPEN_STATES))
            assert raw.get("township_id") in (None, model["township"])
            steps = [each for each in raw["history"] if each["action"] not in HOUSEKEEPING]
            for earlier, later in pairwise(steps):
                assert later["from"] == earlier["to"]
            for entry in raw["outbox"]:
                OutboxMessage.open_payload(entry)

    @staticmethod
    def other(township: str) -> str:
        return XIAPU if township == SANYANG else SANYANG


def test_random_lives_stay_whole(tmp_path: Path) -> None:
    with ninth_programme(tmp_path):
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Lives,
            settings=settings(
                max_examples=10, stateful_step_count=18, deadline=None, derandomize=True, database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
