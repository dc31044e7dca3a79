"""Lottery draws: commit to the list, enter the seed, draw, publish; or declare void. Each is done once.

Source: the Measures for Public Rental Housing (order 11 of the Ministry of Housing, 2012), article 13; that everyone
can repeat a draw is our own rule.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson.binary import Binary
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.housing import positions
from models.housing.documents import COMMITTED, VOID, LotteryDraw, LotteryList, LotteryOrder
from models.housing.draw import drawn, sealed
from models.housing.draw_record import commitment_of, committed_part
from models.housing.lifecycle import DRAW_LIFECYCLE, DRAW_ROLES
from models.housing.ordering import application_of, list_key, list_rule
from models.housing.seeded_steps import Step, insert_once, note, public_step, void_reason
from models.housing.seeds import announced_at, check_lead, named_seed
from models.housing.waiting_list import settle_pending
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import keyed_hash
from models.kernel.errors import Conflict, Duplicate, Forbidden, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry

SALT_PURPOSE = "lottery draw seal"
SEAL_BYTES = 32
APPLICATION_CHARS = 26


@dataclass(frozen=True)
class Plan:
    """A draw to be: for which list, which round, how many places, and which public result will be its seed."""

    programme: str
    round: str
    district_code: str | None
    places: int
    seed_source: str
    issue: str
    announced_on: date
    group: str | None = None
    replaces: str | None = None
    # Whether the product is one in development, where a draw may be shown with a made-up seed.
    demonstrations: bool = False

    @property
    def seed(self) -> dict[str, Any]:
        """What will be the seed, as it is committed. Raises InvalidInput."""
        return named_seed(self.seed_source, self.issue, self.announced_on, demonstrations=self.demonstrations)

    @property
    def draw_id(self) -> str:
        """The same for every attempt at this round."""
        return id_from_key("lottery draw", f"{list_key(self.programme, self.district_code, self.group)} {self.round}")


def commit_draw(plan: Plan, *, by: Actor, at: datetime) -> Raw:
    """Fix everyone who waits on the plan's list as the list of a draw, and publish the commitment. Returns the draw.

    A repeat of the same plan by the same person finds the first. Raises Forbidden, InvalidInput (seed source, time),
    NotFound (no such list), Conflict (`draw_list_empty`, `draw_replaces_nothing`), Duplicate (`draw_exists`).
    """
    if not (by.has_role(*DRAW_ROLES) and by.covers(plan.district_code)):
        raise Forbidden()
    list_rule(plan.programme)
    existing = collection(LotteryDraw).find_one({"_id": plan.draw_id})
    if existing is not None:
        return _same_plan(existing, plan, by)
    named = plan.seed
    check_lead(named, at)
    _check_replaced(plan)
    settle_pending(at)
    key = list_key(plan.programme, plan.district_code, plan.group)
    waiting = [application_of(each) for each, _ in positions.every(key)]
    if not waiting or len(waiting) > rule("housing.draw_entries_most"):
        raise Conflict("draw_list_too_large" if waiting else "draw_list_empty")
    return _commit(plan, named, waiting, by, at)


def enter_seed(
    draw_id: str, seed: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Enter the announced result; never by whoever committed, never before it is announced.

    `key`: a repeat with the same key changes nothing. Raises InvalidInput (`draw_seed_form`) where it is not written
    as the source says, and what `Lifecycle.perform` raises.
    """
    return Step(DRAW_LIFECYCLE, "enter_seed", by, at, version, key).take_seed(draw_id, seed, None)


def correct_seed(
    draw_id: str, seed: str, reason: str, *, by: Actor, at: datetime, version: int | None = None,
    key: str | None = None,
) -> Raw:  # fmt: skip
    """Replace a seed entered wrongly, before the draw; the correction stays in the public record."""
    return Step(DRAW_LIFECYCLE, "correct_seed", by, at, version, key).take_seed(draw_id, seed, reason.strip())


