"""What the catalogue's own words tell of a message: points for each wish, and what the message names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.understanding.hearing import Heard, bare
from bot.understanding.lexicon import (
    IntentWords,
    category_words,
    intent_words,
    intents_file,
    programme_words,
)
from bot.understanding.matching import Hit, PhraseBook, longest, phrases
from bot.understanding.meaning import EMERGENCY, FIND_SERVICE, OUT_OF_SCOPE, Slots, Understanding
from bot.understanding.places import place_in, with_what_it_is_in
from bot.understanding.typed_pinyin import hear
from config.loading import rule

PERCENT = 100
# What stands for a word of each kind where a message is compared without them.
CATEGORY, PROGRAMME, MATTER, PLACE = "C", "P", "E", "L"


@dataclass(frozen=True)
class _Intent:
    """An intent's words, ready to be found, with their points."""

    name: str
    words: IntentWords
    whole: frozenset[str]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """What was found in a message. Hits stand in its order; `place` is where a place's name stands.

    `cues` are the words that speak for some wish; `categories` those that count; `whole` is the wish that the whole
    message is the word for.
    """

    heard: Heard
    points: dict[str, float]
    cues: tuple[Hit, ...]
    categories: tuple[Hit, ...]
    programmes: tuple[Hit, ...]
    matters: tuple[Hit, ...]
    place: Hit | None
    whole: str | None

    @property
    def place_text(self) -> str | None:
        """The place as the resident wrote it."""
        return self.heard.written(self.place.start, self.place.end) if self.place else None

    @property
    def only_a_place(self) -> bool:
        """True where the message is a place's name and nothing else."""
        return self.place is not None and (self.place.start, self.place.end) == (0, len(self.heard.text))

    @property
    def open_now(self) -> bool:
        """True where only what is open at the moment is asked for."""
        text, asked = self.heard.text, intents_file().open_now
        now = any(word in text for word in asked.moments) and any(word in text for word in asked.states)
        return now or any(word in text for word in asked.words)

    @property
    def signs(self) -> list[tuple[int, int]]:
        """Where in the message as it was sent a wish, or something that can be wished for, is named."""
        hits = (*self.cues, *self.categories, *self.programmes, *self.matters)
        at = self.heard.origin
        return [(at[hit.start][0], at[hit.end - 1][1]) for hit in hits] if at else []

    def masked(self) -> str:
        """The message with what it names replaced by the kind of it."""
        kinds = ((CATEGORY, self.categories), (PROGRAMME, self.programmes), (MATTER, self.matters),
                 (PLACE, (self.place,) if self.place else ()))  # fmt: skip
        spans = sorted((hit.start, -hit.end, kind) for kind, hits in kinds for hit in hits)
        parts, at = [], 0
        for start, end, kind in spans:
            if start >= at:
                parts += [self.heard.text[at:start], kind]
                at = -end
        return "".join([*parts, self.heard.text[at:]])


def evidence(text: str) -> Evidence:
    """What the catalogue's words tell of the message `text`."""
    heard = hear(text)
    cues = _cues().hits(heard)
    looks = any(cue.phrase.owner == FIND_SERVICE and cue.phrase.points >= _plain() for cue in cues)
    programmes = longest(_programmes().hits(heard))
    categories, place = _categories_and_place(heard, looks)
    matters = longest(hit for hit in _elsewheres().hits(heard) if hit.trust == 1)
    points = {
        intent.name: _points(intent, [c for c in cues if c.phrase.owner == intent.name], categories, programmes, place)
        + _likeness(heard, intent)
        for intent in _intents()
    }
    if matters:
        by_the_way = "_by_the_way" if programmes or categories else ""
        points[OUT_OF_SCOPE] += rule(f"conversations.points_elsewhere{by_the_way}")
    whole = next((intent.name for intent in _intents() if heard.text in intent.whole), None)
    return Evidence(
        heard, {name: max(each, 0.0) for name, each in points.items()},
        tuple(cue for cue in cues if cue.phrase.points > 0), tuple(categories), tuple(programmes), tuple(matters),
        place, whole,
    )  # fmt: skip


def understand(text: str) -> Understanding:
    """What `text` asks for, by the catalogue's words alone."""
    found = evidence(text)
    intent, confidence = _best(found)
    finds = intent == FIND_SERVICE
    slots = Slots(
        category=found.categories[-1].phrase.owner if found.categories and finds else None,
        place=found.place_text if finds else None,
        programme=found.programmes[-1].phrase.owner if found.programmes and intent in _with_programme() else None,
        open_now=finds and found.open_now,
        matter=found.matters[-1].phrase.owner if found.matters and intent == OUT_OF_SCOPE else None,
    )
    return Understanding(intent, confidence, slots)


def _categories_and_place(heard: Heard, looks: bool) -> tuple[list[Hit], Hit | None]:
    found = [hit for hit in _categories().hits(heard) if not _refused(heard, hit)]
    strong = longest(hit for hit in found if not hit.phrase.weak)
    place = place_in(heard, strong)
    weak = longest(hit for hit in found if hit.phrase.weak)
    categories = strong or (weak if looks or place is not None else [])
    return categories, with_what_it_is_in(heard, place) if place else None


def _points(intent: _Intent, cues: list[Hit], categories: list[Hit], programmes: list[Hit], place: Hit | None) -> float:
    category = categories[-1] if categories else None
    total = sum(hit.phrase.points * hit.trust for hit in longest(cues) if not _within(hit, category))
    if category:
        total += intent.words.with_category * category.trust
    if programmes and (total > 0 or not category):
        total += intent.words.with_programme * programmes[-1].trust
    return total + (intent.words.with_place if place else 0.0)


def _within(hit: Hit, category: Hit | None) -> bool:
    """True for a word that is only a part of a category's name."""
    return category is not None and category.start <= hit.start and hit.end <= category.end and category.trust == 1


def _likeness(heard: Heard, intent: _Intent) -> float:
    """Points for resembling one of the examples."""
    least = rule("conversations.likeness_least")
    best = max((fuzz.ratio(heard.text, each, score_cutoff=least) for each in intent.examples), default=0)
    return float(best / PERCENT * rule("conversations.points_likeness"))


def _best(found: Evidence) -> tuple[str, float]:
    """The wish with most points; danger comes before everything else that is named."""
    if found.whole:
        return found.whole, 1.0
    ranked = sorted(found.points.items(), key=lambda each: each[1], reverse=True)
    (intent, most), (_, second) = ranked[0], ranked[1]
    if found.points[EMERGENCY] >= rule("conversations.points_strong"):
        intent, most, second = EMERGENCY, found.points[EMERGENCY], 0.0
    if most <= 0:
        return OUT_OF_SCOPE, 0.0
    return intent, most / (most + second + rule("conversations.doubt"))


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
    return _owned(programme_words().items())


@lru_cache(maxsize=1)
def _elsewheres() -> PhraseBook:
    return _owned(intents_file().elsewhere.items())


@lru_cache(maxsize=1)
def _with_programme() -> frozenset[str]:
    return frozenset(name for name, words in intent_words().items() if words.with_programme)


def _owned(words: Iterable[tuple[str, tuple[str, ...]]]) -> PhraseBook:
    return PhraseBook(phrase for owner, each in words for phrase in phrases(owner, each))
