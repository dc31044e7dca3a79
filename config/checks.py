"""What other departments are asked about applicants, as data: one line a check in `catalogue/checks.yaml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from config.programmes import TOKEN_FORM, programmes

FILE = CATALOGUE / "checks.yaml"


class Evidence(Entry):
    """A rule of a programme that the check speaks about, and which answer meets it."""

    programme: str = Field(pattern=TOKEN_FORM)
    rule: str = Field(pattern=TOKEN_FORM)
    met_by: Literal["yes", "no"]


class Check(Entry):
    """One question to one department. `who`: whose facts; of a household each member is a row.

    `valid_days`: how long an answer holds where the department names no day. `programmes`: for whose applications.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    department: str = Field(min_length=1)
    question: str = Field(min_length=1)
    who: Literal["applicant", "subject", "household"]
    valid_days: int = Field(ge=1, le=3660)
    programmes: list[str] = Field(min_length=1)
    evidence: list[Evidence] = Field(default_factory=list)
    source: str = Field(min_length=1)


class _File(Entry):
    checks: list[Check]

    @model_validator(mode="after")
    def _agrees(self) -> _File:
        tokens = [each.token for each in self.checks]
        if len(set(tokens)) != len(tokens):
            raise ValueError("a check is given twice")
        for check in self.checks:
            unknown = [token for token in check.programmes if token not in programmes()]
            if unknown:
                raise ValueError(f"{check.token}: no programme {', '.join(unknown)}")
            for each in check.evidence:
                known = programmes().get(each.programme)
                rules = {rule.token for version in known.versions for rule in version.eligibility} if known else set()
                if each.programme not in check.programmes or each.rule not in rules:
                    raise ValueError(f"{check.token}: {each.programme} has no rule {each.rule}")
        return self


@lru_cache(maxsize=1)
def checks() -> dict[str, Check]:
    """All checks by token, read at the first call. Raises CatalogueFault with file and line."""
    return {each.token: each for each in load_yaml(FILE, _File).checks}
