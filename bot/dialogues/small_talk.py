"""Greeting, help, thanks, and the welcome of a new follower."""

from __future__ import annotations

from bot.dialogues.control import number_in, off_the_list
from bot.dialogues.menu import choices, offered
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import Understanding
from config.text import say

HELP = "help"


def greet(state: State, turn: Turn, services: Services) -> Outcome:
    """Say hello and what can be done; a question that is open stays open."""
    if state.frame.dialogue and state.frame.dialogue != HELP:
        return state, [say("bot.greeting_again"), *state.frame.said]
    return state.to(HELP, "choose"), [say("bot.greeting", choices=offered())]


def welcome(state: State, turn: Turn, services: Services) -> Outcome:
    """A new follower."""
    return state.cleared().to(HELP, "choose"), [say("bot.welcome", choices=offered())]


def explain(state: State, turn: Turn, services: Services) -> Outcome:
    """What can be done, by number, and which words steer."""
    return state.to(HELP, "choose"), [say("bot.help", choices=offered())]


def thank(state: State, turn: Turn, services: Services) -> Outcome:
    """Thanks and goodbye."""
    return state, [say("bot.thanks")]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """A number that no choice has; what chooses one is `chosen`."""
    texts = off_the_list(turn.text, len(choices()))
    return (state, texts) if texts else None


def chosen(state: State, turn: Turn) -> Understanding | None:
    """What the number of a choice means, where choices were offered."""
    number = number_in(turn.text)
    if state.frame.dialogue != HELP or number is None or not 1 <= number <= len(choices()):
        return None
    return choices()[number - 1].understood()
