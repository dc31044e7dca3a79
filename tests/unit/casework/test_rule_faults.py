"""What is wrong with a programme's new version is said in Chinese, with its line and its field."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.loading import CATALOGUE
from config.text import sentences
from models.kernel.errors import InvalidInput
from models.running.rule_proposals import read, template_of

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TOKEN = "childcare_place"
CONFIG = CATALOGUE.parent
# Old text, new text, what is said: the beginning of its line's text stands for the line's number.
BROKEN = [
    ("in_force_from:", "in_force_fron:", "没有这个名称"),
    ("maxLength: 500", "maxLength: many", "应当写整数"),
    ("working_days: 5", "working_days: 0", "不能小于1"),
    ("required: true", "required: perhaps", "应当写 true"),
    ("type: string", "type: words", "只能写其中之一：string"),
    ("retention:", "retention: x\nretentions:", "“名称：值”"),
]


def fault_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read(TOKEN, text, AT)
    return [(each.field, each.detail) for each in caught.value.faults]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN, ids=[new for _, new, _ in BROKEN])
def test_a_fault_is_named_with_line_and_field(old: str, new: str, said: str) -> None:
    text = template_of(TOKEN)
    assert old in text
    broken = text.replace(old, new, 1)
    line = broken[: broken.index(new)].count("\n") + 1
    found = next(detail for _, detail in fault_of(broken) if f"第{line}行" in detail and said in detail)
    words = re.sub(r"（[^）]*）|只能写其中之一.*|pattern|true|false|maxLength|oneOf", "", found)
    assert not re.search("[A-Za-z]{3}", words), f"English: {found}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "行不是正确的 YAML"), ("- a", "以“名称：值”开头"), ("", "以“名称：值”开头"),
        ("version: 1\nversion: 2", "第2行：名称 version 写了两次"), ("a: &x 1\nb: *x", "不要使用 YAML 的引用"),
    ],
)  # fmt: skip
def test_what_is_no_version_is_said(text: str, said: str) -> None:
    ((field, detail),) = fault_of(text)
    assert field == "text" and said in detail


def test_rules_that_do_not_go_together_are_said() -> None:
    text = re.sub(r"- field: \w+|field: \w+", lambda found: found[0][: found[0].index(":") + 1] + " nowhere",
                  template_of(TOKEN), count=1)  # fmt: skip
    assert any("资格条件" in detail and "nowhere" in detail for _, detail in fault_of(text))


def test_every_fault_has_its_sentence() -> None:
    codes = {code for path in CONFIG.glob("programme*.py")
             for code in re.findall(r'raise wrong\(\s*"(\w+)"', Path(path).read_text())}  # fmt: skip
    assert len(codes) > 20
    assert {f"rule_faults.{code}" for code in codes} <= set(sentences())
