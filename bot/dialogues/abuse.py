"""Rude words: counted, answered calmly, and never a reason to leave a wish unheard."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter
from pydantic import Field

from bot.dialogues.fallback import asked
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding.hearing import bare
from bot.understanding.lexicon import FOLDER
from config.loading import Entry, load_yaml, rule
from config.text import say

COUNT = "abuse"
HEARD = Counter("yixiang_chat_abuse_total", "Messages of followers with abusive words")


class AbuseFile(Entry):
    """`words` are abusive wherever they stand; `innocent` are ordinary phrases that hold one of them.

    `beside` are words that only say to whom the rude ones go, longest first: they are no wish.
    """

    words: tuple[str, ...] = Field(min_length=1)
    innocent: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def abuse_file() -> AbuseFile:
    """The file, read once. Raises CatalogueFault."""
    return load_yaml(FOLDER / "abuse.yaml", AbuseFile)


def is_abusive(text: str) -> bool:
    """Whether rude words are in it."""
    said = bare(text)
    for phrase in abuse_file().innocent:
        said = said.replace(bare(phrase), "")
    return any(bare(word) in said for word in abuse_file().words)


def without_abuse(text: str) -> str:
    """What else was said; "" where that only says whom the rude words are for."""
    for word in abuse_file().words:
        text = text.replace(word, " ")
    left = bare(text)
    for word in abuse_file().beside:
        left = left.replace(word, "")
    return text.strip() if len(left) >= rule("conversations.wish_chars_least") else ""


def counted(state: State) -> State:
    """One more abusive message of this follower."""
    HEARD.inc()
    return state.knowing(**{COUNT: int(state.facts.get(COUNT, 0)) + 1})


def calm(state: State, turn: Turn, outcome: Outcome | None) -> Outcome:
    """A calm word before the answer to what else was said; alone where nothing else was."""
    often = int(state.facts.get(COUNT, 0)) >= rule("conversations.abuse_calm_most")
    word = say("bot.abuse.often" if often else "bot.abuse.calm")
    if outcome is None:
        return state, [word, *asked(state)]
    after, texts = outcome
    return after, [word, *texts]
