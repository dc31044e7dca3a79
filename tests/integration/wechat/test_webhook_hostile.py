"""Ten thousand calls that are not WeChat's, or not now: each is refused, none is a fault of ours, nothing is kept."""

from __future__ import annotations

import io
import random
import string
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from flask.testing import FlaskClient

from models.kernel.clock import FixedClock
from models.kernel.database import database as connected
from tests.conftest import MORNING
from tests.factories.wechat import Caller, Posted, message_xml
from tests.integration.wechat.conftest import Dialogue

COUNT = 10_000
Maker = Callable[[random.Random, Caller], Posted]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><xml><FromUserName>&i;</FromUserName></xml>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'


def forged(dice: random.Random, caller: Caller) -> Posted:
    posted = caller.call(message_xml(Content="x"), MORNING)
    sign = list(posted.query["msg_signature"])
    sign[dice.randrange(40)] = dice.choice("ghijkxyz")
    return posted.but(msg_signature="".join(sign))


def stale(dice: random.Random, caller: Caller) -> Posted:
    off = dice.choice((-1, 1)) * dice.randint(301, 10**7)
    return caller.call(message_xml(Content="x"), MORNING + timedelta(seconds=off))


def downgraded(dice: random.Random, caller: Caller) -> Posted:
    """The plain signature is right, the body not sealed; or it says that it is sealed and is not."""
    posted = caller.plain(message_xml(Content="x"), MORNING)
    return dice.choice((posted, posted.but(encrypt_type="raw"), posted.but(encrypt_type="aes")))


def cut(dice: random.Random, caller: Caller) -> Posted:
    """Part of a good call, or a byte of it changed."""
    posted = caller.call(message_xml(Content="x"), MORNING)
    at = dice.randrange(60, len(posted.body) - 40)
    body = posted.body[:at] if dice.random() < 0.5 else posted.body[:at] + b"#" + posted.body[at + 1 :]
    return Posted(posted.query, body)


def sealed_rubbish(dice: random.Random, caller: Caller) -> Posted:
    """Well sealed and signed, yet no message."""
    kinds = (
        lambda: "".join(dice.choices(string.printable, k=dice.randint(1, 200))),
        lambda: BOMB,
        lambda: "<xml>" + "<a>" * dice.randint(9, 400),
        lambda: "<xml>" + "<a>1</a>" * 600 + "</xml>",
        lambda: message_xml(openid="", Content="x"),
        lambda: message_xml(at=dice.choice((10**30, "x", "")), Content="x"),  # type: ignore[arg-type]
        lambda: message_xml("location", Location_X=dice.choice(("nan", "91", "x", "1e999")), Location_Y="1"),
        lambda: message_xml("event", Event=""),
        lambda: '{"MsgType": ' + dice.choice(("1", "null", "[]", '"event"', "{}")) + ', "FromUserName": {"$ne": 1}}',
        lambda: '{"ToUserName":"g","FromUserName":["o"],"CreateTime":"1","MsgType":"text","MsgId":1}',
    )
    return caller.call(dice.choice(kinds)(), MORNING)


def bombs(dice: random.Random, caller: Caller) -> Posted:
    return caller.sign(dice.choice((BOMB, OUTSIDE)), MORNING, "x")


def oversized(dice: random.Random, caller: Caller) -> Posted:
    return caller.sign(b"<xml>" + b"a" * dice.randint(65_537, 80_000), MORNING, "x")


def noise(dice: random.Random, caller: Caller) -> Posted:
    names = ("signature", "timestamp", "nonce", "encrypt_type", "msg_signature", "echostr", "openid", "$where", "a[]")
    query = {name: "".join(dice.choices(string.printable, k=dice.randint(0, 40))) for name in dice.sample(names, 5)}
    return Posted(query, dice.randbytes(dice.randint(0, 300)), dice.choice(("text/xml", "application/json", "")))


def foreign(dice: random.Random, caller: Caller) -> Posted:
    """Signed with our token over somebody else's cipher text."""
    sealed = "".join(dice.choices(string.ascii_letters + "+/", k=4 * dice.randint(1, 60)))
    return caller.sign(f"<xml><Encrypt>{sealed}</Encrypt></xml>", MORNING, sealed)


MAKERS: tuple[Maker, ...] = (
    forged, stale, downgraded, cut, sealed_rubbish, bombs, oversized, noise, foreign,
)  # fmt: skip


def test_ten_thousand_hostile_calls_are_refused_and_leave_nothing(
    webhook: FlaskClient, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    dice, seen, before = random.Random(5), Counter[str](), _stored()
    for number in range(COUNT):
        maker = MAKERS[number % len(MAKERS)]
        posted = maker(dice, caller)
        status = _status(webhook, posted)
        assert 400 <= status < 500, (maker.__name__, status, posted)
        seen[f"{maker.__name__} {status}"] += 1
    assert sum(seen.values()) == COUNT and len({name.split()[0] for name in seen}) == len(MAKERS)
    assert seen["oversized 413"] == COUNT // len(MAKERS)
    assert dialogue.asked == []
    assert _stored() == before


def _stored() -> dict[str, int]:
    return {name: connected()[name].estimated_document_count() for name in connected().list_collection_names()}


def _status(webhook: FlaskClient, posted: Posted) -> int:
    """Straight into the WSGI application: a test client would take longer than the guard."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/wechat", "SCRIPT_NAME": "", "QUERY_STRING": urlencode(posted.query),
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "CONTENT_TYPE": posted.content_type, "CONTENT_LENGTH": str(len(posted.body)),
        "wsgi.input": io.BytesIO(posted.body), "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    heard: list[str] = []
    for _ in webhook.application.wsgi_app(environ, lambda status, headers, fault=None: heard.append(status)):
        pass
    return int(heard[0].split()[0])
