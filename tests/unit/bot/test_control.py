"""Words that steer a chat, numbers in all their forms, and what says nothing."""

import pytest

from bot.dialogues.control import (
    BACK,
    CANCEL,
    MORE,
    REPEAT,
    RESTART,
    UNKNOWN,
    code_in,
    command_in,
    number_in,
    says_nothing,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [("更多", MORE), ("还有吗？", MORE), ("下一页吧", MORE), ("返回", BACK), ("算了", CANCEL), ("不用了啊", CANCEL),
     ("取消。", CANCEL), ("重新开始", RESTART), ("再说一遍", REPEAT), ("不晓得呀", UNKNOWN)],
)  # fmt: skip
def test_commands(text: str, command: str) -> None:
    assert command_in(text) == command


@pytest.mark.parametrize("text", ["取消明天的探访", "更多养老院", "我要返回江西", "", "养老院"])
def test_a_command_is_the_whole_message(text: str) -> None:
    assert command_in(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("３", 3), ("三", 3), ("第三个", 3), ("第3家吧", 3), ("三号", 3), ("选三", 3), ("12", 12), ("十二", 12),
     ("十", 10), ("二十", 20), ("二十一", 21), ("回复3", 3), ("看第二个", 2), ("两", 2)],
)  # fmt: skip
def test_numbers(text: str, number: int) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "三个月没到账了", "2025年", "123", "第三季度", "三阳", "1.5"])
def test_what_is_no_choice_of_a_number(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(("text", "code"), [("123456", "123456"), (" 123 456 ", "123456"), ("１２３４５６", "123456")])
def test_codes(text: str, code: str) -> None:
    assert code_in(text) == code


@pytest.mark.parametrize("text", ["12345", "1234567", "12345a", "١٢٣٤٥٦", "一二三四五六"])
def test_no_codes(text: str) -> None:
    assert code_in(text) is None


@pytest.mark.parametrize(
    "text", ["[微笑]", "[微笑][强]", "/::)", "……", "   ", "【收到不支持的消息类型，暂无法显示】", "😀"]
)
def test_what_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["？", "?", "养老院", "1", "[微笑]你好"])
def test_what_says_something(text: str) -> None:
    assert not says_nothing(text)
