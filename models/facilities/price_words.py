"""Prices as they are shown: with labels, and in people's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from config.facility_prices import FREE
from config.text import label, say
from models.facilities.documents import AGE_GROUPS
from models.facilities.prices import TEXTS
from models.kernel.amounts import HUNDRED

Shown = dict[str, Any]
GROUP_ORDER: dict[str | None, int] = {None: 0, **{group: n for n, group in enumerate(AGE_GROUPS, 1)}}
OPTIONAL = (("per", "units"), ("age_group", "groups"), ("basis", "bases"))


def price_shown(price: Mapping[str, Any]) -> Shown:
    """A stored price with its labels; None for what is not given."""
    said: Shown = {
        "item": price["item"], "item_label": label(f"{TEXTS}.items", price["item"]),
        "amount_fen": price["amount_fen"], "note": price.get("note"),
    }  # fmt: skip
    for name, part in OPTIONAL:
        token = price.get(name)
        said |= {name: token, f"{name}_label": None if token is None else label(f"{TEXTS}.{part}", token)}
    return said


def prices_of(raw: Mapping[str, Any]) -> list[Shown] | None:
    """A facility's prices with their labels, None where nobody has told them."""
    return [price_shown(price) for price in raw["prices"]] if raw.get("prices") else None


def grouped(prices: Iterable[Shown]) -> list[tuple[str | None, list[tuple[str, list[Shown]]]]]:
    """Shown prices by age group, those for everybody first, and in each by item: (group, [(item, prices)]), labels."""
    groups: dict[str | None, dict[str, list[Shown]]] = {None: {}}
    for price in sorted(prices, key=lambda price: GROUP_ORDER[price["age_group"]]):
        groups.setdefault(price["age_group_label"], {}).setdefault(price["item_label"], []).append(price)
    return [(group, list(items.items())) for group, items in groups.items() if items]


def what_for(price: Mapping[str, Any]) -> str:
    """What is charged for and, where it differs by it, for which age group; of a shown price."""
    if price["age_group_label"] is None:
        return str(price["item_label"])
    return say(f"{TEXTS}.with_group", item=price["item_label"], group=price["age_group_label"])


def amount(price: Mapping[str, Any]) -> str:
    """ "1,800 yuan a month", or that it is free; of a shown price."""
    if price["basis"] == FREE:
        return str(price["basis_label"])
    return say(f"{TEXTS}.amount", amount=_yuan(price["amount_fen"]), unit=price["per_label"])


def details(price: Mapping[str, Any]) -> str:
    """The amount, who sets it, and the note; of a shown price."""
    return say(f"{TEXTS}.details").join(part for part in (amount(price), about(price)) if part)


def about(price: Mapping[str, Any]) -> str:
    """Who sets the price, and the note; of a shown price."""
    basis = None if price["basis"] == FREE else price["basis_label"]
    return say(f"{TEXTS}.details").join(part for part in (basis, price["note"]) if part)


def lowest(prices: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The item and its amount, the lowest one "and up" where there are several by the same unit; of shown prices."""
    kinds: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {}
    for price in prices:
        kinds.setdefault((price["item"], price["per"]), []).append(price)
    found = []
    for same in kinds.values():
        least = min(same, key=lambda price: int(price["amount_fen"]))
        several = len({price["amount_fen"] for price in same}) > 1
        found.append((least["item_label"], say(f"{TEXTS}.from", amount=amount(least)) if several else amount(least)))
    return found


def _yuan(fen: int) -> str:
    whole, part = divmod(fen, HUNDRED)
    return f"{whole:,}" + (f".{part:02d}".rstrip("0") if part else "")
