"""What draws and childcare rounds share: steps that two people take, each with its line in the public record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.housing.seeds import announced_at, check_written, is_demonstration
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Lifecycle, Raw


def another_person(raw: Raw, by: Actor, at: datetime) -> None:
    """Whoever fixed the list may not also bring in what decides its order."""
    if by.id == raw["committed_by"]:
        raise Forbidden("draw_needs_second_person")


def seed_is_out(raw: Raw, by: Actor, at: datetime) -> None:
    """As `another_person`; and the seed's result must have been announced."""
    another_person(raw, by, at)
    if is_demonstration(raw["seed_source"]):
        return  # it was there before, and says so
    if at < announced_at(raw["seed_source"]):
        raise Conflict("draw_seed_not_announced", announced=raw["seed_source"]["announced_at"])


def not_who_entered(raw: Raw, by: Actor, at: datetime) -> None:
    """The seed is read twice, by two people."""
    if by.id == raw["seed_by"]:
        raise Forbidden("draw_needs_second_reader")


@dataclass(frozen=True)
class Step:
    """One action on a draw or round, about to be taken; `lifecycle` says of which."""

    lifecycle: Lifecycle
    action: str
    by: Actor
    at: datetime
    version: int | None
    key: str | None

    def read(self, document_id: str) -> Raw:
        """The document as stored. Raises NotFound."""
        found = collection(self.lifecycle.record).find_one({"_id": document_id})
        if found is None:
            raise NotFound()
        return found

    def done_in(self, raw: Raw) -> bool:
        """Whether this very step was taken before."""
        return self.key is not None and any(entry.get("key") == self.key for entry in raw["history"])

    def check(self, raw: Raw) -> None:
        """Raise what `perform` would."""
        self.lifecycle.check(raw, self.action, by=self.by, at=self.at, version=self.version)

    def perform(
        self, document_id: str, change: Change | Callable[[Raw], Change], seed: str | None = None,
        reason: str | None = None,
    ) -> Raw:  # fmt: skip
        """The one write, with the step that the public record will show, and the audit's entry."""
        shown = public_step(self.action, self.at, seed, reason)

        def made(raw: Raw) -> Change:
            wanted = change(raw) if callable(change) else change
            return replace(wanted, push={**wanted.push, "steps": shown})

        done = self.lifecycle.perform(
            document_id, self.action, by=self.by, at=self.at, version=self.version, key=self.key, change=made
        )
        note(self.lifecycle, self.action, done, self.by, self.at)
        return done

    def take_seed(self, document_id: str, seed: str, reason: str | None) -> Raw:
        """Enter or correct the seed. Raises InvalidInput (`draw_seed_form`) and as `perform`."""
        raw = self.read(document_id)
        if self.done_in(raw):
            return raw
        self.check(raw)
        check_written(seed, raw["seed_source"])
        return self.perform(document_id, Change(set={"seed": seed, "seed_by": self.by.id}), seed, reason)


def public_step(action: str, at: datetime, seed: str | None = None, reason: str | None = None) -> Raw:
    """What the public record shows of a step."""
    return {"action": action, "at": at, "seed": seed, "reason": reason}


def note(lifecycle: Lifecycle, action: str, done: Raw, by: Actor, at: datetime) -> None:
    """The audit's entry of a step."""
    detail = {"state": done["state"], "commitment": (done.get("commitment") or {}).get("sha256", "")}
    if done.get("seed"):
        detail["seed"] = done["seed"]
    audit.record(
        by, f"{lifecycle.name}.{action}", f"{lifecycle.name}:{done['_id']}", at,
        district_code=done.get("district_code"), detail=detail,
    )  # fmt: skip


def void_reason(reason: str) -> str:
    """The public reason of a void draw or round. Raises InvalidInput where it is too short or too long."""
    said = reason.strip()
    if not rule("housing.void_reason_chars_least") <= len(said) <= rule("housing.void_reason_chars_most"):
        raise InvalidInput(faults=[FieldFault("reason", "reason_length")])
    return said


def insert_once(record: type[Record], stored: Raw, at: datetime) -> None:
    """Keep what is computed; its id follows from its content, so what is there already is the same."""
    try:
        collection(record).insert_one({**stored, "version": 1, "created_at": at, "updated_at": at})
    except DuplicateKeyError:
        return
