"""YAML reading that remembers on which line each key stands, so that a fault can be named by file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Lines = dict[tuple[Any, ...], int]


class CatalogueFault(Exception):
    """A catalogue file that stops the start; the message begins with `file:line:`."""


class GivenTwice(CatalogueFault):
    """A key that stands twice in one mapping: which, and on which line the second time."""

    def __init__(self, name: object, key: object, line: int) -> None:
        super().__init__(f"{name}:{line}: {key!r} is given twice")
        self.key, self.line = str(key), line


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Return the file's content and the line (from 1) of each key or item by its path.

    Raises CatalogueFault for what is not YAML and for a key given twice.
    """
    try:
        return read_lines(path.read_text(encoding="utf-8"), path)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        raise CatalogueFault(f"{path}:{mark.line + 1 if mark else 1}: {fault}") from fault


def read_lines(text: str, name: object) -> tuple[Any, Lines]:
    """As `read_yaml`, of a text that is called `name`. Raises YAMLError for what is not YAML, GivenTwice."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        raise CatalogueFault(f"{name}:1: the file is empty")
    lines: Lines = {}
    return _build(node, (), lines, yaml.SafeLoader(""), name), lines


def _build(node: yaml.Node, above: tuple[Any, ...], lines: Lines, loader: yaml.SafeLoader, path: object) -> Any:
    lines.setdefault(above, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            if key in mapping:
                raise GivenTwice(path, key, key_node.start_mark.line + 1)
            lines[(*above, key)] = key_node.start_mark.line + 1
            mapping[key] = _build(value_node, (*above, key), lines, loader, path)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*above, i), lines, loader, path) for i, item in enumerate(node.value)]
    return loader.construct_object(node, deep=True)
