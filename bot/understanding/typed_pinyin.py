"""Pinyin that was typed instead of characters, read as the characters that residents most likely mean.

What follows what is counted in the catalogue's own sentences and names; the likeliest way through a run of letters
is found by dynamic programming over its syllables and their characters.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.hearing import Heard, Span, bare, read_as_sent, syllables
from bot.understanding.lexicon import category_words, intent_words, intents_file, programme_words
from bot.understanding.utterances import utterances
from config.loading import rule
from models.facilities.places import all_places

_RUN = re.compile(r"[a-z]+")
_START = "^"
LONGEST_SYLLABLE, SHORTEST_SYLLABLE = 6, 2


@dataclass(frozen=True)
class _Speech:
    """How often characters, and pairs of them, are said; `by_syllable` are the characters of a syllable."""

    by_syllable: dict[str, tuple[str, ...]]
    singles: Counter[str]
    pairs: Counter[tuple[str, str]]
    total: int

    def cost(self, before: str, character: str) -> float:
        """How unlikely `character` is after `before`: the smaller, the likelier."""
        share = rule("conversations.pinyin_pair_share")
        alone = self.singles[character] / self.total
        seen = self.singles[before]
        together = self.pairs[before, character] / seen if seen else 0.0
        return -math.log(share * together + (1 - share) * alone)


@lru_cache(maxsize=256)
def hear(text: str) -> Heard:
    """The message `text`, its typed pinyin read as characters. Letters that are no pinyin stay."""
    heard = read_as_sent(text)
    runs = list(_RUN.finditer(heard.text))
    if sum(len(run[0]) for run in runs) < rule("conversations.pinyin_letters_least"):
        return heard
    kept: list[str] = []
    origin: list[Span] = []
    done = 0
    for run in runs:
        read = _read(run[0])
        kept.extend(heard.text[done : run.start()])
        origin.extend(heard.origin[done : run.start()])
        done = run.end()
        for character, start, end in read or [(c, at, at + 1) for at, c in enumerate(run[0])]:
            kept.append(character)
            origin.append((heard.origin[run.start() + start][0], heard.origin[run.start() + end - 1][1]))
    kept.extend(heard.text[done:])
    origin.extend(heard.origin[done:])
    return Heard("".join(kept), heard.message, tuple(origin))


def _read(letters: str) -> list[tuple[str, int, int]] | None:
    """Characters with the letters they stand for (start, end); None where the letters are no pinyin."""
    speech = _speech()
    # ways[end][character]: cost, where it starts, the character before it
    ways: list[dict[str, tuple[float, int, str]]] = [{_START: (0.0, 0, "")}, *({} for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end - SHORTEST_SYLLABLE + 1):
            for character in speech.by_syllable.get(letters[start:end], ()) if ways[start] else ():
                best = min((cost + speech.cost(before, character), start, before)
                           for before, (cost, _, _) in ways[start].items())  # fmt: skip
                if character not in ways[end] or best < ways[end][character]:
                    ways[end][character] = best
    if not ways[-1]:
        return None
    read: list[tuple[str, int, int]] = []
    end, character = len(letters), min(ways[-1], key=lambda each: ways[-1][each])
    while end > 0:
        _, start, before = ways[end][character]
        read.append((character, start, end))
        end, character = start, before
    return read[::-1]


@lru_cache(maxsize=1)
def _speech() -> _Speech:
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    by_syllable: dict[str, set[str]] = defaultdict(set)
    for said in _said():
        sounds = syllables(said).split()
        if len(sounds) != len(said):
            continue
        for before, character, sound in zip(_START + said, said, sounds, strict=False):
            singles[character] += 1
            pairs[before, character] += 1
            if not character.isascii():
                by_syllable[sound].add(character)
        singles[_START] += 1
    return _Speech({k: tuple(sorted(v)) for k, v in by_syllable.items()}, singles, pairs, sum(singles.values()))


def _said() -> list[str]:
    """Every sentence and name of the catalogue."""
    words = [word for each in category_words().values() for word in (*each.words, *each.weak)]
    words += [word for each in intent_words().values() for word in (*each.strong, *each.plain, *each.whole)]
    words += [word for each in (*programme_words().values(), *intents_file().elsewhere.values()) for word in each]
    words += [name for place in all_places() for name in (place.name, place.short)]
    return [bare(each) for each in (*words, *(each.text for each in utterances()))]
