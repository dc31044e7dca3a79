"""Where the versions of programmes that were released since the catalogue's files were written come from.

`config` knows no database: whoever can read releases (`models.running.rule_releases`) installs `ask`, which looks for
news at most every few seconds and hands them to `config.programmes.show_released`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Releases:
    """`ask(now)` looks for news, at once where `now` says so; `trees`: the released versions by programme, as YAML
    has them; `shown`: the programmes with these, None until something was released."""

    ask: Callable[[bool], None] | None = None
    trees: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    shown: Any = None


RELEASES = Releases()
