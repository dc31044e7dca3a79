"""What a programme asks: its form, as the part of JSON Schema that forms may use, and what rules look at in it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Literal, Self

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import ConfigDict, Field, field_validator, model_validator

from config.loading import Entry
from config.programme_wrong import wrong

TOKEN_FORM = r"^[a-z][a-z0-9_]*$"  # noqa: S105  the form of a name, no secret
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT_MOST = 2000
ITEMS_MOST = 50

Format = Literal[
    "date", "month", "person-name", "id-number", "mobile-phone", "township", "facility", "child", "household"
]
HouseholdFact = Literal[
    "size", "adults", "children", "elders", "disabled", "per_capita_income", "per_capita_floor_area"
]
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
    oneOf: list[Choice] | None = Field(default=None, min_length=1)


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
                raise wrong("no_expression", "not a regular expression: {fault}", fault=str(fault)) from fault
        return value

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.type == "string" and self.maxLength is None and self.oneOf is None:
            raise wrong("text_unbounded", "a text needs maxLength or oneOf")
        if self.type == "array" and (self.items is None or self.maxItems is None):
            raise wrong("array_unbounded", "an array needs items and maxItems")
        return self


class Form(Entry):
    """A form as a JSON Schema object; nothing but the named properties is accepted."""

    required: list[str]
    properties: dict[str, FormField] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        unknown = [name for name in self.required if name not in self.properties]
        if unknown:
            raise wrong("required_unknown", "required but not a property: {names}", names=", ".join(unknown))
        try:
            Draft202012Validator.check_schema(self.schema_document)
        except SchemaError as fault:
            where = ".".join(map(str, fault.absolute_path))
            raise wrong(
                "no_schema", "not a JSON Schema at {where}: {fault}", where=where, fault=fault.message
            ) from fault
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


class Fact(Entry):
    """What a rule looks at: a field's value, how many items it has, an age in months, or a fact of the household.

    The age is that of the birth date in `age_in_months`, at the first day of the month in `at` (a field), else today.
    """

    field: str | None = None
    count: str | None = None
    age_in_months: str | None = None
    at: str | None = None
    household: HouseholdFact | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(each is not None for each in (self.field, self.count, self.age_in_months, self.household)) != 1:
            raise wrong("fact_of_one", "a fact names one of field, count, age_in_months, household")
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
            raise wrong("condition_empty", "a condition needs at_least, at_most, below or one_of")
        return self


class When(Entry):
    """A fact, and when it holds."""

    fact: Fact
    holds: Condition


class EligibilityRule(Sourced):
    """One line of the eligibility table. `reason` is said when it is not met, `advice` what would change it.

    `decisive`: where it is not met an application cannot be carried out at all and is refused at submission;
    otherwise it is a caseworker who judges. `applies`: the line speaks only about those for whom this holds.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    applies: When | None = None
    fact: Fact
    holds: Condition
    reason: str = Field(min_length=1)
    advice: str = Field(min_length=1)
    decisive: bool

    @property
    def fields(self) -> tuple[str, ...]:
        """The form's fields that the line needs."""
        return (*self.fact.fields, *(self.applies.fact.fields if self.applies else ()))

    @property
    def asks_household(self) -> bool:
        """True where it looks at the household."""
        facts = (self.fact, self.applies.fact) if self.applies else (self.fact,)
        return any(each.household is not None for each in facts)
