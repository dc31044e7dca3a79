"""A dialogue interrupted at every step: by another wish, by silence, by cancel, by a restart in between."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from bot.dialogues import (
    applying,
    choose,
    emergency,
    engine,
    feedback,
    human,
    indicator,
    linking,
    nearby,
    offers,
    screening,
    visit_waits,
    visits,
)
from bot.dialogues.state import State, Turn
from bot.understanding import understand
from tests.factories.chat import AT, FATHER, MOTHER, OFFER, Known, visit


def said(state: State, text: str, known: Known) -> tuple[State, str]:
    """One turn through the engine's steps, the state stored and read again in between as after a restart."""
    before = State.restored(orjson.loads(orjson.dumps(state.stored())))
    after, texts = engine._spoken(before, Turn(text, understand(text), AT), known)  # type: ignore[arg-type]
    return after.said(before, texts), "\n".join(texts)


RESIDENT = "R1"


def resident(known: Known) -> None:
    known.resident_id = RESIDENT
    known.prefilled = {"applicant_name": "王芳", "applicant_phone": "13900000000"}


def with_father(known: Known) -> None:
    resident(known)
    known.linked = [MOTHER, FATHER]


def with_visit(known: Known) -> None:
    resident(known)
    known.visits = [visit(1)]


def with_visits(known: Known) -> None:
    resident(known)
    known.visits = [visit(1), visit(3, 2)]


def with_offer(known: Known) -> None:
    resident(known)
    known.offers = [OFFER]


def with_offers(known: Known) -> None:
    resident(known)
    known.offers = [OFFER, {**OFFER, "id": "O2", "subject": {**OFFER["subject"], "centre": "百合托育园"}}]


def nearly_filled(known: Known) -> None:
    resident(known)
    known.draft = {"_id": "A1", "programme": "training_subsidy", "form": {
        "applicant_name": "王芳", "applicant_phone": "13900000000", "person_kind": "laid_off", "course": "养老护理",
        "certificate_kind": "skill_level", "certificate_number": "X1", "issued_on": "2026-10-01", "fee": 800,
    }}  # fmt: skip


def without_hours(known: Known) -> None:
    resident(known)
    known.hours = []


def with_kept_hour(known: Known) -> None:
    resident(known)
    known.kept = [{"id": "W1", "name": MOTHER["name"], "starts_at": AT, "offered_until": AT}]


def stranger(known: Known) -> None:
    """Nobody is known."""


