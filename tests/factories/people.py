"""ID numbers, a WeChat on loopback, and callers of the API, for tests of residents and staff."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
LOGIN = {"username": "reviewer", "password": PASSWORD}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_counter = itertools.count(1)


def id_number(born: str = "19900101", region: str = "360902", sequence: int | None = None) -> str:
    """A number of right form; another one at each call unless `sequence` is named."""
    first17 = f"{region}{born}{(next(_counter) if sequence is None else sequence) % 1000:03d}"
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


class WechatStandIn:
    """Answers as WeChat does: code `login-NAME` is openid `openid-NAME`; `answers` puts another answer to a path."""

    def __init__(self, server: HTTPServer) -> None:
        self.answers: dict[str, Any] = {}
        self.unionids: dict[str, str] = {}
        self.used: list[str] = []
        server.expect_request("/cgi-bin/stable_token").respond_with_json({"access_token": "T", "expires_in": 7200})
        server.expect_request("/sns/jscode2session").respond_with_handler(self._session)
        server.expect_request("/wxa/business/getuserphonenumber").respond_with_handler(self._phone)

    def _session(self, request: Request) -> Response:
        return self._answer("session", request.args["js_code"], self._known)

    def _phone(self, request: Request) -> Response:
        return self._answer("phone", (request.json or {})["code"], lambda code: {
            "errcode": 0, "phone_info": {"purePhoneNumber": code.removeprefix("phone-"), "countryCode": "86"}
        })  # fmt: skip

    def _answer(self, path: str, code: str, known: Callable[[str], Any]) -> Response:
        self.used.append(code)
        answer = self.answers[path] if path in self.answers else known(code)
        return answer if isinstance(answer, Response) else _json(answer)

    def _known(self, code: str) -> dict[str, Any]:
        if not code.startswith("login-"):
            return {"errcode": 40029, "errmsg": "invalid code"}
        openid = "openid-" + code.removeprefix("login-")
        unionid = self.unionids.get(openid)
        return {"openid": openid, "session_key": "K", **({"unionid": unionid} if unionid else {})}


def _json(answer: Any) -> Response:
    return Response(json.dumps(answer), mimetype="application/json")


class Caller:
    """Calls the API as one caller; every POST carries a fresh idempotency key unless one is named."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self._client = client
        self.headers = headers

    @property
    def id(self) -> str:
        return self.headers["X-Resident-Id"]

    def __call__(self, method: str, path: str, body: Any = None, key: str | None = None) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": key or f"key-{next(_counter):08d}"}
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, json=body)


def signed_in(anyone: Caller, call: Callable[..., Caller], **more: str) -> Caller:
    """The caseworker `reviewer`, signed in."""
    token = anyone("POST", "/staff/auth/login", {**LOGIN, **more}).json["token"]
    return call({"Authorization": f"Bearer {token}"})
