"""Programmes are data: whole, sourced, and a fault in a file is named by its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from config import programmes as module
from config.loading import CatalogueFault
from config.programmes import FOLDER, load_programmes, programmes
from models.casework.lifecycle import lifecycle_of

ORIGINAL = (FOLDER / "childcare_place.yaml").read_text(encoding="utf-8")
Edited = Callable[[str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """`edited(old, new)` → a folder with the programme's file changed in one place."""

    def edit(old: str, new: str) -> Path:
        assert ORIGINAL.count(old) >= 1
        (tmp_path / "childcare_place.yaml").write_text(ORIGINAL.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return edit


def line_of(text: str) -> int:
    return ORIGINAL[: ORIGINAL.index(text)].count("\n") + 1


def test_every_form_is_a_json_schema_with_labels_and_help() -> None:
    for programme in programmes().values():
        for version in programme.versions:
            schema = version.form.schema_document
            Draft202012Validator.check_schema(schema)
            assert schema["additionalProperties"] is False
            for field in schema["properties"].values():
                assert field["title"].strip() and field["description"].strip()


def test_a_version_holds_from_its_day_on() -> None:
    programme = programmes()["childcare_place"]
    first = programme.versions[0]
    assert programme.in_force(first.in_force_from) is first
    assert programme.in_force(date(2022, 6, 7)) is None
    later = first.model_copy(update={"version": 2, "in_force_from": date(2027, 1, 1)})
    both = programme.model_copy(update={"versions": [first, later]})
    assert both.in_force(date(2026, 12, 31)) is first
    assert both.in_force(date(2027, 1, 1)) is later
    assert both.numbered(1) is first
    with pytest.raises(KeyError):
        both.numbered(3)


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("lifecycle: single_review", "lifecycle: of_its_own", "lifecycle: single_review"),
        ("working_days: 5,", "working_days: none,", "      submitted: {working"),
        ('required: true\n        files_most: 6', "required: true\n        files_most: 0", "files_most: 6"),
        ("        help: 户口簿", "        hint: 户口簿", "      - token: residence_proof"),
        ("maxLength: 500", "pattern: '('", "maxLength: 500"),
        ("fact: {field: residence}", "fact: {field: income}", "  - version: 1"),
        ("fact: {count: choices}", "fact: {count: choices, field: residence}", "fact: {count: choices}"),
        ("holds: {below: 36}", "holds: {}", "holds: {below: 36}"),
        ("conflicts: []", "conflicts: [{programme: nowhere, source: x}]", "conflicts: []"),
        ("token: childcare_place", "token: childcare", "token: childcare_place"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_and_line(edited: Edited, old: str, new: str, at: str) -> None:
    folder = edited(old, new)
    with pytest.raises(CatalogueFault, match=rf"childcare_place\.yaml:{line_of(at)}: "):
        load_programmes(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  approve: {roles: [county_reviewer]", "  bless: {roles: [county_reviewer]", "roles must be given"),
        ("      - token: under_three", "      - token: old_enough", "given twice"),
        ("        - township_id\n", "", "must be required"),
        ("          maxLength: 500\n", "", "maxLength"),
        ('source: "行政许可法第三十二条', 'sauce: "行政许可法第三十二条', "source"),
        ("    retention:", "    retentions:", "retention"),
    ],
)
def test_a_programme_that_is_not_whole_stops_the_start(edited: Edited, old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogueFault, match=said):
        load_programmes(edited(old, new))


def test_another_programme_of_the_kind_takes_a_file_and_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ORIGINAL.replace("token: childcare_place", "token: parenting_course", 1)
    text = text.replace("particulars: childcare_place\n", "", 1)
    (tmp_path / "parenting_course.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    found = load_programmes(tmp_path)["parenting_course"]
    assert found.particulars is None
    assert lifecycle_of(found).row("approve", "accepted") is not None
