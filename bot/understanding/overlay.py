"""Examples that caseworkers added while the product runs: they count from the next message on, without a restart."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.understanding.hearing import bare
from bot.understanding.meaning import INTENTS
from config.loading import rule

_given: tuple[tuple[str, str], ...] = ()
_intents: dict[str, str] = {}


def use(examples: Sequence[tuple[str, str]]) -> None:
    """Replace the added examples (sentence, intent), all at once; the same ones again cost nothing.

    Of a sentence that is given twice the later intent counts. Raises ValueError for an unknown intent.
    """
    global _given, _intents
    given = tuple((text, intent) for text, intent in examples)
    if given == _given:
        return
    unknown = {intent for _, intent in given} - set(INTENTS)
    if unknown:
        raise ValueError(f"unknown intents: {', '.join(sorted(unknown))}")
    # One assignment: a message that is being understood sees the old examples or the new ones, never some of both.
    _given, _intents = given, {bare(text): intent for text, intent in given if bare(text)}


def intent_of(text: str) -> str | None:
    """The intent of the added example that the bare `text` is, or nearly is; None for none."""
    intents = _intents
    if text in intents:
        return intents[text]
    least = rule("conversations.overlay_likeness_least")
    nearest = process.extractOne(text, intents.keys(), scorer=fuzz.ratio, score_cutoff=least)
    return intents[nearest[0]] if nearest else None
