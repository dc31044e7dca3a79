"""A fault in the dialogues' catalogue is named with its file, and stops the start."""

from pathlib import Path

import pytest

from bot.understanding import lexicon
from bot.understanding.meaning import INTENTS, OUT_OF_SCOPE
from config.loading import CatalogueFault, catalogue
from config.text import sentences


def test_every_category_has_words_and_every_word_belongs_to_one_category() -> None:
    words = lexicon.category_words()
    assert set(words) == set(catalogue().categories)
    all_words = [word for each in words.values() for word in (*each.words, *each.weak)]
    assert sorted(word for word in set(all_words) if all_words.count(word) > 1) == []


def test_every_wish_has_an_answer() -> None:
    from bot.dialogues.engine import STARTS

    unanswered = [i for i in INTENTS if i not in STARTS and i != OUT_OF_SCOPE]
    assert unanswered == []
    assert [m for m in lexicon.intents_file().elsewhere if f"bot.elsewhere.{m}" not in sentences()] == []


@pytest.mark.parametrize(
    ("name", "before", "after", "read"),
    [("categories.yaml", "museum:", "mausoleum:", lexicon.category_words),
     ("intents.yaml", "  thanks:", "  thank:", lexicon.intents_file),
     ("commands.yaml", '"选{n}"', '"选"', lexicon.commands), ("traditional.yaml", "養养", "養", lexicon.traditional)],
)  # fmt: skip
def test_a_fault_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, before: str, after: str, read: object
) -> None:
    text = (lexicon.FOLDER / name).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after), encoding="utf-8")
    monkeypatch.setattr(lexicon, "FOLDER", tmp_path)
    with pytest.raises(CatalogueFault, match=name):
        read.__wrapped__()  # type: ignore[attr-defined]
