"""Placement rounds: open, fix the list, enter the seed, compute, publish, offer; or declare void. Each is done once.

While a round is under way its centres' places go to nobody outside it. The seed is one of the public results that may
seed a lottery draw, named before and read by two people after (`models.housing.seeds`). What it is computed from and
what came out are stored sealed, under ids that follow from their content, so that a repeat after a crash finds the
very same bytes. Source: the plan names no way to place children; that it is done so is an assumption to confirm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from bson.binary import Binary
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.childcare import round_input
from models.childcare.documents import ChildcareRound, ChildcareRoundInput, ChildcareRoundResult
from models.childcare.lifecycle import OPEN, ROUND_LIFECYCLE, ROUND_ROLES, VOID
from models.childcare.round_check import CHECKER, complaints
from models.childcare.round_months import place_by_month
from models.childcare.round_record import commitment_of, committed_part
from models.childcare.rounds_active import active_rounds
from models.housing.draw import canonical, drawn, fingerprint, sealed
from models.housing.seeded_steps import Step, insert_once, note, public_step, void_reason
from models.housing.seeds import check_lead, named_seed
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import decrypt, encrypt, keyed_hash
from models.kernel.errors import Conflict, Duplicate, Forbidden, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry

INPUT_CONTEXT = "childcare_round_inputs.content"
RESULT_CONTEXT = "childcare_round_results.content"
SALT_PURPOSE = "childcare round seal"
SEAL_BYTES = 32
CITY = "city"


@dataclass(frozen=True)
class RoundPlan:
    """A round to be: its name, its county (None: the city), the month in which its places begin."""

    name: str
    district_code: str | None
    month: str
    replaces: str | None = None

    @property
    def round_id(self) -> str:
        """The same for every attempt at this round."""
        return id_from_key("childcare round", f"{self.district_code or CITY} {self.name}")


def open_round(plan: RoundPlan, *, by: Actor, at: datetime) -> Raw:
    """Begin a round: from now on its centres' places wait for it. A repeat by the same person finds the first.

    Raises Forbidden, InvalidInput (month), Conflict (`round_under_way`, `draw_replaces_nothing`), Duplicate
    (`round_exists`).
    """
    if not (by.has_role(*ROUND_ROLES) and by.covers(plan.district_code)):
        raise Forbidden()
    existing = collection(ChildcareRound).find_one({"_id": plan.round_id})
    if existing is not None:
        return _same_plan(existing, plan, by)
    round_input.check_month(plan.month, at)
    _check_replaced(plan)
    if any(_overlap(plan.district_code, each.get("district_code")) for each in active_rounds()):
        raise Conflict("round_under_way")
    made = ChildcareRound(
        id=plan.round_id, created_at=at, updated_at=at, state=OPEN, name=plan.name, month=plan.month,
        district_code=plan.district_code, area=plan.district_code or CITY, replaces=plan.replaces, active=True,
        opened_at=at, opened_by=by.id, outbox_waiting=False, history=[history_entry("open", None, OPEN, by, at)],
        steps=[public_step("open", at, None, None)],
    )  # fmt: skip
    try:
        collection(ChildcareRound).insert_one(made.raw())
    except DuplicateKeyError:
        found = collection(ChildcareRound).find_one({"_id": plan.round_id})
        if found is None:  # the area's, or the void round's, place was taken in between
            raise Conflict("round_under_way") from None
        return _same_plan(found, plan, by)
    note(ROUND_LIFECYCLE, "open", _read(plan.round_id), by, at)
    return _read(plan.round_id)


def commit_round(
    round_id: str, seed_source: str, issue: str, announced_on: date, *, by: Actor, at: datetime,
    version: int | None = None, key: str | None = None, demonstrations: bool = False,
) -> Raw:  # fmt: skip
    """Fix who takes part and which places there are, and publish the commitment with the name of the seed.

    `demonstrations`: whether the product is one in development, where a made-up seed may be named.
    Raises Conflict (`round_too_fresh`: offers may still be under way; `round_empty`, `round_too_large`,
    `round_under_way`), InvalidInput (seed source, time), and what `Lifecycle.perform` raises.
    """
    step = Step(ROUND_LIFECYCLE, "commit", by, at, version, key)
    each = _read(round_id)
    if step.done_in(each):
        return each
    ROUND_LIFECYCLE.check(each, "commit", by=by, at=at, version=version)
    _check_quiet(each, at)
    named = named_seed(seed_source, issue, announced_on, demonstrations=demonstrations)
    check_lead(named, at)
    content = round_input.collect(each, at)
    if not content["children"] or len(content["children"]) > rule("childcare.round_children_most"):
        raise Conflict("round_too_large" if content["children"] else "round_empty")
    pairs = sealed(content["families"], secret_of(round_id))
    content["families"] = [family for _, family in pairs]
    text = canonical(content)
    input_hash = fingerprint(text)["sha256"]
    committed = committed_part(each, content["priorities"], named, input_hash, [seal for seal, _ in pairs])
    commitment = commitment_of(committed)
    stored = {
        "_id": commitment["sha256"],
        "content": Binary(encrypt(text, INPUT_CONTEXT)),
        "seals": Binary(b"".join(bytes.fromhex(seal) for seal, _ in pairs)),
    }
    insert_once(ChildcareRoundInput, stored, at)
    written = {
        "committed_at": at, "committed_by": by.id, "seed_source": named, "commitment": commitment,
        "input_hash": input_hash, "count": len(content["children"]), "families": len(pairs),
        "priorities": content["priorities"],
    }  # fmt: skip
    return step.perform(round_id, Change(set=written))


def enter_seed(
    round_id: str, seed: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Enter the announced result; never by whoever committed, never before it is announced."""
    return Step(ROUND_LIFECYCLE, "enter_seed", by, at, version, key).take_seed(round_id, seed, None)


