"""Staff passwords (argon2id) and one-time codes (TOTP, RFC 6238): made, checked, refused."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.loading import rule
from models.people.faults import field_fault

GENERATED_BYTES = 12
# Hashed once a process: checked in place of a password that nobody has, so that it takes as long.
_NOBODYS = "the password of nobody"


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt in it."""
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """True where the password has this hash; for None (an unknown user) False after the same work."""
    nobodys = _nobodys_hash()
    try:
        return _hasher().verify(stored or nobodys, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(stored: str) -> bool:
    """True where the hash was made with other parameters than the rules now ask for."""
    return _hasher().check_needs_rehash(stored)


def check_new_password(password: str, username: str, field: str = "password") -> None:
    """Raises InvalidInput for a password that is too short, too long, too uniform, or holds the user name."""
    least = rule("people.staff_password_chars_least")
    if len(password) < least:
        raise field_fault(field, "password_short", least=least)
    if len(password.encode()) > rule("people.staff_password_bytes_most"):
        raise field_fault(field, "password_long")
    if len(set(password)) < rule("people.staff_password_distinct_least") or username.lower() in password.lower():
        raise field_fault(field, "password_weak")


def generated() -> str:
    """A password for somebody else's first sign-in, told once: 96 bits."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def new_otp_secret() -> str:
    """A fresh secret of 160 bits, base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, username: str) -> str:
    """The address an authenticator app reads, usually as a QR code."""
    totp = pyotp.TOTP(secret, interval=rule("people.otp_step_seconds"))
    return totp.provisioning_uri(name=username, issuer_name=rule("people.otp_issuer"))


def otp_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, within the window around `at`; None for a wrong code.

    All steps of the window are compared, each in constant time.
    """
    totp = pyotp.TOTP(secret, interval=rule("people.otp_step_seconds"))
    given = code.encode(errors="replace")
    matching = [step for step in _window(at) if hmac.compare_digest(totp.generate_otp(step).encode(), given)]
    return matching[0] if matching else None


def otp_code(secret: str, at: datetime) -> str:
    """The code an authenticator app shows at this moment."""
    return pyotp.TOTP(secret, interval=rule("people.otp_step_seconds")).at(at)


def _window(at: datetime) -> Iterator[int]:
    now = int(at.timestamp()) // int(rule("people.otp_step_seconds"))
    reach = rule("people.otp_window_steps")
    yield from range(now - reach, now + reach + 1)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher(
        time_cost=rule("people.argon2_time"),
        memory_cost=rule("people.argon2_memory_kib"),
        parallelism=rule("people.argon2_lanes"),
    )


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password(_NOBODYS)
