"""What was learned from the catalogue's examples, kept as a file, and how it judges a message.

The file says from which examples it was learned; with others it is not used. Judging is a handful of sums over arrays,
so that a process that only answers never loads what training needs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.embedding import Vector
from bot.understanding.features import EARLIER_HIT, LONGEST, SHARE, VECTOR_SHARE, Sparse, Vocabulary
from bot.understanding.lexicon import category_words, programme_words
from bot.understanding.meaning import INTENTS
from bot.understanding.utterances import utterances

SHIPPED = Path(__file__).with_name("trained.npz")
# The wish by words alone, the wish by words and the sentence's vector, and what is named.
QUICK, INTENT, CATEGORY, PROGRAMME = "quick", "intent", "category", "programme"
TASKS = (QUICK, INTENT, CATEGORY, PROGRAMME)
_current: Trained | None = None


@dataclass(frozen=True)
class Task:
    """One choice: a weight a term and class, a weight a further number and class, and where each class starts."""

    classes: tuple[str, ...]
    terms: npt.NDArray[np.float32]
    further: npt.NDArray[np.float32]
    starts: npt.NDArray[np.float32]

    def scores(self, sparse: Sparse, further: Vector) -> Vector:
        """A number a class; a difference of 1 makes one class e times as likely as another."""
        rows, values = sparse
        return np.asarray(values @ self.terms[rows] + further @ self.further + self.starts, dtype=np.float32)


@dataclass(frozen=True)
class Trained:
    """The vocabulary and every task, learned from the examples with this fingerprint."""

    vocabulary: Vocabulary
    tasks: dict[str, Task]
    fingerprint: str


def fingerprint() -> str:
    """Changes with the examples and with what a message is turned into, not with the words of the lexical pass."""
    parts = [repr((each.text, each.intent, each.names)) for each in utterances()]
    layout = (LONGEST, SHARE, EARLIER_HIT, VECTOR_SHARE, INTENTS, tuple(category_words()), tuple(programme_words()))
    return hashlib.sha256("\n".join([repr(layout), *parts]).encode()).hexdigest()


def save(trained: Trained, path: Path) -> None:
    """Write the file whole, or not at all."""
    vocabulary = trained.vocabulary
    arrays: dict[str, Any] = {
        "fingerprint": np.array(trained.fingerprint), "terms": np.array("\n".join(vocabulary.rows)),
        "weights": vocabulary.weights, "middle": vocabulary.middle, "spread": np.array(vocabulary.spread),
    }  # fmt: skip
    for name, task in trained.tasks.items():
        arrays |= {f"{name}.classes": np.array(task.classes), f"{name}.terms": task.terms.astype(np.float16),
                   f"{name}.further": task.further, f"{name}.starts": task.starts}  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.npz")
    np.savez_compressed(partial, **arrays)
    partial.replace(path)


def load(path: Path) -> Trained | None:
    """The file's content, None where there is none, or one of other examples."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        if str(kept["fingerprint"]) != fingerprint():
            return None
        rows = {term: row for row, term in enumerate(str(kept["terms"]).split("\n"))}
        vocabulary = Vocabulary(rows, kept["weights"], kept["middle"], float(kept["spread"]))
        tasks = {
            name: Task(tuple(str(each) for each in kept[f"{name}.classes"]), kept[f"{name}.terms"].astype(np.float32),
                       kept[f"{name}.further"], kept[f"{name}.starts"])
            for name in TASKS
        }  # fmt: skip
        return Trained(vocabulary, tasks, str(kept["fingerprint"]))


def use(trained: Trained) -> None:
    """What messages of this process are judged by from now on."""
    global _current
    _current = trained


def current() -> Trained:
    """What messages are judged by: what `use` was given, else what comes with the product.

    Raises RuntimeError where the examples have changed since that was learned.
    """
    if _current is None:
        found = load(SHIPPED)
        if found is None:
            raise RuntimeError("the examples have changed: run `flask --app wsgi bot train`")
        use(found)
    assert _current is not None  # noqa: S101  use() has set it
    return _current
