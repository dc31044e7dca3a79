"""ID numbers: every genuine one is read, every single wrong digit is noticed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.loading import rule
from models.kernel.errors import InvalidInput
from models.people.identity import age_on, read_birth_certificate, read_id_number

TODAY = date(2026, 11, 23)
CARD, PERMIT = "resident_id_card", "hmt_residence_permit"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first17: str) -> str:
    """As GB 11643-1999 tabulates it, written from the standard and not from the library under test."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def number(region: str = "360902", born: str = "19900101", sequence: str = "001") -> str:
    return (first17 := region + born + sequence) + check_character(first17)


def fault_of(text: str, kind: str = CARD) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_id_number(text, kind, TODAY)
    (fault,) = refused.value.faults
    assert fault.field == "id_number"
    assert fault.detail
    return fault.code


births = st.dates(date(1900, 1, 1), TODAY)
sequences = st.integers(0, 999).map(lambda n: f"{n:03d}")
cards = st.builds(
    lambda province, county, born, sequence: number(f"{province}{county:04d}", f"{born:%Y%m%d}", sequence),
    st.sampled_from(rule("people.id_number_provinces")), st.integers(0, 9999), births, sequences,
)  # fmt: skip
permits = st.builds(
    lambda region, born, sequence: number(region, f"{born:%Y%m%d}", sequence),
    st.sampled_from(["810000", "820000", "830000"]), births, sequences,
)  # fmt: skip


@given(st.one_of(cards.map(lambda n: (n, CARD)), permits.map(lambda n: (n, PERMIT))))
def test_every_genuine_number_is_read(given_number: tuple[str, str]) -> None:
    text, kind = given_number
    found = read_id_number(text, kind, TODAY)
    assert found.number == text
    assert f"{found.birth_date:%Y%m%d}" == text[6:14]
    assert found.sex == ("male" if text[16] in "13579" else "female")


@given(cards, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_refused(text: str, place: int, other: str) -> None:
    wrong = text[:place] + other + text[place + 1 :]
    if wrong != text:
        fault_of(wrong)


@given(cards, st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(text: str, place: int) -> None:
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        fault_of(swapped)


def test_examples_of_the_standard() -> None:
    assert read_id_number("11010519491231002X", CARD, TODAY).birth_date == date(1949, 12, 31)
    assert fault_of("440524188001010014") == "id_number_birth_date"  # a right check character, born 1880


def test_a_number_given_out_before_yichun_became_a_city_is_genuine() -> None:
    assert read_id_number(number("362201", "19560312"), CARD, TODAY).birth_date == date(1956, 3, 12)


def test_a_number_given_out_late_in_life_is_genuine() -> None:
    """Born 1950, numbered after 2000 under the new code: python-stdnum's own check refuses it."""
    assert read_id_number(number("360902", "19500101"), CARD, TODAY).number


def test_hong_kong_residents_born_before_1997() -> None:
    assert read_id_number(number("810000", "19680704"), PERMIT, TODAY).kind == PERMIT


@pytest.mark.parametrize(
    "typed",
    [" 11010519491231002x ", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ", "110105-19491231-002X"],
)
def test_spaces_small_letters_and_full_width_are_read(typed: str) -> None:
    assert read_id_number(typed, CARD, TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("", CARD, "id_number_form"),
        ("110105491231002", CARD, "id_number_form"),  # 15 digits, no longer valid since 2013
        ("11010519491231002Y", CARD, "id_number_form"),
        ("1101051949123100XX", CARD, "id_number_form"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", CARD, "id_number_form"),
        ("1" * 1_000_000, CARD, "id_number_form"),
        (number("990102"), CARD, "id_number_region"),
        (number("810000"), CARD, "id_number_kind"),
        (number("360902"), PERMIT, "id_number_kind"),
        (number("819999"), PERMIT, "id_number_region"),
        (number(born="20230229"), CARD, "id_number_birth_date"),
        (number(born="19000229"), CARD, "id_number_birth_date"),
        (number(born="19901301"), CARD, "id_number_birth_date"),
        (number(born="18991231"), CARD, "id_number_birth_date"),
        (number(born="20261124"), CARD, "id_number_birth_date"),
        ("110105194912310020", CARD, "id_number_checksum"),
    ],
)
def test_what_is_wrong_is_said(text: str, kind: str, code: str) -> None:
    assert fault_of(text, kind) == code


@pytest.mark.parametrize("born", ["20240229", "20000229", "20261123"])
def test_leap_days_and_today_are_birth_dates(born: str) -> None:
    assert f"{read_id_number(number(born=born), CARD, TODAY).birth_date:%Y%m%d}" == born


def test_a_year_older_from_the_day_after_the_birthday() -> None:
    born = date(2012, 11, 22)
    assert age_on(born, date(2026, 11, 22)) == 13
    assert age_on(born, date(2026, 11, 23)) == 14


def test_born_on_a_leap_day() -> None:
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14


@given(births, st.integers(0, 40_000))
def test_nobody_gets_younger(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    assert age_on(born, day) <= age_on(born, day + timedelta(days=1))


def test_birth_certificates() -> None:
    assert read_birth_certificate(" q360123456 ") == "Q360123456"
    for wrong in ("3360123456", "Q36012345", "Q3601234567", "Ｑ３６０１２３４５６\n7", "Q36٠123456"):
        with pytest.raises(InvalidInput):
            read_birth_certificate(wrong)
