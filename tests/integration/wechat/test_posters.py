"""Posters: the codes of the chat and of the mini-program, through the client and the sandbox with WeChat's refusals."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from bot.commands import bot
from bot.wechat.client import STABLE_TOKEN
from bot.wechat.outcomes import WechatRefused
from bot.wechat.sandbox import codes
from bot.wechat.service import MINI_CODE, QRCODE_CREATE, Wechat
from config.settings import Settings
from models.conversations import posters
from models.conversations.scenes import scenes_file
from models.facilities.directory import directory
from models.facilities.documents import Facility
from models.facilities.importing import RawRow, import_rows
from models.indicators import usage
from models.indicators.documents import UsageEvent
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from tests.integration.conversations.conftest import Tell, tell
from tests.integration.wechat.conftest import Sandbox
from wsgi import compose

__all__ = ["tell"]
WENTANG = "1791416"
Post = Callable[[], TestResponse]


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


@pytest.fixture
def headers(staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    return staff("supervisor", district_code=None)


@pytest.fixture
def url(facility_id: str) -> str:
    return f"/api/v1/staff/facilities/{facility_id}/poster-code"


@pytest.fixture
def post(client: FlaskClient, headers: dict[str, str], url: str) -> Post:
    return lambda: client.post(url, headers={**headers, "Idempotency-Key": new_id()})


def dots(picture: bytes, margin: int) -> list[list[int]]:
    """The dots of a QR code in a picture, its margin (in dots) left out: 1 for a dark one."""
    with Image.open(io.BytesIO(picture)) as opened:
        grey = opened.convert("L")
    across = next(n for n in range(21, 178, 4) if _starts(grey, n + 2 * margin, margin))
    size = grey.width / (across + 2 * margin)
    centre = [int((n + margin + 0.5) * size) for n in range(across)]
    return [[int(grey.getpixel((x, y)) < 128) for x in centre] for y in centre]  # type: ignore[operator]


def _starts(grey: Image.Image, across: int, margin: int) -> bool:
    """Whether the picture's finder pattern (seven dark dots) has the width that so many dots would give it."""
    size = grey.width / across
    row = [grey.getpixel((x, int((margin + 0.5) * size))) < 128 for x in range(grey.width)]  # type: ignore[operator]
    first = row.index(True)
    return abs(row.index(False, first) - first - 7 * size) < size / 2


def test_a_code_of_the_chat_wants_a_scene_that_fits(wechat: Wechat) -> None:
    lasting = wechat.qr_ticket("facility:" + "0" * 26)
    assert lasting.seconds is None and lasting.ticket in lasting.picture_url
    assert wechat.qr_ticket("fair", 3600).seconds == 3600
    for scene, seconds in (("", None), ("x" * 65, None), ("x", 2592001), ("x", 0)):
        with pytest.raises(WechatRefused) as refused:
            wechat.qr_ticket(scene, seconds)
        assert refused.value.errcode == 40053


@pytest.mark.parametrize(("scene", "code"), [
    ("", 40169), ("x" * 33, 40169), ("温汤", 40129), ("a%20b", 40129), ("scancode_time=1", 85096),
])  # fmt: skip
def test_a_code_of_the_mini_program_wants_a_scene_that_fits(wechat: Wechat, scene: str, code: int) -> None:
    with pytest.raises(WechatRefused) as refused:
        wechat.mini_code(scene, scenes_file().landing)
    assert refused.value.errcode == code


