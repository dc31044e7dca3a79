"""Finding the catalogue's words in a message: as written, by their sound, or typed in pinyin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.understanding.hearing import EDGE, Heard, bare, blur, syllables
from config.loading import rule


@dataclass(frozen=True)
class Phrase:
    """One word of the catalogue with its sound; `owner` is what it speaks for, with so many `points`."""

    owner: str
    text: str
    sound: str
    blurred: str
    typed: str
    weak: bool = False
    points: float = 0.0


@dataclass(frozen=True)
class Hit:
    """Where a phrase was found: characters `start` to `end` of the message; `trust` is 1 for the very characters."""

    phrase: Phrase
    start: int
    end: int
    trust: float


class PhraseBook:
    """Many phrases, looked for at once: only those whose first two characters, or syllables, the message holds are
    compared with it."""

    def __init__(self, known: Iterable[Phrase]) -> None:
        self._known = tuple(known)
        self._by_start: dict[str, list[int]] = {}
        for number, phrase in enumerate(self._known):
            for start in {phrase.text[:2], EDGE.join(phrase.blurred.split()[:2])}:
                self._by_start.setdefault(start, []).append(number)

    def hits(self, heard: Heard) -> list[Hit]:
        """Every phrase that is found, in the book's order."""
        if heard.typed:
            wanted: Iterable[int] = range(len(self._known))
        else:
            wanted = sorted({n for start in heard.starts for n in self._by_start.get(start, ())})
        return [hit for number in wanted if (hit := find(heard, self._known[number]))]


def phrases(owner: str, words: Iterable[str], weak: bool = False, points: float = 0.0) -> Iterator[Phrase]:
    """The words of one owner, ready to be found."""
    for word in words:
        text = bare(word)
        sound = syllables(text)
        yield Phrase(owner, text, sound, blur(sound), sound.replace(EDGE, ""), weak, points)


def find(heard: Heard, phrase: Phrase) -> Hit | None:
    """The last place where the phrase stands: residents say what they want last."""
    at = heard.text.rfind(phrase.text)
    if at >= 0:
        return Hit(phrase, at, at + len(phrase.text), 1.0)
    if phrase.text.isascii() or len(phrase.text) < rule("conversations.sound_chars_least"):
        return None
    first = _syllable(heard.sound, phrase.sound)
    if first is None and len(phrase.text) >= rule("conversations.blurred_chars_least"):
        first = _syllable(heard.blurred, phrase.blurred)
    if first is not None:
        return Hit(phrase, first, first + len(phrase.text), rule("conversations.trust_in_sound"))
    if len(phrase.typed) >= rule("conversations.typed_letters_least"):
        for run in heard.typed:
            if phrase.typed in run:
                return Hit(phrase, 0, len(heard.text), rule("conversations.trust_in_sound"))
    return None


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Hits without those that lie within a longer one, or were only heard where another was read; by position."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (each.trust, each.end - each.start), reverse=True):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda each: each.start)


def _syllable(sound: str, wanted: str) -> int | None:
    """The number of syllables before the last place where `wanted` stands."""
    at = sound.rfind(wanted)
    return None if at < 0 else sound.count(EDGE, 0, at)
