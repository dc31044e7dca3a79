"""What a facility charges: how an office writes it in one cell, and how it is kept.

In a cell, as `facilities.prices` of the texts spells it: item, age group where it applies, amount and unit or "free",
basis, note; one price after the other, between semicolons. Labels, tokens and the catalogue's other words all count. In
JSON a list of `{item, amount_fen, per, age_group, basis, note}`. Both become that list: amounts in whole fen; what is
free has no unit and costs 0; what is not given is left out. A facility without a list is one whose prices nobody has
told, which is not free.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from config.facility_prices import FREE, PriceItem, PriceWord, price_list
from config.loading import catalogue, rule
from config.text import label, say
from models.facilities.cell_text import Refused, one_line, text_cell
from models.facilities.documents import AGE_GROUPS, AgeGroup
from models.kernel.amounts import HUNDRED, hundredths

Price = dict[str, Any]
TEXTS = "facilities.prices"
SEPARATORS = re.compile(r"[;；\n\r]")
NUMBER = re.compile(r"[+-]?[0-9][0-9,.]*")
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
MOST_DECIMALS = 2
CHARS_SAID = 30


class GivenPrice(BaseModel):
    """One price as JSON gives it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    item: str
    amount_fen: int = 0
    per: str | None = None
    age_group: AgeGroup | None = None
    basis: str | None = None
    note: str | None = None


def prices_cell(cell: Any) -> list[Price]:
    """The prices of a cell of text or of a JSON list, in their order. Raises Refused, with what is wrong of each."""
    given = _parts(cell)
    if not given:
        raise Refused("not_prices")
    if len(given) > rule("facilities.prices_most"):
        raise Refused("prices_too_many", most=rule("facilities.prices_most"))
    found, refused = [], []
    for number, part in enumerate(given, 1):
        try:
            found.append(_checked(_from_words(part) if isinstance(cell, str) else _from_json(number, part)))
        except Refused as fault:
            refused.append(fault)
    if refused:
        first, *others = refused
        first.others = tuple(others)
        raise first
    _agree(found)
    return found


def _parts(cell: Any) -> list[Any]:
    if isinstance(cell, list):
        return cell
    if not isinstance(cell, str):
        raise Refused("not_prices")
    line = text_cell(rule("facilities.import_cell_chars_most"))(SEPARATORS.sub(";", cell))
    return [part.strip() for part in line.split(";") if part.strip()]


def check_prices(prices: Iterable[Price], category: str | None) -> None:
    """Refuse items that places of this category do not charge for. An unknown category is a fault of its own."""
    if category is None:
        return
    allowed = price_list().of_category(category)
    wrong = {price["item"] for price in prices} - {item.token for item in allowed}
    if wrong:
        said = _labels("items", [item for item in price_list().items if item.token in wrong])
        named = catalogue().categories[category].label_zh
        raise Refused("price_not_here", category=named, said=said, allowed=_labels("items", allowed))


def in_words(prices: Iterable[Mapping[str, Any]]) -> str:
    """The cell that `prices_cell` reads as these prices."""
    return say(f"{TEXTS}.cell_separator").join(_segment(price) for price in prices)


def _segment(price: Mapping[str, Any]) -> str:
    parts = [label(f"{TEXTS}.items", price["item"])]
    if price.get("age_group"):
        parts.append(label(f"{TEXTS}.groups", price["age_group"]))
    if price.get("basis") != FREE:
        amount = plain_yuan(price["amount_fen"])
        parts.append(say(f"{TEXTS}.cell_amount", amount=amount, unit=label(f"{TEXTS}.units", price["per"])))
    if price.get("basis"):
        parts.append(label(f"{TEXTS}.bases", price["basis"]))
    if price.get("note"):
        parts.append(say(f"{TEXTS}.cell_note", note=price["note"]))
    return " ".join(parts)


