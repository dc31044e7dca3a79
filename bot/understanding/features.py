"""A message as numbers that a linear model can weigh.

Three views of its characters (as written, with what it names masked, by its sound), the clues of the catalogue's words,
and the sentence's vector. The terms and their weights come from training.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.understanding import embedding
from bot.understanding.embedding import Vector
from bot.understanding.hearing import plain
from bot.understanding.lexical import Evidence
from bot.understanding.lexicon import category_words, programme_words
from bot.understanding.meaning import INTENTS
from config.loading import rule

# By view: its sign before each term, the longest run of characters or syllables, its share.
WRITTEN, MASKED, SOUND = "w", "m", "s"
LONGEST = {WRITTEN: 3, MASKED: 4, SOUND: 2}
SHARE = {WRITTEN: 0.7, MASKED: 0.7, SOUND: 0.5}
BEGIN, END = "^", "$"
EARLIER_HIT = 0.4
VECTOR_SHARE = 1.0
CLUE_SHARE = 0.5
# Rows of the terms that a message holds, and what each says.
Sparse = tuple[npt.NDArray[np.int32], Vector]


@dataclass(frozen=True)
class Vocabulary:
    """The terms that count, with row and weight (the rarer, the heavier); the vectors' middle and spread."""

    rows: dict[str, int]
    weights: npt.NDArray[np.float32]
    middle: Vector
    spread: float

    def sparse(self, evidence: Evidence) -> Sparse:
        """Rows of the terms in a message, and how much each says; every view has its share whatever its length."""
        rows: list[int] = []
        values: list[float] = []
        for view, counted in terms(evidence).items():
            known = [(self.rows[term], count) for term, count in counted.items() if term in self.rows]
            weighed = [float(self.weights[row]) * (1 + math.log(count)) for row, count in known]
            length = math.sqrt(sum(each * each for each in weighed)) or 1.0
            rows += [row for row, _ in known]
            values += [each * SHARE[view] / length for each in weighed]
        return np.array(rows, dtype=np.int32), np.array(values, dtype=np.float32)

    def placed(self, vector: Vector) -> Vector:
        """A sentence's vector in the measure of the other features."""
        return np.asarray((vector - self.middle) * (VECTOR_SHARE / self.spread), dtype=np.float32)


def terms(evidence: Evidence) -> dict[str, Counter[str]]:
    """Runs of characters and syllables by view."""
    masked = BEGIN + evidence.masked() + END
    return {
        WRITTEN: Counter(_runs(BEGIN + evidence.heard.text + END, WRITTEN)),
        MASKED: Counter(_runs(masked, MASKED)),
        SOUND: Counter(_runs(evidence.heard.blurred.split(), SOUND)),
    }


def sent(evidence: Evidence) -> str:
    """The text whose vector is learned from: with its punctuation where characters were sent; of a long one the end."""
    heard = evidence.heard
    # A syllable of typed pinyin is one character of the text, and several of the message.
    text = heard.text if any(end - start > 1 for start, end in heard.origin) else plain(heard.message)
    return text[-rule("conversations.vector_chars") :]


def asked(evidence: Evidence) -> str:
    """The end of `sent` whose vector can be had in time: residents say what they want last."""
    return embedding.end_of(sent(evidence), rule("conversations.vector_tokens"))


def clues(evidence: Evidence) -> Vector:
    """What the catalogue's words tell: points by intent, and what is named; the last that is named counts most."""
    most = rule("conversations.points_whole")
    found = [min(evidence.points[intent], most) / most for intent in INTENTS]
    for tokens, hits in ((category_words(), evidence.categories), (programme_words(), evidence.programmes)):
        strength = dict.fromkeys(tokens, 0.0)
        for number, hit in enumerate(hits, 1):
            strength[hit.phrase.owner] = 1.0 if number == len(hits) else EARLIER_HIT
        found += strength.values()
    found += [float(bool(evidence.matters)), float(evidence.place is not None), float(evidence.open_now)]
    return np.array(found, dtype=np.float32) * CLUE_SHARE


def _runs(units: str | list[str], view: str) -> Iterator[str]:
    """Every run of up to the view's longest, with the view's sign."""
    joint = "" if isinstance(units, str) else " "
    for length in range(1, LONGEST[view] + 1):
        for start in range(len(units) - length + 1):
            yield view + joint.join(units[start : start + length])


def vocabulary_terms(counted: Iterable[dict[str, Counter[str]]], least: int) -> dict[str, int]:
    """In how many messages each term stands, for terms that stand in at least `least` of them, in order."""
    within: Counter[str] = Counter(term for views in counted for view in views.values() for term in view)
    return {term: number for term, number in sorted(within.items()) if number >= least}
