"""Which place a sentence names, as the resident wrote it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from bot.understanding.hearing import Heard, bare
from bot.understanding.lexicon import place_words
from bot.understanding.matching import Hit, Phrase, PhraseBook, phrases
from config.loading import rule
from models.facilities.places import all_places

FULL, SHORT = "full", "short"


def place_in(heard: Heard, taken: list[Hit]) -> Hit | None:
    """The place named, without what stands in words already `taken` for something else.

    A full name, else a short one, else whatever stands before "nearby", else what ends like a place's name.
    """
    for known in (_full_names(), _short_names()):
        hits = [hit for hit in known.hits(heard) if _counts(hit, heard) and _free(hit, taken)]
        if hits:
            best = max(hits, key=lambda hit: (hit.trust, hit.end - hit.start, hit.start))
            longer = best if best.phrase.owner == FULL else _as_written(best, _before_nearby(heard, taken))
            return _with_what_is_within(heard, longer, taken)
    return _before_nearby(heard, taken) or _by_its_ending(heard, taken)


def with_what_it_is_in(heard: Heard, hit: Hit) -> Hit:
    """The place together with the names of its township, county, city and province right before it."""
    before = Heard(heard.text[: hit.start])
    ends = [each for book in (_full_names(), _short_names(), _wider_names()) for each in book.hits(before)]
    known = {each.end: each.start for each in sorted(ends, key=lambda e: -e.start) if each.trust == 1}
    start = hit.start
    while start in known:
        start = known[start]
    return replace(hit, start=start)


def _with_what_is_within(heard: Heard, hit: Hit, taken: list[Hit]) -> Hit:
    """The place together with the township, village or estate within it that is written right after it."""
    while hit.trust == 1 and (found := _within().match(heard.text, hit.end)):
        # A clinic named after its village: the village's last character is also the first of what is looked for there.
        further = replace(hit, start=hit.end, end=found.start(found.lastgroup or 0))
        if not _free(further, taken) or not _is_a_name(found[0]) or found[0] in place_words().kinds:
            break
        hit = replace(hit, end=found.end())
    return hit


def _is_a_name(text: str) -> bool:
    words = place_words()
    return not any(word in text for word in (*words.breaks, *words.no_name, *words.near_words, *words.no_part))


@lru_cache(maxsize=1)
def _within() -> re.Pattern[str]:
    ends = "|".join(re.escape(word) for word in sorted(place_words().parts, key=len, reverse=True))
    most = rule("conversations.place_part_chars_most")
    return re.compile(rf"[^\W\da-z_]{{1,{most}}}?(?:{ends})|\d+(?:{ends})")


@lru_cache(maxsize=1)
def _full_names() -> PhraseBook:
    return PhraseBook(phrases(FULL, sorted({place.name for place in all_places()} | set(place_words().landmarks))))


@lru_cache(maxsize=1)
def _short_names() -> PhraseBook:
    return PhraseBook(phrases(SHORT, sorted({place.short for place in all_places() if place.short != place.name})))


@lru_cache(maxsize=1)
def _wider_names() -> PhraseBook:
    return PhraseBook(phrases(FULL, place_words().wider))


def _as_written(short: Hit, near: Hit | None) -> Hit:
    """The whole of a longer name that only begins with a township's short one: a school, a park."""
    return near if near and near.start <= short.start and near.end > short.end else short


def _counts(hit: Hit, heard: Heard) -> bool:
    """A name that is only heard must be long; one that is an ordinary word too needs to be said as a place's name."""
    words = place_words()
    if hit.trust < 1:
        return bool(len(hit.phrase.text) >= rule("conversations.place_sound_chars_least"))
    if hit.phrase.owner == FULL or hit.phrase.text not in words.ordinary_words:
        return True
    return heard.text == hit.phrase.text or heard.text.startswith(words.followed_by, hit.end)


def _free(hit: Hit, taken: list[Hit]) -> bool:
    return all(hit.end <= other.start or hit.start >= other.end for other in taken)


def _before_nearby(heard: Heard, taken: list[Hit]) -> Hit | None:
    ends = [at for near in place_words().near_words if (at := heard.text.find(near)) > 0]
    return _name_before(heard, min(ends), taken) if ends else None


def _by_its_ending(heard: Heard, taken: list[Hit]) -> Hit | None:
    """A name that no list has, known by what kind of place its last characters say it is."""
    for end in sorted({found.end() for found in _endings().finditer(heard.text)}):
        hit = _name_before(heard, end, taken)
        if hit and len(hit.phrase.text) >= rule("conversations.place_ending_chars_least") and _free(hit, taken):
            return hit
    return None


@lru_cache(maxsize=1)
def _endings() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in place_words().endings))


def _name_before(heard: Heard, end: int, taken: list[Hit]) -> Hit | None:
    words = place_words()
    start = max([_clause_start(heard, end), *(hit.end for hit in taken if hit.end < end)])
    for word in words.breaks:
        start = max(start, heard.text.rfind(word, start, end - 1) + len(word) if word in heard.text[:end] else 0)
    name = _without_lead_in(heard.text[start:end])
    if not rule("conversations.place_chars_least") <= len(name) <= rule("conversations.place_chars_most"):
        return None
    if name in words.here or name in words.kinds or any(word in name for word in words.no_name):
        return None
    return Hit(Phrase("near", name, "", "", ""), end - len(name), end, 1.0)


def _clause_start(heard: Heard, end: int) -> int:
    """Where the clause begins that holds the character before `end`: no name goes over a punctuation mark."""
    for at in range(min(end, len(heard.origin)) - 1, 0, -1):
        if heard.message[heard.origin[at - 1][1] : heard.origin[at][0]].strip():
            return at
    return 0


def _without_lead_in(text: str) -> str:
    leads = sorted((bare(word) for word in place_words().lead_ins), key=len, reverse=True)
    while True:
        lead = next((word for word in leads if text.startswith(word)), None)
        if lead is None:
            return text
        text = text[len(lead) :]
