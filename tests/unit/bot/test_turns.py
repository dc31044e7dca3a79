"""Near wishes, a second wish, the plan's words, an indicator's figures: what the engine makes of what was understood."""

import pytest

from bot.dialogues import asides, choose, engine, nearby, policy
from bot.dialogues.state import State, Turn
from bot.understanding import Slots, Understanding, understand
from bot.understanding import meaning as wish
from bot.understanding.plan import Passage
from config.loading import rule
from config.programmes import programmes
from tests.factories.chat import AT, HOME, POINT, Known

SURE, UNSURE = 0.9, 0.3
CHILDCARE = Slots(programme="childcare_place")


def heard(state: State, text: str, meant: Understanding, known: Known) -> tuple[State, str]:
    after, texts = engine._spoken(state, Turn(text, meant, AT), known)  # type: ignore[arg-type]
    return after.said(state, texts), "\n".join(texts)


def says(state: State, text: str, known: Known) -> tuple[State, str]:
    return heard(state, text, understand(text), known)


def test_between_two_near_wishes_it_asks_and_a_number_or_words_decide() -> None:
    known = Known()
    near = Understanding(wish.ELIGIBILITY, 0.7, CHILDCARE, rivals=(wish.DOCUMENTS,))
    state, text = heard(State(), "托位要什么", near, known)
    assert "1. 看我符不符合托位的条件" in text
    assert "2. 托位要哪些材料" in text
    assert "3. 都不是" in text
    assert "申请托位要这些材料" in says(state, "2", known)[1]
    assert "申请托位要这些材料" in says(state, "材料", known)[1]
    assert "我能帮您办这些事" in says(state, "都不是", known)[1]


def test_a_rival_that_is_none_of_ours_is_not_asked_about() -> None:
    known = Known()
    near = Understanding(wish.DOCUMENTS, SURE, CHILDCARE, rivals=(wish.OUT_OF_SCOPE,))
    assert "申请托位要这些材料" in heard(State(), "托位材料", near, known)[1]


def test_a_second_wish_is_offered_after_the_first_and_taken_with_a_yes() -> None:
    known = Known()
    first = Understanding(
        wish.DOCUMENTS, SURE, CHILDCARE, then=Understanding(wish.FIND_SERVICE, SURE, Slots(category="hospital"))
    )
    state, text = heard(State(), "托位要什么材料，还有附近有没有医院", first, known)
    assert "申请托位要这些材料" in text
    assert "找附近的服务" in text
    assert "帮您找医院" in says(state, "要", known)[1]
    after, _ = says(state, "谢谢", known)
    assert after.facts[asides.ASIDE] is None
    assert "医院" not in says(after, "要", known)[1]


def test_a_second_wish_waits_until_the_question_is_answered() -> None:
    known = Known()
    first = Understanding(
        wish.FIND_SERVICE, SURE, Slots(category="elder_care_home"), then=Understanding(wish.DOCUMENTS, SURE, CHILDCARE)
    )
    state, text = heard(State(), "找养老院，再问下托位材料", first, known)
    assert "托位" not in text
    state, text = says(state, "温汤镇", known)
    assert "温汤敬老院" in text
    assert "托位要哪些材料" in text
    assert "【温汤敬老院】" in says(state, "1", known)[1], "the list is still there"


def test_the_plan_is_quoted_with_its_section_and_never_without_a_sentence() -> None:
    known = Known()
    asked = Understanding(wish.POLICY, SURE)
    _, text = heard(State(), "规划里月亮怎么说", asked, known)
    assert "规划里没有找到" in text
    assert known.unanswered == ["规划里月亮怎么说"]
    known.plan = [Passage("第七章 第一节", "第一句。", 0.9), Passage("第七章 第二节", "第二句。", 0.7)]
    state, text = heard(State(), "养老怎么说", asked, known)
    assert "“第一句。”" in text
    assert "第七章 第一节" in text
    state, text = says(state, "更多", known)
    assert "“第二句。”" in text
    assert "更多" not in text
    assert "相关的就这些" in says(state, "更多", known)[1]


def test_a_long_sentence_still_fits_one_message() -> None:
    known = Known()
    known.plan = [Passage("第一章", "长" * 3000, 0.9)]
    _, text = heard(State(), "怎么说", Understanding(wish.POLICY, SURE), known)
    assert len(text.encode()) < rule("conversations.reply_bytes")


def test_the_menu_asks_for_the_question_first() -> None:
    known = Known()
    known.plan = [Passage("第七章", "第一句。", 0.9)]
    turn = Turn("规划原文", choose.meant(wish.POLICY), AT, chosen=True)
    state, texts = engine._begin(State(), turn, known)  # type: ignore[arg-type]
    assert state.frame.place[:2] == (policy.POLICY, policy.QUESTION)
    assert "您想问规划里的什么" in texts[0]
    assert "第一句" in says(state, "托育怎么安排的", known)[1]


@pytest.mark.parametrize(
    ("observed", "said"),
    [(None, "最新观测：还没有"), ({"status": "suppressed"}, "最新观测：还没有"), ({"status": "not_observable"}, "最新观测：还没有"),
     ({"status": "partial", "value": None, "partial_value": 2.5, "period": "2026-10", "as_of": AT, "source": "名录",
       "finality": "provisional"}, "2.5个，只是平台收录部分的数，不是全市数"),
     ({"status": "complete", "value": 3.2, "partial_value": None, "period": "2026-10", "as_of": AT, "source": "名录",
       "finality": "final"}, "最新观测：3.2个（2026年10月，最终数，截至2026年11月23日）")],
)  # fmt: skip
def test_an_indicator_never_shows_a_part_as_the_whole(observed: dict[str, object] | None, said: str) -> None:
    known = Known()
    known.named_indicators = [("childcare_places_per_thousand", 0.9), ("elder_care_beds", 0.3)]
    known.observation = observed
    _, text = heard(State(), "每千人托位", Understanding(wish.INDICATOR, SURE), known)
    assert "2020年：0.89个" in text
    assert "2025年目标：4.5个" in text
    assert said in text


