"""What was learned belongs to the catalogue's examples; two wishes, added examples, faults in the examples."""

from pathlib import Path

import pytest

from bot.understanding import Slots, Understanding, overlay, trained, understand, utterances, vectors
from bot.understanding.indicators import indicator_search
from bot.understanding.plan import plan_search
from bot.understanding.typed_pinyin import hear
from config.loading import CatalogueFault


def test_what_is_shipped_was_learned_from_these_examples() -> None:
    """Fails after an edit of the examples or of the plan: `flask --app wsgi bot train` learns anew."""
    assert trained.load(trained.SHIPPED) is not None
    for search in (plan_search(), indicator_search()):
        assert vectors._read(vectors.FOLDER / f"{search.name}.npz", search.fingerprint()) is not None


def test_what_was_learned_from_others_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "fingerprint", lambda: "other")
    assert trained.load(trained.SHIPPED) is None
    assert trained.load(tmp_path / "none.npz") is None


def test_two_wishes_are_both_heard() -> None:
    found = understand("公租房怎么申请，另外附近有没有医院")
    assert found.then is not None
    assert {found.intent, found.then.intent} == {"apply", "find_service"}


def test_a_housing_subsidy_is_public_rental_housing_more_narrowly() -> None:
    slots = understand("租赁补贴要什么材料").slots
    assert (slots.programme, slots.narrower) == ("public_rental_housing", "rental_subsidy")


def test_a_taught_sentence_counts_at_once_with_what_it_names_and_goes_at_once() -> None:
    sentence, meant = "温汤楼上的鸟笼挂歪了", Understanding("find_service", 1.0, Slots(category="hospital"))
    try:
        overlay.use([(sentence, meant)])
        found = understand(sentence + "！")
        assert (found.intent, found.confidence) == ("find_service", 1.0)
        assert (found.slots.category, found.slots.place) == ("hospital", "温汤"), "the place is this message's"
        assert understand("温汤楼上的鸟笼子挂歪了").confidence == 1.0, "nearly the same, and nothing else understood"
        assert understand("温汤镇附近有没有养老院").slots.category == "elder_care_home"
        with pytest.raises(ValueError, match="no_such"):
            overlay.use([(sentence, Understanding("no_such", 1.0))])
        assert understand(sentence).confidence == 1.0, "a refused set leaves the one before"
    finally:
        overlay.use([])
    assert understand(sentence).confidence < 1.0


@pytest.mark.parametrize(
    ("typed", "read"), [("gongzufang zenme shenqing", "公租房怎么申请"), ("nihao", "你好"), ("asdfgh", "asdfgh")]
)
def test_typed_pinyin_is_read_as_characters(typed: str, read: str) -> None:
    assert hear(typed).text == read


def test_a_place_is_given_as_it_was_written() -> None:
    assert understand("fengcheng nali you yiyuan").slots.place == "fengcheng"
    assert understand("萬載有博物館嗎").slots.place == "萬載"
    assert understand("我老家上高泗溪，卫生院在哪").slots.place == "上高泗溪"


@pytest.mark.parametrize(
    ("place", "text"),
    [("高安瑞州街道", "{}附近有没有养老院"), ("丰城市上塘镇建新村", "{}卫生室在哪"), ("江西省宜春市丰城市剑光街道", "{}附近有图书馆吗"),
     ("袁州区彬江镇铁山村", "{}附近的托育"), ("丰城市剑光街道紫云小区12组", "我住在{}，旁边有养老院吗"),
     ("奉新县会埠镇", "{}和平小区旁边有托儿所吗"), ("丰城市", "{}农村养老院"), ("宜春市", "{}社区卫生服务中心"), ("袁州区", "{}各乡镇都有养老院吗")],
)  # fmt: skip
def test_a_place_of_several_levels_is_kept_whole_and_nothing_else_with_it(place: str, text: str) -> None:
    found = understand(text.format(place)).slots.place
    assert found is not None and found.startswith(place)
    assert found.removeprefix(place) in ("", "和平小区")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [("  none:", "  mausoleum:", 3), ("    - 谢谢你\n", "    - 谢谢你\n    - 谢 谢 你！\n", 6)],
)
def test_a_fault_in_the_examples_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, line: int
) -> None:
    for path in utterances.UTTERANCES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace(before, after) if path.stem == "thanks" else text, "utf-8")
    monkeypatch.setattr(utterances, "UTTERANCES", tmp_path)
    with pytest.raises(CatalogueFault, match=rf"thanks\.yaml:{line}:"):
        utterances.utterances.__wrapped__()
