"""Which of a few hundred short texts fits a question best: by shared characters and by meaning, fused by rank."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.understanding import embedding
from bot.understanding.hearing import bare
from bot.understanding.vectors import kept_vectors
from config.loading import rule

if TYPE_CHECKING:
    import bm25s


@dataclass(frozen=True)
class Found:
    """A text by its number; `sureness` from 0 to 1: likeness of meaning and share of the question's characters."""

    number: int
    sureness: float


@dataclass(frozen=True)
class Search:
    """`texts`, ready to be searched; `name` says under which name their vectors are kept."""

    name: str
    texts: tuple[str, ...]

    def best(self, question: str, most: int) -> list[Found]:
        """The `most` best texts for the bare `question`, the surest first."""
        likeness = self._vectors @ embedding.question(question[-rule("conversations.vector_chars") :])
        shared = self._shared(question)
        rank = rule("conversations.fused_rank")
        fused = 1 / (rank + _places(likeness)) + 1 / (rank + _places(shared))
        asked = set(_runs(question))
        nearest = np.argsort(-fused, kind="stable")[:most]
        found = [Found(int(n), self._sureness(float(likeness[n]), asked, int(n))) for n in nearest]
        return sorted(found, key=lambda each: each.sureness, reverse=True)

    def load(self) -> None:
        """Make ready what the first question would otherwise wait for."""
        _ = self._vectors, self._index, self._run_sets

    def fingerprint(self) -> str:
        """Changes with the texts."""
        return hashlib.sha256("\n".join(self.texts).encode()).hexdigest()

    def _sureness(self, likeness: float, asked: set[str], number: int) -> float:
        """The mean of how near the meaning is, and of how much of the question stands in the text."""
        low = rule("conversations.likeness_unrelated")
        near = min(max((likeness - low) / (1 - low), 0.0), 1.0)
        within = len(asked & self._run_sets[number]) / len(asked)
        return float(near + within) / 2

    def _shared(self, question: str) -> npt.NDArray[np.float32]:
        known = [run for run in _runs(question) if run in self._index.vocab_dict]
        if not known:
            return np.zeros(len(self.texts), dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    @cached_property
    def _index(self) -> bm25s.BM25:
        import bm25s  # takes long to load; most processes answer no questions

        index = bm25s.BM25()
        index.index([_runs(bare(each)) for each in self.texts], show_progress=False)
        return index

    @cached_property
    def _run_sets(self) -> list[frozenset[str]]:
        return [frozenset(_runs(bare(each))) for each in self.texts]

    @cached_property
    def _vectors(self) -> npt.NDArray[np.float32]:
        return kept_vectors(self.name, self.fingerprint(), self.texts)


def _runs(text: str) -> list[str]:
    """Every character, and every two that stand together."""
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]


def _places(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The place of each by its score: 0 for the best."""
    places = np.empty(len(scores), dtype=np.int64)
    places[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return places
