"""What the routes of estates, batches, tenancies and rents take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from api.v1.housing.schemas import Day, District, Note, Token, Version
from config.loading import rule
from models.kernel.ids import ID_PATTERN

Id = Annotated[str, Field(pattern=ID_PATTERN)]
PayerKind = Literal["family", "employer", "provident_fund", "community"]
OwnReason = Literal["own_home", "moved_away", "own_request", "other"]
OfficeReason = Literal[
    "own_home", "moved_away", "income_over", "rent_arrears", "sublet", "unused", "deceased", "fraud", "other"
]
TenancyState = Literal[
    "waiting", "offered", "choosing", "to_sign", "signed", "tenant", "leaving", "subsidy", "ended"
]  # fmt: skip


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


def _not_zero(amount: int) -> int:
    if amount == 0:
        raise PydanticCustomError("literal_error", "nothing to correct")
    return amount


Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_one_line)]
Amount = Annotated[
    int, Field(ge=-rule("housing.payment_fen_most"), le=rule("housing.payment_fen_most")), AfterValidator(_not_zero)
]


class OwnBody(Body):
    """May be left out; with `version`, only while the tenancy still has it."""

    version: Version | None = None


class ChooseFlatBody(Body):
    """The flat instead of the one that is kept."""

    flat_id: Id
    version: Version | None = None


class PayerBody(Body):
    """Who pays the rent with the tenant's authorisation."""

    kind: PayerKind
    name: Name
    version: Version | None = None


class NoticeBody(Body):
    """Why the tenant leaves."""

    reason: OwnReason
    version: Version | None = None


class StepBody(Body):
    """`version` is the one the caseworker has read."""

    version: Version


class HandOverBody(StepBody):
    """The first day of the lease."""

    starts_on: Day


class HandBackBody(StepBody):
    """The day on which the key came back."""

    on: Day


class LeaveBody(StepBody):
    """Why the tenancy ends. `note` is for the file."""

    reason: OfficeReason
    note: Note | None = None


class RestoreBody(StepBody):
    """Why the allocation was void; for the file."""

    note: Note


class AdjustBody(Body):
    """A correction of the ledger, fen: positive is owed, negative is let off. `note`: why."""

    amount_fen: Amount
    note: Note


class OpenBatchBody(Body):
    """Flats to give out. `city_list`: in the order of the city's list instead of the county's."""

    programme: Token
    district_code: District
    name: Name
    flat_ids: list[Id] = Field(min_length=1, max_length=rule("housing.batch_flats_most"))
    city_list: bool = False
    group: Token | None = None
    offers_at_once: Annotated[int, Field(ge=1, le=rule("housing.batch_flats_most"))] | None = None


class FlatUseBody(Body):
    """Whether a flat can be given out, and why it is changed; for the file."""

    in_use: bool
    reason: Note


class BatchesQuery(Query):
    """`counted`: with the flats and households of each, by state."""

    counted: bool = True


class TenanciesQuery(Query):
    """The tenancies of one's place in a state. `overdue_recheck`: those whose yearly check is overdue."""

    state: TenancyState = "tenant"
    overdue_recheck: bool = False
    limit: int = Field(default=rule("housing.page_size"), ge=1, le=rule("housing.page_size_most"))
    after: Id | None = None


class PauseBody(Body):
    """May be left out."""

    version: Version | None = None
