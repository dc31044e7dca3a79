"""Wishes that are recognised and carried out elsewhere: where, in one sentence."""

from __future__ import annotations

from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding.lexicon import programme_words
from config.text import label, say

ANY = "any"


def point_there(state: State, turn: Turn, services: Services) -> Outcome:
    """Where it is done: the mini-program's page of the programme, or the office in charge."""
    heard = turn.heard
    programme = heard.slots.programme if heard.slots.programme in programme_words() else None
    name = label("bot.programmes", programme or ANY)
    return state.done(), [say(f"bot.there.{heard.intent}", programme=name), say("bot.there_also")]


def point_to_office(state: State, turn: Turn, services: Services) -> Outcome:
    """A government matter that this product does not handle."""
    return state, [say(f"bot.elsewhere.{turn.heard.slots.matter}"), say("bot.elsewhere_also")]
