"""What is offered beside an answer and taken with one word: a second wish, a home to remember, an alert.

Anything else than a yes lets it go. The question that is open stays open beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogues import answers
from bot.dialogues.choose import CHOICE, PROGRAMME, described, restored_wish, stored_wish
from bot.dialogues.nearby import DETAIL, LIST, NEARBY
from bot.dialogues.small_talk import HELP
from bot.dialogues.state import Outcome, State, Turn
from config.text import say

ASIDE, THEN, HOME, ALERT = "aside", "then", "home", "alert"
Aside = Mapping[str, Any]


def taken(state: State, turn: Turn) -> tuple[Aside | None, State]:
    """What was offered and is wanted now, None for nothing; the state without it."""
    offered_before = state.facts.get(ASIDE)
    if not offered_before:
        return None, state
    state = state.knowing(**{ASIDE: None})
    # A home is kept at an express word only; a polite "good" is none.
    wanted = answers.said("remember", turn.text) if offered_before["kind"] == HOME else answers.said_yes(turn.text)
    return (offered_before if wanted else None), state


def offered(state: State, texts: list[str], turn: Turn) -> Outcome:
    """After an answer: offer the second wish that was heard, at once or when what is under way has ended."""
    then = stored_wish(turn.heard.then) if turn.heard.then is not None else state.facts.get(THEN)
    if not then or state.facts.get(ASIDE):
        return state, texts
    if not _rests(state):
        return state.knowing(**{THEN: then}), texts
    state = state.knowing(**{THEN: None, ASIDE: {"kind": THEN, "wish": then}})
    return state, [*texts, say("bot.then", wish=described(restored_wish(then)))]


def forgotten(state: State) -> State:
    """Nothing is offered or waits any more."""
    return state.knowing(**{ASIDE: None, THEN: None, PROGRAMME: None})


def _rests(state: State) -> bool:
    """True where nothing is asked that must be answered first."""
    frame = state.frame
    return frame.dialogue in ("", HELP, CHOICE) or (frame.dialogue == NEARBY and frame.step in (LIST, DETAIL))
