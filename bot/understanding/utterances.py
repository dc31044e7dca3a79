"""What residents say, by wish: the examples from which understanding is learned, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from bot.understanding.hearing import bare
from bot.understanding.lexicon import FOLDER, category_words, intents_file, programme_words
from bot.understanding.meaning import FIND_SERVICE, INDICATOR, INTENTS, OUT_OF_SCOPE, WITH_PROGRAMME
from config.indicators import indicators
from config.loading import CatalogueFault, Entry, load_yaml
from config.yaml_lines import read_yaml

UTTERANCES = FOLDER / "utterances"
NONE = "none"
# Under `out_of_scope`: what says nothing by itself.
NOTHING = "nothing"


@dataclass(frozen=True)
class Utterance:
    """One sentence with what it means; `names` is the category, programme, indicator or matter, None for none."""

    text: str
    intent: str
    names: str | None


class _File(Entry):
    examples: dict[str, tuple[str, ...]] = Field(min_length=1)


@lru_cache(maxsize=1)
def utterances() -> tuple[Utterance, ...]:
    """All examples. Raises CatalogueFault with file and line: no file for an intent, an unknown key, one said twice."""
    found: list[Utterance] = []
    seen: dict[str, Utterance] = {}
    for intent in INTENTS:
        path = UTTERANCES / f"{intent}.yaml"
        for names, texts in load_yaml(path, _File).examples.items():
            if names not in _keys(intent):
                raise CatalogueFault(f"{path}:{_line(path, names)}: {names!r} is nothing that {intent} can name")
            for number, text in enumerate(texts):
                each = Utterance(text, intent, None if names == NONE else names)
                other = seen.setdefault(bare(text), each)
                if other is not each:
                    raise CatalogueFault(
                        f"{path}:{_line(path, names, number)}: {text!r} stands for {other.intent} already"
                    )
                found.append(each)
    return tuple(found)


def _keys(intent: str) -> set[str]:
    named: dict[str, set[str]] = {
        FIND_SERVICE: set(category_words()),
        INDICATOR: {each.token for each in indicators().values()},
        OUT_OF_SCOPE: {NOTHING, *intents_file().elsewhere},
        **{intent: set(programme_words()) for intent in WITH_PROGRAMME},
    }
    return {NONE} | named.get(intent, set())


def _line(path: Path, names: str, number: int | None = None) -> int:
    _, lines = read_yaml(path)
    where: tuple[str | int, ...] = ("examples", names) if number is None else ("examples", names, number)
    return lines.get(where, lines.get(("examples", names), 1))
