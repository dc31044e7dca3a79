"""What a message asks for: by its words where they are plain, else by its words and the sentence's vector together.

Danger comes before everything else. A second wish of the same message is understood by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from bot.understanding import embedding, overlay
from bot.understanding.features import Sparse, Vector, asked, clues
from bot.understanding.lexical import Evidence, evidence
from bot.understanding.lexicon import intents_file, programmes_file
from bot.understanding.meaning import (
    EMERGENCY,
    FIND_SERVICE,
    GREETING,
    HELP,
    OUT_OF_SCOPE,
    THANKS,
    WITH_PROGRAMME,
    Slots,
    Understanding,
)
from bot.understanding.trained import CATEGORY, INTENT, PROGRAMME, QUICK, Trained, current
from bot.understanding.utterances import NONE, NOTHING
from config.loading import rule

Likelihoods = dict[str, float]
# Said beside a wish these are no wish of their own.
BESIDE = frozenset({GREETING, THANKS, HELP, OUT_OF_SCOPE, EMERGENCY})


def understand(text: str) -> Understanding:
    """What `text` asks for. An empty text and a bare number (not 120) are `out_of_scope` with confidence 0.

    What caseworkers taught counts: for the very sentence before all else, for nearly the same before "not understood".
    """
    found = evidence(text)
    number = found.heard.text.isdigit() and not found.whole
    if not found.heard.text or number:
        return Understanding(OUT_OF_SCOPE, 0.0)
    taught = overlay.exactly(found.heard)
    if taught is not None:
        return _placed(taught, found)
    whole = _understood(Weighed(found, current()))
    if whole.intent == OUT_OF_SCOPE or not whole.sure:
        taught = overlay.nearly(found.heard)
        return _placed(taught, found) if taught is not None else whole
    return whole if whole.intent in BESIDE else _with_second_wish(whole, found, text)


@dataclass(frozen=True)
class Weighed:
    """A message with the features by which every choice about it is made, each worked out once."""

    found: Evidence
    learned: Trained

    @cached_property
    def by_words(self) -> Likelihoods:
        """How likely each intent is by the words alone; the likelihoods add up to 1."""
        return self.judged(QUICK)

    @property
    def settled(self) -> Likelihoods | None:
        """How likely each intent is where the words settle it, None where the sentence's vector is needed."""
        said = self.found.whole or (FIND_SERVICE if self.found.only_a_place else None)
        if said:
            return {said: 1.0}
        return self.by_words if max(self.by_words.values()) >= rule("conversations.quick_floor") else None

    @property
    def likely(self) -> Likelihoods:
        """How likely each intent is, by whatever it takes to tell."""
        return self.settled or self.judged(
            INTENT, self.learned.vocabulary.placed(embedding.question(asked(self.found)))
        )

    def judged(self, name: str, vector: Vector | None = None) -> Likelihoods:
        """How likely each class of a task is."""
        task = self.learned.tasks[name]
        further = self._clues if vector is None else np.concatenate([self._clues, vector])
        scores = task.scores(self._words, further)
        if OUT_OF_SCOPE in task.classes:
            scores[task.classes.index(OUT_OF_SCOPE)] += rule("conversations.out_of_scope_lead")
        scores /= rule("conversations.confidence_heat")
        shares = np.exp(scores - scores.max())
        return dict(zip(task.classes, (float(each) for each in shares / shares.sum()), strict=True))

    @cached_property
    def _words(self) -> Sparse:
        return self.learned.vocabulary.sparse(self.found)

    @cached_property
    def _clues(self) -> Vector:
        return clues(self.found)


def _placed(taught: Understanding, found: Evidence) -> Understanding:
    """What was taught, with the place and the hour of this message."""
    if taught.intent != FIND_SERVICE:
        return taught
    return replace(taught, slots=replace(taught.slots, place=found.place_text, open_now=found.open_now))


