"""The account's menu and what is offered by number: catalogue data, checked against what the dialogues can do."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from bot.understanding import Slots, Understanding
from bot.understanding.lexicon import FOLDER, category_words, programme_words
from bot.understanding.meaning import INTENTS
from config.loading import CatalogueFault, Entry, load_yaml
from config.text import say

SURE = 1.0
# WeChat: names of at most 4 characters on a button, 8 below it.
BUTTON_CHARS, ITEM_CHARS = 4, 8


class Choice(Entry):
    """Something that begins a dialogue, as if it had been said."""

    key: str = Field(pattern=r"^[a-z_]{1,64}$")
    intent: str
    category: str | None = None
    programme: str | None = None

    def understood(self) -> Understanding:
        """What was meant by choosing it."""
        return Understanding(self.intent, SURE, Slots(category=self.category, programme=self.programme))


class MenuItem(Choice):
    """One line of a menu."""

    label: str = Field(min_length=1, max_length=ITEM_CHARS)


class Button(Entry):
    """One of the three buttons, with what is below it."""

    label: str = Field(min_length=1, max_length=BUTTON_CHARS)
    below: tuple[MenuItem, ...] = Field(min_length=1, max_length=5)


class MenuFile(Entry):
    """The menu, the numbered choices of the help, and the categories offered by number."""

    menu: tuple[Button, ...] = Field(min_length=1, max_length=3)
    choices: tuple[Choice, ...] = Field(min_length=1)
    common_categories: tuple[str, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def menu_file() -> MenuFile:
    """The file, read once. Raises CatalogueFault for unknown intents, categories, programmes, or a key given twice."""
    path = FOLDER / "menu.yaml"
    found = load_yaml(path, MenuFile)
    items = [item for button in found.menu for item in button.below]
    keys = [item.key for item in items]
    faults = [key for key in keys if keys.count(key) > 1]
    for each in (*items, *found.choices):
        faults += [each.intent] if each.intent not in INTENTS else []
        faults += [each.category] if each.category and each.category not in category_words() else []
        faults += [each.programme] if each.programme and each.programme not in programme_words() else []
    faults += [token for token in found.common_categories if token not in category_words()]
    if faults:
        raise CatalogueFault(f"{path}:1: unknown or given twice: {', '.join(sorted(set(faults)))}")
    return found


def clicked(key: str) -> MenuItem | None:
    """The menu's line with this key, None for a key of an older menu."""
    return next((item for button in menu_file().menu for item in button.below if item.key == key), None)


def choices() -> tuple[Choice, ...]:
    """What can be chosen by number."""
    return menu_file().choices


def offered() -> str:
    """The numbered choices as lines."""
    return "\n".join(
        say("bot.numbered", number=number, label=say(f"bot.choices.{choice.key}"))
        for number, choice in enumerate(choices(), 1)
    )
