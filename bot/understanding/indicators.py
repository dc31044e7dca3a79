"""Which of the plan's 25 indicators a question names."""

from __future__ import annotations


def named(text: str) -> list[tuple[str, float]]:
    """Tokens of the catalogue's indicators with how surely they are meant (0 to 1), best first; empty for none."""
    return []
