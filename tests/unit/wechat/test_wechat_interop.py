"""Independent clients of WeChat's envelope and ours open each other's messages: every length from 0 to 2,100 bytes,
the current and the previous key.

npm's `wechat-crypto` and `@wecom/crypto` speak through vectors made once (tests/samples/wechat_crypto/generate.js);
PyPI's `werobot` is asked itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from werobot.crypto import MessageCrypt
from werobot.parser import parse_user_msg
from werobot.replies import TextReply

from bot.wechat import crypto
from bot.wechat.crypto import Envelope, signature
from bot.wechat.guard import Guard
from bot.wechat.messages import read
from bot.wechat.xml import flat
from tests.conftest import MORNING
from tests.factories.wechat import ACCOUNT, KEY, OPENID, PREVIOUS_KEY, Posted, wechat_settings
from tests.running import ROOT

VECTORS = json.loads((ROOT / "tests" / "samples" / "wechat_crypto" / "vectors.json").read_text())
SETTINGS = wechat_settings()
APPID, TOKEN = SETTINGS.wechat_official_appid, SETTINGS.wechat_official_token
LENGTHS = 2101


def text(size: int) -> str:
    """A text of exactly so many bytes, as the generator of the vectors makes it."""
    made, units, number = "", VECTORS["units"], 0
    while True:
        unit = units[number % len(units)]
        if len((made + unit).encode()) > size:
            return made + "x" * (size - len(made.encode()))
        made, number = made + unit, number + 1


TEXTS = [text(size) for size in range(LENGTHS)]


@pytest.mark.parametrize("client", VECTORS["clients"], ids=lambda each: f"{each['name']} {each['key'][:3]}")
def test_what_the_node_clients_seal_is_what_we_seal_and_open(
    client: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto._Cipher, "get_random_string", lambda self: VECTORS["random"].encode())
    both = Envelope([KEY, PREVIOUS_KEY], [VECTORS["appid"]])
    number = (KEY, PREVIOUS_KEY).index(client["key"])
    signed = VECTORS["timestamp"], VECTORS["nonce"]
    assert VECTORS["lengths"] == LENGTHS
    for block, digest in enumerate(client["blocks"]):
        start, ours = block * VECTORS["block"], hashlib.sha256()
        for plain in TEXTS[start : start + VECTORS["block"]]:
            sealed = both.seal(plain, number, VECTORS["appid"])
            ours.update((sealed + signature(VECTORS["token"], *signed, sealed)).encode())
            assert (both.open(sealed).text, both.open(sealed).key) == (plain, number)
        # The client made the same bytes of the same texts and opened them: so does each open what the other makes.
        assert ours.hexdigest() == digest, f"{start} bytes and more"
    for size, whole in client["whole"].items():
        opened = both.open(whole["sealed"])
        assert (opened.text, opened.key) == (TEXTS[int(size)], number)
        assert signature(VECTORS["token"], *signed, whole["sealed"]) == whole["signature"]


@pytest.mark.parametrize("number", [0, 1])
def test_werobot_and_we_open_each_others_messages(number: int) -> None:
    key = (KEY, PREVIOUS_KEY)[number]
    theirs, ours = MessageCrypt(TOKEN, key, APPID), Envelope([KEY, PREVIOUS_KEY], [APPID])
    for plain in TEXTS:
        opened = ours.open(theirs.prp_crypto.encrypt(plain, APPID).decode())
        assert (opened.text, opened.key) == (plain, number)
        assert theirs.prp_crypto.decrypt(ours.seal(plain, number, APPID), APPID).decode() == plain


@pytest.mark.parametrize("number", [0, 1])
def test_a_whole_call_of_werobots_goes_through_our_gate_and_back(number: int) -> None:
    theirs, guard = MessageCrypt(TOKEN, (KEY, PREVIOUS_KEY)[number], APPID), Guard(SETTINGS)
    for size in (0, 1, 31, 32, 33, 1000, 2047, 2048):
        content = text(size).replace("]]>", "}}>").replace("&<", "-+")  # werobot escapes nothing
        message = parse_user_msg(_xml(content))
        stamp = str(int(MORNING.timestamp()))
        sent = theirs.encrypt_message(_xml(content), stamp, "n")
        fields = flat(sent)
        query = {"timestamp": stamp, "nonce": "n", "encrypt_type": "aes", "msg_signature": fields["MsgSignature"]}
        call = guard.open(Posted(query, b"").lists(), sent.encode(), "text/xml", MORNING)
        assert (call.key, read(call.text, call.form, call.appid).content) == (number, content)
        answer = flat(guard.seal(call, TextReply(message=message, content=content).render(), MORNING))
        back = theirs.decrypt_message(answer["TimeStamp"], answer["Nonce"], answer["MsgSignature"], answer["Encrypt"])
        assert flat(back.decode()).get("Content", "") == content


def _xml(content: str) -> str:
    return (
        f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>1795397400"
        f"</CreateTime><MsgType>text</MsgType><Content><![CDATA[{content}]]></Content><MsgId>77</MsgId></xml>"
    )