COMPLAINED = ["我要投诉", "卫生院的厕所太脏了"]
BOOKED = ["预约上门看望我妈"]
MOVED = ["明天的探访改到后天"]
FILLED = ["申请培训补贴", "要", "温汤镇"]
Way = tuple[Callable[[Known], None], list[str], str, str]
# Who talks, how to get to each step of each dialogue, and what is said next to go on from there.
STEPS: dict[tuple[str, str], Way] = {
    (nearby.NEARBY, nearby.CATEGORY): (stranger, ["附近有什么"], "1", "帮您找养老院"),
    (nearby.NEARBY, nearby.PLACE): (stranger, ["养老院"], "温汤镇", "温汤敬老院"),
    (nearby.NEARBY, nearby.WHICH_PLACE): (stranger, ["养老院", "两处"], "2", "温汤敬老院"),
    (nearby.NEARBY, nearby.LIST): (stranger, ["温汤镇的养老院"], "1", "【温汤敬老院】"),
    (nearby.NEARBY, nearby.DETAIL): (stranger, ["温汤镇的养老院", "1"], "1", "【温汤敬老院】"),
    (human.HUMAN, human.COUNTY): (stranger, ["人工"], "高安", "高安市"),
    (linking.LINKING, linking.CODE): (stranger, ["查进度"], "12345", "六位数字"),
    (emergency.EMERGENCY, emergency.TOWNSHIP): (resident, ["家里着火了", "要"], "温汤镇", "已经告诉温汤镇"),
    (feedback.FEEDBACK, feedback.TEXT): (stranger, ["我要投诉"], "卫生院的厕所太脏了", "哪个乡镇"),
    (feedback.FEEDBACK, feedback.PLACE): (stranger, COMPLAINED, "温汤镇", "【投诉】卫生院的厕所太脏了"),
    (feedback.FEEDBACK, feedback.CHECK): (stranger, [*COMPLAINED, "跳过"], "对的", "编号 2600012"),
    (choose.CHOICE, choose.WISH): (stranger, ["我符合条件吗"], "公租房", "户籍"),
    (screening.SCREENING, screening.ASK): (stranger, ["我这种情况能申请公租房吗"], "1", "申请类别"),
    (applying.APPLYING, applying.WHERE): (resident, ["申请培训补贴"], "要", "人员类别"),
    (applying.APPLYING, applying.ASK): (nearly_filled, FILLED[:2], "温汤镇", "请您看一遍"),
    (applying.APPLYING, applying.CHECK): (nearly_filled, FILLED, "对", "还差这些材料"),
    (applying.APPLYING, applying.WHICH): (nearly_filled, [*FILLED, "改"], "培训项目", "培训项目"),
    (applying.APPLYING, applying.PAPERS): (nearly_filled, [*FILLED, "对"], "交好了", "还差这些材料"),
    (visits.VISITS, visits.WHOM): (with_father, BOOKED, "2", "王*福"),
    (visits.VISITS, visits.HOUR): (resident, BOOKED, "1", "交代"),
    (visits.VISITS, visits.WISHES): (resident, [*BOOKED, "1"], "没有", "11月24日（周二）09:00"),
    (visits.VISITS, visits.CONFIRM): (resident, [*BOOKED, "1", "没有"], "对", "约好了"),
    (visits.VISITS, visits.WHICH): (with_visits, MOVED, "2", "改时间"),
    (visits.VISITS, visits.WHAT): (with_visit, MOVED, "1", "可以改到这些时间"),
    (visits.VISITS, visits.CALL_OFF): (with_visit, [*MOVED, "2"], "是", "已经取消"),
    (visit_waits.WAITS, visit_waits.HALF_DAY): (without_hours, BOOKED, "都行", "排上队了"),
    (visit_waits.WAITS, visit_waits.KEPT): (with_kept_hour, BOOKED, "要", "约好了"),
    (offers.OFFERS, offers.WHICH): (with_offers, ["答复"], "2", "百合托育园"),
    (offers.OFFERS, offers.ANSWER): (with_offer, ["答复"], "接受", "您确定接受"),
    (offers.OFFERS, offers.CONFIRM): (with_offer, ["答复", "接受"], "是的", "留下了"),
    (indicator.INDICATOR, indicator.WHICH): (stranger, ["指标完成得怎么样"], "1", "2025年目标"),
}  # fmt: skip


ANY_WORDS = {(visits.VISITS, visits.WISHES), (feedback.FEEDBACK, feedback.TEXT), (feedback.FEEDBACK, feedback.CHECK)}
WITHOUT_LIST = {
    (feedback.FEEDBACK, feedback.PLACE), (visit_waits.WAITS, visit_waits.KEPT),
    (nearby.NEARBY, nearby.PLACE), (linking.LINKING, linking.CODE), (applying.APPLYING, applying.WHERE),
    (applying.APPLYING, applying.ASK), (applying.APPLYING, applying.CHECK), (applying.APPLYING, applying.PAPERS),
    (visits.VISITS, visits.CONFIRM), (visits.VISITS, visits.CALL_OFF), (offers.OFFERS, offers.ANSWER),
    (offers.OFFERS, offers.CONFIRM), (emergency.EMERGENCY, emergency.TOWNSHIP),
}  # fmt: skip


