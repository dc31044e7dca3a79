"""Carries what the phone does to the product's webhook as WeChat does: encrypted, signed, three tries of 5 s."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.wechat.crypto import Envelope, signature
from bot.wechat.faults import GuardFault
from bot.wechat.sandbox.people import Person
from bot.wechat.sandbox.state import State
from bot.wechat.templates import Template
from bot.wechat.xml import flat, in_cdata
from config.loading import rule
from config.settings import Settings

ACCOUNT = "gh_sandbox"
ANSWERED_EVENTS = ("subscribe", "CLICK", "SCAN")
OK = 200


class Carrier:
    """One phone network for everybody."""

    def __init__(self, settings: Settings, state: State, webhook_url: str) -> None:
        self._settings = settings
        self._state = state
        self._url = webhook_url
        appids = (settings.wechat_official_appid, settings.wechat_mini_appid)
        self._envelope = Envelope((settings.wechat_official_aes_key,), appids)

    def send(self, name: str, act: Mapping[str, Any]) -> str:
        """Send a message or an event of the resident; returns the id of the chat's entry."""
        self._note(name, act)
        xml = self._xml(Person(name).official_openid, act)
        entry_id = self._state.say(name, side="out", status="sending", tries=[], sent=xml, **act)
        self._start(name, entry_id, xml, self._settings.wechat_official_appid)
        return entry_id

    def consent(self, name: str, template: Template, accept: bool) -> str:
        """Answer a subscription prompt in the mini-program: WeChat counts a consent and pushes JSON."""
        self._state.chat(name)
        if accept:
            self._state.record("credit", name=name, template_id=template.template_id, change=1)
        status = "accept" if accept else "reject"
        listed = {"TemplateId": template.template_id, "SubscribeStatusString": status, "PopupScene": "0"}
        body = json.dumps(
            {
                "ToUserName": ACCOUNT, "FromUserName": Person(name).mini_openid, "CreateTime": str(self._seconds()),
                "MsgType": "event", "Event": "subscribe_msg_popup_event", "List": listed,
            }
        )  # fmt: skip
        entry_id = self._state.say(
            name, side="out", kind="consent", template_id=template.template_id, accept=accept, status="sending",
            tries=[], sent=body,
        )  # fmt: skip
        self._start(name, entry_id, body, self._settings.wechat_mini_appid)
        return entry_id

    def _note(self, name: str, act: Mapping[str, Any]) -> None:
        self._state.chat(name)
        if act["kind"] != "event":
            self._state.allow(name, "message")
        elif act["event"] in ANSWERED_EVENTS:
            self._state.allow(name, "event")
        if act["event"] in ("subscribe", "unsubscribe"):
            self._state.record("following", name=name, following=act["event"] == "subscribe")

    def _xml(self, openid: str, act: Mapping[str, Any]) -> str:
        fields: dict[str, Any] = {
            "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": self._seconds(), "MsgType": act["kind"],
        }  # fmt: skip
        latitude, longitude = act.get("latitude") or 0.0, act.get("longitude") or 0.0
        if act["kind"] == "event":
            fields |= {"Event": act["event"], "EventKey": act["event_key"]}
            if act["event"] == "LOCATION":
                fields |= {"Latitude": latitude, "Longitude": longitude, "Precision": 30}
        else:
            fields["MsgId"] = secrets.randbits(62)
            fields |= {
                "text": {"Content": act["text"]},
                "voice": {"MediaId": secrets.token_hex(8), "Format": "amr", "Recognition": act["text"]},
                "location": {"Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": act["label"]},
                "image": {"MediaId": secrets.token_hex(8), "PicUrl": "http://127.0.0.1/picture"},
            }[act["kind"]]
        parts = "\n".join(f"  <{name}><![CDATA[{in_cdata(str(value))}]]></{name}>" for name, value in fields.items())
        return f"<xml>\n{parts}\n</xml>"

    def _start(self, name: str, entry_id: str, plain: str, appid: str) -> None:
        threading.Thread(target=self._carry, args=(name, entry_id, plain, appid), daemon=True).start()

    def _carry(self, name: str, entry_id: str, plain: str, appid: str) -> None:
        sealed = self._envelope.seal(plain, 0, appid)
        query, body = self._signed(sealed, plain.startswith("{"))
        self._state.amend(name, entry_id, sealed=body)
        tries: list[dict[str, Any]] = []
        for number in range(rule("sandbox.tries")):
            if number:
                time.sleep(max(0.0, rule("sandbox.try_seconds") - tries[-1]["ms"] / 1000))
            # As WeChat does: every try carries the very same query string.
            attempt, text = self._once(query, body)
            tries.append(attempt)
            self._state.amend(name, entry_id, tries=list(tries))
            if attempt["status"] == OK:
                self._receive(name, entry_id, text)
                return
        self._state.amend(name, entry_id, status="failed")
        self._state.say(name, side="system", kind="system", text="unavailable")

    def _signed(self, sealed: str, as_json: bool) -> tuple[dict[str, str], str]:
        token, timestamp, nonce = self._settings.wechat_official_token, str(self._seconds()), str(secrets.randbits(31))
        query = {
            "signature": signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce,
            "encrypt_type": "aes", "msg_signature": signature(token, timestamp, nonce, sealed),
        }  # fmt: skip
        if as_json:
            return query, json.dumps({"ToUserName": ACCOUNT, "Encrypt": sealed})
        return query, (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )

    def _once(self, query: dict[str, str], body: str) -> tuple[dict[str, Any], str]:
        started = time.monotonic()
        form = "application/json" if body.startswith("{") else "text/xml"
        try:
            answer = requests.post(
                self._url, params=query, data=body.encode(), headers={"Content-Type": form},
                timeout=rule("sandbox.try_seconds"), allow_redirects=False,
            )  # fmt: skip
            status, text = answer.status_code, answer.text
        except requests.Timeout:
            status, text = 0, "timeout"
        except requests.RequestException:
            status, text = 0, "unreachable"
        spent = round((time.monotonic() - started) * 1000)
        return {"status": status, "ms": spent, "fault": text[:300] if status != OK else ""}, text

    def _receive(self, name: str, entry_id: str, text: str) -> None:
        if text in ("", "success"):
            self._state.amend(name, entry_id, status="accepted", answer=text)
            return
        try:
            opened = self._envelope.open(flat(text)["Encrypt"]).text
            entry = _reply(fromstring(opened, forbid_dtd=True))
        except (GuardFault, KeyError, ParseError, DefusedXmlException, ValueError):
            entry, opened = None, text
        if entry is None:
            self._state.amend(name, entry_id, status="failed", answer=opened, sealed_answer=text)
            self._state.say(name, side="system", kind="system", text="unavailable")
            return
        self._state.amend(name, entry_id, status="answered", answer=opened, sealed_answer=text)
        self._state.say(name, side="in", pushed=False, raw=opened, **entry)

    def _seconds(self) -> int:
        return int(self._state.now().timestamp())


def _reply(root: Element) -> dict[str, Any] | None:
    """What the phone shows of a reply; None where WeChat would show an error."""
    kind = root.findtext("MsgType") or ""
    if kind == "text":
        text = root.findtext("Content") or ""
        return {"kind": "text", "text": text} if 0 < len(text.encode()) <= rule("sandbox.reply_bytes") else None
    if kind == "news":
        items = root.findall("./Articles/item")
        names = {"title": "Title", "description": "Description", "url": "Url", "picurl": "PicUrl"}
        if len(items) != 1:
            return None
        return {"kind": "news", "article": {ours: items[0].findtext(theirs) or "" for ours, theirs in names.items()}}
    return {"kind": "system", "text": "transferred"} if kind == "transfer_customer_service" else None
