"""Domain errors: each has a stable `code`; a door turns it into its own words.

The sentence for a person is `errors.<code>` in the texts, filled with `params`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """Something the domain refuses. `params` fill the sentence; `details` are shown as they are."""

    default_code = "refused"

    def __init__(self, code: str | None = None, *, details: dict[str, Any] | None = None, **params: Any) -> None:
        self.code = code or self.default_code
        self.params = params
        self.details = details or {}
        super().__init__(self.code)


class InvalidInput(DomainError):
    """What was sent cannot be right. `faults` name each field and the code of its fault."""

    default_code = "invalid_input"

    def __init__(self, code: str | None = None, faults: Sequence[FieldFault] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.faults = list(faults)


@dataclass(frozen=True)
class FieldFault:
    """One field at fault: its path (`household.0.name`), a stable code, and a sentence for a person."""

    field: str
    code: str
    detail: str = ""


class Unauthenticated(DomainError):
    """Nobody is signed in, or the token is no longer good."""

    default_code = "unauthenticated"


class Forbidden(DomainError):
    """Signed in, but not allowed."""

    default_code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is."""

    default_code = "not_found"


class Conflict(DomainError):
    """The present state does not allow it."""

    default_code = "conflict"


class StaleVersion(Conflict):
    """Somebody else changed the document in between; `details` hold its current state and version."""

    default_code = "stale_version"


class IllegalTransition(Conflict):
    """The lifecycle has no such action from the present state."""

    default_code = "illegal_transition"


class Duplicate(Conflict):
    """A unique value is taken."""

    default_code = "duplicate"


class LimitReached(DomainError):
    """Too many or too often; `retry_after` in seconds where waiting helps."""

    default_code = "limit_reached"

    def __init__(self, code: str | None = None, retry_after: int | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part we need does not answer; try again after `retry_after` seconds."""

    default_code = "unavailable"

    def __init__(self, code: str | None = None, retry_after: int = 5, **params: Any) -> None:
        super().__init__(code, **params)
        self.retry_after = retry_after
