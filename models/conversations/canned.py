"""What caseworkers often say, and why a hand-over ends: catalogue data."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from config.loading import CATALOGUE, CatalogueFault, Entry, load_yaml, rule

ANSWERED, IDLE, NOBODY = "answered", "idle", "nobody_answered"
FILE = CATALOGUE / "dialogues" / "canned_answers.yaml"


class Canned(Entry):
    """A sentence a caseworker sends with one press, to be completed where it has gaps."""

    key: str = Field(pattern=r"^[a-z_]{1,40}$")
    title: str = Field(min_length=1, max_length=20)
    text: str = Field(min_length=1)


class CannedFile(Entry):
    """The answers in the order in which they are offered, and the reasons for an end with their labels."""

    answers: tuple[Canned, ...] = Field(min_length=1)
    close_reasons: dict[str, str] = Field(min_length=1)


@lru_cache(maxsize=1)
def canned_file() -> CannedFile:
    """The file, read once. Raises CatalogueFault: a key given twice, a text too long, a reason missing."""
    found = load_yaml(FILE, CannedFile)
    keys = [each.key for each in found.answers]
    faults = [key for key in keys if keys.count(key) > 1]
    faults += [each.key for each in found.answers if len(each.text.encode()) > rule("conversations.reply_bytes")]
    faults += [reason for reason in (ANSWERED, IDLE, NOBODY) if reason not in found.close_reasons]
    if faults:
        raise CatalogueFault(f"{FILE}:1: given twice, too long or missing: {', '.join(sorted(set(faults)))}")
    return found


def close_reasons() -> tuple[str, ...]:
    """The reasons a caseworker may give; those of the clock are not among them."""
    return tuple(each for each in canned_file().close_reasons if each not in (IDLE, NOBODY))
