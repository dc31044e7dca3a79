"""Every sentence a person reads, by key: `say("facilities.open_until", time="18:00")`.

The sentences stand in `zh_CN/PART.yaml`; a key is PART followed by the path inside the file.
"""

from __future__ import annotations

import string
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.yaml_lines import CatalogueFault, read_yaml

FOLDER = Path(__file__).parent / "zh_CN"


def say(key: str, **values: Any) -> str:
    """Return the sentence `key` with `values` filled in. Raises KeyError for an unknown key or a missing value."""
    return sentences()[key].format(**values)


def label(group: str, token: str) -> str:
    """Return the label of an ASCII token, `group.token`; the token itself where none is written."""
    return sentences().get(f"{group}.{token}", token)


@lru_cache(maxsize=1)
def sentences() -> dict[str, str]:
    """All sentences by key, read once; a bad file raises CatalogueFault with its file and line."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        tree, lines = read_yaml(path)
        if not isinstance(tree, dict):
            raise CatalogueFault(f"{path}:1: a text file is a mapping")
        for key, value in _flatten(tree):
            _check(path, lines.get(tuple(key), 1), value)
            found[".".join([path.stem, *key])] = value
    return found


def _flatten(tree: dict[Any, Any], above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    leaves: list[tuple[tuple[str, ...], Any]] = []
    for name, value in tree.items():
        path = (*above, str(name))
        leaves.extend(_flatten(value, path) if isinstance(value, dict) else [(path, value)])
    return leaves


def _check(path: Path, line: int, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise CatalogueFault(f"{path}:{line}: a sentence is text, not {type(value).__name__}")
    try:
        list(string.Formatter().parse(value))
    except ValueError as fault:
        raise CatalogueFault(f"{path}:{line}: {fault}") from fault
