"""What caseworkers taught the chat while it runs: kept in each process, asked for anew every few seconds.

A sentence that was taught an answer is answered so, before anything else is tried; one that is nearly the same, before
we say that we did not understand. A sentence that was taught a wish is given to the understanding, which then knows it.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime

import structlog

from bot.understanding import Slots, Understanding, overlay
from config.loading import rule
from models.conversations import learned
from models.conversations.learned import ANSWER, INTENT, Taught
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
        self._answers: dict[str, str] = {}

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

    def exactly(self, text: str) -> str | None:
        """The answer that was taught for this very sentence."""
        return self._answers.get(normal(text))

    def nearly(self, text: str) -> str | None:
        """The answer that was taught for a sentence that is nearly this one."""
        said = normal(text)
        return next((answer for key, answer in self._answers.items() if nearly(said, key)), None)

    def forget(self) -> None:
        """As in a new process; tests begin so."""
        self.__init__()  # type: ignore[misc]
        overlay.use([])

    def _load(self) -> None:
        entries = sorted(learned.published(), key=lambda entry: entry.id)
        self._answers = {
            key: each.content.answer or "" for each in entries if each.content.kind == ANSWER for key in each.keys
        }
        wishes = [each for each in entries if each.content.kind == INTENT]
        overlay.use([(text, _meant(each)) for each in wishes for text in each.content.examples])


def _meant(entry: Taught) -> Understanding:
    content = entry.content
    return Understanding(content.intent or "", SURE, Slots(category=content.category, programme=content.programme))


BOOK = Book()
