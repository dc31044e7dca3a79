"""What a message asks for: by its words where they are plain, else by its words and the sentence's vector together.

Danger comes before everything else. A second wish of the same message is understood by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from bot.understanding import embedding, overlay
from bot.understanding.features import Vector, clues, sent
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
from bot.understanding.trained import CATEGORY, INTENT, PROGRAMME, QUICK, Task, Trained, current
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
    whole = _understood(found, _likelihoods(found))
    if whole.intent == OUT_OF_SCOPE or not whole.sure:
        taught = overlay.nearly(found.heard)
        return _placed(taught, found) if taught is not None else whole
    return whole if whole.intent in BESIDE else _with_second_wish(whole, text)


def _placed(taught: Understanding, found: Evidence) -> Understanding:
    """What was taught, with the place and the hour of this message."""
    if taught.intent != FIND_SERVICE:
        return taught
    return replace(taught, slots=replace(taught.slots, place=found.place_text, open_now=found.open_now))


def _likelihoods(found: Evidence) -> Likelihoods:
    """How likely each intent is; they add up to 1."""
    said = found.whole or (FIND_SERVICE if found.only_a_place else None)
    if said:
        return {said: 1.0}
    learned = current()
    quick = _by_words(found, learned)
    if max(quick.values()) >= rule("conversations.quick_floor"):
        return quick
    vector = learned.vocabulary.placed(embedding.question(sent(found)))
    return _judged(learned.tasks[INTENT], found, learned, vector)


def _by_words(found: Evidence, learned: Trained) -> Likelihoods:
    return _judged(learned.tasks[QUICK], found, learned, None)


def _judged(task: Task, found: Evidence, learned: Trained, vector: Vector | None) -> Likelihoods:
    further = clues(found) if vector is None else np.concatenate([clues(found), vector])
    scores = task.scores(learned.vocabulary.sparse(found), further)
    if OUT_OF_SCOPE in task.classes:
        scores[task.classes.index(OUT_OF_SCOPE)] += rule("conversations.out_of_scope_lead")
    scores /= rule("conversations.confidence_heat")
    shares = np.exp(scores - scores.max())
    return dict(zip(task.classes, (float(each) for each in shares / shares.sum()), strict=True))


def _understood(found: Evidence, likely: Likelihoods) -> Understanding:
    likely = dict(likely)
    if likely.pop(NOTHING, 0.0) > max(likely.values()):
        return Understanding(OUT_OF_SCOPE, likely[OUT_OF_SCOPE])
    ranked = sorted(likely, key=lambda intent: likely[intent], reverse=True)
    near = likely[ranked[0]] * rule("conversations.rival_share")
    rivals = tuple(intent for intent in ranked[1:] if likely[intent] >= near)
    return Understanding(ranked[0], likely[ranked[0]], slots(found, ranked[0]), rivals)


def slots(found: Evidence, intent: str) -> Slots:
    """What a message names, for the intent that it has."""
    if intent == FIND_SERVICE:
        category = None if found.only_a_place else _named(found, CATEGORY)
        return Slots(category=category, place=found.place_text, open_now=found.open_now)
    if intent in WITH_PROGRAMME:
        programme = _named(found, PROGRAMME)
        within = programmes_file().within
        programme = within.get(programme, programme) if programme else None
        named = (hit.phrase.owner for hit in found.programmes)
        return Slots(
            programme=programme, narrower=next((n for n in named if programme and within.get(n) == programme), None)
        )
    if intent == OUT_OF_SCOPE and found.matters:
        return Slots(matter=found.matters[-1].phrase.owner)
    return Slots()


def _named(found: Evidence, task: str) -> str | None:
    """The category or programme that is meant, None where that is not to be told."""
    learned = current()
    likely = _judged(learned.tasks[task], found, learned, None)
    best = max(likely, key=lambda each: likely[each])
    floor = rule("conversations.named_floor" if _names_one(found, task) else "conversations.guessed_floor")
    return best if best != NONE and likely[best] >= floor else None


def _names_one(found: Evidence, task: str) -> bool:
    return bool(found.categories if task == CATEGORY else found.programmes)


def _with_second_wish(whole: Understanding, text: str) -> Understanding:
    """The same, with a second wish that another part of the message surely is."""
    parts = _parts(text)
    for number in range(1, len(parts)):
        first, second = (_part("".join(each)) for each in (parts[:number], parts[number:]))
        if first is None or second is None or first.intent == second.intent:
            continue
        if whole.intent in (first.intent, second.intent) and not {first.intent, second.intent} & BESIDE:
            return replace(whole, then=second if whole.intent == first.intent else first)
    return whole


def _part(text: str) -> Understanding | None:
    """What a part of a message asks for, None where that is not sure by its words."""
    found = evidence(text)
    if len(found.heard.text) < rule("conversations.part_chars_least"):
        return None
    likely = _by_words(found, current())
    understood = _understood(found, likely)
    return understood if understood.confidence >= rule("conversations.part_floor") else None


def _parts(text: str) -> Sequence[str]:
    """The message cut before each joint ("and also") and after each punctuation mark."""
    return [part for part in _joints().split(text[: rule("conversations.heard_chars")]) if part.strip()]


@lru_cache(maxsize=1)
def _joints() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in intents_file().joints)
    return re.compile(rf"(?<=[，。；！？,;!?\n])|(?={words})")
