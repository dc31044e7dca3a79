"""What was not understood: say what can be done, offer a person, keep the question for the caseworkers."""

from __future__ import annotations

from bot.dialogues.menu import offered
from bot.dialogues.services import Services
from bot.dialogues.small_talk import HELP
from bot.dialogues.state import Outcome, State, Turn
from config.text import say


def not_understood(state: State, turn: Turn, services: Services) -> Outcome:
    """A question that is open is asked again; else the choices."""
    services.note_unanswered(turn.text, turn.heard)
    if turn.lapsed:
        return state.to(HELP, "choose"), [say("bot.lapsed", choices=offered())]
    if state.frame.dialogue and state.frame.dialogue != HELP:
        return state, [say("bot.not_understood_again"), *state.frame.said]
    return state.to(HELP, "choose"), [say("bot.not_understood", choices=offered())]


def out_of_scope(state: State, turn: Turn, services: Services) -> Outcome:
    """Understood, and not ours."""
    services.note_unanswered(turn.text, turn.heard)
    return state, [say("bot.out_of_scope")]