def test_indicators_that_are_equally_near_are_asked_about() -> None:
    known = Known()
    known.named_indicators = [("physicians_per_thousand", 0.7), ("nurses_per_thousand", 0.68)]
    state, text = heard(State(), "每千人医护", Understanding(wish.INDICATOR, SURE), known)
    assert "1. 每千人口拥有执业" in text
    assert "注册护士数】" in says(state, "注册护士", known)[1]


def test_a_home_is_kept_at_its_word_only() -> None:
    known = Known()
    state, text = says(State(), "温汤镇的养老院", known)
    assert "回复“记住”" in text
    polite, _ = says(state, "好的", known)
    assert known.done == []
    assert says(polite, "记住", known)[1] != "记住了"
    says(state, "记住", known)
    assert known.done == [("home", POINT.township_id)]


def test_a_name_of_a_programme_alone_asks_what_of_it_and_is_remembered() -> None:
    known = Known()
    state, text = heard(State(), "托位", Understanding(wish.OUT_OF_SCOPE, UNSURE), known)
    assert "托位，您想问哪一样" in text
    assert "【托位申请】" in says(state, "1", known)[1]
    assert "托位的条件" in heard(state, "什么条件", Understanding(wish.ELIGIBILITY, SURE), known)[1]
    asked = heard(state, "我想问问我们家这种情况符合哪些条件呢", Understanding(wish.ELIGIBILITY, SURE), known)[1]
    assert "您想看哪一项的条件" in asked, "a whole sentence without a name is about any of them"


def test_who_is_stuck_is_shown_the_ways_out() -> None:
    known = Known()
    state, _ = says(State(), "养老院", known)
    assert state.frame.step == nearby.PLACE
    for _ in range(rule("conversations.stuck_least")):
        state, text = heard(state, "啊啊啊", Understanding(wish.OUT_OF_SCOPE, 0.0), known)
    assert "也可以回复“人工”" in text


def test_a_number_or_a_date_is_no_danger_and_no_code() -> None:
    known = Known("R1")
    state, _ = says(State(), "预约探访", known)
    danger = Understanding(wish.EMERGENCY, SURE)
    assert "交代" in heard(state, "明天早上九点", danger, known)[1]
    assert "119" in heard(state, "家里着火了", danger, known)[1]


@pytest.mark.parametrize("intent", [wish.APPLY, wish.DOCUMENTS, wish.ELIGIBILITY])
@pytest.mark.parametrize("programme", sorted(programmes()))
def test_what_is_said_of_any_programme_fits_one_message(programme: str, intent: str) -> None:
    known = Known("R1")
    state, text = heard(State(), "?", Understanding(intent, SURE, Slots(programme=programme)), known)
    said_bytes = [len(text.encode())]
    for _ in range(20):  # to the end of the questions, each left out
        if state.frame.dialogue != "screening":
            break
        state, text = says(state, "跳过", known)
        said_bytes.append(len(text.encode()))
    assert max(said_bytes) <= rule("conversations.reply_bytes")
    assert state.frame.dialogue != "screening"


@pytest.mark.parametrize(
    ("text", "meant", "found"),
    [("春蕾", Understanding(wish.OUT_OF_SCOPE, SURE), True), ("温汤敬老院", understand("温汤敬老院"), False),
     ("温汤康宁敬老院", understand("温汤康宁敬老院"), True), ("养老院", understand("养老院"), False)],
)  # fmt: skip
def test_the_bare_name_of_a_facility_opens_it_and_a_mere_kind_of_service_does_not(
    text: str, meant: Understanding, found: bool
) -> None:
    known = Known()
    known.named = lambda said: [HOME]  # type: ignore[method-assign]
    state, words = heard(State(), text, meant, known)
    assert (state.frame.step == nearby.DETAIL) is found
    assert ("0795-5550002" in words and "map" in words) is found or not found


def test_several_of_that_name_are_offered_by_number() -> None:
    known = Known()
    known.named = lambda said: [HOME, {**HOME, "id": "01JD0000000000000000000HQN"}]  # type: ignore[method-assign]
    state, words = heard(State(), "敬老院温汤康宁", Understanding(wish.OUT_OF_SCOPE, SURE), known)
    assert (state.frame.step, "您说的是不是这里" in words) == (nearby.LIST, True)


@pytest.mark.parametrize("text", ["你们这群废物", "你们这些人都是废物", "傻逼机器人", "滚蛋吧", "政府的人简直不要脸"])
def test_rude_words_alone_are_answered_calmly_once_and_begin_nothing(text: str) -> None:
    state, texts = engine._spoken(State(), Turn(text, understand(text), AT), Known())  # type: ignore[arg-type]
    assert (len(texts), state.frame.dialogue) == (1, "")
    assert "别着急" in texts[0]


def test_who_is_not_understood_hears_the_question_again_and_not_all_that_was_told_before_it() -> None:
    known = Known("R1")
    state, told = says(State(), "公租房怎么申请", known)
    assert "怎么办" in told and "要在这里填吗" in told
    _, again = says(state, "快点快点", known)
    assert "要在这里填吗" in again and "怎么办" not in again


def test_rude_words_after_a_cancel_repeat_nothing() -> None:
    known = Known()
    state, _ = says(says(State(), "托育", known)[0], "算了", known)
    assert "取消" not in says(state, "你们这群废物", known)[1]
