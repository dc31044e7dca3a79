"""What is told of notices, objections, calls and alerts holds public words only, and every token has its label."""

from __future__ import annotations

import string

from config.checks import checks
from config.text import sentences
from models.casework.check_documents import CHECK_BATCH
from models.casework.check_people import APPLICANT, SELF, SUBJECT
from models.casework.check_results import RESULTS
from models.casework.checks import FILE_COLUMNS
from models.casework.notice_documents import NOTICE, OBJECTION
from models.casework.phone_tasks import PHONE_TASK
from models.kernel.outbox import DEAD, DELIVERED, FAILED, PENDING, SENDING, UNCERTAIN
from models.people.household_documents import RELATIONS

PUBLIC = {"programme", "due"}
PHRASE_CHARS = 5


def test_notices_are_filled_with_public_words_only() -> None:
    told = [key for key in sentences() if key.startswith(("public_notices.notice.", "alerts.notice."))]
    assert len(told) > 15
    for key in told:
        fields = {name for _, name, _, _ in string.Formatter().parse(sentences()[key]) if name}
        assert fields <= PUBLIC, key
        assert not key.endswith("_short") or len(sentences()[key]) <= PHRASE_CHARS
        assert key.endswith("_short") or f"{key}_short" in told


def test_every_state_action_and_outcome_has_its_words() -> None:
    wanted = {f"public_notices.{group}.{state}" for group in ("state", "own") for state in NOTICE.states}
    wanted |= {
        f"public_notices.{group}.{state}" for group in ("objection", "objection_next") for state in OBJECTION.states
    }
    wanted |= {f"notices.phone.state.{state}" for state in PHONE_TASK.states}
    wanted |= {
        f"notices.phone.action.{row.action}" for row in PHONE_TASK.rows if row.action not in ("give_up", "close")
    }
    wanted |= {f"notices.outcome.{state}" for state in (PENDING, SENDING, DELIVERED, FAILED, DEAD, UNCERTAIN)}
    wanted |= {f"checks.state.{state}" for state in CHECK_BATCH.states}
    wanted |= {f"checks.result.{each}" for each in RESULTS} | {f"checks.column.{each}" for each in FILE_COLUMNS}
    wanted |= {f"checks.relation.{each}" for each in (*RELATIONS, SELF, APPLICANT, SUBJECT)}
    assert wanted - set(sentences()) == set()


def test_checks_are_of_the_catalogue() -> None:
    assert checks()
    assert all(each.programmes for each in checks().values())
