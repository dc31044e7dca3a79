"""What a visitor looks at, as data: one point a line in `catalogue/eldercare/checklist.yaml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from config.programmes import TOKEN_FORM

FILE = CATALOGUE / "eldercare" / "checklist.yaml"


class ChecklistItem(Entry):
    """One point. `risk`: for whom it is asked; `health`: its answer is for those alone who need to know.

    A number goes from 0 to `most`; a choice has `options`, token → label.
    """

    token: str = Field(pattern=TOKEN_FORM)
    label: str = Field(min_length=1)
    kind: Literal["yes_no", "choice", "number"]
    options: dict[str, str] = Field(default_factory=dict)
    most: int | None = Field(default=None, ge=1)
    health: bool
    required: bool
    risk: list[Literal["ordinary", "raised", "high"]] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees(self) -> ChecklistItem:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError(f"{self.token}: a choice, and nothing else, has options")
        if (self.kind == "number") != (self.most is not None):
            raise ValueError(f"{self.token}: a number, and nothing else, has a most")
        return self


class Checklist(Entry):
    """All points; `version` grows with every change."""

    version: int = Field(ge=1)
    items: list[ChecklistItem] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees(self) -> Checklist:
        tokens = [each.token for each in self.items]
        if len(set(tokens)) != len(tokens):
            raise ValueError("a point is given twice")
        return self


@lru_cache(maxsize=1)
def visit_checklist() -> Checklist:
    """The points, read at the first call. Raises CatalogueFault with file and line."""
    return load_yaml(FILE, Checklist)
