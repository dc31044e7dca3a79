"""Which of the plan's 25 indicators a question names: by their names and by the examples of questions about them."""

from __future__ import annotations

from functools import lru_cache

from bot.understanding.hearing import bare
from bot.understanding.meaning import INDICATOR
from bot.understanding.search import Search
from bot.understanding.typed_pinyin import hear
from bot.understanding.utterances import utterances
from config.indicators import indicators
from config.loading import rule


def named(text: str) -> list[tuple[str, float]]:
    """Tokens of the catalogue's indicators with how surely they are meant (0 to 1), best first; empty for none."""
    asked = hear(text).text
    for word in rule("conversations.indicator_question_words"):
        asked = asked.replace(bare(word), "")
    if not asked:
        return []
    surest: dict[str, float] = {}
    for found in indicator_search().best(asked, rule("conversations.indicator_texts")):
        token = _known()[found.number][0]
        surest[token] = max(surest.get(token, 0.0), found.sureness)
    floor = rule("conversations.indicator_floor")
    ranked = sorted(surest.items(), key=lambda each: each[1], reverse=True)
    return [(token, round(sureness, 3)) for token, sureness in ranked if sureness >= floor]


@lru_cache(maxsize=1)
def indicator_search() -> Search:
    """Names and example questions, ready to be searched."""
    return Search("indicators", tuple(text for _, text in _known()))


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, str], ...]:
    names = [(each.token, bare(each.name_zh)) for each in indicators().values()]
    asked = [(each.names, bare(each.text)) for each in utterances() if each.intent == INDICATOR and each.names]
    return (*names, *asked)
