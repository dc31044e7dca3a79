"""What is kept of a question for others to read shows neither numbers nor names."""

import pytest

from models.conversations.masking import mask_text

NAMES = ("我叫", "姓名是")


@pytest.mark.parametrize(
    ("text", "masked"),
    [("电话13879512345", "电话138******45"), ("身份证36220119480102003X。", "身份证362*************3X。"),
     ("138 7951 2345打给我", "138******45打给我"), ("我今年78岁", "我今年78岁"),
     ("2025年的目标", "2025年的目标"),
     ("我叫王小明，", "我叫王**，"),
     ("邮箱wang.xm@example.cn吧", "邮箱*吧"), ("１３８７９５１２３４５", "138******45")],
)  # fmt: skip
def test_masking(text: str, masked: str) -> None:
    assert mask_text(text, NAMES) == masked
