"""How distances, opening states and lists are said; a list of five always fits one message."""

from datetime import datetime, timedelta

import pytest

from bot.dialogues import wording
from bot.dialogues.menu import choices, clicked, menu_file, offered
from config.text import say, sentences
from models.facilities.price_words import prices_of
from models.facilities.prices import prices_cell
from models.kernel.clock import SHANGHAI
from tests.factories.chat import HOME

AT = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)  # a Monday
TEXT_BYTES = 2048


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0.4, "约10米"),
        (94, "约90米"),
        (996, "约1000米"),
        (1000, "约1.0公里"),
        (1249, "约1.2公里"),
        (87_940, "约87.9公里"),
    ],
)
def test_distances(metres: float, said: str) -> None:
    assert wording.distance(metres) == said


@pytest.mark.parametrize(
    ("item", "said"),
    [({"open_now": None}, "开门时间请先打电话问"), ({"open_now": True, "closes_at": None}, "全天开门"),
     ({"open_now": True, "closes_at": AT.replace(hour=18, minute=0).isoformat()}, "现在开门，到18:00"),
     ({"open_now": False, "opens_at": AT.replace(hour=14, minute=0)}, "现在没开门，14:00开门"),
     ({"open_now": False, "opens_at": AT + timedelta(days=1)}, "现在没开门，明天09:30开门"),
     ({"open_now": False, "opens_at": AT + timedelta(days=4)}, "现在没开门，周五09:30开门"),
     ({"open_now": False, "opens_at": AT + timedelta(days=9)}, "现在没开门，12月2日09:30开门"),
     ({"open_now": False, "opens_at": None}, "现在没开门")],
)  # fmt: skip
def test_opening(item: dict[str, object], said: str) -> None:
    assert wording.opening(item, AT) == said


@pytest.mark.parametrize(
    ("cell", "said"),
    [(None, "收费：还没有登记，去之前请先打电话问"), ("免费", "收费：全部服务 免费"),
     ("床位费 900元/月；护理费 1600元/月 备注：失能；护理费 300元/月 备注：自理", "收费：床位费 900 元/月，护理费 300 元/月起"),
     ("床位费 900元/月；护理费 9元/日；护理费 1元/小时；伙食费 1元/餐", "收费：床位费 900 元/月，护理费 9 元/日，护理费 1 元/小时等4项")],
)  # fmt: skip
def test_a_facility_says_in_one_line_what_it_costs(cell: str | None, said: str) -> None:
    prices = prices_of({"prices": prices_cell(cell)} if cell else {})
    assert said in wording.detail({**HOME, "prices": prices}, None, AT).splitlines()
    assert "收费" not in wording.detail({**HOME, "prices_expected": False}, None, AT)


def test_a_list_of_the_longest_entries_fits_one_message() -> None:
    item = {"name": "名" * 200, "distance_m": 123_456, "open_now": False, "opens_at": AT + timedelta(days=9),
            "phone": "0795-12345678-1234"}  # fmt: skip
    heading = say("bot.nearby.heading_open", place="地" * 30, kind="技能培训机构")
    note = say("bot.nearby.none_open", kind="技能培训机构")
    text = "\n".join(
        [note, heading, *(wording.line(n, item, AT) for n in range(46, 51)), say("bot.nearby.hint_more", first=46)]
    )
    assert len(text.encode()) <= TEXT_BYTES


def test_every_sentence_of_ours_fits_one_message_with_room_for_what_is_filled_in() -> None:
    longest = max((text for key, text in sentences().items() if key.startswith("bot.")), key=len)
    assert len(longest.replace("{choices}", offered()).encode()) <= TEXT_BYTES


def test_what_is_offered_by_number_has_a_label_and_every_wish_a_sentence() -> None:
    assert [f"bot.choices.{choice.key}" in sentences() for choice in choices()] == [True] * len(choices())
    for token in menu_file().common_categories:
        assert wording.call_of(token)


def test_menu_keys_lead_somewhere() -> None:
    assert clicked("nearby_elder_care").understood().slots.category == "elder_care_home"  # type: ignore[union-attr]
    assert clicked("no_such_key") is None
    assert {"nearby", "progress", "human"} <= {item.key for button in menu_file().menu for item in button.below}


@pytest.mark.parametrize(("until", "said"), [("2026-12-27", "托位（到12月27日）。"), (None, "托位。")])
def test_a_suspended_centre_says_so_and_why_where_it_is_looked_at(until: str | None, said: str) -> None:
    suspension = {"kind_label": "暂停接收", "reason": "消防通道被占用。", "until": until}
    shown = wording.detail({**HOME, "suspension": suspension}, None, AT)
    assert "【暂停接收】消防通道被占用。现在不能申请这里的" + said in shown.splitlines()
    assert "暂停" not in wording.detail({**HOME, "suspension": None}, None, AT)
