"""Passwords and one-time codes without the database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.errors import InvalidInput
from models.people import passwords

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
# The secret and times of RFC 6238, appendix B (SHA-1), cut to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924")]
)
def test_codes_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert passwords.otp_code(RFC_SECRET, at) == code
    assert passwords.otp_step(RFC_SECRET, code, at) == seconds // 30


@given(st.integers(-120, 120))
def test_a_code_is_good_one_step_early_or_late(seconds: int) -> None:
    code = passwords.otp_code(RFC_SECRET, AT)
    later = AT + timedelta(seconds=seconds)
    apart = abs(int(later.timestamp()) // 30 - int(AT.timestamp()) // 30)
    assert (passwords.otp_step(RFC_SECRET, code, later) is not None) == (apart <= 1)


@pytest.mark.parametrize("code", ["", "00000", "abcdef", "1234567", "１２３４５６"])
def test_what_is_no_code_never_fits(code: str) -> None:
    assert passwords.otp_step(RFC_SECRET, code, AT) is None


def test_a_hash_fits_its_password_only() -> None:
    stored = passwords.hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert passwords.password_fits("correct horse battery", stored)
    assert not passwords.password_fits("correct horse batterz", stored)
    assert not passwords.password_fits("correct horse battery", "unused")
    assert not passwords.password_fits("the password of nobody", None)
    assert not passwords.needs_new_hash(stored)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("x" * 20, "password_weak"),
        ("abcdabcdabcd", "password_weak"),
        ("Intake-360902-2026", "password_weak"),
        ("长" * 400, "password_long"),
    ],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        passwords.check_new_password(password, "intake-360902")
    assert refused.value.faults[0].code == code


def test_the_enrolment_address_names_product_and_user() -> None:
    uri = passwords.enrolment_uri(RFC_SECRET, "planner")
    assert uri.startswith("otpauth://totp/Yixiang:planner?")
    assert RFC_SECRET in uri
