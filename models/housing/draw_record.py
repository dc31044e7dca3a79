"""The public record of a draw: everything by which anyone can repeat it, and nothing about a person.

Shape, format 1 (all hashes hex, times ISO 8601 with offset):

    format      "yixiang.lottery-draw/1"
    state       committed | seeded | drawn | published | void
    committed   what the commitment covers, fixed before the seed was known:
                  draw_id, programme, round, district_code (null: the whole city), replaces (a void draw, or null),
                  algorithm {name, version}, places (how many are chosen: the first of the result),
                  seed_source {token, name, publisher, address, issue, announced_at, written, balls}, and
                  `demonstration` true in it where the seed was made up to show how a draw goes,
                  entries [{number, seal}] in the order of their seals
    commitment  {sha256, sm3} of the canonical JSON of `committed`
    seed        the announced numbers as `written` says, null before
    result      the numbers in the order drawn, null before the draw is published
    void        {at, state, reason} of a draw that does not count, else null
    events      [{action, at, seed, reason}] of the draw, in order: the seed that a step entered, why it was taken
    hashes      {result: {sha256, sm3} or null, record: {sha256, sm3} of the record without `hashes` and `committed`}
                (the commitment covers the latter)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from models.housing.draw import ALGORITHM, canonical, entries_of, fingerprint, number
from models.housing.seeds import Balls

FORMAT = "yixiang.lottery-draw/1"
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[str, StringConstraints(pattern=r"^\d{6,9}$")]
State = Literal["committed", "seeded", "drawn", "published", "void"]


class Strict(BaseModel):
    """The base of the record's parts: exact types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Hashes(Strict):
    sha256: Hash
    sm3: Hash


class DrawAlgorithm(Strict):
    name: str
    version: int


class DrawEntry(TypedDict):
    """One of many: a dictionary is read three times as fast as a model."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    number: Number
    seal: Hash


class NamedSeed(Strict):
    """Which public result is the seed, named in advance."""

    token: str
    name: str
    publisher: str
    address: str
    issue: str
    announced_at: AwareDatetime
    written: str
    balls: list[Balls] = Field(min_length=1, max_length=10)
    demonstration: bool = False


class CommittedPart(Strict):
    draw_id: str
    programme: str
    round: str
    district_code: str | None
    replaces: str | None
    algorithm: DrawAlgorithm
    places: int = Field(ge=1)
    seed_source: NamedSeed
    entries: list[DrawEntry] = Field(min_length=1)


class VoidPart(Strict):
    at: AwareDatetime
    state: State
    reason: str


class DrawEvent(Strict):
    action: str
    at: AwareDatetime
    seed: str | None
    reason: str | None


class RecordHashes(Strict):
    result: Hashes | None
    record: Hashes


class LotteryDrawRecord(Strict):
    """The whole record."""

    format: str
    state: State
    committed: CommittedPart
    commitment: Hashes
    seed: str | None
    result: list[str] | None
    void: VoidPart | None
    events: list[DrawEvent] = Field(min_length=1)
    hashes: RecordHashes


def committed_part(
    *, draw_id: str, programme: str, round_name: str, district_code: str | None, replaces: str | None, places: int,
    seed_source: Mapping[str, Any], seals: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """What a commitment covers, ready for `canonical`. `seals` in their order."""
    return {
        "draw_id": draw_id, "programme": programme, "round": round_name, "district_code": district_code,
        "replaces": replaces, "algorithm": dict(ALGORITHM), "places": places, "seed_source": dict(seed_source),
        "entries": entries_of(seals),
    }  # fmt: skip


def commitment_of(committed: Mapping[str, Any]) -> dict[str, str]:
    """The hashes that are published before the seed is known."""
    return fingerprint(canonical(committed))


def record_of(
    *, state: str, committed: Mapping[str, Any], commitment: Mapping[str, str], seed: str | None,
    order: Sequence[int] | None, void: Mapping[str, Any] | None, events: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The record with its hashes. `order`: indexes of the entries as drawn, None before publication."""
    result = None if order is None else [number(index) for index in order]
    record: dict[str, Any] = {
        "format": FORMAT, "state": state, "committed": dict(committed), "commitment": dict(commitment), "seed": seed,
        "result": result, "void": None if void is None else dict(void), "events": [dict(each) for each in events],
    }  # fmt: skip
    hashes = {"result": None if result is None else fingerprint(canonical(result)), "record": rest_hashes(record)}
    return {**record, "hashes": hashes}


def rest_hashes(record: Mapping[str, Any]) -> dict[str, str]:
    """The hashes of a record's parts that neither the commitment covers nor are hashes themselves."""
    return fingerprint(canonical({k: v for k, v in record.items() if k not in ("hashes", "committed")}))
