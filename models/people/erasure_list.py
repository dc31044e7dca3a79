"""The list of erasures beside the backups: which residents were erased, kept where a lost database does not take it.

A line an id, nothing else of anybody. A restored backup brings back whom it still has; the list erases them again.
"""

from __future__ import annotations

import re
from pathlib import Path

from models.kernel.ids import ID_PATTERN
from models.people.erasure import tombstones

FILE, PARTIAL = "erasures.txt", ".partial"


def write(folder: Path) -> int:
    """Bring the list of a folder up to date; what it names already stays. Returns how many it names."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    known = read(path)
    every = known | set(tombstones())
    if every != known:
        partial = path.with_name(FILE + PARTIAL)
        partial.write_text("".join(f"{each}\n" for each in sorted(every)))
        partial.replace(path)
    return len(every)


def read(path: Path) -> set[str]:
    """The ids of a list; none where there is no list. Raises ValueError for a line that is no id."""
    if not path.is_file():
        return set()
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    wrong = next((number for number, line in enumerate(lines, 1) if not re.fullmatch(ID_PATTERN, line)), None)
    if wrong is not None:
        raise ValueError(f"{path}:{wrong}: not an id")
    return set(lines)
