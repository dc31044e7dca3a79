"""What the plan says, in its own words with the section; no answer without a sentence of it."""

from __future__ import annotations

from bot.dialogues.choose import Option, meant, offer
from bot.dialogues.control import MORE, command_in
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from bot.understanding.plan import Passage
from config.loading import rule
from config.text import say

POLICY, READ, QUESTION = "policy", "read", "question"


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """The best sentence of the plan; more on demand. Where only the wish was chosen, ask for the question."""
    if turn.chosen:
        return state.to(POLICY, QUESTION), [say("bot.policy.ask")]
    return _look_up(state, turn, services)


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The question that was asked for, or the next sentence."""
    if state.frame.step == QUESTION:
        return _look_up(state, turn, services)
    if command_in(turn.text) != MORE:
        return None
    rest = state.frame.data["rest"]
    if not rest:
        return state, [say("bot.policy.no_more")]
    return state.to(POLICY, READ, rest=rest[1:]), [_said(rest[0], more=len(rest) > 1)]


def takes(state: State, turn: Turn) -> bool:
    """True where the message is the question that was asked for, or asks for more."""
    return free(state) or command_in(turn.text) == MORE


def free(state: State) -> bool:
    """True where any words are an answer."""
    return state.frame.step == QUESTION


def _look_up(state: State, turn: Turn, services: Services) -> Outcome:
    found = services.passages(turn.text, rule("conversations.passages_most"))
    if not found:
        services.note_unanswered(turn.text, turn.heard)
        options: list[Option] = [(say("bot.screening.human"), meant(wish.HUMAN))]
        after, choices = offer(state, options)
        return after, [say("bot.policy.nothing", choices=choices)]
    rest = [_stored(each) for each in found]
    return state.to(POLICY, READ, rest=rest[1:]), [_said(rest[0], more=len(rest) > 1)]


def _stored(passage: Passage) -> dict[str, str]:
    return {"section": passage.section, "sentence": passage.sentence}


def _said(passage: dict[str, str], *, more: bool) -> str:
    sentence = passage["sentence"]
    most = rule("conversations.sentence_chars_most")
    if len(sentence) > most:
        sentence = sentence[:most] + say("bot.policy.cut")
    text = say("bot.policy.quote", sentence=sentence, section=passage["section"])
    return "\n\n".join([text, say("bot.policy.more")]) if more else text
