"""What the chat understands of residents' sentences that it was not trained on, how fast, and by which means.

`bench/residents/development.tsv` was looked at while the examples were written, `sealed.tsv` was only ever counted.
The same run judges the same sentences by the catalogue's words alone, by words with their n-grams, by the sentence's
vector alone (a linear model of the same kind over the vectors of the same examples), and by everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.common import ROOT, figure, percentile
from bot.understanding import Understanding, deciding, embedding, lexical, understand
from bot.understanding.deciding import _by_words, _understood
from bot.understanding.features import sent
from bot.understanding.meaning import FIND_SERVICE, OUT_OF_SCOPE, WITH_PROGRAMME
from bot.understanding.readiness import make_ready
from bot.understanding.trained import current, fingerprint
from bot.understanding.training import FREEDOM, ITERATIONS
from bot.understanding.utterances import utterances
from bot.understanding.vectors import _read, write

RESIDENTS = ROOT / "bench" / "residents"
WARM = ("你好", "附近哪里有养老院")
MILLISECONDS, MEGABYTE_IN_KB = 1000, 1024
READY = "from pathlib import Path; from bot.understanding.readiness import make_ready; make_ready(Path('var'))"
Case = tuple[str, str, str, str, str, str]


def main() -> int:
    """Measure and print; returns the number of goals that were missed."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", READY], cwd=ROOT, check=True)
    ready = time.perf_counter() - begun
    folder = Path(os.environ.get("DATA_DIR", "var"))
    make_ready(folder)
    missed = 0
    for name in ("development", "sealed"):
        missed += _accuracy(name, _cases(name))
    missed += _speed([case[0] for name in ("development", "sealed") for case in _cases(name)])
    memory = _memory()
    _by_vectors(folder)
    missed += _goal("memory of a process", f"{memory:.0f} MB", "<= 350 MB", memory <= 350)
    missed += _goal("a new process to ready, imports included", f"{ready:.2f} s", "<= 5 s", ready <= 5)
    return missed


def _cases(name: str) -> list[Case]:
    lines = (RESIDENTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]  # type: ignore[misc]


def _accuracy(name: str, cases: Sequence[Case]) -> int:
    found = [understand(case[0]) for case in cases]
    intents = [f.intent == case[1] for f, case in zip(found, cases, strict=True)]
    pairs = list(zip(found, cases, strict=True))
    programmes = [(f.slots.programme or "") == c[2] for f, c in pairs if c[1] in WITH_PROGRAMME]
    categories = [(f.slots.category or "") == c[3] for f, c in pairs if c[1] == FIND_SERVICE]
    places = [(f.slots.place or "") == c[4] for f, c in pairs if c[1] == FIND_SERVICE]
    opens = [f.slots.open_now == (c[5] == "true") for f, c in pairs if c[1] == FIND_SERVICE]
    caught = [f.intent == OUT_OF_SCOPE for f, c in pairs if c[1] == OUT_OF_SCOPE]
    refused = [f.intent == OUT_OF_SCOPE or not (f.sure or f.rivals) for f, c in pairs if c[1] != OUT_OF_SCOPE]
    error = _calibration_error([f.confidence for f in found], intents)
    for means, judge in (("words of the catalogue", lexical.understand), ("words and n-grams", _without_vector)):
        right = [judge(case[0]).intent == case[1] for case in cases]
        figure(f"{name}: intent right by {means} alone", f"{_share(right):.1%}")
    missed = _goal(
        f"{name}: intent right, of {len(cases)}", f"{_share(intents):.1%}", ">= 95%", _share(intents) >= 0.95
    )
    for what, right in (("programme", programmes), ("category", categories)):
        missed += _goal(f"{name}: {what} right", f"{_share(right):.1%}", ">= 93%", _share(right) >= 0.93)
    figure(f"{name}: place as written", f"{_share(places):.1%}")
    figure(f"{name}: open now", f"{_share(opens):.1%}")
    missed += _goal(f"{name}: out of scope caught", f"{_share(caught):.1%}", ">= 90%", _share(caught) >= 0.9)
    missed += _goal(f"{name}: real wishes refused", f"{_share(refused):.1%}", "<= 3%", _share(refused) <= 0.03)
    figure(f"{name}: calibration error, ten equal bins", f"{error:.3f}")
    return missed


