"""By what a waiting list is ordered, as data: an entry's values become one text that sorts as the rule says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from models.kernel.errors import FieldFault, InvalidInput, NotFound

FILE = CATALOGUE / "housing" / "waiting_lists.yaml"
CITY = "city"
LEVEL_DIGITS, DAY_DIGITS, TIE_CHARS = 2, 8, 16
SEPARATOR = "."
# Sorts behind every digit.
ABSENT = "~"
LAST_DAY = 99999999


class OrderLine(Entry):
    """One line of an ordering rule. `levels`: best first. `absent`: where an entry without the value stands."""

    value: str = Field(pattern=r"^[a-z][a-z_]*$")
    kind: Literal["level", "number", "day"]
    levels: list[str] = Field(default=[], max_length=99)
    most: int = Field(default=0, ge=0, le=10**12)
    direction: Literal["rising", "falling"] = "rising"
    absent: Literal["refused", "last"] = "refused"
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.kind == "level") != bool(self.levels) or (self.kind == "number") != bool(self.most):
            raise ValueError("a level needs levels, a number needs most, and nothing else does")
        if len(set(self.levels)) != len(self.levels):
            raise ValueError("a level is given twice")
        return self

    @property
    def width(self) -> int:
        """How many characters the line takes in a key."""
        return {"level": LEVEL_DIGITS, "day": DAY_DIGITS, "number": len(str(self.most))}[self.kind]

    def encoded(self, value: Any) -> str | None:
        """The value as text of this line's width that sorts as it should; None for a value that cannot be."""
        if value is None:
            return ABSENT * self.width if self.absent == "last" else None
        found, most = self._as_number(value)
        if found is None:
            return None
        return str(found if self.direction == "rising" else most - found).zfill(self.width)

    def _as_number(self, value: Any) -> tuple[int | None, int]:
        if self.kind == "level":
            return (self.levels.index(value) if value in self.levels else None), len(self.levels)
        if self.kind == "day":
            try:
                return int(date.fromisoformat(value).strftime("%Y%m%d")), LAST_DAY
            except (TypeError, ValueError):
                return None, LAST_DAY
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= self.most
        return (value if fits else None), self.most


class ListRule(Entry):
    """How one programme's waiting lists are ordered, and how often an entry is checked again."""

    label: str = Field(min_length=1)
    version: int = Field(ge=1)
    recheck_months: int = Field(ge=1, le=60)
    order: list[OrderLine] = Field(min_length=1)
    source: str = Field(min_length=1)

    def order_key(self, values: Mapping[str, Any]) -> str:
        """The sortable text of these values. Raises InvalidInput naming each that is missing, wrong or unknown."""
        faults = [
            FieldFault(_printable(name), "extra_forbidden")
            for name in set(values) - {line.value for line in self.order}
        ]
        parts = []
        for line in self.order:
            text = line.encoded(values.get(line.value))
            if text is None:
                faults.append(FieldFault(line.value, "missing" if values.get(line.value) is None else "literal_error"))
            else:
                parts.append(text)
        if faults:
            raise InvalidInput(faults=faults)
        return SEPARATOR.join(parts)


class WaitingLists(Entry):
    """The catalogue's file."""

    lists: dict[str, ListRule] = Field(min_length=1)
    reasons: dict[Literal["join", "move", "pause", "resume", "recheck", "end", "restore"], list[str]]
    source: str = Field(min_length=1)


@lru_cache(maxsize=1)
def waiting_lists() -> WaitingLists:
    """All rules of waiting lists. Raises CatalogueFault."""
    return load_yaml(FILE, WaitingLists)


def list_rule(programme: str) -> ListRule:
    """The rule of a programme's lists. Raises NotFound where the programme has none."""
    found = waiting_lists().lists.get(programme)
    if found is None:
        raise NotFound()
    return found


def check_reason(action: str, reason: str) -> None:
    """Raises InvalidInput where the action may not be done for this reason."""
    if reason not in waiting_lists().reasons.get(action, []):  # type: ignore[call-overload]
        raise InvalidInput(faults=[FieldFault("reason", "literal_error")])


def list_key(programme: str, district_code: str | None, group: str | None = None) -> str:
    """The name of one list: programme, county or `city`, and group where a county keeps several."""
    return ":".join([programme, district_code or CITY, *([group] if group else [])])


def tie(key_of_list: str, application_id: str) -> str:
    """What decides between equals, hex: the published rule, which nobody can influence."""
    return hashlib.sha256(f"{key_of_list}|{application_id}".encode()).hexdigest()[:TIE_CHARS]


def full_key(key_of_list: str, order_key: str, application_id: str) -> str:
    """The key under which an entry stands in its list; no two are equal."""
    return SEPARATOR.join([order_key, tie(key_of_list, application_id), application_id])


def application_of(key: str) -> str:
    """The application whose full key this is."""
    return key.rpartition(SEPARATOR)[2]


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:60]
