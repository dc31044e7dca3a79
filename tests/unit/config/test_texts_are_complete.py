"""Every sentence the code asks for is written, and the code itself holds no Chinese."""

import ast
import re
from pathlib import Path

import pytest

from config.text import sentences

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("api", "bench", "bot", "config", "deploy", "jobs", "models")
CODE = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def keys_said() -> list[tuple[str, str]]:
    """Each constant key given to `say`, with where it stands."""
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "say"
            if named and node.args and isinstance(node.args[0], ast.Constant):
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0].value))
    return found


def test_every_key_that_is_said_is_written() -> None:
    missing = [f"{where}: {key}" for where, key in keys_said() if key not in sentences()]
    assert missing == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_holds_no_chinese(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if CHINESE.search(line)] == []
