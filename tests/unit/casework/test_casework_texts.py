"""Every token that residents or caseworkers see has its words; notices tell nothing they must not."""

from __future__ import annotations

import re
import string

import pytest

from config.programmes import programmes
from config.text import sentences
from models.casework.lifecycle import lifecycle_of
from models.facilities.documents import AGE_GROUPS

LIFECYCLES = [lifecycle_of(each) for each in programmes().values()]
# What a notice may be filled with: public words and days.
PUBLIC = {"programme", "due", "township", "centre"}
STEPS = ("submitted", "accepted", "reviewed", "correction", "reminder", "lapsed", "transferred", "approved", "refused",
         "appealed", "upheld", "reopened", "ended", "withdrawn")  # fmt: skip


def test_states_actions_and_stages_have_labels() -> None:
    for lifecycle in LIFECYCLES:
        for state in lifecycle.states:
            assert f"casework.state.{state}" in sentences()
            assert f"casework.next.{state}" in sentences()
        for row in lifecycle.rows:
            assert f"casework.action.{row.action}" in sentences()
    for group in AGE_GROUPS:
        assert f"childcare.age_group.{group}" in sentences()


@pytest.mark.parametrize("step", STEPS)
def test_a_notice_is_filled_with_public_words_only(step: str) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(sentences()[f"casework.notice.{step}"]) if name}
    assert fields <= PUBLIC
    assert len(sentences()[f"casework.notice.{step}_short"]) <= 5


def test_every_notice_that_is_written_is_sent() -> None:
    written = {key.split(".")[2].removesuffix("_short") for key in sentences() if key.startswith("casework.notice.")}
    assert written == set(STEPS)


def test_every_fault_of_a_form_has_its_words() -> None:
    formats = {
        field.format.replace("-", "_")
        for programme in programmes().values()
        for version in programme.versions
        for field in version.form.properties.values()
        if field.format
    }
    assert {f"casework.fault.{each}" for each in formats} <= set(sentences())
    assert all(re.search(r"[。]$", value) for key, value in sentences().items() if key.startswith("casework.fault."))