def correct_seed(
    round_id: str, seed: str, reason: str, *, by: Actor, at: datetime, version: int | None = None,
    key: str | None = None,
) -> Raw:  # fmt: skip
    """Replace a seed entered wrongly, before the result; the correction stays in the public record."""
    return Step(ROUND_LIFECYCLE, "correct_seed", by, at, version, key).take_seed(round_id, seed, reason.strip())


def run_round(
    round_id: str, seed: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Compute the result. `seed` is read from the source again, by another person, and must be the same as entered.

    Raises Conflict (`draw_seed_differs`) and what `Lifecycle.perform` raises.
    """
    step = Step(ROUND_LIFECYCLE, "run", by, at, version, key)
    each = _read(round_id)
    if step.done_in(each):
        return each
    ROUND_LIFECYCLE.check(each, "run", by=by, at=at, version=version)
    if seed != each["seed"]:
        raise Conflict("draw_seed_differs")
    result, statement = computed(each, input_of(each))
    result_id = id_from_key("childcare round result", f"{each['commitment']['sha256']} {seed}")
    insert_once(
        ChildcareRoundResult, {"_id": result_id, "content": Binary(encrypt(canonical(result), RESULT_CONTEXT))}, at
    )
    return step.perform(round_id, Change(set={"result_id": result_id, "statement": statement}, where={"seed": seed}))


def publish_round(
    round_id: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Make the result public; the offers follow (`round_following`). Raises Conflict (`round_not_stable`)."""

    def change(each: Raw) -> Change:
        if not each["statement"]["stable"]:
            raise Conflict("round_not_stable")
        return Change(set={"followed": 0})

    return Step(ROUND_LIFECYCLE, "publish", by, at, version, key).perform(round_id, change)


def void_round(
    round_id: str, reason: str, *, by: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> Raw:  # fmt: skip
    """Declare a round void. It stays on public record with its reason; its centres' places are offered on."""
    said = void_reason(reason)

    def change(each: Raw) -> Change:
        void = {"at": at, "state": each["state"], "reason": said}
        return Change(set={"void": void, "active": False, "refill_due": True})

    return Step(ROUND_LIFECYCLE, "void", by, at, version, key).perform(round_id, change, reason=said)


def computed(each: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result of a round and the statement about it; the same for the same input and seed."""
    families = content["families"]
    order = drawn(each["commitment"]["sha256"], each["seed"], seals_of(each))
    family_order = [families[index] for index in order]
    children, stays, centres, table = round_input.of(content)
    found, places = place_by_month(children, stays, centres, content["month"], table, family_order)
    result = {
        "order": order,
        "placed": {child: [placed.centre, placed.choice] for child, placed in found.placed.items()},
        "places": round_input.places_shown(children, found, places),
        "draw_places": round_input.draw_ranks(children, family_order),
    }
    given = {child: placed.centre for child, placed in found.placed.items()}
    wrong = sum(1 for _ in complaints(content, places, given, family_order))
    statement = {
        "stable": wrong == 0, "complaints": wrong, "checker": CHECKER, "children": len(children),
        "placed": len(given), "first_choices": sum(placed.choice == 1 for placed in found.placed.values()),
        "result": fingerprint(canonical(result)),
    }  # fmt: skip
    return result, statement


def secret_of(round_id: str) -> bytes:
    """The key of a round's salts; it follows from the house's keys, so nothing has to be stored."""
    return keyed_hash(SALT_PURPOSE, round_id.encode())


def input_of(each: Mapping[str, Any]) -> dict[str, Any]:
    """What a committed round is computed from."""
    found = _stored_input(each)
    opened: dict[str, Any] = orjson.loads(decrypt(bytes(found["content"]), INPUT_CONTEXT))
    return opened


def seals_of(each: Mapping[str, Any]) -> list[str]:
    """The families' seals of a committed round, hex, in order."""
    packed = bytes(_stored_input(each)["seals"])
    return [packed[start : start + SEAL_BYTES].hex() for start in range(0, len(packed), SEAL_BYTES)]


def result_of(each: Mapping[str, Any]) -> dict[str, Any] | None:
    """The stored result, None before."""
    if each.get("result_id") is None:
        return None
    found = collection(ChildcareRoundResult).find_one({"_id": each["result_id"]})
    assert found is not None  # noqa: S101  it is written before the round names it, and never deleted
    opened: dict[str, Any] = orjson.loads(decrypt(bytes(found["content"]), RESULT_CONTEXT))
    return opened


def read_round(round_id: str) -> Raw:
    """A round as stored. Raises NotFound."""
    return _read(round_id)


def _check_quiet(each: Raw, at: datetime) -> None:
    """Offers begun before the round was opened are written by now; of two overlapping rounds the earlier goes on."""
    if at < as_utc(each["opened_at"]) + timedelta(seconds=rule("childcare.round_quiet_seconds")):
        raise Conflict("round_too_fresh")
    others = collection(ChildcareRound).find({"active": True, "_id": {"$ne": each["_id"]}})
    mine = (as_utc(each["opened_at"]), each["_id"])
    for other in others:
        earlier = (as_utc(other["opened_at"]), other["_id"]) < mine
        if earlier and _overlap(each.get("district_code"), other.get("district_code")):
            raise Conflict("round_under_way")


def _overlap(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _check_replaced(plan: RoundPlan) -> None:
    """A round may stand for a void one of the same area; the index lets each be replaced once."""
    if plan.replaces is None:
        return
    found = collection(ChildcareRound).find_one({"_id": plan.replaces})
    if found is None or found["state"] != VOID or found.get("district_code") != plan.district_code:
        raise Conflict("draw_replaces_nothing")


def _same_plan(existing: Raw, plan: RoundPlan, by: Actor) -> Raw:
    same = (existing["opened_by"], existing["month"], existing.get("replaces")) == (by.id, plan.month, plan.replaces)
    if not same:
        raise Duplicate("round_exists", details={"id": existing["_id"], "state": existing["state"]})
    return existing


def _stored_input(each: Mapping[str, Any]) -> Raw:
    found = collection(ChildcareRoundInput).find_one({"_id": each["commitment"]["sha256"]})
    assert found is not None  # noqa: S101  it is written before the round names it, and never deleted
    return found


def _read(round_id: str) -> Raw:
    found = collection(ChildcareRound).find_one({"_id": round_id})
    if found is None:
        raise NotFound()
    return found
