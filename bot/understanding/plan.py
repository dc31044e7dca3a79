"""The sentences of the plan that answer a question, each with the section it stands in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """One sentence of the plan, word for word; `section` is its heading, `score` from 0 to 1 how surely it answers."""

    section: str
    sentence: str
    score: float


def passages(text: str, most: int = 3) -> list[Passage]:
    """The best `most` sentences for the question `text`, best first; empty where nothing in the plan answers it."""
    return []
