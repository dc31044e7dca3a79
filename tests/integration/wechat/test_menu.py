"""The account's menu, through the client and the sandbox with WeChat's own refusals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from bot.account_commands import catalogue_menu
from bot.commands import bot
from bot.dialogues.menu import clicked
from bot.wechat.menu import MenuLine, faults, payload
from bot.wechat.outcomes import WechatRefused
from bot.wechat.service import MENU_CREATE, Wechat
from config.settings import Settings
from models.facilities.directory import directory
from models.kernel.clock import FixedClock
from tests.integration.wechat.conftest import Sandbox
from wsgi import compose

LINE = MenuLine("附近", "nearby")


@pytest.fixture
def app(settings: Settings, sandbox: Sandbox, clock: FixedClock) -> Iterator[Flask]:
    yield compose(settings.model_copy(update={"wechat_api_base": sandbox.url}), clock)
    directory().close()


def test_the_catalogues_menu_is_pushed_and_each_line_of_it_is_understood(app: Flask, sandbox: Sandbox) -> None:
    runner = app.test_cli_runner()
    assert "现在没有菜单" in runner.invoke(bot, ["menu", "show"]).output
    pushed = runner.invoke(bot, ["menu", "push"])
    assert (pushed.exit_code, "菜单已经推送" in pushed.output) == (0, True), pushed.output
    below = [line for button in sandbox.state.menu["button"] for line in button["sub_button"]]
    assert all(clicked(line["key"]) is not None for line in below)
    shown = runner.invoke(bot, ["menu", "show"]).output
    assert "与目录里的菜单一致" in shown
    assert all(line["name"] in shown for line in below)
    assert "养老院" in sandbox.client.get("/phone").text, "the phone shows what was pushed"
    sandbox.fault("40018", MENU_CREATE)
    refused = runner.invoke(bot, ["menu", "push"])
    assert (refused.exit_code, "40018" in refused.output) == (1, True)
    sandbox.fault("down", MENU_CREATE, times=9)
    assert "没有回应" in runner.invoke(bot, ["menu", "push"]).output


@pytest.mark.parametrize(
    ("lines", "code", "named"),
    [
        ([], 40016, "菜单"),
        ([LINE] * 4, 40016, "4 项"),
        ([MenuLine("一二三四五六", "k")], 40018, "一二三四五六"),
        ([MenuLine("附近", "")], 40019, "附近"),
        ([MenuLine("附近", "k" * 129)], 40019, "附近"),
        ([MenuLine("找", "", [LINE] * 6)], 40023, "“找”下面"),
        ([MenuLine("找", "", [MenuLine("字" * 21, "k")])], 40025, "字" * 21),
        ([MenuLine("找", "", [MenuLine("近", "")])], 40026, "近"),
    ],
)  # fmt: skip
def test_what_wechat_refuses_is_named_by_us_first(wechat: Wechat, lines: list[MenuLine], code: int, named: str) -> None:
    assert any(named in fault for fault in faults(lines)), faults(lines)
    with pytest.raises(WechatRefused) as refused:
        wechat.push_menu(payload(lines))
    assert refused.value.errcode == code


def test_the_catalogues_menu_has_no_fault() -> None:
    assert faults(catalogue_menu()) == []
