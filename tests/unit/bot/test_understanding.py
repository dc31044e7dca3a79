"""What residents' sentences are understood as: plain, clipped, misspelt, in old characters, with two things named."""

import pytest

from bot.understanding import understand
from bot.understanding.hearing import bare, blur, syllables

MEANT = [
    # (sentence, intent, slots that must be named so)
    ("你好", "greeting", {}),
    ("您好啊！", "greeting", {}),
    ("你能做什么", "help", {}),
    ("谢谢你", "thanks", {}),
    ("附近哪里有养老院", "find_service", {"category": "elder_care_home"}),
    ("托育 温汤", "find_service", {"category": "childcare_centre", "place": "温汤"}),
    ("脱育机构", "find_service", {"category": "childcare_centre"}),
    ("yanglaoyuan", "find_service", {"category": "elder_care_home"}),
    ("附近哪裡有養老院", "find_service", {"category": "elder_care_home"}),
    ("有冇老年食堂", "find_service", {"category": "mutual_aid_centre"}),
    ("帮我找个能带娃的地方", "find_service", {"category": "childcare_centre"}),
    ("想给孩子打疫苗去哪里", "find_service", {"category": "community_health_centre"}),
    ("图书馆现在开门的", "find_service", {"category": "library", "open_now": True}),
    ("不要村卫生室，要医院", "find_service", {"category": "hospital"}),
    ("公租房小区附近有没有医院", "find_service", {"category": "hospital"}),
    ("附近有公租房吗", "find_service", {"category": "rental_estate"}),
    ("丰城市上塘镇有没有托班", "find_service", {"category": "childcare_centre", "place": "丰城市上塘镇"}),
    ("希望乡有养老院吗", "find_service", {"category": "elder_care_home", "place": "希望乡"}),
    ("请问宜春学院附近有托儿所么", "find_service", {"category": "childcare_centre", "place": "宜春学院"}),
    ("明月山附近的医院", "find_service", {"category": "hospital", "place": "明月山"}),
    ("公租房怎么申请", "apply", {"programme": "public_rental_housing"}),
    ("公组房怎么申请", "apply", {"programme": "public_rental_housing"}),
    ("我想给孩子报个托位", "apply", {"programme": "childcare_place"}),
    ("我这种情况能申请公租房吗", "eligibility", {"programme": "public_rental_housing"}),
    ("申请公租房要带什么材料", "documents", {"programme": "public_rental_housing"}),
    ("我的申请办到哪一步了", "progress", {}),
    ("公租房排到第几了", "progress", {"programme": "public_rental_housing"}),
    ("我妈一个人住，能不能派人去看看", "book_visit", {}),
    ("明天的探访改到后天", "change_visit", {}),
    ("规划里对养老服务是怎么说的", "policy_question", {}),
    ("到2025年每千人口有多少托位", "indicator_question", {}),
    ("那家托儿所的老师态度很差我要投诉", "feedback", {}),
    ("给我转人工", "human", {}),
    ("家里着火了", "emergency", {}),
    ("小孩走丢了", "emergency", {}),
    ("我家老头子在养老院晕倒了", "emergency", {}),
    ("身份证丢了怎么补", "out_of_scope", {"matter": "identity_card"}),
    ("养老金怎么查", "out_of_scope", {"matter": "social_insurance"}),
    ("今天天气怎么样", "out_of_scope", {}),
]


@pytest.mark.parametrize(("text", "intent", "slots"), MEANT, ids=[text for text, *_ in MEANT])
def test_what_is_meant(text: str, intent: str, slots: dict[str, object]) -> None:
    found = understand(text)
    assert (found.intent, found.slots.named()) == (intent, {**found.slots.named(), **slots})
    assert found.sure


@pytest.mark.parametrize("text", ["我在车上", "asdfgh", "嗯嗯啊啊", "哈哈哈哈", "8", "", " \n", "。。。", "\x00\x01"])
def test_what_means_nothing_to_us_is_not_believed(text: str) -> None:
    found = understand(text)
    assert found.intent == "out_of_scope" or not found.sure
    assert found.slots.named() == {}


def test_a_township_whose_name_is_an_ordinary_word_is_not_heard_in_passing() -> None:
    assert understand("我希望找个养老院").slots.place is None
    assert understand("希望").slots.place == "希望"


@pytest.mark.parametrize(
    "text", ["养" * 5000, "a" * 100_000, "𠮷" * 400, "\ud800养老院", "养老院\u202e", "１２３" * 300]
)
def test_any_text_is_taken(text: str) -> None:
    assert 0 <= understand(text).confidence <= 1


def test_the_same_sentence_is_always_understood_alike() -> None:
    assert understand("温汤镇附近有没有养老院") == understand(" 温汤镇附近、有没有养老院？ ")


def test_local_speech_is_joined_by_its_sound() -> None:
    assert blur(syllables("敬老院")) == blur(syllables("进老院"))
    assert blur(syllables("诊所")) == blur(syllables("怎所"))
    assert syllables("养老院") != syllables("养鸟院")


def test_bare_drops_signs_and_old_characters() -> None:
    assert bare("養老院，在哪裡？ＡＢ") == "养老院在哪里ab"


def test_the_command_reads_lines_and_writes_json() -> None:
    assert understand("托班").as_json() == {
        "intent": "find_service", "confidence": understand("托班").as_json()["confidence"],
        "slots": {"category": "childcare_centre"},
    }  # fmt: skip
