"""How residents answer: yes and no in many forms, a choice by number or words, amounts, days and months."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache, reduce

from pydantic import Field

from bot.dialogues.control import number_in
from bot.understanding.hearing import bare, plain
from bot.understanding.lexicon import FOLDER, Words
from config.loading import Entry, load_yaml, rule

MONTHS_A_YEAR = 12
TEN = 10
NEAR_CHARS = 2
NOON, LAST_HOUR, HALF = 12, 23, 30
_DIGITS = "[0-9]"
CENTURY, SHORT_YEAR = 2000, 100
_CLAUSE = re.compile(r"[\s,.;!?，。；！？、~～]+")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([^\d]?)")
_DAY = re.compile(r"(\d{4}|\d{2})\D+?(\d{1,2})\D+?(\d{1,2})\D*")
_JOINED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4}|\d{2})\D+?(\d{1,2})\D*")
_JOINED_MONTH = re.compile(r"(\d{4})(\d{2})")
_THIS_YEAR = re.compile(r"(\d{1,2})\D{1,2}")


class AnswerWords(Entry):
    """The words of `answers.yaml`."""

    yes: Words
    no: Words
    fillers: Words
    negations: Words
    asking: Words
    between: Words
    nothing: Words
    skip: Words
    accept: Words
    decline: Words
    offers: Words
    submit: Words
    change: Words
    move: Words
    call_off: Words
    remember: Words
    forget: Words
    home: Words
    days: dict[str, int]
    this_place: Words
    place_wrong: Words
    kinds: dict[str, Words]
    oclock: Words
    morning: Words
    afternoon: Words
    half: str
    week: Words
    months: dict[str, int]
    years: dict[str, int]
    numerals: dict[str, int] = Field(min_length=10)
    units: dict[str, int]


@lru_cache(maxsize=1)
def answer_words() -> AnswerWords:
    """The file, read once. Raises CatalogueFault with its line."""
    return load_yaml(FOLDER / "answers.yaml", AnswerWords)


def said(name: str, text: str) -> bool:
    """True where the whole message is one of the words `name`."""
    return bare(text) in _bared(name)


def says(name: str, text: str) -> bool:
    """True where the first clause is made of the words `name` alone."""
    return _made_of(name, text)


def said_yes(text: str) -> bool:
    """True for a yes in any form: "yes", "yes, right", "good, I have a flat"."""
    return _made_of("yes", text) and not _made_of("no", text)


def said_no(text: str) -> bool:
    """True for a no in any form."""
    return _made_of("no", text)


def yes_or_no(text: str) -> bool | None:
    """Yes or no, also where the answer is a short clause that begins with it ("have a flat", "none here")."""
    if said_yes(text) or said_no(text):
        return said_yes(text)
    heard = bare(text)
    asks = any(word in heard for word in answer_words().asking)
    if not heard or asks or len(heard) > int(rule("conversations.bare_wish_chars")):
        return None
    if any(heard.startswith(word) for word in _bared("no")):
        return False
    return True if any(heard.startswith(word) for word in _bared("yes")) else None


def choice_in(text: str, labels: Sequence[str]) -> int | None:
    """Which of `labels` is meant, from 0: by number, or by words that fit one of them only; None for none."""
    number = number_in(text)
    if number is not None:
        return number - 1 if 1 <= number <= len(labels) else None
    heard = bare(text)
    if not heard:
        return None
    bared = [bare(label) for label in labels]
    for fits in (
        [n for n, label in enumerate(bared) if heard == label],
        [n for n, label in enumerate(bared) if len(heard) > 1 and heard in label],
        [n for n, label in enumerate(bared) if len(heard) > 1 and heard in label and not _denied(label, heard)],
        [n for n, label in enumerate(bared) if label in heard],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def _denied(label: str, heard: str) -> bool:
    """True where a label names a thing only to say that it is not there."""
    before = label[: label.index(heard)][-NEAR_CHARS:]
    return any(word in before for word in answer_words().negations)


def choices_in(text: str, labels: Sequence[str]) -> list[int]:
    """Several of `labels`, from 0, in the order said: "1 3", "2、4"; or one as `choice_in`."""
    heard = plain(text)
    for apart in (heard, _between().sub(" ", heard)):
        found = [choice_in(part, labels) for part in _CLAUSE.split(apart) if part]
        if len(found) > 1 and all(each is not None for each in found):
            return list(dict.fromkeys(each for each in found if each is not None))
    one = choice_in(text, labels)
    return [] if one is None else [one]


def amount_in(text: str) -> float | None:
    """The one number that a message names, in digits or characters or both."""
    found = _NUMBER.findall(_in_digits(plain(text).replace(",", "")))
    if len(found) != 1:
        return None
    number, unit = found[0]
    return float(number) * answer_words().units.get(unit, 1)


def day_in(text: str, today: date) -> date | None:
    """A day in digits or characters, with or without signs between; None where year, month or day is missing."""
    said_text = _in_digits(_with_year(plain(text), today))
    found = _JOINED_DAY.search(said_text) or _DAY.search(said_text)
    if found is None:
        return None
    try:
        return date(_year(found[1], today), int(found[2]), int(found[3]))
    except ValueError:
        return None


def month_in(text: str, today: date) -> str | None:
    """A month as `2026-12`: in figures, by its distance, or by its number alone, which is the next of that name."""
    heard = plain(text)
    for word, ahead in sorted(answer_words().months.items(), key=lambda each: -len(each[0])):
        if word in heard:
            return _month(today.year * MONTHS_A_YEAR + today.month - 1 + ahead)
    digits = _in_digits(_with_year(heard, today))
    found = _JOINED_MONTH.fullmatch(digits.strip()) or _MONTH.search(digits)
    if found:
        number = int(found[2])
        return f"{_year(found[1], today)}-{number:02d}" if 1 <= number <= MONTHS_A_YEAR else None
    alone = _THIS_YEAR.fullmatch(digits.strip())
    if alone is None or not 1 <= int(alone[1]) <= MONTHS_A_YEAR:
        return None
    number = int(alone[1])
    return f"{today.year + (number < today.month)}-{number:02d}"


def coming_day_in(text: str, today: date) -> date | None:
    """A day to come named by its distance: "tomorrow"; None for none."""
    heard = plain(text)
    found = [(word, ahead) for word, ahead in answer_words().days.items() if word in heard]
    if not found:
        return None
    return today + timedelta(days=max(found, key=lambda each: len(each[0]))[1])


def half_day_in(text: str) -> bool | None:
    """True for the afternoon, False for the morning, None where neither is said."""
    heard = plain(text)
    if any(word in heard for word in answer_words().afternoon):
        return True
    return False if any(word in heard for word in answer_words().morning) else None


def by_week(text: str) -> str:
    """The text with its days of the week in one way of saying them."""
    words = answer_words().week
    return reduce(lambda said_text, word: said_text.replace(word, words[-1]), words, plain(text))


def hour_in(text: str) -> tuple[int, int] | None:
    """An hour of the day with its minute, 0 or 30 where words name it; None for none."""
    words = answer_words()
    heard = plain(text)
    clock = "|".join(map(re.escape, words.oclock))
    found = re.search(f"({_DIGITS}{{1,2}})(?:{clock})({_DIGITS}{{2}})?", _in_digits(heard))
    if found is None or int(found[1]) > LAST_HOUR:
        return None
    hour = int(found[1])
    if hour <= NOON and any(word in heard for word in words.afternoon):
        hour = hour % NOON + NOON
    return hour, int(found[2]) if found[2] else HALF if words.half in heard else 0


@lru_cache(maxsize=32)
def _bared(name: str) -> frozenset[str]:
    return frozenset(bare(word) or word for word in getattr(answer_words(), name))


@lru_cache(maxsize=1)
def _between() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, answer_words().between)))


@lru_cache(maxsize=4)
def _pattern(name: str) -> re.Pattern[str]:
    words = sorted(_bared(name), key=len, reverse=True)
    fillers = sorted((bare(word) for word in answer_words().fillers), key=len, reverse=True)
    some, between = "|".join(map(re.escape, words)), "|".join(map(re.escape, fillers))
    return re.compile(f"(?:{between})*(?:(?:{some})(?:{between})*)+")


def _made_of(name: str, text: str) -> bool:
    """True where the first clause is made of these words alone."""
    if text.strip() in getattr(answer_words(), name):
        return True
    first = next((bare(part) for part in _CLAUSE.split(plain(text)) if bare(part)), "")
    return bool(first) and _pattern(name).fullmatch(first) is not None


def _in_digits(text: str) -> str:
    """Chinese numerals as digits, also where digits and units are mixed; the last unit may be left out."""
    words = answer_words()
    numeral = re.compile(f"[{''.join(words.numerals)}{''.join(words.units)}]+")
    mixed = re.compile(f"(\\d+(?:\\.\\d+)?)([{''.join(words.units)}]+)")
    text = mixed.sub(lambda found: _plainly(float(found[1]) * _product(found[2])), text)
    return numeral.sub(lambda found: _plainly(_value(found[0])), text)


def _product(units: str) -> int:
    product = 1
    for unit in units:
        product *= answer_words().units[unit]
    return product


def _value(numeral: str) -> float:
    numerals, units = answer_words().numerals, answer_words().units
    if not any(c in units for c in numeral):
        return float("".join(str(numerals[c]) for c in numeral))
    total, section, digit, last = 0, 0, 0, 1
    for c in numeral:
        if c in numerals:
            digit = numerals[c]
            last = TEN if numerals[c] == 0 else last
            continue
        unit = units[c]
        if unit == max(units.values()):
            total, section = (total + section + digit) * unit, 0
        else:
            section += (digit or 1) * unit
        digit, last = 0, unit
    return float(total + section + digit * (last // TEN if last > TEN else 1))


def _plainly(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _with_year(text: str, today: date) -> str:
    for word, ahead in answer_words().years.items():
        text = text.replace(word, f"{today.year + ahead}-")
    return text


def _year(digits: str, today: date) -> int:
    year = int(digits)
    if year >= SHORT_YEAR:
        return year
    return CENTURY + year if CENTURY + year <= today.year + 1 else CENTURY - SHORT_YEAR + year


def _month(months: int) -> str:
    return f"{months // MONTHS_A_YEAR}-{months % MONTHS_A_YEAR + 1:02d}"
