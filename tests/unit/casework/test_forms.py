"""Forms: partial answers are checked one by one, whole ones for what is missing; nothing hostile gets in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.programmes import programmes
from models.casework import forms
from models.kernel.errors import InvalidInput
from models.kernel.ids import id_from_key

FORM = programmes()["childcare_place"].versions[0].form
CENTRE = id_from_key("test", "centre")
WHOLE: dict[str, Any] = {
    "applicant_name": "王小明", "applicant_phone": "13907951234", "relation": "mother", "child_id": id_from_key("test", "child"),
    "child_name": "王 小宝", "child_birth_date": "2025-03-10", "residence": "residence_permit",
    "township_id": "1796554", "start_month": "2026-12", "choices": [CENTRE],
}  # fmt: skip


def codes(answers: dict[str, Any]) -> dict[str, str]:
    return {fault.field.removeprefix("form."): fault.code for fault in forms.faults_of_whole(FORM, answers)}


def test_a_whole_form_has_no_fault() -> None:
    assert codes(WHOLE) == {}


def test_each_missing_answer_is_named_with_its_label() -> None:
    faults = forms.faults_of_whole(FORM, {})
    assert {fault.field.removeprefix("form.") for fault in faults} == set(FORM.required)
    assert {fault.code for fault in faults} == {"missing"}
    assert any("孩子姓名" in fault.detail for fault in faults)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("applicant_name", 7, "string_type"),
        ("applicant_name", {"$ne": None}, "string_type"),
        ("applicant_name", "x" * 41, "string_too_long"),
        ("applicant_name", "王\x00明", "control_character"),
        ("applicant_name", "王\ud800明", "control_character"),
        ("applicant_name", "13907951234", "person_name"),
        ("applicant_phone", "139", "mobile_phone"),
        ("relation", "neighbour", "literal_error"),
        ("relation", ["mother"], "string_type"),
        ("child_birth_date", "2025-02-30", "date"),
        ("child_birth_date", "9999-12-31", "date"),
        ("child_birth_date", "2025-3-1", "date"),
        ("start_month", "2026-13", "month"),
        ("child_id_number", "360902202503100012", "id_number"),
        ("township_id", "1", "township"),
        ("choices", CENTRE, "array_type"),
        ("choices", [], "missing"),
        ("choices", [CENTRE, CENTRE], "repeated"),
        ("choices", [id_from_key("test", str(each)) for each in range(6)], "too_long"),
        ("choices", [{"$gt": ""}], "string_type"),
        ("choices", ["no centre"], "facility"),
        ("$where", "1", "extra_forbidden"),
        ("note", "a\x07", "control_character"),
    ],
)
def test_a_wrong_answer_is_named_by_its_code(name: str, value: Any, code: str) -> None:
    assert codes({**WHOLE, name: value}) == {name: code}


def test_line_breaks_are_for_long_texts_only() -> None:
    assert codes({**WHOLE, "note": "一\n二"}) == {}
    assert codes({**WHOLE, "applicant_name": "王\n明"}) == {"applicant_name": "control_character"}


def test_answers_are_kept_in_one_spelling_and_the_forms_order() -> None:
    kept = forms.merged(FORM, {}, {"note": " 双胞胎 ", "child_name": "王 小宝", "child_id_number": None})
    assert kept == {"child_name": "王小宝", "note": "双胞胎"}
    assert list(kept) == ["child_name", "note"]


def test_null_takes_an_answer_away_and_others_stay() -> None:
    assert forms.merged(FORM, WHOLE, {"note": None, "residence": None}) == {
        name: value for name, value in forms.merged(FORM, {}, WHOLE).items() if name != "residence"
    } | {"child_name": "王 小宝"}


def test_an_unknown_answer_is_refused_even_when_it_is_taken_away() -> None:
    with pytest.raises(InvalidInput) as refused:
        forms.merged(FORM, {}, {"$where": None})
    assert [fault.code for fault in refused.value.faults] == ["extra_forbidden"]


def test_a_long_list_costs_no_time() -> None:
    begun = time.process_time()
    assert codes({**WHOLE, "choices": [{"a": n} for n in range(20_000)]}) == {"choices": "too_long"}
    assert time.process_time() - begun < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*FORM.properties, "other"]), JSON, max_size=6))
def test_whatever_is_sent_is_refused_or_kept_valid(answers: dict[str, Any]) -> None:
    try:
        kept = forms.merged(FORM, {}, answers)
    except InvalidInput as refused:
        assert refused.faults
        return
    assert set(kept) <= set(FORM.properties)
    assert forms.faults_of_given(FORM, kept) == []


@pytest.mark.parametrize("number", ["810000199001010013", "11010519491231002X"])
def test_id_cards_and_permits_are_known(number: str) -> None:
    head = number[:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    right = head + "10X98765432"[sum(int(d) * w for d, w in zip(head, weights, strict=True)) % 11]
    assert forms.is_id_number(right)
    assert not forms.is_id_number(head + ("1" if right[-1] != "1" else "2"))
