"""What can be applied for, as data: one file a programme in `catalogue/programmes`, read and checked once.

A programme has dated versions, those of its file and those released in the console since, and a county may override
parts of one from a day on. An application is bound to the version, and to its county's override, in force when it is
submitted; a later one changes nothing about it. Every rule names its source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator

from config.loading import CATALOGUE, Entry, catalogue, load_yaml
from config.programme_forms import (
    DIALECT,
    TOKEN_FORM,
    Condition,
    EligibilityRule,
    Fact,
    Form,
    FormField,
    Sourced,
    When,
)
from config.programme_parts import (
    Choose,
    Deadline,
    PaperKind,
    PublicNotice,
    Retention,
    ValueFrom,
    WaitingListUse,
)
from config.programme_wrong import wrong
from config.releases import RELEASES
from config.yaml_lines import CatalogueFault, read_yaml

__all__ = [
    "DIALECT", "FOLDER", "TOKEN_FORM", "VARIANTS", "Choose", "Condition", "Deadline", "EligibilityRule", "Fact", "Form",
    "FormField", "Override", "PaperKind", "Programme", "PublicNotice", "Retention", "Stage", "ValueFrom", "Version",
    "WaitingListUse", "When", "catalogue_programmes", "load_programmes", "programmes", "show_released", "tree_of",
]  # fmt: skip

FOLDER = CATALOGUE / "programmes"

Stage = Literal["submitted", "accepted", "reviewed", "correction", "appealed"]
StaffRole = Literal["township_intake", "county_reviewer", "supervisor"]
Particular = Literal["childcare_place", "waiting_list"]


Item = TypeVar("Item", bound=EligibilityRule | PaperKind)


class Override(Sourced):
    """What a county sets otherwise from a day on: by stage, by rule or by paper; what it does not name stays."""

    district_code: str = Field(pattern=r"^3609\d\d$")
    in_force_from: date
    deadlines: dict[Stage, Deadline] = Field(default={})
    eligibility: list[EligibilityRule] = Field(default=[])
    papers: list[PaperKind] = Field(default=[])
    public_notice: PublicNotice | None = None

    @property
    def key(self) -> str:
        """Its name within the version."""
        return f"{self.district_code}:{self.in_force_from.isoformat()}"


class Version(Sourced):
    """A programme as it holds from a day on. `conflicts` of the programme hold for every version."""

    version: int = Field(ge=1)
    in_force_from: date
    form: Form
    papers: list[PaperKind]
    eligibility: list[EligibilityRule]
    deadlines: dict[Stage, Deadline]
    household: Literal["required", "optional", "none"] = "none"
    public_notice: PublicNotice | None = None
    waiting_list: WaitingListUse | None = None
    retention: Retention
    overrides: list[Override] = Field(default=[])

    @field_validator("papers", "eligibility")
    @classmethod
    def _tokens_once(cls, value: list[Any]) -> list[Any]:
        tokens = [each.token for each in value]
        twice = sorted({token for token in tokens if tokens.count(token) > 1})
        if twice:
            raise wrong("given_twice", "given twice: {names}", names=", ".join(twice))
        return value

    @model_validator(mode="after")
    def _facts_are_there(self) -> Self:
        asks = self.household_field
        for each in self._rules:
            unknown = [name for name in each.fields if name not in self.form.properties]
            if unknown:
                raise wrong("rule_asks_unknown", "rule {rule} looks at {names}, which the form does not ask",
                            rule=each.token, names=", ".join(unknown))  # fmt: skip
            if each.asks_household and asks is None:
                raise wrong("rule_asks_household", "rule {rule} looks at the household, which the form does not ask",
                            rule=each.token)  # fmt: skip
        if (self.household == "none") != (asks is None):
            raise wrong("household_field", "household and a field of the format household go together")
        if self.household == "required" and asks not in self.form.required:
            raise wrong("household_required", "{name} must be required", name=str(asks))
        return self

    @model_validator(mode="after")
    def _order_is_known(self) -> Self:
        for name, value in self.waiting_list.values.items() if self.waiting_list else ():
            missing = [each for each in value.fields if each not in self.form.properties]
            if missing or (value.field and value.field not in self.form.required):
                raise wrong(
                    "list_needs_answer", "waiting list: {name} needs an answer that the form requires", name=name
                )
        return self

    @model_validator(mode="after")
    def _overrides_are_whole(self) -> Self:
        keys = [each.key for each in self.overrides]
        if len(set(keys)) != len(keys):
            raise wrong("override_twice", "two overrides of one county from one day")
        for each in self.overrides:
            if each.district_code not in catalogue().districts:
                raise wrong("override_nowhere", "override: no district {code}", code=each.district_code)
            if each.public_notice is not None and self.public_notice is None:
                raise wrong("override_notice", "override: a county may change a public notice, not bring one in")
        return self

    @property
    def _rules(self) -> list[EligibilityRule]:
        return [*self.eligibility, *(rule for each in self.overrides for rule in each.eligibility)]

    @cached_property
    def household_field(self) -> str | None:
        """The form's field that names the household."""
        return next((name for name, each in self.form.properties.items() if each.format == "household"), None)

    def paper(self, token: str) -> PaperKind | None:
        """The kind of paper with this token."""
        return next((each for each in self.papers if each.token == token), None)

    def override_key(self, district_code: str | None, day: date) -> str | None:
        """The key of the county's override in force on `day`; None where it has none."""
        found = [each for each in self.overrides if each.district_code == district_code and each.in_force_from <= day]
        return max(found, key=lambda each: each.in_force_from).key if found else None

    def of_county(self, key: str | None) -> Version:
        """The version with an override on it; itself for None. Raises KeyError."""
        return self if key is None else self._overridden[key]

    @cached_property
    def _overridden(self) -> dict[str, Version]:
        return {
            each.key: self.model_copy(
                update={
                    "deadlines": {**self.deadlines, **each.deadlines},
                    "eligibility": _replaced(self.eligibility, each.eligibility),
                    "papers": _replaced(self.papers, each.papers),
                    "public_notice": each.public_notice or self.public_notice,
                }
            )
            for each in self.overrides
        }


