"""Reads and validates the catalogue once at start-up; a bad file stops the start with its file and line.

The catalogue is what a civil servant would edit: districts, places, categories, programmes, indicators, rules.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.yaml_lines import CatalogueFault, read_yaml

__all__ = ["Catalogue", "CatalogueFault", "Entry", "catalogue", "load_csv", "load_yaml", "rule", "rules"]

CATALOGUE = Path(__file__).parent / "catalogue"
Model = TypeVar("Model", bound=BaseModel)


class Entry(BaseModel):
    """The base of every catalogue entry: no unknown keys, never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class District(Entry):
    """A county of Yichun; `code` is its six digits of GB/T 2260."""

    code: str = Field(pattern=r"^3609\d\d$")
    name_zh: str = Field(min_length=1)
    name: str = Field(min_length=1)
    kind: Literal["district", "county", "county_city"]


class Place(Entry):
    """A township or town; the id is GeoNames', the point is WGS-84 degrees."""

    id: str = Field(alias="geonames_id", pattern=r"^\d+$")
    name_zh: str
    name: str
    district_code: str
    district_zh: str
    longitude: float = Field(alias="longitude_wgs84", ge=113, le=117)
    latitude: float = Field(alias="latitude_wgs84", ge=26, le=30)


class Category(Entry):
    """A kind of service point of the directory, within one of the plan's domains."""

    token: str = Field(pattern=r"^[a-z_]+$")
    label_zh: str = Field(min_length=1)
    domain: str
    domain_zh: str


class Rule(Entry):
    """A number or choice that is policy, not code: its value, unit, source, and since when it holds."""

    value: Any
    unit: str
    source: str = Field(min_length=1)
    since: date | None = None


@dataclass(frozen=True)
class Catalogue:
    """Everything of the catalogue that the whole product shares."""

    districts: dict[str, District]
    places: tuple[Place, ...]
    categories: dict[str, Category]

    def place(self, place_id: str) -> Place | None:
        """The township with this id."""
        return _places_by_id().get(place_id)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue, read at the first call. Raises CatalogueFault with file and line."""
    districts = {d.code: d for d in load_csv(CATALOGUE / "districts.csv", District, unique="code")}
    places = load_csv(CATALOGUE / "places.csv", Place, unique="id", check=_in_a_district(districts))
    categories = load_csv(CATALOGUE / "service_categories.csv", Category, unique="token")
    return Catalogue(districts, tuple(places), {c.token: c for c in categories})


@lru_cache(maxsize=1)
def _places_by_id() -> dict[str, Place]:
    return {place.id: place for place in catalogue().places}


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """All rules by `file.name`."""
    found: dict[str, Rule] = {}
    for path in sorted((CATALOGUE / "rules").glob("*.yaml")):
        tree, lines = read_yaml(path)
        if not isinstance(tree, dict):
            raise CatalogueFault(f"{path}:1: a rules file is a mapping")
        for name, value in tree.items():
            found[f"{path.stem}.{name}"] = _validated(path, lines.get((name,), 1), Rule, value, lines, (name,))
    return found


def rule(name: str) -> Any:
    """The value of the rule `file.name`. Raises KeyError for an unknown one."""
    return rules()[name].value


def load_yaml(path: Path, model: type[Model]) -> Model:
    """Read one YAML file as `model`. Raises CatalogueFault `file:line: what` for the first fault."""
    tree, lines = read_yaml(path)
    return _validated(path, 1, model, tree, lines, ())


def load_csv(
    path: Path, model: type[Model], *, unique: str, check: Callable[[Model], str | None] | None = None
) -> list[Model]:
    """Read a CSV file with a header, a model a row; `unique` names the field that may not repeat.

    `check` returns what is wrong with a row, or None. Raises CatalogueFault with file and line.
    """
    found: list[Model] = []
    seen: set[Any] = set()
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        for row in reader:
            line = reader.line_num
            entry = _validated(path, line, model, {k: v for k, v in row.items() if v != ""}, {}, ())
            key = getattr(entry, unique)
            fault = f"{unique} {key!r} is given twice" if key in seen else check(entry) if check else None
            if fault:
                raise CatalogueFault(f"{path}:{line}: {fault}")
            seen.add(key)
            found.append(entry)
    return found


def _in_a_district(districts: dict[str, District]) -> Callable[[Place], str | None]:
    return lambda place: None if place.district_code in districts else f"no district {place.district_code}"


def _validated(
    path: Path,
    line: int,
    model: type[Model],
    value: Any,
    lines: dict[tuple[Any, ...], int],
    above: tuple[Any, ...],
) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = (*above, *first["loc"])
        while where and where not in lines:
            where = where[:-1]
        at = lines.get(where, line) if lines else line
        raise CatalogueFault(f"{path}:{at}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from fault
