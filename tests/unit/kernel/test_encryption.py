"""Encrypted fields: changed, moved or unknown values do not decrypt; keys rotate without a pause."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import DEVELOPMENT_DEFAULTS, development_key, parse_secret_keys
from models.kernel.encryption import (
    DecryptionFault,
    blind_index,
    decrypt,
    encrypt,
    install_keyring,
    key_version,
    open_json,
    seal_json,
)

INDEX = f"index:{development_key('index')}"
ONE, TWO = f"1:{development_key('1')}", f"2:{development_key('another')}"


@pytest.fixture(autouse=True)
def keys_afterwards() -> Iterator[None]:
    yield
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])


@given(plain=st.binary(max_size=200), place=st.data())
def test_no_changed_byte_goes_unnoticed(plain: bytes, place: st.DataObject) -> None:
    stored = encrypt(plain, "residents.name")
    assert decrypt(stored, "residents.name") == plain
    at = place.draw(st.integers(0, len(stored) - 1))
    bit = place.draw(st.integers(0, 7))
    changed = stored[:at] + bytes((stored[at] ^ (1 << bit),)) + stored[at + 1 :]
    with pytest.raises(DecryptionFault):
        decrypt(changed, "residents.name")


@given(plain=st.binary(max_size=60), cut=st.integers(0, 89))
def test_a_cut_value_does_not_decrypt(plain: bytes, cut: int) -> None:
    stored = encrypt(plain, "a")
    with pytest.raises(DecryptionFault):
        decrypt(stored[: min(cut, len(stored) - 1)], "a")


def test_a_value_moved_to_another_field_does_not_decrypt() -> None:
    with pytest.raises(DecryptionFault, match="changed or moved"):
        decrypt(encrypt(b"x", "residents.name"), "residents.phone")


def test_equal_values_are_stored_differently() -> None:
    assert encrypt(b"x", "a") != encrypt(b"x", "a")
    assert open_json(seal_json({"name": "张三"}, "a"), "a") == {"name": "张三"}


def test_keys_rotate() -> None:
    install_keyring(f"{INDEX},{ONE}")
    old, index = encrypt(b"x", "a"), blind_index("phone", "13800138000")
    install_keyring(f"{INDEX},{ONE},{TWO}")
    new = encrypt(b"x", "a")
    assert (key_version(old), key_version(new)) == (1, 2)
    assert decrypt(old, "a") == decrypt(new, "a") == b"x"
    assert blind_index("phone", "13800138000") == index, "the blind index outlives the rotation"
    install_keyring(f"{INDEX},{TWO}")
    assert decrypt(new, "a") == b"x"
    with pytest.raises(DecryptionFault, match="version 1 is not configured"):
        decrypt(old, "a")


def test_a_value_under_another_key_of_the_same_number_does_not_decrypt() -> None:
    install_keyring(f"{INDEX},{ONE}")
    stored = encrypt(b"x", "a")
    install_keyring(f"{INDEX},1:{development_key('stolen')}")
    with pytest.raises(DecryptionFault):
        decrypt(stored, "a")


def test_the_blind_index_ignores_how_a_value_is_written_and_keeps_kinds_apart() -> None:
    assert blind_index("id", "11010119900307233x") == blind_index("id", " １１０１０１ 19900307233X ")
    assert blind_index("id", "13800138000") != blind_index("phone", "13800138000")
    install_keyring(f"index:{development_key('other')},{ONE}")
    assert blind_index("id", "1") != (install_keyring(f"{INDEX},{ONE}"), blind_index("id", "1"))[1]


@pytest.mark.parametrize(
    "text",
    [
        ONE, INDEX, f"{INDEX},{ONE},{ONE}", f"{INDEX},1:{base64.b64encode(b'short').decode()}", f"{INDEX},1:no base64!",
        f"{INDEX},one:{development_key('1')}", f"{INDEX},256:{development_key('1')}",
        f"{INDEX},0:{development_key('1')}",
        f"{INDEX},{ONE},01:{development_key('1')}",
    ],
)  # fmt: skip
def test_keys_that_cannot_work_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="SECRET_KEYS") as fault:
        parse_secret_keys(text)
    assert development_key("1") not in str(fault.value)
