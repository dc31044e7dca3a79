"""The account's menu and the posters' codes, through the client and the sandbox with WeChat's own refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.account_commands import catalogue_menu
from bot.commands import bot
from bot.dialogues.menu import clicked
from bot.wechat.menu import MenuLine, faults, payload
from bot.wechat.outcomes import WechatRefused
from bot.wechat.service import MENU_CREATE, QRCODE_CREATE, Wechat
from config.settings import Settings
from models.facilities.directory import directory
from models.facilities.documents import Facility
from models.facilities.importing import RawRow, import_rows
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from tests.integration.wechat.conftest import Sandbox
from wsgi import compose

LINE = MenuLine("附近", "nearby")


@pytest.fixture
def app(settings: Settings, sandbox: Sandbox, clock: FixedClock) -> Iterator[Flask]:
    yield compose(settings.model_copy(update={"wechat_api_base": sandbox.url}), clock)
    directory().close()


@pytest.fixture
def facility_id(database: str, clock: FixedClock) -> str:
    row = {
        "external_id": "e1", "name": "温汤康养养老院", "category": "elder_care_home", "longitude": "114.29",
        "latitude": "27.69", "datum": "gcj02", "opening_hours": "24/7", "source": "invented",
    }  # fmt: skip
    report = import_rows([RawRow(2, row)], by=SYSTEM, at=clock.now(), name="test")
    assert report.accepted == 1, report.rejected
    found = collection(Facility).find_one({})
    assert found is not None
    return str(found["_id"])


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


def test_a_code_wants_a_scene_that_fits(wechat: Wechat) -> None:
    lasting = wechat.qr_ticket("facility:" + "0" * 26)
    assert lasting.seconds is None and lasting.ticket in lasting.picture_url
    assert wechat.qr_ticket("fair", 3600).seconds == 3600
    for scene, seconds in (("", None), ("x" * 65, None), ("x", 2592001), ("x", 0)):
        with pytest.raises(WechatRefused) as refused:
            wechat.qr_ticket(scene, seconds)
        assert refused.value.errcode == 40053


def test_a_facilitys_poster_is_made_once(
    app: Flask, client: FlaskClient, sandbox: Sandbox, staff: Callable[..., dict[str, str]], facility_id: str
) -> None:
    url, headers = f"/api/v1/staff/facilities/{facility_id}/poster-code", staff("supervisor", district_code=None)
    made = [client.post(url, headers={**headers, "Idempotency-Key": new_id()}) for _ in range(2)]
    assert made[0].status_code == 200 and made[0].json == made[1].json
    assert made[0].json["scene"] == f"facility:{facility_id}"
    assert list(sandbox.state.qrcodes.values()) == [made[0].json["scene"]]
    result = app.test_cli_runner().invoke(bot, ["poster", facility_id], catch_exceptions=False)
    printed = result.output
    assert made[0].json["url"] in printed
    assert sandbox.calls.count(QRCODE_CREATE) == 1, "WeChat gives only so many"
    nobody = client.post(url.replace(facility_id, new_id()), headers={**headers, "Idempotency-Key": new_id()})
    assert nobody.status_code == 404
    assert app.test_cli_runner().invoke(bot, ["poster", "nobody"]).exit_code == 1
