"""How residents answer: yes and no in many forms, choices by number or words, amounts, days, months, hours."""

from datetime import date

import pytest

from bot.dialogues import answers, pages
from bot.dialogues.choose import chat_forms
from config.programmes import programmes

TODAY = date(2026, 11, 26)
HARDSHIP = ["低保家庭", "特困人员", "低收入家庭", "未认定"]


@pytest.mark.parametrize(
    "text", ["是", "是的没错", "好的好的", "嗯", "要得", "可以的呀谢谢", "OK", "👌", "有，一套", "没有错", "那就好"]
)
def test_yes(text: str) -> None:
    assert answers.said_yes(text)
    assert not answers.said_no(text)


@pytest.mark.parametrize("text", ["不是", "没有", "冇", "不对", "还没有", "不要了", "没得", "不用，谢谢"])
def test_no(text: str) -> None:
    assert answers.said_no(text)
    assert not answers.said_yes(text)


@pytest.mark.parametrize("text", ["1", "养老院", "", "明天", "是不是要带身份证", "有没有年龄限制", "要什么材料"])
def test_neither(text: str) -> None:
    assert answers.yes_or_no(text) is None
    assert not answers.said_no(text)


@pytest.mark.parametrize(
    ("text", "means"), [("有房", True), ("没有自己的房", False), ("有的", True), ("不在本地", False)]
)
def test_clauses_that_begin_with_it(text: str, means: bool) -> None:
    assert answers.yes_or_no(text) is means


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 2), ("第一个", 0), ("低保", 0), ("特困人员吧", 1), ("低", None), ("5", None), ("未认定", 3), ("庭", None)],
)
def test_a_choice(text: str, number: int | None) -> None:
    assert answers.choice_in(text, HARDSHIP) == number


def test_a_word_that_an_option_only_denies_means_the_other() -> None:
    assert answers.choice_in("居住证", ["持有宜春居住证", "在宜春常住，未办居住证"]) == 0


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1 3", [0, 2]), ("2、1", [1, 0]), ("1和2", [0, 1]), ("3 3 1", [2, 0]), ("9", []), ("乙园", [1]), ("园", [])],
)
def test_several_choices_keep_their_order(text: str, numbers: list[int]) -> None:
    assert answers.choices_in(text, ["甲园", "乙园", "丙园"]) == numbers


@pytest.mark.parametrize(
    ("text", "amount"),
    [("3000", 3000), ("三千", 3000), ("两千五", 2500), ("一万二", 12000), ("2.5万", 25000), ("一千零五", 1005),
     ("3口人", 3), ("十五平", 15), ("大概两千块吧", 2000), ("没有", None), ("两千到三千", None)],
)  # fmt: skip
def test_amounts(text: str, amount: float | None) -> None:
    assert answers.amount_in(text) == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024年10月1日", "2024-10-01"), ("20241001", "2024-10-01"), ("二〇二四年十月一号", "2024-10-01"),
     ("48年3月5日", "1948-03-05"), ("去年10月1日", "2025-10-01"), ("1948年3月", None), ("2024-13-01", None), ("昨天", None)],
)  # fmt: skip
def test_days(text: str, day: str | None) -> None:
    found = answers.day_in(text, TODAY)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-12", "2026-12"), ("12月", "2026-12"), ("三月", "2027-03"), ("明年3月", "2027-03"), ("下个月", "2026-12"),
     ("202703", "2027-03"), ("13月", None), ("春天", None)],
)  # fmt: skip
def test_months(text: str, month: str | None) -> None:
    assert answers.month_in(text, TODAY) == month


@pytest.mark.parametrize(
    ("text", "hour"),
    [("明天早上九点", (9, 0)), ("下午三点半", (15, 30)), ("14:30", (14, 30)), ("两点", (2, 0)), ("九", None)],
)
def test_hours(text: str, hour: tuple[int, int] | None) -> None:
    assert answers.hour_in(text) == hour


def test_what_the_chat_applies_for_asks_for_no_id_number() -> None:
    for token in chat_forms():
        for version in programmes()[token].versions:
            assert all(version.form.properties[name].format != "id-number" for name in version.form.required)


def test_links_carry_only_what_they_are_about() -> None:
    link = pages.page("wx1", "application", "打开", 'A"><script>')
    assert 'data-miniprogram-path="pages/applications/application?id=A%22%3E%3Cscript%3E"' in link
    assert pages.in_terminal(link).startswith("打开〔pages/applications/application?id=")
    item = {"name": "甲&乙<b>", "location": {"longitude": 114.28, "latitude": 27.69}}
    assert "coord:27.69,114.28" in pages.on_map(item, "看地图")
    assert "<b>" not in pages.on_map(item, "看地图")
    assert pages.harmless("<a>") == "〈a〉"