def test_a_facilitys_poster_is_made_once_and_both_codes_lead_there(
    app: Flask, client: FlaskClient, sandbox: Sandbox, post: Post, headers: dict[str, str], url: str, facility_id: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    empty = client.get(url, headers=headers).json
    assert (empty["name"], empty["chat"], empty["mini"]) == ("温汤康养养老院", None, None)
    assert client.get(f"{url}/picture?kind=mini", headers=headers).json["code"] == "poster_code_missing"
    made = [post(), post(), client.get(url, headers=headers)]
    assert made[0].status_code == 200 and made[0].json == made[1].json == made[2].json
    chat, mini = made[0].json["chat"], made[0].json["mini"]
    assert chat["scene"] == f"facility:{facility_id}"
    assert list(sandbox.state.qrcodes.values()) == [chat["scene"]]
    # The pictures say what they should: the mini-program's leads to the phone, at the landing page with its scene.
    picture = client.get(f"{url}/picture?kind=mini", headers=headers)
    assert (picture.mimetype, picture.headers["Content-Disposition"][:10]) == ("image/jpeg", "attachment")
    leads = codes.link(sandbox.url, mini["page"], mini["scene"])
    assert dots(picture.data, 4) == [list(row) for row in segno.make(leads, error="m").matrix]
    picture = client.get(f"{url}/picture?kind=chat", headers=headers)
    assert dots(picture.data, 4) == [list(row) for row in segno.make(chat["url"], error="m").matrix]
    # Whoever has scanned is led on; it is counted where the facility is, and nobody is asked who they are.
    usage.discard()
    led = client.get(f"/api/v1/scenes/{mini['scene']}")
    assert led.json == {"page": "pages/nearby/facility", "query": {"id": facility_id}}
    assert led.headers["ETag"]
    usage.flush()
    assert [(u["measure"], u["district_code"]) for u in collection(UsageEvent).find({})] == [("poster_scan", "360902")]
    printed = app.test_cli_runner().invoke(bot, ["poster", facility_id, "--save", str(tmp_path / "p")]).output
    assert chat["url"] in printed and mini["scene"] in printed
    assert sorted(each.suffix for each in (tmp_path / "p").iterdir()) == [".jpg", ".png"]
    assert sandbox.calls.count(QRCODE_CREATE) == sandbox.calls.count(MINI_CODE) == 1, "each is asked for once"
    nobody = url.replace(facility_id, new_id())
    assert client.post(nobody, headers={**headers, "Idempotency-Key": new_id()}).status_code == 404
    assert app.test_cli_runner().invoke(bot, ["poster", "nobody"]).exit_code == 1


def test_a_programmes_poster_leads_to_the_programme(
    client: FlaskClient, headers: dict[str, str], facility_id: str
) -> None:
    url = "/api/v1/staff/programmes/childcare_place/poster-code"
    made = client.post(url, headers={**headers, "Idempotency-Key": new_id()})
    assert made.json["chat"]["scene"] == "programme:childcare_place"
    led = client.get(f"/api/v1/scenes/{made.json['mini']['scene']}")
    assert led.json == {"page": "pages/programmes/programme", "query": {"token": "childcare_place"}}
    assert client.get(f"{url}/picture?kind=mini", headers=headers).mimetype == "image/jpeg"
    assert client.get("/api/v1/staff/programmes/nothing/poster-code", headers=headers).status_code == 404


def test_a_townships_poster_leads_to_what_is_near_it(client: FlaskClient, headers: dict[str, str]) -> None:
    url = f"/api/v1/staff/places/{WENTANG}/poster-code"
    made = client.post(url, headers={**headers, "Idempotency-Key": new_id()})
    assert (made.json["name"], made.json["chat"]["scene"]) == ("温汤镇", f"township:{WENTANG}")
    led = client.get(f"/api/v1/scenes/{made.json['mini']['scene']}").json
    assert led == {"page": "pages/nearby/index", "query": {"township": WENTANG}}
    place = client.get(f"/api/v1/places/{led['query']['township']}?datum=gcj02").json
    assert (place["name"], place["location"]["datum"]) == ("温汤镇", "gcj02")
    assert client.get("/api/v1/places/360902").json["kind"] == "county"
    for nowhere in ("/api/v1/places/1", "/api/v1/staff/places/360902/poster-code"):
        assert client.get(nowhere, headers=headers).status_code == 404


def test_a_scan_into_the_chat_is_counted_where_the_facility_is(tell: Tell, facility_id: str) -> None:
    usage.discard()
    for about in (facility_id, "nothing"):
        tell(event="scan", event_key=f"facility:{about}")
    usage.flush()
    found = {(u["measure"], u["district_code"], u["count"]) for u in collection(UsageEvent).find({})}
    assert found == {("poster_scan", "360902", 1), ("facility_view", "360902", 1), ("conversation_message", "", 2)}


def test_a_scene_that_leads_nowhere_is_told_so(client: FlaskClient, post: Post, facility_id: str) -> None:
    scene = post().json["mini"]["scene"]
    for wrong in (new_id(), scene.lower(), scene[:-1], "x" * 200, "facility:1"):
        answer = client.get(f"/api/v1/scenes/{wrong}")
        assert (answer.status_code, answer.json["code"]) == (404, "scene_unknown")
    collection(Facility).delete_one({"_id": facility_id})
    assert client.get(f"/api/v1/scenes/{scene}").json["code"] == "scene_gone"


def test_what_wechat_does_not_give_is_said_and_nothing_is_kept_by_half(
    app: Flask, client: FlaskClient, sandbox: Sandbox, post: Post, headers: dict[str, str], url: str, facility_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sandbox.fault("down", MINI_CODE, times=9)
    refused = post()
    assert (refused.status_code, refused.json["code"]) == (503, "wechat_unavailable") and refused.headers["Retry-After"]
    sandbox.client.delete("/sandbox/faults")
    monkeypatch.setattr(codes, "screens", frozenset)  # no mini-program has been published
    refused = post()
    assert (refused.status_code, refused.json["code"]) == (409, "mini_program_unpublished")
    assert "发布小程序" in app.test_cli_runner().invoke(bot, ["poster", facility_id]).output
    monkeypatch.undo()
    sandbox.fault("45009", MINI_CODE)
    refused = post()
    assert (refused.status_code, refused.json["code"]) == (503, "wechat_codes_used_up")
    assert refused.headers["Retry-After"] == "60"
    with monkeypatch.context() as cut:  # the connection breaks in the middle of the picture
        cut.setattr(codes, "drawn", lambda content, width, whole=codes.drawn: whole(content, width)[:2000])
        assert post().json["code"] == "wechat_unavailable"
    kept = client.get(url, headers=headers).json
    assert kept["mini"] is None and kept["chat"], "the chat's code is whole by itself"
    assert collection(posters.MiniCode).count_documents({}) == 0
    assert post().json["mini"]


def test_the_minutes_codes_are_used_up_and_come_back(sandbox: Sandbox, clock: FixedClock) -> None:
    minute, most = codes.Minute(), 5000
    assert all(minute.take(clock.now()) for _ in range(most))
    assert not minute.take(clock.now())
    assert minute.take(clock.advance(seconds=60))


@pytest.mark.parametrize("stale", ["40001", "42001"])
def test_a_token_that_is_over_is_renewed_once(sandbox: Sandbox, post: Post, stale: str) -> None:
    sandbox.fault(stale, MINI_CODE)
    assert post().status_code == 200
    # One of each account at first, and the mini-program's again.
    assert (sandbox.calls.count(MINI_CODE), sandbox.calls.count(STABLE_TOKEN)) == (2, 4)


def test_two_who_ask_at_once_have_the_same_codes(
    app: Flask, sandbox: Sandbox, url: str, headers: dict[str, str]
) -> None:
    sandbox.fault("late", MINI_CODE, times=2, seconds=0.3)

    def post() -> TestResponse:
        return app.test_client().post(url, headers={**headers, "Idempotency-Key": new_id()})

    with ThreadPoolExecutor(2) as both:
        answers = [each.result() for each in [both.submit(post), both.submit(post)]]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert collection(posters.MiniCode).count_documents({}) == collection(posters.PosterCode).count_documents({}) == 1
