"""The gate of the webhook: size, signature, freshness, decryption, and the envelope's identity.

Replays. WeChat repeats an unanswered call with the *same* query string, timestamp, nonce and signature included (seen
in servers' logs), so a nonce seen before is not by itself an attack. The nonce is therefore stored with the message it
brought (`models.conversations.inbound`, in the very write that claims the message, for all processes):

- same nonce, same message, within WeChat's retry window: an honest retry. It gets the stored reply and has no effect,
  because the message was claimed before;
- same nonce, same message, later: a replay, refused (403 `nonce_replayed`), and no effect;
- same nonce, another message: impossible in safe mode, whose signature covers the sealed message. A plain-mode
  signature does not cover the body, so there each nonce is also kept for itself, under its own unique id, and brings
  one message only: else refused (403 `nonce_replayed`), and no effect;
- a timestamp more than `wechat.freshness_seconds` off: refused (403 `stale`) before anything is looked up.

The records outlive the freshness window by days, so there is no moment at which an old call is fresh but forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.wechat.crypto import Envelope, same, signature
from bot.wechat.faults import malformed, refused, too_large
from bot.wechat.xml import flat
from config.loading import rule
from config.settings import Settings

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_VISIBLE = re.compile(r"[!-~]{1,256}", re.ASCII)
_ECHO = re.compile(r"[A-Za-z0-9_\-+/=]{1,128}", re.ASCII)
_SEALED = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
AES = "aes"
JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Call:
    """A call let in: its plain body, the identity of its envelope, and how to seal the answer.

    `key` None: it came in plain mode and is answered so. `form`: "xml" or "json".
    """

    text: str
    form: str
    nonce: str
    nonce_digest: str
    appid: str
    key: int | None


class Guard:
    """Holds the token and both AES keys; asks nothing of the database."""

    def __init__(self, settings: Settings) -> None:
        keys = [settings.wechat_official_aes_key]
        if settings.wechat_official_aes_key_previous:
            keys.append(settings.wechat_official_aes_key_previous)
        self._token = settings.wechat_official_token
        self._plain = settings.wechat_official_mode == "plain"
        self._appid = settings.wechat_official_appid
        self._envelope = Envelope(keys, (settings.wechat_official_appid, settings.wechat_mini_appid))

    def echo(self, query: Mapping[str, Sequence[str]], at: datetime) -> str:
        """The handshake: the `echostr` of a signed and fresh GET. Raises GuardFault."""
        timestamp, nonce = self._stamp(query)
        self._check(_one(query, "signature"), timestamp, nonce)
        _check_fresh(timestamp, at)
        echo = _one(query, "echostr")
        if not _ECHO.fullmatch(echo):
            raise malformed("query_malformed")
        return echo

    def open(self, query: Mapping[str, Sequence[str]], body: bytes, content_type: str, at: datetime) -> Call:
        """Let a POST in. Raises GuardFault with a status of 400, 403 or 413 and nothing else, whatever was sent."""
        if len(body) > rule("wechat.body_bytes"):
            raise too_large()
        timestamp, nonce = self._stamp(query)
        text, form = _decoded(body, content_type)
        digest = signature("nonce", timestamp, nonce)
        if "encrypt_type" in query and _one(query, "encrypt_type") == AES:
            sealed = self._sealed(text, form)
            self._check(_one(query, "msg_signature"), timestamp, nonce, sealed)
            _check_fresh(timestamp, at)
            opened = self._envelope.open(sealed)
            return Call(opened.text, _form(opened.text, ""), nonce, digest, opened.appid, opened.key)
        self._check(_one(query, "signature"), timestamp, nonce)
        _check_fresh(timestamp, at)
        if not self._plain:
            raise refused("encryption_required")
        return Call(text, form, nonce, digest, self._appid, None)

    def seal(self, call: Call, xml: str, at: datetime) -> str:
        """The answer as it goes back: sealed with the key that opened the call, or plain where it came plain."""
        if call.key is None:
            return xml
        sealed = self._envelope.seal(xml, call.key, call.appid)
        timestamp = str(int(at.timestamp()))
        signed = signature(self._token, timestamp, call.nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{call.nonce}]]></Nonce></xml>"
        )

    def _stamp(self, query: Mapping[str, Sequence[str]]) -> tuple[str, str]:
        timestamp, nonce = _one(query, "timestamp"), _one(query, "nonce")
        if not _TIMESTAMP.fullmatch(timestamp) or not _VISIBLE.fullmatch(nonce) or "]]>" in nonce:
            raise malformed("query_malformed")
        return timestamp, nonce

    def _check(self, given: str, *parts: str) -> None:
        if not same(given, signature(self._token, *parts)):
            raise refused("signature_invalid")

    def _sealed(self, text: str, form: str) -> str:
        fields = flat(text) if form == "xml" else _json_object(text)
        sealed = fields.get("Encrypt")
        if not isinstance(sealed, str) or not _SEALED.fullmatch(sealed.strip()):
            raise malformed("encrypted_part_missing")
        return sealed.strip()


def json_object(text: str) -> dict[str, Any]:
    """A JSON object. Raises GuardFault (400 `json_malformed`), for lone surrogates too."""
    return _json_object(text)


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text.encode())
    except (orjson.JSONDecodeError, UnicodeError, RecursionError):
        raise malformed("json_malformed") from None
    if not isinstance(found, dict):
        raise malformed("json_malformed")
    return found


def _one(query: Mapping[str, Sequence[str]], name: str) -> str:
    given = query.get(name, ())
    if len(given) != 1 or not given[0]:
        raise malformed("query_malformed" if given else "query_incomplete")
    return given[0]


def _check_fresh(timestamp: str, at: datetime) -> None:
    if abs(at.timestamp() - int(timestamp)) > rule("wechat.freshness_seconds"):
        raise refused("stale")


def _decoded(body: bytes, content_type: str) -> tuple[str, str]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("not_utf8") from None
    if not text.strip():
        raise malformed("body_empty")
    return text, _form(text, content_type)


def _form(text: str, content_type: str) -> str:
    """XML or JSON, by the first character that says so, else by the declared type."""
    first = text.lstrip("\ufeff \t\r\n")[:1]
    if first in ("{", "["):
        return "json"
    return "xml" if first == "<" or content_type.split(";")[0].strip().lower() != JSON_TYPE else "json"