def _by_vectors(folder: Path) -> None:
    """Intent right by the sentence's vector alone. The examples' vectors take a minute, and are kept in `folder`."""
    lessons, path = utterances(), folder / "bench_vectors.npz"
    vectors = _read(path, fingerprint())
    if vectors is None:
        vectors = np.array([embedding.question(sent(lexical.evidence(each.text))) for each in lessons])
        write(path, fingerprint(), vectors)
    model = LogisticRegression(C=FREEDOM, max_iter=ITERATIONS).fit(vectors, [each.intent for each in lessons])
    for name in ("development", "sealed"):
        cases = _cases(name)
        asked = np.array([embedding.question(sent(lexical.evidence(case[0]))) for case in cases])
        right = [str(each) == case[1] for each, case in zip(model.predict(asked), cases, strict=True)]
        figure(f"{name}: intent right by the sentence's vector alone", f"{_share(right):.1%}")


def _memory() -> float:
    """Megabytes at most of a new process that understands; this one has loaded what only training needs."""
    line = f"{READY}; print(Path('/proc/self/status').read_text())"
    done = subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout.partition("VmHWM:")[2].split()[0]) / MEGABYTE_IN_KB


def _speed(sentences: Sequence[str]) -> int:
    for sentence in WARM:
        understand(sentence)
    took = [_seconds(understand, each) * MILLISECONDS for each in sentences]
    words = [_seconds(lexical.understand, f"{each} ") * MILLISECONDS for each in sentences]
    quick = [each for each in sentences if _is_quick(each)]
    plain = [_seconds(understand, f"{each}  ") * MILLISECONDS for each in quick]
    figure("the catalogue's words alone, median", f"{percentile(words, 0.5):.2f} ms")
    worked = [_worked(f"{each}   ") * MILLISECONDS for each in sentences]
    figure("a sentence, processor time alone, median", f"{percentile(worked, 0.5):.1f} ms")
    figure("a sentence, processor time alone, p99", f"{percentile(worked, 0.99):.1f} ms")
    middle, slow = percentile(took, 0.5), percentile(took, 0.99)
    figure("answered without the sentence's vector", f"{len(quick) / len(sentences):.0%}")
    missed = _goal(
        "those plain cases, median", f"{percentile(plain, 0.5):.2f} ms", "< 2 ms", percentile(plain, 0.5) < 2
    )
    missed += _goal("a sentence on one core, median", f"{middle:.1f} ms", "<= 15 ms", middle <= 15)
    return missed + _goal("a sentence on one core, p99", f"{slow:.1f} ms", "<= 40 ms", slow <= 40)


def _without_vector(text: str) -> Understanding:
    found = lexical.evidence(text)
    return _understood(found, _by_words(found, current()))


def _is_quick(text: str) -> bool:
    found = lexical.evidence(text)
    return max(_by_words(found, current()).values()) >= deciding.rule("conversations.quick_floor")


def _seconds(call: Callable[[str], Understanding], text: str) -> float:
    embedding.question.cache_clear()
    begun = time.perf_counter()
    call(text)
    return time.perf_counter() - begun


def _worked(text: str) -> float:
    """Seconds of the processor, without the time in which others had it."""
    embedding.question.cache_clear()
    begun = time.thread_time()
    understand(text)
    return time.thread_time() - begun


def _calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """How far the confidence is from the share that is right, on average over ten bins, each by its number."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, each in zip(confidences, right, strict=True):
        bins.setdefault(min(int(confidence * 10), 9), []).append((confidence, each))
    apart = [abs(sum(c for c, _ in each) - sum(r for _, r in each)) for each in bins.values()]
    return sum(apart) / len(right)


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


def _goal(name: str, value: str, want: str, met: bool) -> int:
    figure(name, value, want, met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
