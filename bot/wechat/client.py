"""One account's calls to WeChat: wechatpy's client with what it lacks.

Of wechatpy 1.8.18 as tested: its token fetch ignores the time-out, the default time-out is none, a lasting 40001
recurses, eight cold threads fetch eight tokens, and an empty session store is silently replaced. So the token, the
time-outs, and what happens after an error code are ours.
"""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential
from wechatpy.client import WeChatClient

from bot.wechat.outcomes import TOKEN_STALE, WechatRefused, WechatUnavailable
from bot.wechat.tokens import TokenStore
from config.loading import rule
from models.kernel.clock import Clock

STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105  a path
CONNECTIONS = 16
HTTP_OK = 200
# Raised before a byte of the request has left: safe to repeat for a message, too.
UNSENT = (requests.ConnectTimeout,)
# How pictures begin: of JPEG and of PNG. Some calls answer with one instead of JSON.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
PICTURE, PICTURE_TYPE = "picture", "picture_type"


class Unsent(Exception):
    """The connection could not be made."""


class Unknown(Exception):
    """The connection broke, or the answer cannot be read, after the request had left."""


class OneTokenClient(WeChatClient):
    """Calls with bounded time, bounded retries, and one token for all processes."""

    def __init__(self, appid: str, secret: str, base: str, clock: Clock) -> None:
        super().__init__(appid, secret, timeout=(rule("wechat.connect_seconds"), rule("wechat.read_seconds")))
        self._base = base.rstrip("/")
        self.API_BASE_URL = f"{self._base}/cgi-bin/"
        self._http.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._http.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._http.trust_env = False  # no proxy and no .netrc from the environment
        self.tokens = TokenStore(appid, clock, self._stable_token)

    @property
    def access_token(self) -> str:
        """The shared token."""
        return self.tokens.current()

    def fetch_access_token(self) -> str:
        """wechatpy's name for renewing."""
        return self.tokens.renew(self.tokens.current())

    def call(self, method: str, path: str, *, repeatable: bool, token: bool = True, **content: Any) -> dict[str, Any]:
        """WeChat's answer, whatever its `errcode`. A stale token is renewed once and the call repeated once.

        An answer that is a picture comes as its bytes in `picture` and its kind in `picture_type`.
        `repeatable`: asking twice does no harm, so that a broken connection is retried. Otherwise only one that could
        not be made is. Raises Unsent, Unknown, WechatUnavailable (no token).
        """
        if not token:
            return self._tried(method, path, repeatable, content)
        used = self.tokens.current()
        answer = self._tried(method, path, repeatable, {**content, "token": used})
        if _code(answer) in TOKEN_STALE:
            renewed = self.tokens.renew(used)
            answer = self._tried(method, path, repeatable, {**content, "token": renewed})
        return answer

    def _tried(self, method: str, path: str, repeatable: bool, content: dict[str, Any]) -> dict[str, Any]:
        attempts = Retrying(
            retry=retry_if_exception_type((Unsent, Unknown) if repeatable else Unsent),
            stop=stop_after_attempt(rule("wechat.network_attempts")),
            wait=wait_exponential(multiplier=rule("wechat.network_pause_seconds")),
            reraise=True,
        )
        answer: dict[str, Any] = attempts(self._once, method, path, **content)
        return answer

    def _once(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: dict[str, str] | None = None,
        json: Any = None,
    ) -> dict[str, Any]:
        query = {**(params or {}), **({"access_token": token} if token else {})}
        try:
            answer = self._http.request(
                method, self._base + path, params=query, json=json, timeout=self.timeout, allow_redirects=False
            )
            found = _read(answer) if answer.status_code == HTTP_OK else None
        # Their texts hold the address with token and secret: nothing of them goes on.
        except UNSENT:
            raise Unsent("connect") from None
        except requests.ConnectionError as fault:
            raise (Unsent("connect") if _refused(fault) else Unknown("connection")) from None
        except (requests.RequestException, ValueError):
            raise Unknown("answer") from None
        if not isinstance(found, dict):
            raise Unknown(f"status_{answer.status_code}")
        return found

    def _stable_token(self, force: bool) -> tuple[str, int]:
        wanted = {
            "grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": force,
        }  # fmt: skip
        try:
            answer = self._tried("POST", STABLE_TOKEN, True, {"json": wanted})
        except (Unsent, Unknown) as fault:
            raise WechatUnavailable(str(fault)) from None
        text, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(text, str) or not text or not isinstance(seconds, int):
            raise _token_fault(_code(answer))
        return text, seconds


def _read(answer: requests.Response) -> Any:
    """JSON, or the picture that came instead. Raises ValueError for what is neither."""
    kind = next((kind for start, kind in PICTURES.items() if answer.content.startswith(start)), None)
    return {PICTURE: answer.content, PICTURE_TYPE: kind} if kind else answer.json()


def _token_fault(code: int) -> Exception:
    return WechatUnavailable(str(code)) if code in (-1, 0, 45009, 45011) else WechatRefused(code)


def _code(answer: dict[str, Any]) -> int:
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        return 0


def error_code(answer: dict[str, Any]) -> int:
    """The `errcode` of an answer; 0 where there is none."""
    return _code(answer)


def _refused(fault: requests.ConnectionError) -> bool:
    """True where the connection was never made (refused, no such host), so that nothing was sent."""
    reason = getattr(fault.args[0] if fault.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
