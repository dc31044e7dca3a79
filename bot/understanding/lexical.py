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
from bot.understanding.matching import Hit, PhraseBook, longest, phrases
from bot.understanding.meaning import EMERGENCY, FIND_SERVICE, OUT_OF_SCOPE, Slots, Understanding
from bot.understanding.overlay import intent_of
from bot.understanding.places import county_before, place_in
from config.loading import rule

PERCENT = 100


@dataclass(frozen=True)
class _Intent:
    """An intent's words, ready to be found, with their points."""

    name: str
    words: IntentWords
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
    added = intent_of(heard.text)
    cues = _cues().hits(heard)
    looks = any(cue.phrase.owner == FIND_SERVICE and cue.phrase.points >= _plain() for cue in cues)
    named = _named(heard, looks)
    points = {
        intent.name: _points(heard, intent, named, [cue for cue in cues if cue.phrase.owner == intent.name])
        for intent in _intents()
    }
    matter = _elsewhere(heard)
    if matter is not None:
        ours = named.programme or named.category
        points[OUT_OF_SCOPE] += rule(
            "conversations.points_elsewhere_by_the_way" if ours else "conversations.points_elsewhere"
        )
    intent, confidence = _best(points) if added is None else (added, 1.0)
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
    programmes = longest(_programmes().hits(heard))
    found = _categories().hits(heard)
    strong = longest(hit for hit in found if not hit.phrase.weak and not _refused(heard, hit))
    place = place_in(heard, strong)
    weak = longest(hit for hit in found if hit.phrase.weak and not _refused(heard, hit))
    categories = strong or (weak if looks or place is not None else [])
    text = county_before(heard, place) if place else None
    return _Named(categories[-1] if categories else None, programmes[-1] if programmes else None, place, text)


def _points(heard: Heard, intent: _Intent, named: _Named, cues: list[Hit]) -> float:
    if heard.text in intent.whole:
        return float(rule("conversations.points_whole"))
    total = sum(hit.phrase.points * hit.trust for hit in longest(cues) if not _within(hit, named.category))
    total += _likeness(heard, intent)
    if named.category:
        total += intent.words.with_category * named.category.trust
    if named.programme and (total > 0 or not named.category):
        total += intent.words.with_programme * named.programme.trust
    if named.place:
        total += intent.words.with_place
    return max(total, 0.0)


def _within(hit: Hit, category: Hit | None) -> bool:
    """True for a word that is only a part of a category's name."""
    return category is not None and category.start <= hit.start and hit.end <= category.end and category.trust == 1


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
    hits = longest(hit for hit in _elsewheres().hits(heard) if hit.trust == 1)
    return hits[-1].phrase.owner if hits else None


def _refused(heard: Heard, hit: Hit) -> bool:
    """True for what is named only to be excluded: "not the clinic"."""
    return heard.text[: hit.start].endswith(intents_file().refusals)


@lru_cache(maxsize=1)
def _intents() -> tuple[_Intent, ...]:
    return tuple(
        _Intent(
            name, words, frozenset(bare(word) or word for word in words.whole),
            tuple(bare(each) for each in words.examples),
        )
        for name, words in intent_words().items()
    )  # fmt: skip


@lru_cache(maxsize=1)
def _cues() -> PhraseBook:
    weights = {kind: rule(f"conversations.points_{kind}") for kind in ("strong", "plain", "hint", "against")}
    return PhraseBook(
        phrase
        for name, words in intent_words().items()
        for kind, weight in weights.items()
        for phrase in phrases(name, getattr(words, kind), points=weight)
    )


def _plain() -> float:
    return float(rule("conversations.points_plain"))


@lru_cache(maxsize=1)
def _categories() -> PhraseBook:
    return PhraseBook(
        phrase
        for token, words in category_words().items()
        for phrase in (*phrases(token, words.words), *phrases(token, words.weak, weak=True))
    )


@lru_cache(maxsize=1)
def _programmes() -> PhraseBook:
    return _owned(programme_words())


@lru_cache(maxsize=1)
def _elsewheres() -> PhraseBook:
    return _owned(intents_file().elsewhere)


@lru_cache(maxsize=1)
def _with_programme() -> frozenset[str]:
    return frozenset(name for name, words in intent_words().items() if words.with_programme)


def _owned(words: dict[str, tuple[str, ...]]) -> PhraseBook:
    return PhraseBook(phrase for owner, each in words.items() for phrase in phrases(owner, each))
