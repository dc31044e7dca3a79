"""Releasing versions of programmes: by a second person, seen by every process within seconds, in force from their day.

`FOLLOWER` is what this process knows of the releases. It asks the database now and then whether something was released
or withdrawn; what holds from a day on is released at least `running.release_lead_minutes` before, so that no process
learns of it too late.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
import yaml
from mongoengine.connection import ConnectionFailure as NotConnected
from pymongo.errors import DuplicateKeyError

from config.loading import CatalogueFault, rule
from config.programmes import show_released
from config.releases import RELEASES
from models.kernel import audit, leases
from models.kernel.actors import Actor
from models.kernel.database import UNREACHABLE, collection
from models.kernel.errors import Conflict, Unavailable
from models.kernel.ids import new_id
from models.kernel.lifecycle import Change, Raw
from models.running.rule_documents import PROPOSAL, PROPOSED, RuleProposal, one
from models.running.rule_proposals import read

log = structlog.get_logger("rules")


class Follower:
    """The released versions as this process knows them, by proposal and its version."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._known: dict[str, int] | None = None

    def begin(self) -> None:
        """Follow from now on; the first who asks for programmes makes the first look."""
        self._known, self._looked, RELEASES.ask = None, float("-inf"), self.ask

    def knows(self) -> bool:
        """True once it has looked; False where what was released does not go together with the catalogue's files."""
        self.ask(False)
        return self._known is not None

    def ask(self, now: bool) -> None:
        """Look for news, at most every few seconds unless `now`; meanwhile others go on with what is known.

        Before the first answer everybody waits for it: a case may be bound to what is not known yet.
        """
        if not now and self._rests():
            return
        if not self._lock.acquire(blocking=now or self._known is None):
            return
        try:
            if now or not self._rests():
                self._look()
        except NotConnected:
            return  # the process has let go of its database
        except UNREACHABLE as fault:
            log.warning("releases_unread", error=type(fault).__name__)
        except CatalogueFault as fault:
            log.error("releases_refused", error=str(fault))
        finally:
            self._lock.release()

    def forget(self) -> None:
        """As in a new process that follows nothing; tests end so."""
        self.__init__()  # type: ignore[misc]
        RELEASES.ask = None
        show_released({})

    def _rests(self) -> bool:
        rest: float = rule("running.rules_refresh_seconds")
        return time.monotonic() - self._looked < rest

    def _look(self) -> None:
        self._looked = time.monotonic()
        found = {each["_id"]: each["version"] for each in _released({"version": 1})}
        if found == self._known:
            return
        trees = defaultdict[str, list[Any]](list)
        for each in _released({"programme": 1, "text": 1}) if found else ():
            trees[each["programme"]].append(yaml.load(each["text"], Loader=yaml.CSafeLoader))
        show_released(trees)
        self._known = found


FOLLOWER = Follower()


def release(proposal_id: str, *, by: Actor, at: datetime, key: str, version: int | None) -> Raw:
    """Let a proposal hold from its day on, in every process. The text is read again: the programme may have moved on.

    Raises NotFound, InvalidInput, Forbidden (`second_person_needed`), Conflict (`rules_number_taken`), StaleVersion,
    IllegalTransition, Unavailable while another release of the programme is under way.
    """
    raw = one(proposal_id)
    with _alone(raw["programme"], at):
        FOLLOWER.ask(True)
        if raw["state"] == PROPOSED:
            read(raw["programme"], raw["text"], at)
        change = Change(set={"released": True})
        try:
            done = PROPOSAL.perform(proposal_id, "approve", by=by, at=at, key=key, version=version, change=change)
        except DuplicateKeyError:
            raise Conflict("rules_number_taken") from None
    return _told("approve", done, by, at)


def withdraw(proposal_id: str, reason: str, *, by: Actor, at: datetime, key: str, version: int | None) -> Raw:
    """Take a released version back before it holds. Raises as `release`, and Conflict (`rules_too_late`)."""
    raw = one(proposal_id)
    change = Change(set={"released": False}, note=reason)
    with _alone(raw["programme"], at):
        done = PROPOSAL.perform(proposal_id, "withdraw", by=by, at=at, key=key, version=version, change=change)
    return _told("withdraw", done, by, at)


@contextmanager
def _alone(programme: str, at: datetime) -> Iterator[None]:
    """Of one programme one release at a time: numbers and days must rise, which each release looks at by itself."""
    lease = leases.acquire(f"rules:{programme}", new_id(), at, rule("running.release_lease_seconds"))
    if lease is None:
        raise Unavailable()
    try:
        yield
    finally:
        leases.release(lease)


def _told(action: str, done: Raw, by: Actor, at: datetime) -> Raw:
    FOLLOWER.ask(True)
    audit.record(by, f"rules.{action}", f"rule_proposal:{done['_id']}", at, detail={"programme": done["programme"]})
    return done


def _released(fields: Raw) -> Iterator[Raw]:
    return iter(collection(RuleProposal).find({"released": True}, fields))
