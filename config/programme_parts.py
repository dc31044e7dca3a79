"""The parts of a programme's version: papers, deadlines, public notice, waiting list, how long data are kept."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from config.loading import Entry
from config.programme_forms import TOKEN_FORM, HouseholdFact, Scalar, Sourced, When
from config.programme_wrong import wrong


class PaperKind(Sourced):
    """A paper that is asked for; `files_most` photos or PDFs. `valid_days`: how long it may serve again, None: never.

    The same paper has the same token in every programme.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    help: str = Field(min_length=1)
    required: bool
    files_most: int = Field(ge=1, le=20)
    valid_days: int | None = Field(default=None, ge=1, le=3660)


class Deadline(Sourced):
    """Working days that a stage may take; make-up workdays count, holidays do not."""

    working_days: int = Field(ge=1, le=250)


class PublicNotice(Sourced):
    """For how long who is about to be approved is shown: calendar days or working days, one of the two."""

    days: int | None = Field(default=None, ge=1, le=120)
    working_days: int | None = Field(default=None, ge=1, le=120)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.days is None) == (self.working_days is None):
            raise wrong("notice_days", "a public notice lasts days or working_days")
        return self


class Choose(Entry):
    """One of two values of an order, by whether a fact holds."""

    when: When
    then: Scalar
    otherwise: Scalar


class ValueFrom(Entry):
    """Where a value that a list orders by comes from: a field, a fact of the household, the day, or a choice."""

    field: str | None = None
    household: HouseholdFact | None = None
    day: Literal["submitted"] | None = None
    choose: Choose | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(each is not None for each in (self.field, self.household, self.day, self.choose)) != 1:
            raise wrong("value_from_one", "a value comes from one of field, household, day, choose")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The form's fields that it needs."""
        return (self.field,) if self.field else self.choose.when.fact.fields if self.choose else ()


class WaitingListUse(Sourced):
    """Who is approved waits in the county's or the city's list, ordered by `rule` of `housing/waiting_lists.yaml`."""

    rule: str = Field(pattern=TOKEN_FORM)
    scope: Literal["county", "city"] = "county"
    values: dict[str, ValueFrom]


class Retention(Sourced):
    """How long, after the decision or the end of what it gave, papers and then all personal data of a case are kept."""

    papers_days: int = Field(ge=1)
    case_days: int = Field(ge=1)