def run_draw(
    draw_id: str, seed: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Draw. `seed` is read from the source again, by another person, and must be the same as entered.

    Raises Conflict (`draw_seed_differs`) and what `Lifecycle.perform` raises.
    """
    step = Step(DRAW_LIFECYCLE, "run", by, at, version, key)
    draw = _read(draw_id)
    if step.done_in(draw):
        return draw
    DRAW_LIFECYCLE.check(draw, "run", by=by, at=at, version=version)
    if seed != draw["seed"]:
        raise Conflict("draw_seed_differs")
    order = drawn(draw["commitment"]["sha256"], seed, seals_of(draw))
    order_id = id_from_key("lottery order", f"{draw['commitment']['sha256']} {seed}")
    # Computed from what is fixed: a repeat after a crash finds the very same bytes.
    insert_once(LotteryOrder, {"_id": order_id, "order": Binary(struct.pack(f">{len(order)}I", *order))}, at)
    return step.perform(draw_id, Change(set={"order_id": order_id}, where={"seed": seed}))


def publish_draw(
    draw_id: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Make the whole record public."""
    return Step(DRAW_LIFECYCLE, "publish", by, at, version, key).perform(draw_id, Change())


def void_draw(
    draw_id: str, reason: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Declare a draw void. It stays on public record with its reason; its round is used up."""
    said = void_reason(reason)
    return Step(DRAW_LIFECYCLE, "void", by, at, version, key).perform(
        draw_id, lambda draw: Change(set={"void": {"at": at, "state": draw["state"], "reason": said}}), reason=said
    )


def secret_of(draw_id: str) -> bytes:
    """The key of a draw's salts; it follows from the house's keys, so nothing has to be stored."""
    return keyed_hash(SALT_PURPOSE, draw_id.encode())


def list_of(draw: Raw) -> Raw:
    """The stored list of a draw."""
    found = collection(LotteryList).find_one({"_id": draw["commitment"]["sha256"]})
    assert found is not None  # noqa: S101  it is written before the draw, and never deleted
    return found


def seals_of(draw: Raw) -> list[str]:
    """The seals of a draw's list, hex, in order."""
    packed = bytes(list_of(draw)["seals"])
    return [packed[start : start + SEAL_BYTES].hex() for start in range(0, len(packed), SEAL_BYTES)]


def applications_of(draw: Raw) -> list[str]:
    """The applications of a draw's list, in order. For the house only."""
    packed = bytes(list_of(draw)["application_ids"]).decode()
    return [packed[start : start + APPLICATION_CHARS] for start in range(0, len(packed), APPLICATION_CHARS)]


def order_of(draw: Raw) -> list[int] | None:
    """The indexes of the list in the order drawn; None before the draw."""
    if draw.get("order_id") is None:
        return None
    found = collection(LotteryOrder).find_one({"_id": draw["order_id"]})
    assert found is not None  # noqa: S101  it is written before the draw names it, and never deleted
    return list(struct.unpack(f">{draw['count']}I", bytes(found["order"])))


def _commit(plan: Plan, named: Raw, waiting: Sequence[str], by: Actor, at: datetime) -> Raw:
    pairs = sealed(waiting, secret_of(plan.draw_id))
    commitment = commitment_of(
        committed_part(
            draw_id=plan.draw_id, programme=plan.programme, round_name=plan.round, district_code=plan.district_code,
            replaces=plan.replaces, places=plan.places, seed_source=named, seals=[seal for seal, _ in pairs],
        )
    )  # fmt: skip
    stored = {
        "_id": commitment["sha256"],
        "seals": Binary(b"".join(bytes.fromhex(seal) for seal, _ in pairs)),
        "application_ids": Binary("".join(each for _, each in pairs).encode()),
    }
    insert_once(LotteryList, stored, at)
    draw = LotteryDraw(
        id=plan.draw_id, created_at=at, updated_at=at, state=COMMITTED, programme=plan.programme, round=plan.round,
        district_code=plan.district_code, group=plan.group, replaces=plan.replaces, places=plan.places,
        count=len(pairs), seed_source=named, commitment=commitment, committed_at=at, committed_by=by.id,
        outbox_waiting=False, history=[history_entry("commit", None, COMMITTED, by, at)],
        steps=[public_step("commit", at, None, None)],
    )  # fmt: skip
    try:
        collection(LotteryDraw).insert_one(draw.raw())
    except DuplicateKeyError:
        found = collection(LotteryDraw).find_one({"_id": plan.draw_id})
        if found is None:
            raise Duplicate("draw_replaced_already") from None
        return _same_plan(found, plan, by)
    made = _read(plan.draw_id)
    note(DRAW_LIFECYCLE, "commit", made, by, at)
    return made


def _same_plan(existing: Raw, plan: Plan, by: Actor) -> Raw:
    same = (
        existing["committed_by"] == by.id
        and existing["places"] == plan.places
        and existing.get("replaces") == plan.replaces
        and existing["seed_source"]["token"] == plan.seed_source
        and existing["seed_source"]["issue"] == plan.issue
        and announced_at(existing["seed_source"]).date() == announced_at(plan.seed).date()
    )  # fmt: skip
    if not same:
        raise Duplicate("draw_exists", details={"id": existing["_id"], "state": existing["state"]})
    return existing


def _check_replaced(plan: Plan) -> None:
    """A draw may stand for a void one of the same list; the index lets each be replaced once."""
    if plan.replaces is None:
        return
    found = collection(LotteryDraw).find_one({"_id": plan.replaces})
    same_list = found is not None and (found["programme"], found.get("district_code"), found.get("group")) == (
        plan.programme, plan.district_code, plan.group,
    )  # fmt: skip
    if found is None or not same_list or found["state"] != VOID:
        raise Conflict("draw_replaces_nothing")


def _read(draw_id: str) -> Raw:
    found = collection(LotteryDraw).find_one({"_id": draw_id})
    if found is None:
        raise NotFound()
    return found
