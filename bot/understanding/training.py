"""Learns from the catalogue's examples; only this module needs scikit-learn, and only when something is trained."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from bot.understanding import embedding
from bot.understanding.features import Vocabulary, clues, sent, terms, vocabulary_terms
from bot.understanding.lexical import Evidence, evidence
from bot.understanding.meaning import FIND_SERVICE, WITH_PROGRAMME
from bot.understanding.trained import CATEGORY, INTENT, PROGRAMME, QUICK, Task, Trained, fingerprint
from bot.understanding.utterances import NONE, NOTHING, utterances

LEAST_MESSAGES = 2
# How freely the weights may fit the examples (scikit-learn's C), and how long they are sought.
FREEDOM, ITERATIONS = 30.0, 200
SPREAD_DIMENSIONS = 20.0
Progress = Callable[[Sequence[str]], Iterable[str]]


def train(progress: Progress = iter) -> Trained:
    """Learn everything anew, in about a minute, most of it for the sentences' vectors; `progress` goes through them."""
    lessons = [(each, evidence(each.text)) for each in utterances()]
    found = [each for _, each in lessons]
    vectors = np.array([embedding.question(text) for text in progress([sent(each) for each in found])])
    vocabulary = _vocabulary(found, vectors)
    intents = [NOTHING if each.names == NOTHING else each.intent for each, _ in lessons]
    tasks = {
        QUICK: _fitted(vocabulary, found, intents, None),
        INTENT: _fitted(vocabulary, found, intents, vectors),
    }
    for name, which in ((CATEGORY, (FIND_SERVICE,)), (PROGRAMME, WITH_PROGRAMME)):
        chosen = [lesson for lesson in lessons if lesson[0].intent in which]
        labels = [each.names or NONE for each, _ in chosen]
        tasks[name] = _fitted(vocabulary, [each for _, each in chosen], labels, None)
    return Trained(vocabulary, tasks, fingerprint())


def _vocabulary(found: Sequence[Evidence], vectors: npt.NDArray[np.float32]) -> Vocabulary:
    within = vocabulary_terms((terms(each) for each in found), LEAST_MESSAGES)
    weights = np.array([np.log((1 + len(found)) / (1 + n)) + 1 for n in within.values()], dtype=np.float32)
    middle = vectors.mean(axis=0)
    spread = float((vectors - middle).std() * SPREAD_DIMENSIONS)
    return Vocabulary({term: row for row, term in enumerate(within)}, weights, middle, spread)


def _fitted(
    vocabulary: Vocabulary, found: Sequence[Evidence], labels: Sequence[str], vectors: npt.NDArray[np.float32] | None
) -> Task:
    """Multinomial logistic regression over the sparse terms and what else is known of each message."""
    # Its threads would only be in each other's way for so little.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    sparse = [vocabulary.sparse(each) for each in found]
    ends = np.cumsum([0, *(len(rows) for rows, _ in sparse)])
    words = csr_matrix(
        (np.concatenate([v for _, v in sparse]), np.concatenate([r for r, _ in sparse]), ends),
        shape=(len(found), len(vocabulary.rows)),
    )
    further = np.array([clues(each) for each in found])
    if vectors is not None:
        further = np.hstack([further, np.array([vocabulary.placed(each) for each in vectors])])
    model = LogisticRegression(C=FREEDOM, max_iter=ITERATIONS).fit(hstack([words, csr_matrix(further)]).tocsr(), labels)
    weights = model.coef_.T.astype(np.float32)
    count = len(vocabulary.rows)
    return Task(tuple(model.classes_), weights[:count], weights[count:], model.intercept_.astype(np.float32))
