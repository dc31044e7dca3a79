"""Danger to life or limb: the numbers at once, whatever else was going on."""

from __future__ import annotations

from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from config.text import say


def warn(state: State, turn: Turn, services: Services) -> Outcome:
    """120, 110, 119, 12345."""
    return state, [say("bot.emergency")]