def brought_to(step: tuple[str, str]) -> Step:
    """A chat that has come to this step."""
    known, state, text = Known(), State(), ""
    who, way, following, expected = STEPS[step]
    who(known)
    for words in way:
        state, text = said(state, words, known)
    assert (state.frame.dialogue, state.frame.step) == step, text
    return state, known, text, following, expected


@pytest.fixture(params=list(STEPS), ids=["-".join(step) for step in STEPS])
def at_step(request: pytest.FixtureRequest) -> Step:
    return brought_to(request.param)


# Elsewhere any words are an answer.
@pytest.fixture(params=[step for step in STEPS if step not in ANY_WORDS], ids="-".join)
def at_question(request: pytest.FixtureRequest) -> Step:
    return brought_to(request.param)


Step = tuple[State, Known, str, str, str]


def test_it_goes_on_after_a_restart(at_step: Step) -> None:
    state, known, _, following, expected = at_step
    assert expected in said(state, following, known)[1]


def test_cancel_ends_it(at_step: Step) -> None:
    state, known, *_ = at_step
    after, text = said(state, "取消", known)
    if visits.means_the_visit(state):  # "cancel" is about the visit there
        assert after.frame.step == visits.CALL_OFF
        assert "确定不要了吗" in text
        assert known.done == []
        return
    assert after.frame.dialogue == ""
    assert "已经取消" in text
    assert "前面没有" in said(after, "返回", known)[1]


def test_another_wish_takes_over_and_back_returns(at_step: Step) -> None:
    state, known, asked, following, expected = at_step
    after, text = said(state, "帮助", known)
    assert "我能帮您办这些事" in text
    returned, again = said(after, "返回", known)
    assert again == asked
    assert expected in said(returned, following, known)[1]


def test_danger_and_thanks_leave_the_question_open(at_step: Step) -> None:
    state, known, _, following, expected = at_step
    after, text = said(state, "家里着火了", known)
    assert "119" in text
    after, _ = said(after, "谢谢", known)
    assert expected in said(after, following, known)[1]


def test_repeat_says_it_again(at_step: Step) -> None:
    state, known, asked, *_ = at_step
    assert said(state, "再说一遍", known)[1] == asked


def test_what_is_not_understood_asks_again_and_is_kept(at_question: Step) -> None:
    state, known, _, following, expected = at_question
    after, text = said(state, "呜啦呜啦", known)
    assert after.frame.place[:2] == state.frame.place[:2]
    assert known.unanswered == ["呜啦呜啦"] or "没有找到" in text
    assert expected in said(after, following, known)[1]


def test_a_number_off_the_list_is_refused(at_question: Step) -> None:
    state, known, *_ = at_question
    after, text = said(state, "77", known)
    assert after.frame.place[:2] == state.frame.place[:2]
    assert known.done == []
    assert ("没有这个号码" in text) == (state.frame.place[:2] not in WITHOUT_LIST)


def test_start_over(at_step: Step) -> None:
    state, known, *_ = at_step
    after, text = said(state, "重新开始", known)
    assert "1. 找附近的服务" in text
    assert after.earlier == ()


def test_one_of_two_places_is_chosen_by_its_county() -> None:
    known = Known()
    state, _ = said(State(), "养老院", known)
    state, text = said(state, "两处", known)
    assert "2. 高安市" in text
    assert "高安市附近的养老院" in said(state, "高安", known)[1]


def test_the_county_of_the_place_spoken_of_is_taken_for_a_person() -> None:
    known = Known()
    state, _ = said(State(), "温汤镇的养老院", known)
    _, text = said(state, "给我转人工", known)
    assert known.asked_for == [("给我转人工", "360902")]
    assert "4 号，前面还有 2 位" in text


def test_back_remembers_only_so_many_steps() -> None:
    known, state = Known(), State()
    for _ in range(30):
        state, _ = said(state, "养老院", known)
        state, _ = said(state, "帮助", known)
    assert len(state.earlier) == 5
    assert len(orjson.dumps(state.stored())) < 20_000
