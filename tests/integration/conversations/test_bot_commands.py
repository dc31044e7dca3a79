"""The chat in the terminal, and the plain interface of understanding."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bot import commands
from bot.commands import bot
from bot.understanding import readiness, trained, training, understand, utterances, vectors
from bot.understanding.search import Search
from bot.understanding.utterances import Utterance


def test_understand_reads_a_line_and_writes_a_line(app: Flask) -> None:
    given = "托育 温汤\n\n呜啦\n公组房怎么申请\r\n"
    result = app.test_cli_runner().invoke(bot, ["understand"], input=given)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [(line["intent"], line["slots"]) for line in lines] == [
        ("find_service", {"category": "childcare_centre", "place": "温汤"}),
        ("out_of_scope", {}),
        ("out_of_scope", {}),
        ("apply", {"programme": "public_rental_housing"}),
    ]
    assert all(set(line) == {"intent", "confidence", "slots"} and 0 <= line["confidence"] <= 1 for line in lines)


def test_talk_is_a_chat_that_goes_on(app: Flask) -> None:
    first = app.test_cli_runner().invoke(bot, ["talk"], input="养老院\n@27.7,114.29\n取消\n")
    assert first.exit_code == 0, first.output
    for part in ("欢迎来到宜享", "帮您找养老院", "暂时没有查到养老院", "已经取消"):
        assert part in first.output
    runner = app.test_cli_runner()
    assert "您在哪里" in runner.invoke(bot, ["talk", "--as", "wang"], input="养老院\n").output
    assert "没有找到" in runner.invoke(bot, ["talk", "--as", "wang"], input="北京天安门\n").output


@pytest.fixture
def few_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The catalogue with a few edited sentences, and what was learned of the others out of the way."""
    few = tuple(each for number, each in enumerate(utterances.utterances()) if number % 40 == 0)
    kinds = {(each.intent, each.names): each for each in utterances.utterances()}
    edited = (*dict.fromkeys((*few, *kinds.values())), Utterance("鸟笼挂歪了找哪个", "human", None))
    for module in (trained, training):
        monkeypatch.setattr(module, "utterances", lambda: edited)
    for module in (trained, commands):
        monkeypatch.setattr(module, "SHIPPED", tmp_path / "trained.npz")
    monkeypatch.setattr(commands, "FOLDER", tmp_path)
    for name in ("plan", "indicator"):  # a vector of each of the plan's sentences would take a minute
        monkeypatch.setattr(commands, f"{name}_search", lambda name=name: Search(name, ("养老服务", "托育服务")))
    monkeypatch.setattr(trained, "_current", None)
    before = vectors._folder[:]
    yield tmp_path
    vectors._folder[:] = before


def test_an_edit_without_training_is_learned_at_the_start_and_kept(app: Flask, few_examples: Path) -> None:
    readiness.make_ready(few_examples / "data")
    assert understand("鸟笼挂歪了找哪个").intent == "human", "learned from the edit"
    kept = few_examples / "data" / readiness.KEPT
    first = kept.stat().st_mtime_ns
    readiness.make_ready(few_examples / "data")
    assert kept.stat().st_mtime_ns == first, "the next start only reads it"


def test_train_learns_the_edit_and_keeps_it_with_the_product(app: Flask, few_examples: Path) -> None:
    with pytest.raises(RuntimeError, match="bot train"):
        trained.current()
    done = app.test_cli_runner().invoke(bot, ["train"])
    assert done.exit_code == 0, done.output
    assert {each.stem for each in few_examples.glob("*.npz")} == {"trained", "plan", "indicator"}
    assert understand("鸟笼挂歪了找哪个").intent == "human"
