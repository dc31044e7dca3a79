"""The pages for everybody: what they show, what they never show, and that nothing asked breaks them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from api.public.blueprint import PAGES
from models.facilities.prices import prices_cell
from tests.factories import notices
from tests.factories.casework import make_centre

PLAIN = [path for path in PAGES if "<" not in path]


@pytest.mark.parametrize("path", PLAIN)
def test_every_page_stands_without_data_without_script_and_without_anything_from_elsewhere(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    assert "Set-Cookie" not in answer.headers
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script|\son\w+=|style=", page) == []
    assert re.findall(r'(?:src|<link[^>]*href)="https?://', page) == []


@pytest.mark.parametrize(
    "path", ["/facility/nothing", "/notices/nothing", "/draws/nothing", "/indicators/nothing", "/nothing"]
)
def test_what_is_not_there_says_so(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?q=%00", "?cursor=x&q=y", "?place=" + "长" * 999, "?category=$ne&place=x", "?q=<script>", "?open_now[]=1"],
)
def test_bad_questions_are_answered_with_a_page(client: FlaskClient, query: str) -> None:
    for path in ("/", "/circles", "/notices", "/draws"):
        answer = client.get(path + query)
        assert answer.status_code < 500 and answer.mimetype == "text/html"
        assert "<script" not in answer.get_data(as_text=True)


def test_a_facility_is_found_near_a_place_and_shown(client: FlaskClient) -> None:
    centre = make_centre()
    unknown = client.get(f"/facility/{centre}").get_data(as_text=True)
    assert "还没有登记价格" in unknown and "免费" not in unknown
    prices = prices_cell("保育费 托小班 1800元/月 政府指导价 备注：含<b>被褥</b>；伙食费 15元/日")
    centre = make_centre(prices=prices, prices_valid_from="2026-09-01")
    page = client.get("/?category=childcare_centre&place=三阳镇").get_data(as_text=True)
    assert "阳光托育中心" in page and f"/facility/{centre}" in page
    shown = client.get(f"/facility/{centre}").get_data(as_text=True)
    assert "空余托位" in shown and "还没有公开的检查结果" in shown
    assert (
        "<h3>托小班</h3>" in shown
        and "1,800 元/月" in shown
        and "政府指导价；含&lt;b&gt;" in shown
        and "15 元/日" in shown
    )
    assert "9月1日起执行" in shown and "还没有登记价格" not in shown
    assert "没有找到" in client.get("/?category=childcare_centre&place=没有这个地方").get_data(as_text=True)


def test_a_notice_shows_the_masked_name_only(client: FlaskClient) -> None:
    applicant = notices.resident_named(notices.APPLICANT)
    _, notice_id = notices.make_on_notice(applicant)
    page = client.get("/notices").get_data(as_text=True) + client.get(f"/notices/{notice_id}").get_data(as_text=True)
    assert notices.APPLICANT[0] + "*" in page and notices.APPLICANT not in page