class Roles(Sourced):
    """Which staff roles may perform an action, in their own township or county."""

    roles: list[StaffRole] = Field(min_length=1)


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


_ALWAYS = frozenset({"accept", "request_correction", "refuse", "transfer", "assign", "decide_appeal", "end"})
# The staff's actions of each lifecycle variant, whose roles a programme names; `models.casework.lifecycle` holds the
# tables. `decide_appeal` stands for `uphold` and `reopen`.
VARIANTS: dict[str, frozenset[str]] = {
    "single_review": _ALWAYS | {"approve"},
    "two_reviews": _ALWAYS | {"first_review", "second_review"},
}
STAGES: dict[str, frozenset[Stage]] = {
    "single_review": frozenset({"submitted", "accepted", "correction", "appealed"}),
    "two_reviews": frozenset({"submitted", "accepted", "reviewed", "correction", "appealed"}),
}


class Programme(Entry):
    """A programme. `particulars`: the part of the domain that gives out what is approved, None where nothing is.

    `lasting`: what an approval gives goes on until it ends; nobody can have it twice, and the case is kept till then.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    lifecycle: Literal["single_review", "two_reviews"]
    particulars: Particular | None = None
    lasting: bool = False
    people: People
    consents: list[ConsentNeeded]
    roles: dict[str, Roles]
    conflicts: list[Exclusion]
    versions: list[Version] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        actions = VARIANTS[self.lifecycle]
        if set(self.roles) != actions:
            raise wrong("roles_exactly", "roles must be given for exactly: {names}", names=", ".join(sorted(actions)))
        numbers = [each.version for each in self.versions]
        days = [each.in_force_from for each in self.versions]
        if numbers != sorted(set(numbers)) or days != sorted(set(days)):
            raise wrong("versions_rise", "versions and their days must rise")
        if self.people.child is None and any(each.purpose == "child" for each in self.consents):
            raise wrong("consent_child", "consent for a child needs people.child")
        if self.particulars is not None and not self.lasting:
            raise wrong("particulars_lasting", "what particulars give out is lasting")
        for version in self.versions:
            self._check_version(version)
        return self

    def _check_version(self, version: Version) -> None:
        missing = [name for name in self.people.fields if name not in version.form.required]
        if missing:
            raise wrong("people_required", "version {number}: {names} must be required by the form",
                        number=str(version.version), names=", ".join(missing))  # fmt: skip
        stages = STAGES[self.lifecycle]
        if set(version.deadlines) != stages:
            raise wrong(
                "deadlines_exactly", "deadlines must be given for exactly: {names}", names=", ".join(sorted(stages))
            )
        if any(not set(each.deadlines) <= stages for each in version.overrides):
            raise wrong("override_deadline", "override: a deadline for a stage that the programme does not have")
        if (self.particulars == "waiting_list") != (version.waiting_list is not None):
            raise wrong("list_particulars", "waiting_list of a version and the particulars waiting_list go together")

    def in_force(self, day: date) -> Version | None:
        """The version that holds on `day`; None before the first."""
        return next((each for each in reversed(self.versions) if each.in_force_from <= day), None)

    def numbered(self, version: int) -> Version:
        """The version with this number, in force or not. Raises KeyError."""
        found = next((each for each in self.versions if each.version == version), None)
        if found is None and RELEASES.ask is not None:
            RELEASES.ask(True)  # another process may have released it a moment ago
            found = next((each for each in programmes()[self.token].versions if each.version == version), None)
        if found is None:
            raise KeyError(f"{self.token} has no version {version}")
        return found


@lru_cache(maxsize=1)
def catalogue_programmes() -> dict[str, Programme]:
    """The programmes of the catalogue's files by token, read at the first call. Raises CatalogueFault."""
    return load_programmes(FOLDER)


