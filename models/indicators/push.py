"""The push of an observation to the planning office: signed, idempotent, tried again until it is taken or refused.

`POST {INDICATOR_ENDPOINT}` with the observation as JSON and the headers `Idempotency-Key` (indicator, period,
revision), `X-Yixiang-Timestamp` (seconds since 1970) and `X-Yixiang-Signature`: `sha256=` and the hex HMAC-SHA-256
under INDICATOR_KEY over timestamp, a full stop, and the exact body.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import orjson
import requests

from config.loading import rule
from config.settings import Settings
from models.indicators.storing import idempotency_key
from models.kernel.clock import Clock
from models.kernel.outbox import Handler, Receipt

TIMESTAMP_HEADER, SIGNATURE_HEADER, KEY_HEADER = "X-Yixiang-Timestamp", "X-Yixiang-Signature", "Idempotency-Key"
TIMEOUT, TOO_EARLY, TOO_MANY = 408, 425, 429


def push_handler(settings: Settings, clock: Clock) -> Handler:
    """The handler of the outbox channel `indicator_push`. A repeat does no harm: the receiver knows the key."""
    pusher = _Pusher(settings.indicator_endpoint, settings.indicator_key, clock)
    return Handler(pusher.send, idempotent=True)


def signature(key: str, timestamp: str, body: bytes) -> str:
    """The value of the signature header."""
    return "sha256=" + hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class _Pusher:
    def __init__(self, endpoint: str, key: str, clock: Clock) -> None:
        self._endpoint, self._key, self._clock = endpoint, key, clock

    def send(self, payload: dict[str, Any], key: str) -> Receipt:
        """One attempt. Delivered on 2xx; again on 5xx, 408, 425, 429 and a broken connection; else final."""
        body = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            KEY_HEADER: idempotency_key(payload),
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self._key, timestamp, body),
        }
        patience = (rule("indicators.push_connect_seconds"), rule("indicators.push_read_seconds"))
        try:
            # A redirect is not followed: the signature is for this receiver.
            answer = requests.post(self._endpoint, data=body, headers=headers, timeout=patience, allow_redirects=False)
        except requests.RequestException as fault:
            return Receipt("retry", type(fault).__name__)
        return _receipt(answer, timestamp)


def _receipt(answer: requests.Response, timestamp: str) -> Receipt:
    status, outcome = answer.status_code, f"http_{answer.status_code}"
    said = answer.content[: rule("indicators.push_receipt_chars")].decode("utf-8", "replace").replace("\x00", "")
    detail = {"status": status, "sent_at": timestamp, "answer": said}
    if answer.ok and not answer.is_redirect and status < requests.codes.multiple_choices:
        return Receipt("delivered", outcome, detail=detail)
    if status >= requests.codes.server_error or status in (TIMEOUT, TOO_EARLY, TOO_MANY):
        return Receipt("retry", outcome, after=_pause(answer), detail=detail)
    return Receipt("final", outcome, detail=detail)


def _pause(answer: requests.Response) -> float | None:
    """What `Retry-After` asks for in seconds, bounded; None: the outbox's own backoff."""
    asked = answer.headers.get("Retry-After", "")
    most: float = rule("indicators.push_pause_most_seconds")
    return min(float(asked), most) if asked.isdecimal() and int(asked) > 0 else None
