"""WeChat as the product uses it: sign-in, phone number, messages out, text check. Two accounts behind one value."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from PIL import Image

from bot.wechat.client import PICTURE, PICTURE_TYPE, OneTokenClient, Unknown, Unsent, error_code
from bot.wechat.outcomes import (
    BAD_CODE,
    BUSY,
    DAY_QUOTA,
    MINUTE_QUOTA,
    NO_SUCH_PAGE,
    RISKY_USER,
    TOKEN_STALE,
    BadCode,
    CodesUsedUp,
    Delivered,
    Final,
    PageUnpublished,
    QuotaExhausted,
    Retryable,
    RiskyUser,
    SendOutcome,
    Uncertain,
    WechatRefused,
    WechatUnavailable,
)
from bot.wechat.values import fitted
from bot.wechat.xml import clean
from config.loading import rule
from config.settings import Settings
from models.kernel.clock import Clock, day_bounds, day_of

CUSTOM_SEND = "/cgi-bin/message/custom/send"
SUBSCRIBE_SEND = "/cgi-bin/message/subscribe/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
USER_INFO = "/cgi-bin/user/info"
LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
SEC_CHECK = "/wxa/msg_sec_check"
MENU_CREATE, MENU_GET = "/cgi-bin/menu/create", "/cgi-bin/menu/get"
QRCODE_CREATE = "/cgi-bin/qrcode/create"
MINI_CODE = "/wxa/getwxacodeunlimit"
NO_MENU = 46003
PERMANENT, PASSING = "QR_LIMIT_STR_SCENE", "QR_STR_SCENE"
SEC_CHECK_VERSION = 2
CODE_CHARS = 128

log = structlog.get_logger("wechat")


@dataclass(frozen=True)
class Session:
    """A sign-in: the openid in the mini-program, and the unionid where both accounts share a platform account."""

    openid: str
    unionid: str | None


@dataclass(frozen=True)
class Follower:
    """A follower of the official account."""

    openid: str
    subscribed: bool
    unionid: str | None


@dataclass(frozen=True)
class Verdict:
    """What `msg_sec_check` says of a text: `suggest` is pass, review or risky."""

    suggest: str
    label: int

    @property
    def passes(self) -> bool:
        return self.suggest == "pass"


@dataclass(frozen=True)
class QrTicket:
    """A QR code that subscribes or scans with `scene`: `url` is its content, `picture_url` shows it as a picture.

    `seconds`: how long it lives, None for ever.
    """

    ticket: str
    url: str
    picture_url: str
    seconds: int | None


@dataclass(frozen=True)
class MiniCode:
    """A code of the mini-program as WeChat draws it, a round one: JPEG or PNG."""

    media_type: str
    content: bytes


class Wechat:
    """The calls of both accounts. Questions raise domain errors; sendings return what became of them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        base = settings.wechat_api_base
        self._clock = clock
        self._silent_until = 0.0
        self.official = OneTokenClient(settings.wechat_official_appid, settings.wechat_official_secret, base, clock)
        self.mini = OneTokenClient(settings.wechat_mini_appid, settings.wechat_mini_secret, base, clock)

    def refresh_tokens(self) -> int:
        """Renew each account's token where it is about to end; returns how many accounts have a good one."""
        good = 0
        for client in (self.official, self.mini):
            try:
                good += bool(client.tokens.current())
            except WechatUnavailable as fault:
                log.warning("wechat_token_unavailable", appid=client.appid, reason=fault.reason)
        return good

    def jscode2session(self, code: str) -> Session:
        """Sign in with a login code. Raises BadCode, RiskyUser, WechatUnavailable.

        The session key stays here: nothing of ours decrypts client data with it.
        """
        answer = self._ask(
            self.mini, "GET", LOGIN, token=False, repeatable=False,
            params={
                "appid": self.mini.appid, "secret": self.mini.secret, "js_code": _code_text(code),
                "grant_type": "authorization_code",
            },
        )  # fmt: skip
        return Session(_text(answer, "openid"), answer.get("unionid") or None)

    def phone_number(self, code: str) -> str:
        """The mainland number, digits only, for a phone code (not a login code). Raises as `jscode2session`."""
        answer = self._ask(self.mini, "POST", PHONE, repeatable=False, json={"code": _code_text(code)})
        info = answer.get("phone_info")
        if not isinstance(info, dict):
            raise WechatUnavailable("phone_info")
        return _text(info, "purePhoneNumber")

    def official_user(self, openid: str, patient: bool = True) -> Follower:
        """Who follows the official account. Raises WechatUnavailable.

        Not `patient`: somebody waits in the chat. It is asked once, and for a while not at all after no answer came.
        """
        if not patient and time.monotonic() < self._silent_until:
            raise WechatUnavailable("silent")
        try:
            answer = self._ask(
                self.official, "GET", USER_INFO, repeatable=patient, params={"openid": openid, "lang": "zh_CN"}
            )  # fmt: skip
        except WechatUnavailable:
            self._silent_until = time.monotonic() + rule("wechat.silent_seconds")
            raise
        return Follower(openid, answer.get("subscribe") == 1, answer.get("unionid") or None)

    def push_menu(self, menu: Mapping[str, Any]) -> None:
        """Make this the account's menu; WeChat shows it to followers within a day. Raises WechatRefused."""
        self._ask(self.official, "POST", MENU_CREATE, repeatable=True, json=dict(menu))

    def menu(self) -> dict[str, Any] | None:
        """The account's menu as it stands, None where it has none."""
        try:
            return self._ask(self.official, "GET", MENU_GET, repeatable=True)
        except WechatRefused as fault:
            if fault.errcode == NO_MENU:
                return None
            raise

    def qr_ticket(self, scene: str, seconds: int | None = None) -> QrTicket:
        """A QR code with a scene of 1 to 64 characters; without `seconds` it lasts (WeChat gives 100,000).

        Raises WechatUnavailable, WechatRefused.
        """
        wanted: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        wanted |= {"action_name": PERMANENT} if seconds is None else {"action_name": PASSING, "expire_seconds": seconds}
        answer = self._ask(self.official, "POST", QRCODE_CREATE, repeatable=True, json=wanted)
        ticket, lives = _text(answer, "ticket"), answer.get("expire_seconds")
        picture = f"{rule('wechat.qrcode_picture')}?{urlencode({'ticket': ticket})}"
        return QrTicket(ticket, _text(answer, "url"), picture, int(lives) if lives else None)

    def mini_code(self, scene: str, page: str) -> MiniCode:
        """The code that opens `page` of the published mini-program with a scene of 1 to 32 characters; it lasts.

        Raises PageUnpublished, CodesUsedUp, WechatUnavailable, WechatRefused.
        """
        wanted = {
            "scene": scene, "page": page, "check_path": True, "env_version": "release",
            "width": rule("wechat.mini_code_width"),
        }  # fmt: skip
        try:
            answer = self._ask(self.mini, "POST", MINI_CODE, repeatable=True, json=wanted)
        except WechatRefused as fault:
            raise PageUnpublished() if fault.errcode == NO_SUCH_PAGE else fault from None
        except WechatUnavailable as fault:
            # Of this call WeChat means the minute's quota by the code that elsewhere means the day's.
            raise CodesUsedUp() if fault.reason in (str(DAY_QUOTA), str(MINUTE_QUOTA)) else fault from None
        found = answer.get(PICTURE)
        if not isinstance(found, bytes) or not _whole(found):
            raise WechatUnavailable("picture")
        return MiniCode(_text(answer, PICTURE_TYPE), found)

    def msg_sec_check(self, openid: str, text: str, scene: int = 2) -> Verdict:
        """WeChat's check of a text that others will see; scene 2 is a comment. Raises WechatUnavailable."""
        wanted = {"version": SEC_CHECK_VERSION, "openid": openid, "scene": scene, "content": clean(text)}
        answer = self._ask(self.mini, "POST", SEC_CHECK, repeatable=True, json=wanted)
        result = answer.get("result")
        if not isinstance(result, dict):
            raise WechatUnavailable("sec_check")
        return Verdict(_text(result, "suggest"), int(result.get("label") or 0))

    def send_custom(self, openid: str, text: str) -> SendOutcome:
        """A customer-service message of text (at most 2,048 bytes) to a follower."""
        message = {"touser": openid, "msgtype": "text", "text": {"content": clean(text)}}
        return self._send(self.official, CUSTOM_SEND, message)

    def send_custom_article(self, openid: str, article: Mapping[str, str]) -> SendOutcome:
        """A customer-service message of one card: title, description, url, picurl."""
        cleaned = {name: clean(article.get(name, "")) for name in ("title", "description", "url", "picurl")}
        message = {"touser": openid, "msgtype": "news", "news": {"articles": [cleaned]}}
        return self._send(self.official, CUSTOM_SEND, message)

    def send_subscribe(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> SendOutcome:
        """A one-time subscription message of the mini-program; values are cut to WeChat's limits."""
        message: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": fitted(data), "lang": "zh_CN"}
        return self._send(self.mini, SUBSCRIBE_SEND, {**message, **({"page": page} if page else {})})

    def send_bizsend(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> SendOutcome:
        """A one-time subscription message of the official account."""
        message: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": fitted(data)}
        return self._send(self.official, BIZSEND, {**message, **({"page": page} if page else {})})

    def _send(self, account: OneTokenClient, path: str, message: Mapping[str, Any]) -> SendOutcome:
        try:
            answer = account.call("POST", path, repeatable=False, json=message)
        except Unsent as fault:
            return Retryable(str(fault))
        except WechatUnavailable as fault:  # no token was to be had: the message never left
            return Retryable(fault.reason)
        except Unknown as fault:
            return Uncertain(str(fault))
        return self._outcome(answer)

    def _outcome(self, answer: dict[str, Any]) -> SendOutcome:
        code = error_code(answer)
        if code == 0:
            return Delivered(str(answer.get("msgid") or ""))
        if code == DAY_QUOTA:
            now = self._clock.now()
            tomorrow = day_bounds(day_of(now))[1]
            return QuotaExhausted(code, (tomorrow - now + timedelta(seconds=1)).total_seconds())
        if code == MINUTE_QUOTA:
            return QuotaExhausted(code, rule("wechat.minute_quota_seconds"))
        if code == BUSY or code in TOKEN_STALE:
            return Retryable(str(code), rule("wechat.retry_after_seconds"))
        return Final(code)

    def _ask(self, account: OneTokenClient, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            answer = account.call(method, path, **content)
        except (Unsent, Unknown) as fault:
            raise WechatUnavailable(str(fault)) from None
        code = error_code(answer)
        if code == 0:
            return answer
        if code in BAD_CODE:
            raise BadCode()
        if code == RISKY_USER:
            raise RiskyUser()
        if code in (BUSY, DAY_QUOTA, MINUTE_QUOTA) or code in TOKEN_STALE:
            raise WechatUnavailable(str(code), rule("wechat.retry_after_seconds"))
        raise WechatRefused(code)


def _code_text(code: str) -> str:
    """A code as it may stand in a call. Raises BadCode for what no code looks like."""
    if not 0 < len(code) <= CODE_CHARS or not code.isprintable():
        raise BadCode()
    return code


def _whole(picture: bytes) -> bool:
    """True for a picture that can be shown to its last line: it is kept for ever, so half of one must not be."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise WechatUnavailable(name)
    return found