def programmes() -> dict[str, Programme]:
    """All programmes by token as they are now: the catalogue's, with the versions that were released since."""
    if RELEASES.ask is not None:
        RELEASES.ask(False)
    return catalogue_programmes() if RELEASES.shown is None else RELEASES.shown


def tree_of(token: str) -> dict[str, Any]:
    """A programme as YAML has it, the released versions among the file's own. Raises KeyError."""
    if token not in catalogue_programmes():
        raise KeyError(token)
    return _with_released(token, RELEASES.trees.get(token, ()))


def show_released(released: Mapping[str, Sequence[Any]]) -> None:
    """Let `programmes()` have these versions, as YAML has them, from now on.

    Of one number the released version counts, for cases may be bound to it. Raises CatalogueFault where a programme
    and its released versions do not go together; then all stays as it was.
    """
    shown = dict(catalogue_programmes())
    for token, trees in released.items():
        try:
            shown[token] = Programme.model_validate(_with_released(token, trees))
        except (OSError, ValidationError) as fault:
            what = f"it does not go together with the versions released since: {fault}"
            raise CatalogueFault(f"{FOLDER / token}.yaml:1: {what}") from fault
    RELEASES.trees, RELEASES.shown = dict(released), shown if released else None


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


def _with_released(token: str, released: Sequence[Any]) -> dict[str, Any]:
    path = FOLDER / f"{token}.yaml"
    tree = _read_once(path, path.stat().st_mtime_ns)
    versions = {each["version"]: each for each in (*tree["versions"], *released)}
    return {**tree, "versions": [versions[number] for number in sorted(versions)]}


@lru_cache(maxsize=64)
def _read_once(path: Path, changed: int) -> dict[str, Any]:
    """A file's content, read again when it has changed: reading all of them takes longer than a page may."""
    tree: dict[str, Any] = read_yaml(path)[0]
    return tree


def _replaced(standing: list[Item], other: list[Item]) -> list[Item]:
    """The list with the entries of the same token replaced, new ones at its end."""
    by_token: dict[str, Item] = {each.token: each for each in other}
    kept: list[Item] = [by_token.pop(each.token, each) for each in standing]
    return [*kept, *by_token.values()]


def _line(path: Path, key: tuple[Any, ...]) -> int:
    return read_yaml(path)[1].get(key, 1)
