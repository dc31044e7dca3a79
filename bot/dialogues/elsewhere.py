"""Government matters that are done elsewhere: where, in one sentence."""

from __future__ import annotations

from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from config.text import say


def point_to_office(state: State, turn: Turn, services: Services) -> Outcome:
    """A government matter that this product does not handle."""
    return state, [say(f"bot.elsewhere.{turn.heard.slots.matter}"), say("bot.elsewhere_also")]
