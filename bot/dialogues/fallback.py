"""What was not understood: say what can be done, offer a person, keep the question for the caseworkers."""

from __future__ import annotations

from bot.dialogues.menu import offered
from bot.dialogues.nearby import DETAIL, LIST, NEARBY
from bot.dialogues.services import Services
from bot.dialogues.small_talk import HELP
from bot.dialogues.state import Outcome, State, Turn
from config.loading import rule
from config.text import say

STUCK, PARAGRAPH = "stuck", "\n\n"


def not_understood(state: State, turn: Turn, services: Services) -> Outcome:
    """A question that is open is asked again; else the choices."""
    services.note_unanswered(turn.text, turn.heard)
    if turn.lapsed:
        return state.to(HELP, "choose"), [say("bot.lapsed", choices=offered())]
    if state.frame.dialogue and state.frame.dialogue != HELP:
        return state, [say("bot.not_understood_again"), *asked(state)]
    return state.to(HELP, "choose"), [say("bot.not_understood", choices=offered())]


def asked(state: State) -> list[str]:
    """What is asked, nothing where nothing is; without what was told before it, and no list is read out again."""
    if not state.frame.dialogue:
        return []
    if state.frame.dialogue == NEARBY and state.frame.step in (LIST, DETAIL):
        return [say("bot.nearby.list_again")]
    last = state.frame.said[-1:]
    if last and len(last[0]) > rule("conversations.asked_again_chars_most"):
        return [last[0].rsplit(PARAGRAPH, 1)[-1]]
    return list(last)


def out_of_scope(state: State, turn: Turn, services: Services) -> Outcome:
    """Understood, and not ours."""
    services.note_unanswered(turn.text, turn.heard)
    return state, [say("bot.out_of_scope")]


def helped_on(before: State, after: State, texts: list[str]) -> Outcome:
    """Whoever is asked the same again and again is told the ways out."""
    reads = before.frame.dialogue in ("", HELP) or before.frame.step in (LIST, DETAIL)
    same = not reads and after.frame.place == before.frame.place
    count = int(before.facts.get(STUCK, 0)) + 1 if same else 0
    if count == 0 and not before.facts.get(STUCK):
        return after, texts
    often = count >= rule("conversations.stuck_least") and count % rule("conversations.stuck_least") == 0
    return after.knowing(**{STUCK: count}), [*texts, say("bot.stuck")] if often else texts
