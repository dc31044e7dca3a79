"""A dialogue interrupted at every step: by another wish, by silence, by cancel, by a restart in between."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot.dialogues import engine, human, linking, nearby
from bot.dialogues.state import Point, State, Turn
from bot.understanding import understand

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
POINT = Point(27.69, 114.28, "gcj02", "袁州区温汤镇", "360902", "1791416")
OTHER = Point(28.42, 115.38, "gcj02", "高安市", "360983")
HOME = {
    "id": "F1", "name": "温汤敬老院", "distance_m": 350.0, "open_now": True, "closes_at": None, "phone": "0795-5550002",
    "category": "elder_care_home", "category_label": "养老机构", "district_code": "360902", "township_id": "1791416",
    "location": {"longitude": 114.28, "latitude": 27.69, "datum": "gcj02"},
}  # fmt: skip


class Known:
    """A product with one home and one place, where nobody is signed in and nobody waits."""

    at = AT
    ticket = None
    speaks_with_person = False
    resident_id = None
    weixin_answered = False

    def __init__(self) -> None:
        self.unanswered: list[str] = []
        self.asked_for: list[tuple[str, str | None]] = []

    def nearby(self, category: str, point: Point, *, open_now: bool, cursor: str | None) -> dict[str, Any]:
        return {"items": [HOME], "next": "c" if cursor is None else None}

    def named(self, text: str) -> list[Any]:
        return []

    def facility(self, facility_id: str) -> dict[str, Any]:
        return HOME

    def places(self, text: str) -> list[Point]:
        known = {"温汤": [POINT], "两处": [POINT, OTHER], "高安": [OTHER]}
        return next((points for name, points in known.items() if name in text), [])

    def resident_by_unionid(self, asked_at: str | None) -> str | None:
        return None

    def home_district(self) -> str | None:
        return None

    def ask_for_person(self, text: str, district_code: str | None) -> dict[str, Any]:
        self.asked_for.append((text, district_code))
        return {"number": 4, "district_code": district_code, "state": "waiting"}

    def staffed(self) -> tuple[bool, None]:
        return True, None

    def likely_minutes(self, ticket: Any, ahead: int) -> int | None:
        return None

    def ahead(self, ticket: Any) -> int:
        return 2

    def tell_person(self, text: str) -> bool:
        return False

    def note_unanswered(self, text: str, heard: Any) -> None:
        self.unanswered.append(text)


def said(state: State, text: str, known: Known) -> tuple[State, str]:
    """One turn through the engine's steps, the state stored and read again in between as after a restart."""
    before = State.restored(orjson.loads(orjson.dumps(state.stored())))
    after, texts = engine._spoken(before, Turn(text, understand(text), AT), known)  # type: ignore[arg-type]
    return after.said(before, texts), "\n".join(texts)


# How to get to each step of each dialogue, and what is said next to go on from there.
STEPS = {
    (nearby.NEARBY, nearby.CATEGORY): (["附近有什么"], "1", "帮您找养老院"),
    (nearby.NEARBY, nearby.PLACE): (["养老院"], "温汤镇", "温汤敬老院"),
    (nearby.NEARBY, nearby.WHICH_PLACE): (["养老院", "两处"], "2", "温汤敬老院"),
    (nearby.NEARBY, nearby.LIST): (["温汤镇的养老院"], "1", "【温汤敬老院】"),
    (nearby.NEARBY, nearby.DETAIL): (["温汤镇的养老院", "1"], "1", "【温汤敬老院】"),
    (human.HUMAN, human.COUNTY): (["人工"], "高安", "高安市"),
    (linking.LINKING, linking.CODE): (["查进度"], "12345", "六位数字"),
}


@pytest.fixture(params=list(STEPS), ids=["-".join(step) for step in STEPS])
def at_step(request: pytest.FixtureRequest) -> tuple[State, Known, str, str, str]:
    known, state, text = Known(), State(), ""
    way, following, expected = STEPS[request.param]
    for words in way:
        state, text = said(state, words, known)
    assert (state.frame.dialogue, state.frame.step) == request.param
    return state, known, text, following, expected


Step = tuple[State, Known, str, str, str]


def test_it_goes_on_after_a_restart(at_step: Step) -> None:
    state, known, _, following, expected = at_step
    assert expected in said(state, following, known)[1]


def test_cancel_ends_it(at_step: Step) -> None:
    state, known, *_ = at_step
    after, text = said(state, "取消", known)
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


def test_what_is_not_understood_asks_again_and_is_kept(at_step: Step) -> None:
    state, known, _, following, expected = at_step
    after, text = said(state, "呜啦呜啦", known)
    assert after.frame.place[:2] == state.frame.place[:2]
    assert known.unanswered == ["呜啦呜啦"] or "没有找到" in text
    assert expected in said(after, following, known)[1]


def test_a_number_off_the_list_is_refused(at_step: Step) -> None:
    state, known, *_ = at_step
    after, text = said(state, "77", known)
    assert after.frame.place[:2] == state.frame.place[:2]
    lists = state.frame.step not in (nearby.PLACE, linking.CODE)
    assert ("没有这个号码" in text) == lists


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
