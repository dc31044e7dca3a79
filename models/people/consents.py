"""Consents: the texts residents are asked to agree to, by version, and the append-only record of what they said.

Each text names its legal basis in the Personal Information Protection Law (PIPL). A record is never changed: a
withdrawal is a record of its own and leaves lawful what was done before (PIPL article 15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from models.kernel.errors import Conflict, Forbidden, InvalidInput

IDENTITY, PHONE, CHILD, VERIFICATION, PROACTIVE = "identity", "phone", "child", "verification", "proactive"
Purpose = Literal["identity", "phone", "child", "verification", "proactive"]
GIVEN, WITHDRAWN = "given", "withdrawn"
Said = Mapping[str, Any]


class ConsentText(Entry):
    """One version of what is agreed to. `articles` are the legal basis; `reviewed`: when the legal office did."""

    version: int = Field(ge=1)
    since: date
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)
    articles: tuple[str, ...] = Field(min_length=1)
    basis: Literal["consent"]
    separate: bool
    sensitive: bool
    reviewed: date | None


class ConsentPurpose(Entry):
    """What consent is asked for; versions count up from 1, the last is the current one."""

    purpose: Purpose
    required_for: str = Field(min_length=1)
    versions: tuple[ConsentText, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _versions_count_up(self) -> ConsentPurpose:
        if [each.version for each in self.versions] != list(range(1, len(self.versions) + 1)):
            raise ValueError(f"versions of {self.purpose} count up from 1")
        if sorted(each.since for each in self.versions) != [each.since for each in self.versions]:
            raise ValueError(f"versions of {self.purpose} are not in the order of their days")
        return self

    @property
    def current(self) -> ConsentText:
        return self.versions[-1]


class _File(Entry):
    purposes: tuple[ConsentPurpose, ...]

    @model_validator(mode="after")
    def _each_purpose_once(self) -> _File:
        names = [each.purpose for each in self.purposes]
        if len(set(names)) != len(names) or set(names) != {IDENTITY, PHONE, CHILD, VERIFICATION, PROACTIVE}:
            raise ValueError("each purpose stands once, none is missing")
        return self


@lru_cache(maxsize=1)
def consent_purposes() -> dict[str, ConsentPurpose]:
    """All purposes with their texts, read once. Raises CatalogueFault with file and line."""
    return {each.purpose: each for each in load_yaml(CATALOGUE / "consents.yaml", _File).purposes}


def current_version(purpose: str) -> int:
    """The version that is asked for now."""
    return consent_purposes()[purpose].current.version


def check_version(purpose: str, version: int) -> None:
    """Raises InvalidInput for a version that never was, Conflict (`consent_outdated`) for an earlier one."""
    current = current_version(purpose)
    if version > current:
        raise InvalidInput("consent_unknown_version")
    if version < current:
        raise Conflict("consent_outdated", details={"purpose": purpose, "version": current})


def standing(records: Sequence[Said], purpose: str, child_id: str | None = None) -> Said | None:
    """The last record of a purpose (for `child`: of that child), None where nothing was ever said."""
    said = [each for each in records if each["purpose"] == purpose and each.get("child_id") == child_id]
    return said[-1] if said else None


def holds(records: Sequence[Said], purpose: str, child_id: str | None = None) -> bool:
    """True where consent was given to the current version and not withdrawn."""
    last = standing(records, purpose, child_id)
    return last is not None and last["state"] == GIVEN and last["version"] == current_version(purpose)


def demand(records: Sequence[Said], purpose: str, child_id: str | None = None) -> None:
    """Raises Forbidden (`consent_missing`) with purpose and version where consent does not hold."""
    if not holds(records, purpose, child_id):
        raise Forbidden("consent_missing", details={"purpose": purpose, "version": current_version(purpose)})


def made(
    purpose: str, version: int, state: str, at: datetime, *, channel: str, by: Literal["self", "guardian"] = "self",
    child_id: str | None = None, authorisation_id: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A record as it is appended. `channel` is where it was said, such as `mini_program`.

    `authorisation_id`: of the proxy's authorisation in which the guardian said it.
    """
    record = {"purpose": purpose, "version": version, "state": state, "at": at, "by": by, "channel": channel}
    about = {"child_id": child_id, "authorisation_id": authorisation_id}
    return record | {name: value for name, value in about.items() if value}