def plain_yuan(fen: int) -> str:
    """Fen as yuan without needless noughts: "1800", "15.5"."""
    return f"{fen // HUNDRED}.{fen % HUNDRED:02d}".rstrip("0").rstrip(".")


def _from_json(number: int, given: Any) -> Price:
    try:
        found = GivenPrice.model_validate(given)
    except ValidationError as fault:
        where = fault.errors(include_url=False)[0]["loc"]
        raise Refused("price_malformed", number=number, said=_short(str(where[0] if where else ""))) from None
    price = found.model_dump(exclude_none=True)
    for key, known in (("item", price_list().items), ("per", price_list().units), ("basis", price_list().bases)):
        if key in price and price[key] not in {each.token for each in known}:
            raise Refused("price_malformed", number=number, said=f"{key}: {_short(price[key])}")
    if "note" in price:
        # Never the beginning of a cell: a formula's sign does no harm here, and the same note may stand in a table.
        price["note"] = one_line(price["note"])
    return price


# --- One price in people's words -----------------------------------------------------------------------------------


class _Head:
    """What stands before the note, eaten word by word from the left."""

    def __init__(self, text: str) -> None:
        self.left = unicodedata.normalize("NFKC", text).lower().strip()

    def take(self, words: Mapping[str, str]) -> str | None:
        """The token of the longest of the words that stands here, None where none does."""
        for word in sorted(words, key=len, reverse=True):
            if self.left.startswith(word):
                self._eat(len(word))
                return words[word]
        return None

    def take_group(self) -> str | None:
        """An age group, in brackets or without."""
        before = self.left
        bracket = self.take({"(": "("})
        found = self.take({**_words("groups", AGE_GROUPS)})
        if found is None or (bracket and not self.take({")": ")"})):
            self.left = before
            return None
        return found

    def take_number(self) -> str | None:
        """A number as it is written."""
        match = NUMBER.match(self.left)
        if match is not None:
            self._eat(match.end())
        return None if match is None else match.group()

    def _eat(self, count: int) -> None:
        self.left = self.left[count:].lstrip()


def _from_words(segment: str) -> Price:
    head, *note = re.split(rf"(?:{'|'.join(_marks('note'))})\s*[:：]", segment, maxsplit=1, flags=re.IGNORECASE)
    rest, known = _Head(head), price_list()
    token = rest.take(_spelt("items", known.items))
    if token is None:
        # A bare "free" is said of everything.
        if rest.take({word: FREE for word, basis in _spelt("bases", known.bases).items() if basis == FREE}) is None:
            raise Refused("price_unknown_item", said=_short(segment), allowed=_labels("items", known.items))
        price: Price = {"item": known.everything.token, "amount_fen": 0, "basis": FREE}
    else:
        price = _charge(rest, {"item": token}, segment)
    if rest.left:
        raise Refused("price_unreadable", said=_short(rest.left))
    if note:
        price["note"] = one_line(note[0])
    return price


def _charge(rest: _Head, price: Price, segment: str) -> Price:
    """Age group, amount and unit, basis: in this order, or the unit first ("every month 1800 yuan")."""
    bases = _spelt("bases", price_list().bases)
    group = rest.take_group()
    if group is not None:
        price["age_group"] = group
    basis = rest.take(bases)
    if basis == FREE:
        return {**price, "amount_fen": 0, "basis": FREE}
    units = _spelt("units", price_list().units)
    each = {mark: mark for mark in _marks("each")}
    per = rest.take(units) if rest.take(each) else None
    written = rest.take_number()
    if written is None:
        raise Refused("price_no_amount", said=_short(segment))
    price["amount_fen"] = _fen(written, segment)
    rest.take({mark: mark for mark in _marks("yuan")})
    if per is None and rest.take(each):
        per = rest.take(units)
    if per is None:
        item = price_list().item(price["item"])
        raise Refused("price_no_unit", said=_short(segment), allowed=_units(item))
    price["per"] = per
    basis = basis or rest.take(bases)
    return price if basis is None else {**price, "basis": basis}


