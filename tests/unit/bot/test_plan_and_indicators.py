"""Questions about the plan find the sentence that answers them; what the plan does not answer finds nothing."""

import pytest

from bot.understanding.indicators import named
from bot.understanding.plan import passages
from config.indicators import indicators

ANSWERED = [
    # (question, words of the sentence that answers it)
    ("十四五期间要建多少套保障性租赁住房", "3127"),
    ("公租房实物分配多少套", "2.5万套"),
    ("智慧安防小区要建多少个", "1329"),
    ("适老化改造每年多少户", "1600户"),
    ("什么是四同步", "四同步：同步规划"),
    ("小学一个班不能超过多少人", "45人"),
    ("宜春学院要升格成大学吗", "宜春大学"),
    ("探视巡访制度怎么规定", "定期探视巡访制度"),
    ("互助养老设施覆盖多少村", "85%以上的建制村"),
    ("居住证能享受哪些服务", "居住证持有人"),
    ("双减政策怎么落实", "“双减”"),
]


@pytest.mark.parametrize(("question", "words"), ANSWERED, ids=[q for q, _ in ANSWERED])
def test_the_sentence_that_answers_comes_first(question: str, words: str) -> None:
    first = passages(question)[0]
    assert words in first.sentence
    assert first.section.startswith(("第", "前言")) and 0 < first.score <= 1


@pytest.mark.parametrize("question", ["", "明天天气怎么样", "红烧肉怎么做", "猫跑到树上了", "手机没信号怎么办"])
def test_what_the_plan_does_not_answer_finds_nothing(question: str) -> None:
    assert passages(question) == []


def test_every_indicator_is_found_by_its_name() -> None:
    assert [each.token for each in indicators().values() if named(each.name_zh)[0][0] != each.token] == []


@pytest.mark.parametrize(
    ("question", "token"),
    [("一千个人里有几个护士", "nurses_per_thousand"), ("养老床位一共几万张", "elder_care_beds"),
     ("人均寿命目标几岁", "life_expectancy"), ("yue tanfang lv", "monthly_welfare_visit_rate")],
)  # fmt: skip
def test_an_indicator_in_residents_words(question: str, token: str) -> None:
    assert named(question)[0][0] == token
