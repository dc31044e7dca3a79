"""Understanding by the catalogue's words alone: points for each wish, the slots, and how sure that makes us."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.understanding.hearing import Heard, bare, hear
from bot.understanding.lexicon import (
    IntentWords,
    category_words,
    intent_words,
    intents_file,
    programme_words,
)
from bot.understanding.matching import Hit, Phrase, find, longest, phrases
from bot.understanding.meaning import EMERGENCY, FIND_SERVICE, OUT_OF_SCOPE, Slots, Understanding
from bot.understanding.places import county_before, place_in
from config.loading import rule

PERCENT = 100


@dataclass(frozen=True)
class _Intent:
    """An intent's words, ready to be found, with their points."""

    name: str
    words: IntentWords
    cues: tuple[tuple[Phrase, float], ...]
    whole: frozenset[str]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class _Named:
    """What the sentence names, before it is known what is wanted of it."""

    category: Hit | None
    programme: Hit | None
    place: Hit | None
    place_text: str | None


def understand(text: str) -> Understanding:
    """What `text` asks for. An empty or meaningless text is `out_of_scope` with confidence 0."""
    heard = hear(text)
    if not heard.text:
        return Understanding(OUT_OF_SCOPE, 0.0)
    looks = any(find(heard, cue) for cue in _find_cues())
    named = _named(heard, looks)
    points = {intent.name: _points(heard, intent, named) for intent in _intents()}
    matter = _elsewhere(heard)
    if matter is not None:
        points[OUT_OF_SCOPE] += rule("conversations.points_elsewhere")
    intent, confidence = _best(points)
    finds = intent == FIND_SERVICE
    slots = Slots(
        category=named.category.phrase.owner if named.category and finds else None,
        place=named.place_text if finds else None,
        programme=named.programme.phrase.owner if named.programme and intent in _with_programme() else None,
        open_now=finds and any(word in heard.text for word in intents_file().open_now),
        matter=matter if intent == OUT_OF_SCOPE else None,
    )  # fmt: skip
    return Understanding(intent, confidence, slots)


def _named(heard: Heard, looks: bool) -> _Named:
    programmes = longest(hit for phrase in _programmes() if (hit := find(heard, phrase)))
    found = [hit for phrase in _categories() if (hit := find(heard, phrase))]
    strong = longest(hit for hit in found if not hit.phrase.weak and not _refused(heard, hit))
    place = place_in(heard, strong)
    weak = longest(hit for hit in found if hit.phrase.weak and not _refused(heard, hit))
    categories = strong or (weak if looks or place is not None else [])
    text = county_before(heard, place) if place else None
    return _Named(categories[-1] if categories else None, programmes[-1] if programmes else None, place, text)


def _points(heard: Heard, intent: _Intent, named: _Named) -> float:
    if heard.text in intent.whole:
        return float(rule("conversations.points_whole"))
    hits = {hit: points for cue, points in intent.cues if (hit := find(heard, cue))}
    total = sum(hits[hit] * hit.trust for hit in longest(hits))
    total += _likeness(heard, intent)
    if named.category:
        total += intent.words.with_category * named.category.trust
    if named.programme and (total > 0 or not named.category):
        total += intent.words.with_programme * named.programme.trust
    if named.place:
        total += intent.words.with_place
    return max(total, 0.0)


def _likeness(heard: Heard, intent: _Intent) -> float:
    """Points for resembling one of the examples."""
    least = rule("conversations.likeness_least")
    best = max((fuzz.ratio(heard.text, each, score_cutoff=least) for each in intent.examples), default=0)
    return float(best / PERCENT * rule("conversations.points_likeness"))


def _best(points: dict[str, float]) -> tuple[str, float]:
    """The wish with most points; danger comes before everything else that is named."""
    ranked = sorted(points.items(), key=lambda each: each[1], reverse=True)
    (intent, most), (_, second) = ranked[0], ranked[1]
    if points[EMERGENCY] >= rule("conversations.points_strong"):
        intent, most, second = EMERGENCY, points[EMERGENCY], 0.0
    if most <= 0:
        return OUT_OF_SCOPE, 0.0
    return intent, most / (most + second + rule("conversations.doubt"))


def _elsewhere(heard: Heard) -> str | None:
    hits = longest(hit for phrase in _elsewheres() if (hit := find(heard, phrase)) and hit.trust == 1)
    return hits[-1].phrase.owner if hits else None


def _refused(heard: Heard, hit: Hit) -> bool:
    """True for what is named only to be excluded: "not the clinic"."""
    return heard.text[: hit.start].endswith(intents_file().refusals)


@lru_cache(maxsize=1)
def _intents() -> tuple[_Intent, ...]:
    weights = {kind: rule(f"conversations.points_{kind}") for kind in ("strong", "plain", "hint", "against")}
    return tuple(
        _Intent(
            name, words,
            tuple((p, weight) for kind, weight in weights.items() for p in phrases(name, getattr(words, kind))),
            frozenset(bare(word) or word for word in words.whole), tuple(bare(each) for each in words.examples),
        )
        for name, words in intent_words().items()
    )  # fmt: skip


@lru_cache(maxsize=1)
def _find_cues() -> tuple[Phrase, ...]:
    words = intent_words()[FIND_SERVICE]
    return tuple(phrases(FIND_SERVICE, (*words.strong, *words.plain)))


@lru_cache(maxsize=1)
def _categories() -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for token, words in category_words().items():
        found += phrases(token, words.words)
        found += phrases(token, words.weak, weak=True)
    return tuple(found)


@lru_cache(maxsize=1)
def _programmes() -> tuple[Phrase, ...]:
    return _owned(programme_words())


@lru_cache(maxsize=1)
def _elsewheres() -> tuple[Phrase, ...]:
    return _owned(intents_file().elsewhere)


@lru_cache(maxsize=1)
def _with_programme() -> frozenset[str]:
    return frozenset(name for name, words in intent_words().items() if words.with_programme)


def _owned(words: dict[str, tuple[str, ...]]) -> tuple[Phrase, ...]:
    return tuple(phrase for owner, each in words.items() for phrase in phrases(owner, each))
