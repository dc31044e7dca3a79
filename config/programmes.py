"""What can be applied for, as data: one file a programme in `catalogue/programmes`, read and checked once.

A programme has dated versions. An application is bound to the version in force when it is submitted; a later version
changes nothing about it. Every rule in a version names its source.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from jsonschema import Draft202012Validator
from pydantic import ConfigDict, Field, field_validator, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from config.yaml_lines import CatalogueFault, read_yaml

FOLDER = CATALOGUE / "programmes"
TOKEN_FORM = r"^[a-z][a-z0-9_]*$"  # noqa: S105  the form of a name, no secret
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT_MOST = 2000
ITEMS_MOST = 50

Format = Literal["date", "month", "person-name", "id-number", "mobile-phone", "township", "facility", "child"]
Stage = Literal["submitted", "accepted", "correction"]
Scalar = str | int | float | bool


class Sourced(Entry):
    """Something that is so because a text says so; `source` names the text or says "assumption to confirm"."""

    source: str = Field(min_length=1)


class Choice(Entry):
    """One value of a list to choose from, with its label."""

    const: str = Field(pattern=TOKEN_FORM)
    title: str = Field(min_length=1)


class Items(Entry):
    """What an array's items are."""

    type: Literal["string"]
    maxLength: int = Field(ge=1, le=TEXT_MOST)
    format: Format | None = None
    pattern: str | None = None


class FormField(Entry):
    """One question of a form: the part of JSON Schema that forms may use. Unbounded texts and lists are refused."""

    model_config = ConfigDict(populate_by_name=True)

    type: Literal["string", "integer", "number", "boolean", "array"]
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    format: Format | None = None
    pattern: str | None = None
    minLength: int | None = Field(default=None, ge=0)
    maxLength: int | None = Field(default=None, ge=1, le=TEXT_MOST)
    oneOf: list[Choice] | None = Field(default=None, min_length=1)
    minimum: float | None = None
    maximum: float | None = None
    items: Items | None = None
    minItems: int | None = Field(default=None, ge=0)
    maxItems: int | None = Field(default=None, ge=1, le=ITEMS_MOST)
    uniqueItems: bool | None = None
    category: str | None = Field(default=None, alias="x-category")
    multiline: bool | None = Field(default=None, alias="x-multiline")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as fault:
                raise ValueError(f"not a regular expression: {fault}") from fault
        return value

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.type == "string" and self.maxLength is None and self.oneOf is None:
            raise ValueError("a text needs maxLength or oneOf")
        if self.type == "array" and (self.items is None or self.maxItems is None):
            raise ValueError("an array needs items and maxItems")
        return self


class Form(Entry):
    """A form as a JSON Schema object; nothing but the named properties is accepted."""

    required: list[str]
    properties: dict[str, FormField] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        unknown = [name for name in self.required if name not in self.properties]
        if unknown:
            raise ValueError(f"required but not a property: {', '.join(unknown)}")
        Draft202012Validator.check_schema(self.schema_document)
        return self

    @cached_property
    def schema_document(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12), as clients get it."""
        return {
            "$schema": DIALECT,
            "type": "object",
            "additionalProperties": False,
            "required": list(self.required),
            "properties": {
                name: each.model_dump(exclude_none=True, by_alias=True) for name, each in self.properties.items()
            },
        }


class PaperKind(Sourced):
    """A paper that is asked for; `files_most` photos or PDFs."""

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    help: str = Field(min_length=1)
    required: bool
    files_most: int = Field(ge=1, le=20)


class Fact(Entry):
    """What an eligibility rule looks at: a field's value, how many items it has, or an age in months.

    The age is that of the birth date in `age_in_months`, at the first day of the month in `at` (a field), else today.
    """

    field: str | None = None
    count: str | None = None
    age_in_months: str | None = None
    at: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(each is not None for each in (self.field, self.count, self.age_in_months)) != 1:
            raise ValueError("a fact names one of field, count, age_in_months")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The form's fields that it needs."""
        return tuple(each for each in (self.field, self.count, self.age_in_months, self.at) if each is not None)


class Condition(Entry):
    """When a fact meets the rule; all that is given must hold."""

    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    one_of: list[Scalar] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a condition needs at_least, at_most, below or one_of")
        return self


