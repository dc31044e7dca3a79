"""The list of erasures beside the backups: ids of residents, nothing else of anybody.

A restored backup brings back whom it still has; the list erases them again.
"""

from __future__ import annotations

from pathlib import Path

from models.kernel import line_list
from models.kernel.ids import ID_PATTERN
from models.people.erasure import tombstones

FILE = "erasures.txt"


def write(folder: Path) -> int:
    """Bring the list of a folder up to date; returns how many it names."""
    return line_list.write(folder / FILE, tombstones(), ID_PATTERN)


def read(path: Path) -> set[str]:
    """The ids of a list; none where there is no list. Raises ValueError."""
    return line_list.read(path, ID_PATTERN)
