"""Every refusal of this domain has its sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.text import sentences
from models.kernel import errors
from models.kernel.actors import STAFF_ROLES

ROOT = Path(__file__).resolve().parents[3]
ERRORS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.DomainError)
}


def constants(node: ast.expr) -> list[str]:
    choices = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return [each.value for each in choices if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def refusals() -> Iterator[tuple[str, str]]:
    """Where a refusal is made, and the key of its sentence."""
    for path in sorted((ROOT / "models" / "people").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "field_fault":
                yield from ((f"{path.name}:{node.lineno}", f"people.faults.{code}") for code in constants(node.args[1]))
            elif node.func.id in ERRORS and node.args:
                yield from ((f"{path.name}:{node.lineno}", f"errors.{code}") for code in constants(node.args[0]))


def test_every_refusal_has_its_sentence() -> None:
    found = list(refusals())
    assert len(found) > 40
    assert [f"{where}: {key}" for where, key in found if key not in sentences()] == []


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_role_has_its_label(role: str) -> None:
    assert f"people.roles.{role}" in sentences()


@pytest.mark.parametrize("code", ["wechat_code_invalid", "wechat_user_risky", "wechat_unavailable"])
def test_what_wechat_refuses_has_its_sentence(code: str) -> None:
    assert f"errors.{code}" in sentences()
