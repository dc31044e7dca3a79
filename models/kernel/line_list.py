"""Small lists beside the backups: what must be known after a restore although the database that knew it is lost.

A line an entry, sorted, replaced as a whole; what a list names stays, also where the database no longer knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PARTIAL = ".partial"


def write(path: Path, entries: Iterable[str], pattern: str) -> int:
    """Bring a list up to date; returns how many it names. Raises ValueError as `read` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = read(path, pattern)
    every = known | set(entries)
    if every != known:
        partial = path.with_name(path.name + PARTIAL)
        partial.write_text("".join(f"{each}\n" for each in sorted(every)))
        partial.replace(path)
    return len(every)


def read(path: Path, pattern: str) -> set[str]:
    """The entries; none where there is no list. Raises ValueError for a line of another form."""
    if not path.is_file():
        return set()
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    wrong = next((number for number, line in enumerate(lines, 1) if not re.fullmatch(pattern, line)), None)
    if wrong is not None:
        raise ValueError(f"{path}:{wrong}: not an entry of this list")
    return set(lines)
