"""The chat in the terminal, and the plain interface of understanding."""

import json

from flask import Flask

from bot.commands import bot


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