class EligibilityRule(Sourced):
    """One line of the eligibility table. `reason` is said when it is not met, `advice` what would change it.

    `decisive`: where it is not met an application cannot be carried out at all and is refused at submission;
    otherwise it is a caseworker who judges.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    fact: Fact
    holds: Condition
    reason: str = Field(min_length=1)
    advice: str = Field(min_length=1)
    decisive: bool


class Deadline(Sourced):
    """Working days that a stage may take; make-up workdays count, holidays do not."""

    working_days: int = Field(ge=1, le=250)


class Retention(Sourced):
    """How long, after the decision, papers and then all personal data of a case are kept."""

    papers_days: int = Field(ge=1)
    case_days: int = Field(ge=1)


class Version(Sourced):
    """A programme as it holds from a day on."""

    version: int = Field(ge=1)
    in_force_from: date
    form: Form
    papers: list[PaperKind]
    eligibility: list[EligibilityRule]
    deadlines: dict[Stage, Deadline]
    retention: Retention

    @field_validator("papers", "eligibility")
    @classmethod
    def _tokens_once(cls, value: list[Any]) -> list[Any]:
        tokens = [each.token for each in value]
        twice = sorted({token for token in tokens if tokens.count(token) > 1})
        if twice:
            raise ValueError(f"given twice: {', '.join(twice)}")
        return value

    @field_validator("deadlines")
    @classmethod
    def _every_stage(cls, value: dict[Stage, Deadline]) -> dict[Stage, Deadline]:
        missing = sorted({"submitted", "accepted", "correction"} - set(value))
        if missing:
            raise ValueError(f"no deadline for {', '.join(missing)}")
        return value

    @model_validator(mode="after")
    def _facts_are_fields(self) -> Self:
        for each in self.eligibility:
            unknown = [name for name in each.fact.fields if name not in self.form.properties]
            if unknown:
                raise ValueError(f"rule {each.token} looks at {', '.join(unknown)}, which the form does not ask")
        return self

    def paper(self, token: str) -> PaperKind | None:
        """The kind of paper with this token."""
        return next((each for each in self.papers if each.token == token), None)


class Roles(Sourced):
    """Which staff roles may perform an action, in their own township or county."""

    roles: list[Literal["township_intake", "county_reviewer", "supervisor"]] = Field(min_length=1)


class Exclusion(Sourced):
    """Another programme that one cannot have at the same time."""

    programme: str = Field(pattern=TOKEN_FORM)


class ChildFields(Entry):
    """The fields that must agree with the child whom the applicant has registered as its guardian."""

    id: str
    name: str
    birth_date: str


class People(Entry):
    """Which form fields name the applicant, the person it is for, and the place that is responsible.

    `identifies`: the fields that together say who it is for; one open application each for the same applicant.
    """

    applicant: str
    subject: str
    township: str
    identifies: list[str] = Field(min_length=1)
    child: ChildFields | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        child = (self.child.id, self.child.name, self.child.birth_date) if self.child else ()
        return (self.applicant, self.subject, self.township, *self.identifies, *child)


class ConsentNeeded(Sourced):
    """What the applicant must have agreed to before submission, a purpose of `consents.yaml`."""

    purpose: Literal["identity", "child", "verification"]


# The staff's actions of each lifecycle variant; `models.casework.lifecycle` holds the tables.
VARIANTS: dict[str, frozenset[str]] = {
    "single_review": frozenset({"accept", "request_correction", "approve", "refuse"}),
}


class Programme(Entry):
    """A programme. `particulars`: the part of the domain that gives out what is approved, None where nothing is."""

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    lifecycle: Literal["single_review"]
    particulars: Literal["childcare_place"] | None = None
    people: People
    consents: list[ConsentNeeded]
    roles: dict[str, Roles]
    conflicts: list[Exclusion]
    versions: list[Version] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        actions = VARIANTS[self.lifecycle]
        if set(self.roles) != actions:
            raise ValueError(f"roles must be given for exactly: {', '.join(sorted(actions))}")
        numbers = [each.version for each in self.versions]
        days = [each.in_force_from for each in self.versions]
        if numbers != sorted(set(numbers)) or days != sorted(set(days)):
            raise ValueError("versions and their days must rise")
        if self.people.child is None and any(each.purpose == "child" for each in self.consents):
            raise ValueError("consent for a child needs people.child")
        for version in self.versions:
            missing = [name for name in self.people.fields if name not in version.form.required]
            if missing:
                raise ValueError(f"version {version.version}: {', '.join(missing)} must be required by the form")
        return self

    def in_force(self, day: date) -> Version | None:
        """The version that holds on `day`; None before the first."""
        return next((each for each in reversed(self.versions) if each.in_force_from <= day), None)

    def numbered(self, version: int) -> Version:
        """The version with this number, in force or not. Raises KeyError."""
        for each in self.versions:
            if each.version == version:
                return each
        raise KeyError(f"{self.token} has no version {version}")


@lru_cache(maxsize=1)
def programmes() -> dict[str, Programme]:
    """All programmes by token, read at the first call. Raises CatalogueFault with file and line."""
    return load_programmes(FOLDER)


def load_programmes(folder: Path) -> dict[str, Programme]:
    """Read every file of a folder; a file is named after its programme. Raises CatalogueFault."""
    found: dict[str, Programme] = {}
    for path in sorted(folder.glob("*.yaml")):
        programme = load_yaml(path, Programme)
        if programme.token != path.stem:
            raise CatalogueFault(f"{path}:{_line(path, ('token',))}: token {programme.token!r} is not the file's name")
        found[programme.token] = programme
    for token, programme in found.items():
        for number, other in enumerate(programme.conflicts):
            if other.programme not in found or other.programme == token:
                path = folder / f"{token}.yaml"
                line = _line(path, ("conflicts", number, "programme"))
                raise CatalogueFault(f"{path}:{line}: no other programme {other.programme!r}")
    return found


def _line(path: Path, key: tuple[Any, ...]) -> int:
    return read_yaml(path)[1].get(key, 1)
