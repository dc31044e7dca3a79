"""Examples that caseworkers added while the product runs: they count from the next message on, without a restart."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.hearing import bare
from bot.understanding.meaning import INTENTS

_examples: dict[str, str] = {}


def use(examples: Sequence[tuple[str, str]]) -> None:
    """Replace the added examples (sentence, intent) at once. Raises ValueError for an unknown intent."""
    global _examples
    unknown = {intent for _, intent in examples} - set(INTENTS)
    if unknown:
        raise ValueError(f"unknown intents: {', '.join(sorted(unknown))}")
    _examples = {bare(text): intent for text, intent in examples if bare(text)}


def intent_of(text: str) -> str | None:
    """The intent that was added for the bare sentence `text`, None for none."""
    return _examples.get(text)
