"""Sentences that caseworkers taught while the product runs: each means what was taught, without a restart.

The very sentence means it before anything that was learned; one that is nearly the same only where nothing else was
understood.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.hearing import Heard
from bot.understanding.meaning import INTENTS, Understanding
from bot.understanding.typed_pinyin import hear
from models.conversations.likeness import nearly as alike

_taught: dict[str, Understanding] = {}


def use(examples: Sequence[tuple[str, Understanding]]) -> None:
    """Replace the taught sentences, all at once. Of one that is given twice the later meaning counts.

    Raises ValueError for an unknown intent, and the sentences stay as they were.
    """
    global _taught
    unknown = {meant.intent for _, meant in examples} - set(INTENTS)
    if unknown:
        raise ValueError(f"unknown intents: {', '.join(sorted(unknown))}")
    heard = [(hear(text).text, meant) for text, meant in examples]
    # One assignment: a message that is being understood sees the old sentences or the new ones, never some of both.
    _taught = {text: meant for text, meant in heard if text}


def exactly(heard: Heard) -> Understanding | None:
    """What was taught for this very sentence."""
    return _taught.get(heard.text)


def nearly(heard: Heard) -> Understanding | None:
    """What was taught for a sentence that is nearly this one."""
    return next((meant for text, meant in _taught.items() if alike(heard.text, text)), None)
