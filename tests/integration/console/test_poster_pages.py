"""A poster from the console: found, made, refused with a reason, printed with what is true of the facility."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from bot.wechat.service import MINI_CODE
from config.settings import Settings
from models.facilities.directory import directory
from models.kernel.clock import FixedClock
from tests.factories.console import Browser
from tests.integration.wechat.conftest import Sandbox, sandbox
from tests.integration.wechat.test_posters import facility_id
from wsgi import compose

__all__ = ["facility_id", "sandbox"]
Open = Callable[..., Browser]


@pytest.fixture
def app(settings: Settings, sandbox: Sandbox, clock: FixedClock, facility_id: str) -> Iterator[Flask]:
    yield compose(settings.model_copy(update={"wechat_api_base": sandbox.url}), clock)
    directory().close()


def test_a_poster_is_made_in_two_steps_and_printed(browser: Open, sandbox: Sandbox, facility_id: str) -> None:
    who = browser("supervisor")
    assert f"/console/facilities/{facility_id}" in who.get("/console/facilities?q=温汤")
    path = f"/console/facilities/{facility_id}"
    assert who.get(path).count("还没有生成") == 2
    sandbox.fault("41030", MINI_CODE)
    refused = who.send(f"/console/do/staff/facilities/{facility_id}/poster-code")
    assert refused.status_code == 409
    assert "请先发布小程序" in who.page and who.page.count("还没有生成") == 1, "the chat's code is there already"
    made = who.send(f"/console/do/staff/facilities/{facility_id}/poster-code")
    assert made.status_code == 303
    page = who.get(path)
    assert "码已生成" in page and "生成还缺的码" not in page
    poster = who.get(f"{path}/poster")
    assert all(each in poster for each in ("温汤康养养老院", "每天", "扫一扫，打开小程序", "扫一扫，和我们对话"))
    for kind in ("mini", "chat"):
        address = f"/console/files/staff/facilities/{facility_id}/poster-code/picture?kind={kind}"
        assert address in poster
        assert who.client.get(address).mimetype.startswith("image/")


def test_a_programme_has_a_poster_and_intake_makes_none(browser: Open, facility_id: str) -> None:
    who, path = browser("planner", district_code=None), "/console/facilities/programmes/childcare_place"
    who.get(path)
    assert who.send("/console/do/staff/programmes/childcare_place/poster-code").status_code == 303
    assert "先测一测能不能办" in who.get(f"{path}/poster")
    intake = browser("township_intake")
    intake.get(path)
    assert intake.status == 403
