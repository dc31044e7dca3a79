"""WeChat's own endpoints, with its paths, error codes and quotas, for both accounts."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.wechat.sandbox import codes
from bot.wechat.sandbox.people import RISKY_NAME, Person, cast, person_of_login, phone_of
from bot.wechat.sandbox.state import State
from config.loading import rule
from config.settings import Settings
from models.kernel.clock import day_of

MESSAGES = {
    0: "ok", 40001: "invalid credential, access_token is invalid or not latest", 40003: "invalid openid",
    40008: "invalid message type", 40013: "invalid appid", 40029: "invalid code", 40037: "invalid template_id",
    40125: "invalid appsecret", 40226: "code blocked", 41001: "access_token missing", 42001: "access_token expired",
    43004: "require subscribe", 43101: "user refuse to accept the msg", 44004: "empty content",
    45002: "content size out of limit", 45009: "reach max api daily quota limit",
    45008: "article count invalid",
    45015: "response out of time limit or subscription is canceled", 45047: "out of response count limit",
    47001: "data format error", 47003: "argument invalid", 46003: "menu no exist",
    40016: "invalid button size", 40017: "invalid button type", 40018: "invalid button name size",
    40019: "invalid button key size", 40023: "invalid sub button size", 40024: "invalid sub button type",
    40025: "invalid sub button name size", 40026: "invalid sub button key size",
    40097: "invalid args", 40129: "invalid scene", 41030: "invalid page",
    40169: "invalid length for scene, or the data is not json string", 85096: "not allow include scancode_time field",
    40052: "invalid action name", 40053: "invalid action info", 45029: "qrcode count out of limit",
}  # fmt: skip
_LIMITS = {"thing": 20, "name": 10, "phrase": 5, "symbol": 5}
_PHRASE = re.compile("[\u4e00-\u9fff]{1,5}")
_FIELD = re.compile(r"([a-z_]+?)\d+", re.ASCII)
Body = dict[str, Any]


def error(code: int) -> Response:
    """WeChat's way to say no: status 200 and a code."""
    return jsonify({"errcode": code, "errmsg": MESSAGES.get(code, "error")})


