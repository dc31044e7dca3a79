"""Names are stored one way, however they are typed; what is no name is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.errors import InvalidInput
from models.people.identity import read_name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张三", "张三"),
        (" 张　三 ", "张三"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉‧买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("\U00020bb7野家", "\U00020bb7野家"),
        ("李〇一", "李〇一"),
        ("ＣＨＡＮ　Tai  Man", "CHAN Tai Man"),
        ("O'Neil-Smith", "O'Neil-Smith"),
    ],
)
def test_a_name_is_stored_one_way(typed: str, stored: str) -> None:
    assert read_name(typed) == stored


NO_NAMES = [
    "", " ", "张", "张3", "张三!", "·张三", "张三·", "张··三", "{}", "张\x00三", "张三\u202e", "🙂🙂", "张" * 51,
    "a" * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize("typed", NO_NAMES, ids=lambda typed: ascii(typed[:9]))
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_name(typed)
    assert refused.value.faults[0].code in ("name_length", "name_form")


@given(st.text(max_size=60))
def test_reading_again_changes_nothing(typed: str) -> None:
    try:
        once = read_name(typed)
    except InvalidInput:
        return
    assert read_name(once) == once
