"""Calls as WeChat makes them: signed, encrypted, repeated; and what comes back, opened."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from bot.wechat.crypto import Envelope, signature
from bot.wechat.guard import Guard
from bot.wechat.xml import flat, in_cdata
from config.settings import Settings

KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
PREVIOUS_KEY = "QPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcbA"
ACCOUNT, OPENID = "gh_account", "oFollower"
_numbers = itertools.count(1)


def wechat_settings(**more: Any) -> Settings:
    """Settings with both AES keys."""
    return Settings(wechat_official_aes_key=KEY, wechat_official_aes_key_previous=PREVIOUS_KEY, **more)


@dataclass(frozen=True)
class Posted:
    """One call: its query string and its body."""

    query: dict[str, str]
    body: bytes
    content_type: str = "text/xml"

    def lists(self) -> dict[str, Sequence[str]]:
        """The query as a guard takes it."""
        return {name: [value] for name, value in self.query.items()}

    def but(self, **query: str) -> Posted:
        """The same with other parameters."""
        return replace(self, query={**self.query, **query})

    def without(self, *names: str) -> Posted:
        """The same lacking parameters."""
        return replace(self, query={name: value for name, value in self.query.items() if name not in names})


class Caller:
    """WeChat's side of the connection. `key` 0 seals with the current AES key, 1 with the previous."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.token = settings.wechat_official_token
        self.appid = settings.wechat_official_appid
        keys = [settings.wechat_official_aes_key]
        if settings.wechat_official_aes_key_previous:
            keys.append(settings.wechat_official_aes_key_previous)
        self._envelopes = [Envelope([key], [self.appid]) for key in keys]

    def call(self, plain: str, at: datetime, key: int = 0, nonce: str | None = None) -> Posted:
        """A sealed and signed call."""
        sealed = self._envelopes[key].seal(plain, 0, self.appid)
        if plain.startswith("{"):
            return self.sign(f'{{"ToUserName": "{ACCOUNT}", "Encrypt": "{sealed}"}}', at, sealed, nonce)
        body = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return self.sign(body, at, sealed, nonce)

    def sign(self, body: str | bytes, at: datetime, sealed: str, nonce: str | None = None) -> Posted:
        """A call of safe mode with any body, signed over `sealed`."""
        timestamp, nonce = str(int(at.timestamp())), nonce or f"n{next(_numbers)}"
        query = {
            "signature": signature(self.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce,
            "openid": OPENID, "encrypt_type": "aes", "msg_signature": signature(self.token, timestamp, nonce, sealed),
        }  # fmt: skip
        raw = body.encode() if isinstance(body, str) else body
        return Posted(query, raw, "application/json" if raw.startswith(b"{") else "text/xml")

    def plain(self, body: str, at: datetime, nonce: str | None = None) -> Posted:
        """A call of plain mode: the signature does not cover the body."""
        timestamp, nonce = str(int(at.timestamp())), nonce or f"n{next(_numbers)}"
        query = {"signature": signature(self.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        return Posted(query, body.encode())

    def opened(self, answer: str, key: int = 0) -> Element:
        """A sealed answer, its signature checked, opened with the key and no other."""
        fields = flat(answer)
        signed = signature(self.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert fields["MsgSignature"] == signed
        root: Element = fromstring(self._envelopes[key].open(fields["Encrypt"]).text)
        return root


def guard(settings: Settings) -> Guard:
    return Guard(settings)


def message_xml(kind: str = "text", openid: str = OPENID, at: int = 1_795_397_400, **fields: Any) -> str:
    """A message's XML; its MsgId is fresh unless given (None leaves it out)."""
    values: dict[str, Any] = {
        "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": at, "MsgType": kind,
        "MsgId": next(_numbers) if kind != "event" else None, **fields,
    }  # fmt: skip
    parts = [
        f"<{name}><![CDATA[{in_cdata(str(value))}]]></{name}>" for name, value in values.items() if value is not None
    ]
    return f"<xml>{''.join(parts)}</xml>"


def text_of(root: Element) -> str:
    """The text of a text reply."""
    assert root.findtext("MsgType") == "text"
    return root.findtext("Content") or ""
