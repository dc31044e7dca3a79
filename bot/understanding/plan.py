"""The sentences of the plan that answer a question, each with the section it stands in.

Two searches are fused by reciprocal rank: shared characters (BM25 over runs of one and two) and likeness of meaning.
Source of the method: own measurement; either search alone finds fewer of the test questions' sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pydantic import Field

from bot.understanding.hearing import bare
from bot.understanding.search import Search
from bot.understanding.typed_pinyin import hear
from config.loading import CATALOGUE, Entry, load_yaml, rule


@dataclass(frozen=True)
class Passage:
    """One sentence of the plan, word for word; `section` is its heading, `score` from 0 to 1 how surely it answers."""

    section: str
    sentence: str
    score: float


class _Section(Entry):
    heading: str = Field(min_length=1)
    sentences: tuple[str, ...] = Field(min_length=1)


class _Plan(Entry):
    document: str
    number: str
    sections: tuple[_Section, ...] = Field(min_length=1)


def passages(text: str, most: int = 3) -> list[Passage]:
    """The best `most` sentences for the question `text`, best first; empty where nothing in the plan answers it."""
    asked = hear(text).text
    for word in rule("conversations.plan_question_words"):
        asked = asked.replace(bare(word), "")
    if not asked:
        return []
    found = plan_search().best(asked, max(most, rule("conversations.plan_compared")))[:most]
    floor = rule("conversations.plan_floor")
    if not found or found[0].sureness < floor:
        return []
    return [Passage(*plan_sentences()[each.number], round(each.sureness, 3)) for each in found]


@lru_cache(maxsize=1)
def plan_sentences() -> tuple[tuple[str, str], ...]:
    """Every sentence with its heading, in the plan's order. Raises CatalogueFault."""
    plan = load_yaml(CATALOGUE / "plan.yaml", _Plan)
    return tuple((section.heading, sentence) for section in plan.sections for sentence in section.sentences)


@lru_cache(maxsize=1)
def plan_search() -> Search:
    """The plan, ready to be searched; a sentence is found by its heading's last words too."""
    return Search("plan", tuple(f"{heading.split(' · ')[-1]}：{sentence}" for heading, sentence in plan_sentences()))
