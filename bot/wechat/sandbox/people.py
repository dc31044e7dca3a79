"""Who a sandbox resident is in each account: derived from the name, so that every restart knows them again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from pydantic import Field

from config.loading import CATALOGUE, Entry, load_yaml

LOGIN_PREFIX, PHONE_PREFIX = "sandbox-", "phone-"
NAME = re.compile(r"\w[\w-]{0,39}")
_NUMBER = re.compile(r"1\d{10}", re.ASCII)
RISKY_NAME = "risky"


class Player(Entry):
    """One of the residents offered on the phone page."""

    token: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    about: str = Field(min_length=1)


class MenuKey(Entry):
    """A button of the account's menu; `key` is the EventKey of its click."""

    key: str = Field(pattern=r"^[a-z_]+$")
    label: str = Field(min_length=1)


class Cast(Entry):
    """What the sandbox's own catalogue file holds."""

    residents: list[Player] = Field(min_length=1)
    menu: list[MenuKey]
    voices: list[str]
    risky_words: list[str]


@lru_cache(maxsize=1)
def cast() -> Cast:
    """The sandbox's catalogue file. Raises CatalogueFault with file and line."""
    return load_yaml(CATALOGUE / "wechat" / "sandbox.yaml", Cast)


@dataclass(frozen=True)
class Person:
    """A sandbox resident's identifiers."""

    name: str

    @property
    def mini_openid(self) -> str:
        return f"oMINI{self._digest('mini')}"

    @property
    def official_openid(self) -> str:
        return f"oOFFI{self._digest('official')}"

    @property
    def unionid(self) -> str:
        return f"oUNIO{self._digest('union')}"

    @property
    def phone(self) -> str:
        """A number nobody has: 190 and eight digits."""
        return f"190{int(self._digest('phone', 8), 16) % 10**8:08d}"

    def _digest(self, account: str, length: int = 23) -> str:
        return hashlib.sha256(f"{account} {self.name}".encode()).hexdigest()[:length]


def person_of_login(code: str) -> Person | None:
    """Whom a login code stands for: `sandbox-NAME`."""
    return _person(code, LOGIN_PREFIX)


def phone_of(code: str) -> str | None:
    """The number a phone code stands for: `phone-NAME`, or `phone-13800138000` for that very number."""
    if _NUMBER.fullmatch(code.removeprefix(PHONE_PREFIX)) and code.startswith(PHONE_PREFIX):
        return code.removeprefix(PHONE_PREFIX)
    person = _person(code, PHONE_PREFIX)
    return person.phone if person else None


def _person(code: str, prefix: str) -> Person | None:
    name = code.removeprefix(prefix)
    return Person(name) if code.startswith(prefix) and NAME.fullmatch(name) else None