def _fen(written: str, segment: str) -> int:
    if written.startswith("-"):
        raise Refused("price_negative", said=_short(segment))
    number = written.lstrip("+")
    if "," in number:
        number = number.replace(",", "") if THOUSANDS.fullmatch(number) else ""
    decimals = number.partition(".")[2]
    if len(decimals) > MOST_DECIMALS and decimals.isdigit():
        raise Refused("price_decimals", said=_short(segment))
    fen = hundredths(number)
    if fen is None:
        raise Refused("price_no_amount", said=_short(segment))
    return fen


def _spelt(part: str, words: Iterable[PriceWord]) -> dict[str, str]:
    """Everything that may be written for the words, with their tokens."""
    words = list(words)
    also = {word.lower(): each.token for each in words for word in each.also}
    return {**also, **_words(part, [each.token for each in words])}


def _words(part: str, tokens: Iterable[str]) -> dict[str, str]:
    return {word: token for token in tokens for word in (token, label(f"{TEXTS}.{part}", token).lower())}


def _marks(name: str) -> list[str]:
    return say(f"{TEXTS}.{name}").split()


# --- What holds for every price ------------------------------------------------------------------------------------


def _checked(price: Price) -> Price:
    item = price_list().item(price["item"])
    if item is None:
        raise Refused("price_unknown_item", said=price["item"], allowed=_labels("items", price_list().items))
    said = label(f"{TEXTS}.items", item.token)
    if "age_group" in price and not item.by_age_group:
        raise Refused("price_no_groups", said=said)
    if price.get("basis") == FREE:
        if price["amount_fen"] or "per" in price:
            raise Refused("price_free_with_amount", said=said)
    elif item.whole:
        raise Refused("price_only_free", said=said)
    else:
        _check_amount(price, item, said)
    note = price.get("note")
    if note is not None:
        _check_note(note, said)
    return {key: value for key, value in price.items() if value != ""}


def _check_amount(price: Price, item: PriceItem, said: str) -> None:
    if price.get("per") not in item.per:
        raise Refused("price_no_unit", said=said, allowed=_units(item))
    if price["amount_fen"] < 0:
        raise Refused("price_negative", said=said)
    if price["amount_fen"] == 0:
        raise Refused("price_zero", said=said)
    most = rule("facilities.price_yuan_most")[price["per"]]
    if price["amount_fen"] > most * HUNDRED:
        raise Refused("price_too_much", said=said, unit=label(f"{TEXTS}.units", price["per"]), most=most)


def _check_note(note: str, said: str) -> None:
    most = rule("facilities.price_note_chars_most")
    if len(note) > most:
        raise Refused("price_note_too_long", said=said, most=most)
    if not note.isprintable():
        raise Refused("control_character")
    if SEPARATORS.search(note):
        raise Refused("price_note_separator", said=said)


def _agree(prices: list[Price]) -> None:
    if len(prices) > 1 and any(price["item"] == price_list().everything.token for price in prices):
        raise Refused("price_whole")
    known = set()
    for price in prices:
        key = tuple(price.get(name) for name in ("item", "age_group", "per", "note"))
        if key in known:
            raise Refused("price_twice", said=label(f"{TEXTS}.items", price["item"]))
        known.add(key)


def _labels(part: str, words: Iterable[PriceWord]) -> str:
    return say(f"{TEXTS}.between_labels").join(label(f"{TEXTS}.{part}", each.token) for each in words)


def _units(item: PriceItem | None) -> str:
    tokens = item.per if item is not None else []
    units = (label(f"{TEXTS}.units", token) for token in tokens)
    return say(f"{TEXTS}.between_labels").join(say(f"{TEXTS}.cell_unit", unit=unit) for unit in units)


def _short(text: str) -> str:
    line = "".join(each if each.isprintable() else "?" for each in text)
    return line if len(line) <= CHARS_SAID else f"{line[:CHARS_SAID]}…"
