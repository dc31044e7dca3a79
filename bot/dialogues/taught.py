"""What caseworkers taught the chat while it runs: kept in each process, asked for anew every few seconds.

A sentence that was taught means what was taught, before anything else is tried; one that is nearly the same is
answered so before we say that we did not understand.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime

import structlog

from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import Slots, Understanding, overlay
from config.loading import rule
from models.conversations import learned
from models.conversations.learned import INTENT, Content, Taught
from models.conversations.likeness import nearly, normal
from models.kernel.database import UNREACHABLE

SURE = 1.0
log = structlog.get_logger("dialogues")


class Book:
    """The published entries as this process knows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._seen_at: datetime | None = None
        self._versions: dict[str, int] = {}
        self._by_key: dict[str, Taught] = {}

    def refresh(self, at: datetime) -> None:
        """Ask what has changed, at most every few seconds; one thread asks, the others go on with what is known."""
        due = time.monotonic() - self._looked >= rule("conversations.overlay_seconds")
        if not due or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            changed = learned.changes_since(self._seen_at)
            if any(self._versions.get(key) != version for key, version in changed.items()):
                self._load()
                self._versions.update(changed)
            self._seen_at = at
        except UNREACHABLE as fault:
            log.warning("taught_unread", error=type(fault).__name__)
        finally:
            self._lock.release()

    def exactly(self, text: str) -> Content | None:
        """What was taught for this very sentence."""
        found = self._by_key.get(normal(text))
        return found.content if found else None

    def nearly(self, text: str) -> Content | None:
        """What was taught for a sentence that is nearly this one."""
        said = normal(text)
        return next((entry.content for key, entry in self._by_key.items() if nearly(said, key)), None)

    def forget(self) -> None:
        """As in a new process; tests begin so."""
        self.__init__()  # type: ignore[misc]
        overlay.use([])

    def _load(self) -> None:
        entries = sorted(learned.published(), key=lambda entry: entry.id)
        self._by_key = {key: entry for entry in entries for key in entry.keys}
        overlay.use(
            [(text, each.content.intent or "") for each in entries if each.content.kind == INTENT
             for text in each.content.examples]
        )  # fmt: skip


BOOK = Book()


def answer(content: Content, state: State) -> Outcome:
    """The text that was taught; the question that is open stays open."""
    return state, [content.answer or ""]


def understood(content: Content, turn: Turn) -> Turn:
    """The message as it was taught to be understood; a place that was heard in it stays."""
    slots = Slots(category=content.category, programme=content.programme, place=turn.heard.slots.place)
    return Turn(turn.text, Understanding(content.intent or "", SURE, slots), turn.at, lapsed=turn.lapsed)
