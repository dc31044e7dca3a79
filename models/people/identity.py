"""Names and identity numbers: how they are read, what is refused, and what an ID number says of its holder.

GB 11643-1999: 17 digits (6 region, 8 birth date, 3 sequence) and a check character of ISO 7064 MOD 11-2, which
catches every single wrong digit and every swap of two neighbours. Residence permits of Hong Kong, Macau and Taiwan
residents are coded the same way under the regions 810000, 820000 and 830000.

python-stdnum's `cn.ric` asks that the county existed in the year of birth. Numbers given out later to older people
carry later codes, and those of Hong Kong before 1997 none at all, so it refuses genuine numbers; only its check
digit is used here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.iso7064 import mod_11_2

from config.loading import rule
from models.people.faults import field_fault

RESIDENT_ID_CARD = "resident_id_card"
HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
BIRTH_CERTIFICATE = "birth_certificate"
IdKind = Literal["resident_id_card", "hmt_residence_permit"]
ChildIdKind = Literal["resident_id_card", "hmt_residence_permit", "birth_certificate"]

MIDDLE_DOT = "\u00b7"
# What keyboards and old registers put for the dot between the parts of a minority name.
_DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\u318d\u0387\u2e31\u2024]|(?<=[^\x00-\x7f])\\.(?=[^\x00-\x7f])")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_CHINESE_NAME = re.compile(f"[{_HAN}]+({MIDDLE_DOT}[{_HAN}]+)*")
_LATIN_NAME = re.compile(f"[A-Za-z]+([ '{MIDDLE_DOT}-][A-Za-z]+)*")
_HAS_HAN = re.compile(f"[{_HAN}]")
_NUMBER = re.compile("[0-9]{17}[0-9X]")
MALE_PARITY = 1


@dataclass(frozen=True)
class IdNumber:
    """A checked ID number. `birth_date` is the calendar day in it; `sex` is male or female, as registered."""

    number: str
    kind: str
    birth_date: date
    sex: Literal["male", "female"]


def read_name(text: str, field: str = "name") -> str:
    """A person's name as it is stored: NFKC, no spaces inside a Chinese name, the middle dot as U+00B7.

    Raises InvalidInput for what is no name: too short or long, digits, signs, dots at the ends.
    """
    plain = _DOTS.sub(MIDDLE_DOT, unicodedata.normalize("NFKC", text))
    name = "".join(plain.split()) if _HAS_HAN.search(plain) else " ".join(plain.split())
    if not rule("people.name_chars_least") <= len(name) <= rule("people.name_chars_most"):
        raise field_fault(field, "name_length")
    if not (_CHINESE_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name)):
        raise field_fault(field, "name_form")
    return name


def read_id_number(text: str, kind: str, today: date, field: str = "id_number") -> IdNumber:
    """A checked ID number of `kind`; `today` is the day in China, birth dates after it are refused.

    Raises InvalidInput, the fault's code telling what is wrong: form, region, kind, birth date or check character.
    """
    number = _compact(text)
    if not _NUMBER.fullmatch(number):
        raise field_fault(field, "id_number_form")
    _check_region(number, kind, field)
    birth_date = _birth_date(number, today, field)
    if not mod_11_2.is_valid(number):
        raise field_fault(field, "id_number_checksum")
    sex: Literal["male", "female"] = "male" if int(number[16]) % 2 == MALE_PARITY else "female"
    return IdNumber(number, kind, birth_date, sex)


def read_any_number(text: str, today: date, field: str = "id_number") -> IdNumber:
    """A checked ID number of either kind: its region says which. Raises as `read_id_number`."""
    permit = _compact(text)[:6] in rule("people.hmt_permit_regions")
    return read_id_number(text, HMT_RESIDENCE_PERMIT if permit else RESIDENT_ID_CARD, today, field)


def read_birth_certificate(text: str, field: str = "id_number") -> str:
    """The number of a Medical Certificate of Birth. Raises InvalidInput."""
    number = _compact(text)
    if not re.fullmatch(rule("people.birth_certificate_pattern"), number, re.ASCII):
        raise field_fault(field, "birth_certificate_form")
    return number


def age_on(birth_date: date, day: date) -> int:
    """Full years on `day`, as PRC law counts them: a year older from the day after the birthday.

    Source: the Supreme People's Court's reading of "full years" (counted by the calendar, from the day after the
    birthday). Someone born on 29 February has the 28th as birthday in common years.
    """
    had_birthday = (day.month, day.day) > (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def _check_region(number: str, kind: str, field: str) -> None:
    permit = number[:6] in rule("people.hmt_permit_regions")
    if permit != (kind == HMT_RESIDENCE_PERMIT):
        raise field_fault(field, "id_number_kind" if permit or _is_card(number) else "id_number_region")
    if not permit and not _is_card(number):
        raise field_fault(field, "id_number_region")


def _is_card(number: str) -> bool:
    return number[:2] in rule("people.id_number_provinces")


def _birth_date(number: str, today: date, field: str) -> date:
    try:
        found = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise field_fault(field, "id_number_birth_date") from None
    if found > today or found.year < rule("people.birth_year_earliest"):
        raise field_fault(field, "id_number_birth_date")
    return found
