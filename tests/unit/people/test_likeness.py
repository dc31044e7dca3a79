"""One person is found again whatever the spelling; two people are not mixed up; marks tell nothing."""

from __future__ import annotations

import unicodedata
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from config.characters import simplified_forms
from models.people.likeness import marks_of, plain_name, shared_sign, sound_of
from tests.factories.people import id_number

BORN = date(1956, 3, 9)
HAN = st.sampled_from("王李张刘陈杨黄赵吴周买提力艾古丽伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英后发")
NAMES = st.text(HAN, min_size=2, max_size=6)
LATIN = st.from_regex(r"[A-Za-z]{2,8}( [A-Za-z]{2,8})?", fullmatch=True)
TRADITIONAL: dict[str, list[str]] = {}
for _code, _simple in simplified_forms().items():
    TRADITIONAL.setdefault(_simple, []).append(chr(_code))


def respelled(draw: st.DrawFn, name: str) -> str:
    """The same name as another hand writes it."""
    written = "".join(draw(st.sampled_from([char, *TRADITIONAL.get(char, [])])) for char in name)
    gaps = draw(st.lists(st.sampled_from(["", "", " ", "\u3000", "·", "•", "・", "-", "\u00a0", "."]),
                         min_size=len(written), max_size=len(written)))  # fmt: skip
    written = "".join(char + gap for char, gap in zip(written, gaps, strict=True))
    if draw(st.booleans()):  # full width
        written = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in written)
    return written.upper() if draw(st.booleans()) else written


@settings(max_examples=150, deadline=None)
@given(st.data(), NAMES | LATIN)
def test_spelling_never_hides_a_person(data: st.DataObject, name: str) -> None:
    other = data.draw(st.composite(lambda draw: respelled(draw, name))())
    assert plain_name(other) == plain_name(name)
    assert shared_sign(marks_of(name, BORN, None).stored(), marks_of(other, BORN, None).stored()) == "name"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_a_plain_name_is_plain_whatever_it_was(text: str) -> None:
    plain = plain_name(text)
    assert plain_name(plain) == plain
    assert sound_of(text) == sound_of(plain)
    assert all(unicodedata.category(char)[0] in "LN" for char in plain)


@settings(max_examples=100, deadline=None)
@given(NAMES, NAMES)
def test_other_names_are_other_people(one: str, two: str) -> None:
    sign = shared_sign(marks_of(one, BORN, None).stored(), marks_of(two, BORN, None).stored())
    if plain_name(one) != plain_name(two):
        assert sign == ("sound" if sound_of(one) == sound_of(two) else None)
    later = marks_of(one, date(1956, 3, 10), None).stored()
    assert shared_sign(marks_of(one, BORN, None).stored(), later) is None


def test_the_number_is_the_strongest_sign_and_a_sound_the_weakest() -> None:
    number = id_number("19560309", sequence=77)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert shared_sign(marks_of("王伟", BORN, number).stored(), marks_of("李娜", BORN, wide).stored()) == "number"
    assert shared_sign(marks_of("王伟", BORN, None).stored(), marks_of("王炜", BORN, None).stored()) == "sound"
    assert shared_sign(marks_of("王偉", BORN, None).stored(), marks_of("WANG WEI", BORN, None).stored()) == "sound"


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_nobody_is_read_from_their_marks(name: str) -> None:
    number = id_number("19560309", sequence=78)
    stored = marks_of(name, BORN, number).stored()
    assert len(stored) == 3
    for mark in stored:
        assert len(mark) == 65
        assert name not in mark and number not in mark and "1956" + "0309" not in mark
