"""The stand-in behaves as WeChat and the planning office do, survives a restart, and never starts in production."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot.wechat.sandbox import create_app
from bot.wechat.sandbox.office import sign
from bot.wechat.sandbox.people import Person
from config.settings import Settings, SettingsError, development_key

KEY = "development-indicator-key"
OBSERVATION = {"indicator": "elder_care_beds", "period": "2026-10", "value": 29000, "revision": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def sandbox(folder: Path) -> FlaskClient:
    return start(folder)


def start(folder: Path) -> FlaskClient:
    return create_app(Settings(data_dir=folder), "http://127.0.0.1:9/wechat").test_client()


def token(sandbox: FlaskClient, account: str = "official", **more: object) -> dict[str, object]:
    body = {
        "grant_type": "client_credential", "appid": f"wx-development-{account}",
        "secret": f"development-{account}-secret", **more,
    }  # fmt: skip
    answer: dict[str, object] = sandbox.post("/cgi-bin/stable_token", json=body).json
    return answer


def push(sandbox: FlaskClient, body: bytes, key: str = "k1", timestamp: str | None = None, **headers: str):  # type: ignore[no-untyped-def]
    stamp = timestamp or str(int(sandbox.application.extensions["sandbox"].now().timestamp()))
    signed = {
        "X-Yixiang-Timestamp": stamp, "X-Yixiang-Signature": sign(KEY, stamp, body), "Idempotency-Key": key, **headers,
    }  # fmt: skip
    return sandbox.post("/planning-office/observations", data=body, headers=signed)


def test_it_never_starts_in_production(folder: Path) -> None:
    settings = Settings.model_construct(environment="production", data_dir=folder, secret_keys=development_key("x"))
    with pytest.raises(SettingsError, match="ENVIRONMENT"):
        create_app(settings)
    assert list(folder.iterdir()) == []


def test_the_stable_token_stays_the_same_until_it_is_forced(sandbox: FlaskClient, folder: Path) -> None:
    first = token(sandbox)
    assert 0 < int(str(first["expires_in"])) <= 7200
    assert token(sandbox)["access_token"] == first["access_token"]
    forced = token(sandbox, force_refresh=True)["access_token"]
    assert forced != first["access_token"]
    # The old one lives five minutes more, and both survive a restart.
    again = start(folder)
    assert token(again)["access_token"] == forced
    for good in (first["access_token"], forced):
        assert again.get(f"/cgi-bin/user/info?access_token={good}&openid=x").json["errcode"] == 40003
    assert again.get("/cgi-bin/user/info?access_token=other&openid=x").json["errcode"] == 40001
    assert token(sandbox, secret="wrong")["errcode"] == 40125
    assert token(sandbox, appid="wx-else")["errcode"] == 40013


def test_the_other_accounts_token_is_not_good(sandbox: FlaskClient) -> None:
    mini = token(sandbox, "mini")["access_token"]
    assert sandbox.get(f"/cgi-bin/user/info?access_token={mini}&openid=x").json["errcode"] == 40001


def test_subscription_messages_need_a_consent_and_fitting_values(sandbox: FlaskClient, folder: Path) -> None:
    access = token(sandbox, "mini")["access_token"]
    lili = Person("lili").mini_openid

    def send(openid: str = lili, **data: str) -> int:
        body = {
            "touser": openid,
            "template_id": "sandbox-visit-reminder",
            "data": {k: {"value": v} for k, v in data.items()},
        }
        found: int = sandbox.post(f"/cgi-bin/message/subscribe/send?access_token={access}", json=body).json["errcode"]
        return found

    assert send(thing1="探访") == 40003
    consent = {"name": "lili", "template": "visit_reminder"}
    assert sandbox.post("/sandbox/phone/consents", json=consent).status_code == 202
    assert send(thing1="中" * 21) == 47003
    assert send(phrase2="ok") == 47003
    assert send() == 47003
    assert send(Person("lili").official_openid, thing1="探访") == 40003
    assert send(thing1="探访") == 0
    assert send(thing1="探访") == 43101
    shown = [e for e in start(folder).get("/sandbox/phone?name=lili").json["entries"] if e["kind"] == "notice"]
    assert [entry["values"] for entry in shown] == [["探访"]]


def test_faults_on_demand_are_used_up(sandbox: FlaskClient) -> None:
    sandbox.post("/sandbox/faults", json={"fault": "45009", "path": "/cgi-bin/", "times": 2})
    sandbox.post("/sandbox/faults", json={"fault": "down", "path": "/planning-office"})
    assert [token(sandbox).get("errcode") for _ in range(3)] == [45009, 45009, None]
    body = json.dumps(OBSERVATION).encode()
    assert [push(sandbox, body).status_code for _ in range(2)] == [503, 201]
    sandbox.post("/sandbox/faults", json={"fault": "500", "times": 9})
    assert sandbox.get("/phone").status_code == 200
    assert sandbox.delete("/sandbox/faults").json == []
    assert push(sandbox, body).status_code == 200
    assert sandbox.post("/sandbox/faults", json={"fault": "sleepy"}).status_code == 422


def test_the_planning_office_takes_what_is_signed_once(sandbox: FlaskClient, folder: Path) -> None:
    body = json.dumps(OBSERVATION).encode()
    first, second = push(sandbox, body), push(sandbox, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert first.json["receipt"]
    other = json.dumps({**OBSERVATION, "value": 1}).encode()
    assert push(sandbox, other).status_code == 409
    assert push(sandbox, other, "k2").status_code == 201
    items = start(folder).get("/planning-office/observations").json["items"]
    assert sorted(item["value"] for item in items) == [1, 29000]
    page = sandbox.get("/planning-office")
    assert page.status_code == 200
    assert "elder_care_beds" in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Yixiang-Signature": "sha256=" + "0" * 64}, 401),
        ({"X-Yixiang-Signature": "签名".encode().decode("latin1")}, 401),
        ({"X-Yixiang-Timestamp": "1"}, 401),
        ({"X-Yixiang-Timestamp": "now"}, 401),
        ({"Idempotency-Key": ""}, 400),
    ],
)
def test_unsigned_pushes_are_refused(sandbox: FlaskClient, headers: dict[str, str], status: int) -> None:
    assert push(sandbox, json.dumps(OBSERVATION).encode(), **headers).status_code == status
    assert sandbox.get("/planning-office/observations").json == {"items": []}


def test_a_stale_or_malformed_push_is_refused(sandbox: FlaskClient) -> None:
    assert push(sandbox, b"{}", timestamp="1700000000").json["code"] == "stale"
    for body in (b"", b"[]", b"{", b'{"indicator": 1}', b"\xff"):
        assert push(sandbox, body).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        None, [], {"name": "x"}, {"name": "", "kind": "text"}, {"name": "a b", "kind": "text"},
        {"name": "x", "kind": "text", "text": "y" * 3001}, {"name": "x", "kind": "location", "latitude": 100},
        {"name": "x", "kind": "event", "event": "explode"}, {"name": {"$ne": None}, "kind": "text"},
    ],
)  # fmt: skip
def test_the_phone_refuses_what_no_phone_sends(sandbox: FlaskClient, body: object) -> None:
    assert sandbox.post("/sandbox/phone/messages", json=body).status_code == 422


def test_the_page_loads_nothing_from_elsewhere_and_allows_no_inline_script(sandbox: FlaskClient) -> None:
    page = sandbox.get("/phone")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert " onclick=" not in page.text
    for asset in ("phone.css", "phone.js", "icon.svg", "office.css"):
        assert sandbox.get(f"/sandbox/static/{asset}").status_code == 200


def test_a_journal_cut_in_the_middle_of_a_line_still_opens(sandbox: FlaskClient, folder: Path) -> None:
    push(sandbox, json.dumps(OBSERVATION).encode())
    journal = folder / "sandbox" / "journal.jsonl"
    with journal.open("a", encoding="utf-8") as stream:
        stream.write('{"kind": "entr')
    assert len(start(folder).get("/planning-office/observations").json["items"]) == 1