class Accounts:
    """The endpoints' work; the routes only name it."""

    def __init__(self, settings: Settings, state: State) -> None:
        self._state = state
        self._official, self._mini = settings.wechat_official_appid, settings.wechat_mini_appid
        self._secrets = {
            self._official: settings.wechat_official_secret,
            self._mini: settings.wechat_mini_secret,
        }
        self._forced: dict[tuple[str, str], int] = {}
        self._codes = codes.Minute()

    def token(self, appid: Any, secret: Any, force: bool, fresh: bool) -> Response:
        """`stable_token` (the same token until it ends) or `token` (`fresh`: a new one each time)."""
        refused = self._check_secret(appid, secret)
        if refused:
            return error(refused)
        with self._state.lock:
            now = self._state.now().timestamp()
            text, until = self._newest(appid)
            if force and not self._may_force(appid):
                return error(45009)
            if fresh or force or until - rule("sandbox.old_token_seconds") <= now:
                text, until = secrets.token_urlsafe(64), now + rule("sandbox.token_seconds")
                self._state.record("token", appid=appid, token=text, until=until)
            return jsonify({"access_token": text, "expires_in": int(until - now)})

    def check_token(self, account: str) -> int:
        """0, or the code for a token that is not good for this account."""
        given = request.args.get("access_token", "")
        if not given:
            return 41001
        until = self._state.tokens.get(account, {}).get(given)
        if until is None:
            return 40001
        return 0 if until > self._state.now().timestamp() else 42001

    def login(self) -> Response:
        refused = self._check_secret(request.args.get("appid"), request.args.get("secret"))
        person = person_of_login(request.args.get("js_code", ""))
        if refused or person is None:
            return error(refused or 40029)
        if person.name == RISKY_NAME:
            return error(40226)
        self._state.chat(person.name)
        return jsonify(
            {"openid": person.mini_openid, "unionid": person.unionid, "session_key": secrets.token_urlsafe(16)}
        )

    def phone(self, body: Body) -> Response:
        number = phone_of(str(body.get("code", "")))
        if number is None:
            return error(40029)
        info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return jsonify({"errcode": 0, "errmsg": "ok", "phone_info": info})

    def custom(self, body: Body) -> Response:
        name = self._receiver(body, official=True)
        if name is None:
            return error(40003)
        entry = _custom_entry(body)
        if isinstance(entry, int):
            return error(entry)
        if not self._state.chat(name).following:
            return error(45015)
        allowed = self._state.use_allowance(name)
        if allowed != "ok":
            return error(45047 if allowed == "used" else 45015)
        self._state.say(name, side="in", pushed=True, raw=request.get_data(as_text=True), **entry)
        return jsonify({"errcode": 0, "errmsg": "ok"})

    def subscribe(self, body: Body, official: bool) -> Response:
        name = self._receiver(body, official)
        if name is None:
            return error(40003)
        template_id, data = body.get("template_id"), body.get("data")
        if not isinstance(template_id, str) or not template_id:
            return error(40037)
        if not _values_fit(data):
            return error(47003)
        if not self._state.use_credit(name, template_id):
            return error(43101)
        values = [value["value"] for value in data.values()] if isinstance(data, dict) else []
        self._state.say(
            name, side="in", kind="notice", pushed=True, template_id=template_id, values=values,
            page=str(body.get("page") or ""), raw=request.get_data(as_text=True),
        )  # fmt: skip
        return jsonify({"errcode": 0, "errmsg": "ok", "msgid": secrets.randbits(53)})

    def sec_check(self, body: Body) -> Response:
        content = str(body.get("content", ""))
        if not content:
            return error(44004)
        risky = any(word in content for word in cast().risky_words)
        result = {"suggest": "risky", "label": 20001} if risky else {"suggest": "pass", "label": 100}
        return jsonify({"errcode": 0, "errmsg": "ok", "result": result, "trace_id": secrets.token_hex(8)})

    def user_info(self) -> Response:
        openid = request.args.get("openid", "")
        name = self._state.name_of(openid)
        if name is None or Person(name).official_openid != openid:
            return error(40003)
        if not self._state.chat(name).following:
            return jsonify({"subscribe": 0, "openid": openid})
        return jsonify({"subscribe": 1, "openid": openid, "unionid": Person(name).unionid, "language": "zh_CN"})

    def create_menu(self, body: Body) -> Response:
        code = _menu_code(body.get("button"))
        if code == 0:
            self._state.record("menu", menu={"button": body["button"]})
        return error(code)

    def menu(self) -> Response:
        menu = self._state.menu
        return jsonify({"menu": menu}) if menu else error(46003)

    def qrcode(self, body: Body) -> Response:
        action, info = body.get("action_name"), body.get("action_info")
        if action not in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
            return error(40052)
        scene = info.get("scene") if isinstance(info, dict) else None
        text = scene.get("scene_str") if isinstance(scene, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= rule("wechat.qrcode_scene_chars"):
            return error(40053)
        seconds = body.get("expire_seconds", 60)
        passing = action == "QR_STR_SCENE"
        if passing and not (isinstance(seconds, int) and 0 < seconds <= rule("wechat.qrcode_seconds_most")):
            return error(40053)
        ticket = f"gQ{hashlib.sha256(f'{action} {text}'.encode()).hexdigest()}"
        self._state.record("qrcode", ticket=ticket, scene=text)
        lives = {"expire_seconds": seconds} if passing else {}
        return jsonify({"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[2:18]}", **lives})

    def mini_code(self, body: Body) -> Response:
        """A picture; of what is refused, JSON as everywhere. An ordinary QR code: WeChat's own is round, and only its
        phones read it."""
        code = codes.fault_of(body)
        if code == 0 and not self._codes.take(self._state.now()):
            code = 45009
        if code:
            return error(code)
        content = codes.link(request.host_url, codes.page_of(body), body["scene"])
        return Response(codes.drawn(content, codes.width_of(body)), mimetype="image/jpeg")

    def guarded(self, official: bool, work: Callable[[Body], Response]) -> Response:
        """A POST with a token and a JSON object."""
        refused = self.check_token(self._official if official else self._mini)
        body = request.get_json(force=True, silent=True)
        if refused or not isinstance(body, dict):
            return error(refused or 47001)
        return work(body)

    def guarded_get(self, work: Callable[[], Response]) -> Response:
        """A GET with the official account's token."""
        refused = self.check_token(self._official)
        return error(refused) if refused else work()

    def _receiver(self, body: Body, official: bool) -> str | None:
        openid = str(body.get("touser", ""))
        name = self._state.name_of(openid)
        if name is None:
            return None
        person = Person(name)
        return name if openid == (person.official_openid if official else person.mini_openid) else None

    def _check_secret(self, appid: Any, secret: Any) -> int:
        if appid not in self._secrets:
            return 40013
        return 0 if hmac.compare_digest(str(secret).encode(), self._secrets[appid].encode()) else 40125

    def _newest(self, appid: str) -> tuple[str, float]:
        tokens = self._state.tokens.get(appid, {})
        return max(tokens.items(), key=lambda each: each[1], default=("", 0.0))

    def _may_force(self, appid: str) -> bool:
        key = (appid, day_of(self._state.now()).isoformat())
        self._forced[key] = self._forced.get(key, 0) + 1
        return self._forced[key] <= int(rule("sandbox.force_refresh_per_day"))


def _custom_entry(body: Body) -> dict[str, Any] | int:
    kind = body.get("msgtype")
    part = body.get(kind) if isinstance(kind, str) else None
    if kind == "text" and isinstance(part, dict):
        text = str(part.get("content", ""))
        if not text:
            return 44004
        return {"kind": "text", "text": text} if len(text.encode()) <= rule("sandbox.reply_bytes") else 45002
    if kind == "news" and isinstance(part, dict):
        articles = part.get("articles")
        if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
            return 45008
        article = {name: str(articles[0].get(name, "")) for name in ("title", "description", "url", "picurl")}
        return {"kind": "news", "article": article}
    return 40008


def _menu_code(buttons: Any) -> int:
    """0, or WeChat's code for the first fault of a menu."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= rule("wechat.menu_buttons"):
        return 40016
    for button in buttons:
        below = button.get("sub_button") if isinstance(button, dict) else None
        code = _button_code(button, (40018, 40017, 40019), "wechat.menu_name_bytes", keyed=not below)
        if not code and below:
            if not isinstance(below, list) or len(below) > rule("wechat.menu_lines"):
                return 40023
            codes = [_button_code(each, (40025, 40024, 40026), "wechat.menu_line_bytes", keyed=True) for each in below]
            code = next(filter(None, codes), 0)
        if code:
            return code
    return 0


def _button_code(button: Any, codes: tuple[int, int, int], limit: str, *, keyed: bool) -> int:
    if not isinstance(button, dict):
        return 40016
    name, key = button.get("name"), button.get("key")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= rule(limit):
        return codes[0]
    if not keyed:
        return 0
    if button.get("type") != "click":
        return codes[1]
    fits = isinstance(key, str) and 1 <= len(key.encode()) <= rule("wechat.menu_key_bytes")
    return 0 if fits else codes[2]


def _values_fit(data: Any) -> bool:
    if not isinstance(data, dict) or not data:
        return False
    for field, value in data.items():
        text = value.get("value") if isinstance(value, dict) else None
        kind = _FIELD.fullmatch(field)
        if not isinstance(text, str) or not text or kind is None or len(text) > _LIMITS.get(kind[1], 32):
            return False
        if kind[1] == "phrase" and not _PHRASE.fullmatch(text):
            return False
    return True


def blueprint(settings: Settings, state: State) -> Blueprint:
    """The routes."""
    routes = Blueprint("accounts", __name__)
    accounts = Accounts(settings, state)

    @routes.post("/cgi-bin/stable_token")
    def stable_token() -> Response:
        body = request.get_json(force=True, silent=True)
        given = body if isinstance(body, dict) else {}
        return accounts.token(given.get("appid"), given.get("secret"), given.get("force_refresh") is True, False)

    @routes.get("/cgi-bin/token")
    def token() -> Response:
        return accounts.token(request.args.get("appid"), request.args.get("secret"), False, True)

    routes.get("/sns/jscode2session")(accounts.login)
    routes.get("/cgi-bin/user/info", endpoint="user_info")(lambda: accounts.guarded_get(accounts.user_info))
    routes.get("/cgi-bin/menu/get", endpoint="menu_get")(lambda: accounts.guarded_get(accounts.menu))
    for path, official, work in (
        ("/cgi-bin/menu/create", True, accounts.create_menu),
        ("/cgi-bin/qrcode/create", True, accounts.qrcode),
        ("/wxa/business/getuserphonenumber", False, accounts.phone),
        ("/wxa/msg_sec_check", False, accounts.sec_check),
        ("/wxa/getwxacodeunlimit", False, accounts.mini_code),
        ("/cgi-bin/message/custom/send", True, accounts.custom),
        ("/cgi-bin/message/subscribe/send", False, lambda body: accounts.subscribe(body, official=False)),
        ("/cgi-bin/message/subscribe/bizsend", True, lambda body: accounts.subscribe(body, official=True)),
    ):
        routes.add_url_rule(
            path, path.strip("/").replace("/", "_"), lambda o=official, w=work: accounts.guarded(o, w), methods=["POST"]
        )
    return routes
