"""Facilities by name, pinyin or initials, also with typing errors.

Whole matches come first: of the name, of its pinyin (so that a wrong character of the same sound is found), of its
initials. Only where there are none are names compared letter by letter, those that share most letter pairs first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from config.loading import rule

# Ranks of a match, best first.
NAME_WHOLE, NAME_BEGINS, NAME_HAS, PINYIN_BEGINS, PINYIN_HAS, INITIALS_BEGIN, INITIALS_HAVE, SIMILAR = range(8)
BREAK = "\n"
# Letter pairs a name's signature has room for; pairs that fall together only make the choice less sharp.
SIGNATURE_WORDS = 4
SIGNATURE_BITS = SIGNATURE_WORDS * 64
LETTERS = re.compile(r"[^a-z0-9]+")
FULL = 100


@dataclass(frozen=True)
class Match:
    """A facility's row and its key: (rank, dissimilarity, length of the name); smaller is better."""

    row: int
    key: tuple[int, int, int]


def normal(text: str) -> str:
    """Full-width forms made plain, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def spell(name: str) -> tuple[str, str]:
    """A name's pinyin without tones, and its initials; letters and digits only."""
    from pypinyin import Style, lazy_pinyin  # takes long to load; most processes search for nothing

    plain = normal(name)
    syllables = lazy_pinyin(plain, style=Style.NORMAL)
    initials = "".join(letters[:1] if _is_syllable(letters, plain) else letters for letters in syllables)
    return LETTERS.sub("", "".join(syllables)), LETTERS.sub("", initials)


def _is_syllable(letters: str, text: str) -> bool:
    # Letters that stand in the name itself were not made from a character.
    return letters not in text


class TextIndex:
    """Names (as `normal` makes them), pinyin and initials of all rows, each as one long text with a line a row."""

    def __init__(self, names: list[str], pinyins: list[str], initials: list[str]) -> None:
        self.names = _Lines(names)
        self.pinyins = _Lines(pinyins)
        self.initials = _Lines(initials)
        self._signatures = _signatures(pinyins)
        self._pairs = np.bitwise_count(self._signatures).sum(axis=1, dtype=np.int32) + 1

    def line(self, row: int) -> tuple[str, str, str]:
        """Name, pinyin and initials of a row, the name as it is searched."""
        return self.names.line(row), self.pinyins.line(row), self.initials.line(row)

    def all_lines(self) -> list[tuple[str, str, str]]:
        """`line` of every row."""
        return list(zip(self.names.lines(), self.pinyins.lines(), self.initials.lines(), strict=True))

    def search(self, query: str) -> list[Match]:
        """Matching rows, best first; at most `facilities.search_results_most` of them are worth showing."""
        text = normal(query)
        words = text.split()
        if not words:
            return []
        ranks = self._ranks(words[0])
        for word in words[1:]:
            others = self._ranks(word)
            ranks = {row: max(rank, others[row]) for row, rank in ranks.items() if row in others}
        matches = [Match(row, (rank, 0, self.names.length(row))) for row, rank in ranks.items()]
        if not matches:
            matches = self._similar(text)
        return matches

    def _ranks(self, word: str) -> dict[int, int]:
        """Each matching row's best rank for one word."""
        found: dict[int, int] = {}
        letters, _ = spell(word)
        if word.isascii():
            self.initials.ranks(letters, INITIALS_BEGIN, INITIALS_HAVE, found)
        self.pinyins.ranks(letters, PINYIN_BEGINS, PINYIN_HAS, found)
        self.names.ranks(word, NAME_BEGINS, NAME_HAS, found, whole=NAME_WHOLE)
        return found

    def _similar(self, text: str) -> list[Match]:
        letters, _ = spell(text)
        wanted = _signatures([letters])
        shared = np.bitwise_count(self._signatures & wanted).sum(axis=1, dtype=np.int32)
        # Of two names that share as many pairs the one with fewer others is nearer (Dice's coefficient).
        alike = shared / (self._pairs + int(np.bitwise_count(wanted).sum()))
        most = int(rule("facilities.search_candidates"))
        near = np.argpartition(alike, -most)[-most:] if len(alike) > most else np.arange(len(alike))
        least = rule("facilities.search_similarity_least")
        found = []
        for row in near[shared[near] > 0].tolist():
            score = _similarity(letters, self.pinyins.line(row), least)
            if score >= least:
                found.append(Match(row, (SIMILAR, FULL - int(score), self.names.length(row))))
        return found


def _similarity(letters: str, name: str, least: float) -> float:
    """Per cent; a query longer than the name is compared with the whole of it, else with its best part."""
    if len(letters) >= len(name):
        return fuzz.ratio(letters, name, score_cutoff=least)
    return fuzz.partial_ratio(letters, name, score_cutoff=least)


class _Lines:
    """Many short texts as one, searched by the machine's substring search instead of row by row."""

    def __init__(self, lines: list[str]) -> None:
        lengths = np.fromiter((len(line) + 1 for line in lines), np.int64, len(lines))
        self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        self._text = BREAK.join(lines) + BREAK if lines else ""

    def lines(self) -> list[str]:
        """All of them again, by row."""
        return self._text.split(BREAK)[:-1]

    def line(self, row: int) -> str:
        return self._text[self._starts[row] : self._starts[row + 1] - 1]

    def length(self, row: int) -> int:
        return int(self._starts[row + 1] - self._starts[row] - 1)

    def ranks(self, word: str, begins: int, has: int, into: dict[int, int], whole: int | None = None) -> None:
        """Note the rank of each row that has `word`, over worse ranks already there."""
        if not word:
            return
        most = int(rule("facilities.search_scan_most"))
        places: list[int] = []
        at = self._text.find(word)
        while at >= 0 and len(places) < most:
            places.append(at)
            at = self._text.find(word, at + 1)
        rows = np.searchsorted(self._starts, places, side="right") - 1
        firsts = self._starts[rows] == places
        for row, first in zip(rows.tolist(), firsts.tolist(), strict=True):
            rank = begins if first else has
            if first and whole is not None and self.length(row) == len(word):
                rank = whole
            if rank < into.get(row, SIMILAR):
                into[row] = rank


def _signatures(texts: list[str]) -> npt.NDArray[np.uint64]:
    """For each text which letter pairs it has, as bits."""
    found = np.zeros((len(texts), SIGNATURE_WORDS), np.uint64)
    letters = np.frombuffer((BREAK.join(texts) + BREAK).encode("ascii", "replace"), np.uint8).astype(np.uint32)
    breaks = letters == ord(BREAK)
    rows = np.cumsum(breaks) - breaks
    within = np.flatnonzero(~breaks[:-1] & ~breaks[1:])
    bits = (letters[within] * 31 + letters[within + 1] * 17) % SIGNATURE_BITS
    np.bitwise_or.at(found, (rows[within], bits // 64), np.uint64(1) << (bits % 64).astype(np.uint64))
    return found
