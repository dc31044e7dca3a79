"""Query and answer of the public indicators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.endpoint import Query
from config.indicators import MONTH
from config.loading import rule

# The city, a county (GB/T 2260), or a township by its id.
AREA = r"^(3609(\d\d)?|\d{7,9})$"
Level = Literal["city", "county", "township"]
CURSOR_CHARS = 600


class ObservationsQuery(Query):
    """Which observations. `first`, `last` are months, both within; `revisions` all shows what stood there before."""

    level: Level = "city"
    area: str | None = Field(default=None, pattern=AREA)
    first: str | None = Field(default=None, pattern=MONTH)
    last: str | None = Field(default=None, pattern=MONTH)
    revisions: Literal["latest", "all"] = "latest"
    limit: Annotated[int, Field(ge=1, le=rule("indicators.page_size_most"))] = rule("indicators.page_size")
    cursor: str | None = Field(default=None, max_length=CURSOR_CHARS)


class ObservationView(BaseModel):
    """One observation. `value` is there only where the whole area is covered; `partial_value` says what is known.

    `suppressed`: it would tell of few people. `rounded`: its numbers of people are.
    """

    indicator: str
    period: str
    level: Level
    area: str
    area_name: str
    revision: int
    status: Literal["complete", "partial", "not_observable", "suppressed"]
    origin: Literal["platform", "department"]
    finality: Literal["provisional", "final"]
    value: float | None
    partial_value: float | None
    unit: str
    numerator: float | None
    denominator: float | None
    coverage: dict[str, Any]
    source: str
    method: str
    as_of: datetime
    note: str | None
    rounded: bool


class ObservationPage(BaseModel):
    """A page of observations, the latest month first."""

    items: list[ObservationView]
    next: str | None


class IndicatorView(BaseModel):
    """One indicator of the plan, its target, how it is observed, and the city's latest observation by the platform.

    `progress`: per cent of the way from 2020 to the target, null where it cannot be said.
    """

    token: str
    name: str
    domain: str
    unit: str
    binding: bool
    cumulative_five_years: bool
    baseline_2020: float | None
    target_2025: float | None
    progress: float | None
    target_comparison: Literal["at_least", "more_than", "all"]
    plan_baseline: str
    plan_target: str
    observed_by: Literal["platform", "platform_partial", "department"]
    owner: str | None
    since: str
    numerator: str
    denominator: str | None
    formula: str
    method: str
    source: str
    latest: ObservationView | None


class IndicatorList(BaseModel):
    """All indicators of the plan, in its order."""

    items: list[IndicatorView]


class DefinitionView(BaseModel):
    """How an indicator is defined from the month `since` on; numerator and denominator are named measures."""

    since: str
    observed_by: Literal["platform", "platform_partial", "department"]
    owner: str | None
    numerator: str
    denominator: str | None
    numerator_per: int
    denominator_per: int | None
    formula: str
    method: str


class IndicatorDetail(IndicatorView):
    """One indicator with every version of its definition, the oldest first."""

    versions: list[DefinitionView]
