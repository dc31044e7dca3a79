"""What was learned belongs to the catalogue's examples; two wishes, added examples, faults in the examples."""

from pathlib import Path

import pytest

from bot.understanding import overlay, trained, understand, utterances, vectors
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


def test_an_added_example_counts_at_once_and_goes_at_once() -> None:
    sentence = "楼上的鸟笼挂歪了"
    try:
        overlay.use([(sentence, "feedback")])
        assert (understand(sentence).intent, understand(sentence).confidence) == ("feedback", 1.0)
        with pytest.raises(ValueError, match="no_such"):
            overlay.use([(sentence, "no_such")])
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