def _understood(weighed: Weighed, by: Likelihoods | None = None) -> Understanding:
    """What the likelihoods `by` (else the message's own) say of a message."""
    likely = dict(weighed.likely if by is None else by)
    if likely.pop(NOTHING, 0.0) > max(likely.values()):
        return Understanding(OUT_OF_SCOPE, likely[OUT_OF_SCOPE])
    ranked = sorted(likely, key=lambda intent: likely[intent], reverse=True)
    near = likely[ranked[0]] * rule("conversations.rival_share")
    rivals = tuple(intent for intent in ranked[1:] if likely[intent] >= near)
    return Understanding(ranked[0], likely[ranked[0]], _slots(weighed, ranked[0]), rivals)


def _slots(weighed: Weighed, intent: str) -> Slots:
    """What a message names, for the intent that it has."""
    found = weighed.found
    if intent == FIND_SERVICE:
        category = None if found.only_a_place else _named(weighed, CATEGORY)
        return Slots(category=category, place=found.place_text, open_now=found.open_now)
    if intent in WITH_PROGRAMME:
        programme = _named(weighed, PROGRAMME)
        within = programmes_file().within
        programme = within.get(programme, programme) if programme else None
        named = (hit.phrase.owner for hit in found.programmes)
        return Slots(
            programme=programme, narrower=next((n for n in named if programme and within.get(n) == programme), None)
        )
    if intent == OUT_OF_SCOPE and found.matters:
        return Slots(matter=found.matters[-1].phrase.owner)
    return Slots()


def _named(weighed: Weighed, task: str) -> str | None:
    """The category or programme that is meant, None where that is not to be told."""
    likely = weighed.judged(task)
    best = max(likely, key=lambda each: likely[each])
    floor = rule("conversations.named_floor" if _names_one(weighed.found, task) else "conversations.guessed_floor")
    return best if best != NONE and likely[best] >= floor else None


def _names_one(found: Evidence, task: str) -> bool:
    return bool(found.categories if task == CATEGORY else found.programmes)


def _with_second_wish(whole: Understanding, found: Evidence, text: str) -> Understanding:
    """The same, with a second wish that another part of the message surely is."""
    for cut in _cuts(found, text):
        both = _both(text[:cut], text[cut : rule("conversations.heard_chars")])
        if both is None or both[0].intent == both[1].intent:
            continue
        first, second = both
        if whole.intent in (first.intent, second.intent) and not {first.intent, second.intent} & BESIDE:
            return replace(whole, then=second if whole.intent == first.intent else first)
    return whole


def _both(first: str, second: str) -> tuple[Understanding, Understanding] | None:
    """What either part surely asks for; None where one does not: the shorter, which costs less, is looked at first."""
    short, long = sorted((first, second), key=len)
    found = _part(short)
    other = _part(long) if found is not None and found.intent not in BESIDE else None
    if found is None or other is None:
        return None
    return (found, other) if short is first else (other, found)


def _part(text: str) -> Understanding | None:
    """What a part of a message asks for, None where that is not sure by its words."""
    least = rule("conversations.part_chars_least")
    found = evidence(text) if len(text) >= least else None
    if found is None or len(found.heard.text) < least:
        return None
    weighed, floor = Weighed(found, current()), rule("conversations.part_floor")
    if max(weighed.by_words.values()) < floor:
        return None
    understood = _understood(weighed, weighed.by_words)
    return understood if understood.confidence >= floor else None


def _cuts(found: Evidence, text: str) -> Iterator[int]:
    """Where a second wish may begin: at a joint ("and also") or after a mark, with a sign of a wish on either side."""
    signs = found.signs
    first, last = min((end for _, end in signs), default=0), max((start for start, _ in signs), default=0)
    cut = 0
    for part in _joints().split(text[: rule("conversations.heard_chars")]):
        if cut and first <= cut <= last:
            yield cut
        cut += len(part)


@lru_cache(maxsize=1)
def _joints() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in intents_file().joints)
    return re.compile(rf"(?<=[，。；！？,;!?\n])|(?={words})")
