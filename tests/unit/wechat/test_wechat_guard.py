"""The gate lets WeChat in and nobody else, and says why with a status below 500, whatever is sent."""

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.wechat.crypto import Envelope, same, signature
from bot.wechat.faults import GuardFault
from bot.wechat.guard import Guard
from bot.wechat.messages import read
from bot.wechat.xml import flat
from config.text import sentences
from tests.conftest import MORNING
from tests.factories.wechat import KEY, PREVIOUS_KEY, Caller, Posted, message_xml, wechat_settings

SETTINGS = wechat_settings()
GUARD = Guard(SETTINGS)
WECHAT = Caller(SETTINGS)
ENVELOPE = Envelope([KEY], [WECHAT.appid])


def refused(posted: Posted, guard: Guard = GUARD) -> tuple[str, int]:
    with pytest.raises(GuardFault) as caught:
        guard.open(posted.lists(), posted.body, posted.content_type, MORNING)
    assert f"wechat.faults.{caught.value.code}" in sentences()
    return caught.value.code, caught.value.status


@pytest.mark.parametrize("key", [0, 1])
def test_a_call_sealed_with_either_key_is_let_in_and_answered_with_the_same_key(key: int) -> None:
    xml = message_xml(Content="hello")
    posted = WECHAT.call(xml, MORNING, key)
    call = GUARD.open(posted.lists(), posted.body, posted.content_type, MORNING)
    assert (call.text, call.key) == (xml, key)
    answer = GUARD.seal(call, "<xml><Content>yes</Content></xml>", MORNING)
    assert WECHAT.opened(answer, key).findtext("Content") == "yes"
    with pytest.raises(GuardFault):
        WECHAT.opened(answer, 1 - key)


@pytest.mark.parametrize("key", [0, 1])
def test_texts_of_every_length_survive_the_envelope_both_ways(key: int) -> None:
    aes = (KEY, PREVIOUS_KEY)[key]
    envelope, both = Envelope([aes], ["app"]), Envelope([KEY, PREVIOUS_KEY], ["other", "app"])
    for length in range(2101):
        text = ("a中" * length).encode()[:length].decode("utf-8", "ignore")
        opened = both.open(envelope.seal(text, 0, "app"))
        assert (opened.text, opened.key, opened.appid) == (text, key, "app")
        assert envelope.open(both.seal(text, key, "app")).text == text


@pytest.mark.parametrize("seconds", [-301, 301, 86_400, -(10**9)])
def test_a_timestamp_too_far_off_is_stale(seconds: int) -> None:
    assert refused(WECHAT.call(message_xml(), MORNING + timedelta(seconds=seconds))) == ("stale", 403)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_timestamp_within_five_minutes_is_fresh(seconds: int) -> None:
    posted = WECHAT.call(message_xml(), MORNING + timedelta(seconds=seconds))
    assert GUARD.open(posted.lists(), posted.body, posted.content_type, MORNING).text


def test_forged_signatures_are_refused() -> None:
    posted = WECHAT.call(message_xml(), MORNING)
    other = WECHAT.call(message_xml(), MORNING)
    for forged in (
        posted.but(msg_signature="0" * 40),
        posted.but(msg_signature=posted.query["signature"]),
        posted.but(msg_signature=posted.query["msg_signature"].upper()),
        posted.but(msg_signature="签名"),
        posted.but(timestamp=str(int(posted.query["timestamp"]) + 1)),
        posted.but(nonce="another"),
        Posted(posted.query, other.body),
    ):
        assert refused(forged) == ("signature_invalid", 403)


def test_missing_repeated_and_odd_parameters_are_refused() -> None:
    posted = WECHAT.call(message_xml(), MORNING)
    for name in ("timestamp", "nonce", "msg_signature"):
        assert refused(posted.without(name)) == ("query_incomplete", 400)
    for odd in (
        {"timestamp": "١٢٣"},
        {"timestamp": "-5"},
        {"timestamp": "9" * 400},
        {"nonce": "a b"},
        {"nonce": "]]>"},
    ):
        assert refused(posted.but(**odd)) == ("query_malformed", 400)
    twice = {**posted.lists(), "nonce": ["a", "b"]}
    with pytest.raises(GuardFault, match="query_malformed"):
        GUARD.open(twice, posted.body, posted.content_type, MORNING)


def test_safe_mode_refuses_plain_bodies_and_plain_mode_takes_them() -> None:
    plain = WECHAT.plain(message_xml(), MORNING)
    assert refused(plain) == ("encryption_required", 403)
    assert refused(plain.but(encrypt_type="raw")) == ("encryption_required", 403)
    relaxed = Guard(wechat_settings(wechat_official_mode="plain"))
    call = relaxed.open(plain.lists(), plain.body, plain.content_type, MORNING)
    assert call.key is None
    assert relaxed.seal(call, "<xml/>", MORNING) == "<xml/>"
    sealed = WECHAT.call(message_xml(), MORNING)
    assert relaxed.open(sealed.lists(), sealed.body, sealed.content_type, MORNING).key == 0


def test_oversized_truncated_and_foreign_calls_are_refused() -> None:
    posted = WECHAT.call(message_xml(), MORNING)
    assert refused(Posted(posted.query, b"<xml>" + b"x" * 65_536)) == ("body_too_large", 413)
    assert refused(Posted(posted.query, posted.body[:-9])) == ("xml_malformed", 400)
    assert refused(Posted(posted.query, b"")) == ("body_empty", 400)
    assert refused(Posted(posted.query, b"\xff\xfe<xml/>")) == ("not_utf8", 400)
    foreign = Envelope([KEY], ["wx-somebody-else"]).seal(message_xml(), 0, "wx-somebody-else")
    assert refused(WECHAT.sign(f"<xml><Encrypt>{foreign}</Encrypt></xml>", MORNING, foreign)) == ("appid_foreign", 403)
    unknown = Envelope(["z" * 42 + "Q"], [WECHAT.appid]).seal(message_xml(), 0, WECHAT.appid)
    assert refused(WECHAT.sign(f"<xml><Encrypt>{unknown}</Encrypt></xml>", MORNING, unknown))[1] == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda deeper: st.lists(deeper) | st.dictionaries(st.text(), deeper),
)
ENTITY_BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
)
EXTERNAL = '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ENTITY_BOMB, "xml_forbidden"),
        (EXTERNAL, "xml_forbidden"),
        ("<xml>" + "<a>" * 3000 + "</a>" * 3000 + "</xml>", "xml_too_deep"),
        ("<xml>" + "<a/>" * 3000 + "</xml>", "xml_too_deep"),
        ("<html><Encrypt>a</Encrypt></html>", "xml_malformed"),
        ("<xml><Encrypt>&#0;</Encrypt></xml>", "xml_malformed"),
        ("<xml><Encrypt>&#xD800;</Encrypt></xml>", "xml_malformed"),
        ('<?xml version="1.0" encoding="nonsense"?><xml><Encrypt>a</Encrypt>', "xml_malformed"),
        ("<xml></xml>", "encrypted_part_missing"),
        ("<xml><Encrypt>not base64!</Encrypt></xml>", "encrypted_part_missing"),
        ("[]", "json_malformed"),
        ('{"Encrypt": ', "json_malformed"),
        ('{"Encrypt": "\\ud800"}', "json_malformed"),
        ('{"Encrypt": {"$ne": null}}', "encrypted_part_missing"),
        ("[" * 20_000, "json_malformed"),
    ],
)
def test_hostile_envelopes_are_refused_at_the_gate(body: str, code: str) -> None:
    assert refused(WECHAT.sign(body, MORNING, "a")) == (code, 400)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
        st.text(max_size=120).map(lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>".encode("utf-8", "replace")),
        JSON.map(lambda value: json.dumps(value).encode()),
    ),
    query=st.dictionaries(
        st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "encrypt_type"]),
        st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["aes", "1795397400"])), max_size=2),
    ),
    content_type=st.sampled_from(["text/xml", "application/json", "", "\x00"]),
)  # fmt: skip
def test_anything_unsigned_is_refused_with_a_status_below_500(
    body: bytes, query: dict[str, list[str]], content_type: str
) -> None:
    with pytest.raises(GuardFault) as caught:
        GUARD.open(query, body, content_type, MORNING)
    assert 400 <= caught.value.status < 500


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=120), cut=st.integers(0, 200), flip=st.integers(0, 400))
def test_signed_rubbish_is_refused_with_a_status_below_500(data: bytes, cut: int, flip: int) -> None:
    sealed = bytearray(base64.b64decode(ENVELOPE.seal(message_xml(Content=str(data)), 0, WECHAT.appid)))
    sealed[flip % len(sealed)] ^= 1 + cut % 255
    for rubbish in (base64.b64encode(data).decode(), base64.b64encode(bytes(sealed[: len(sealed) - cut])).decode()):
        posted = WECHAT.sign(f"<xml><Encrypt>{rubbish}</Encrypt></xml>", MORNING, rubbish)
        try:  # a bit flipped in the random part does no harm
            call = GUARD.open(posted.lists(), posted.body, posted.content_type, MORNING)
            read(call.text, call.form, call.appid)
        except GuardFault as fault:
            assert 400 <= fault.status < 500


def test_the_handshake_echoes_only_what_is_signed_fresh_and_harmless() -> None:
    query = WECHAT.plain("", MORNING).lists()
    assert GUARD.echo({**query, "echostr": ["5837397"]}, MORNING) == "5837397"
    for fault, bad in (
        ("query_incomplete", query),
        ("query_malformed", {**query, "echostr": ["<script>"]}),
        ("signature_invalid", {**query, "echostr": ["1"], "signature": ["0" * 40]}),
    ):
        with pytest.raises(GuardFault, match=fault):
            GUARD.echo(bad, MORNING)
    with pytest.raises(GuardFault, match="stale"):
        GUARD.echo({**query, "echostr": ["1"]}, MORNING + timedelta(minutes=6))


def test_the_envelope_and_its_signature_are_those_of_wechats_own_libraries() -> None:
    theirs = WeChatCrypto(SETTINGS.wechat_official_token, KEY, WECHAT.appid)
    timestamp, nonce = str(int(MORNING.timestamp())), "nonce"
    sealed = flat(theirs.encrypt_message("<xml>中]]></xml>", nonce, timestamp))
    query = {"timestamp": timestamp, "nonce": nonce, "encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
    posted = Posted(query, f"<xml><Encrypt>{sealed['Encrypt']}</Encrypt></xml>".encode())
    call = GUARD.open(posted.lists(), posted.body, posted.content_type, MORNING)
    assert call.text == "<xml>中]]></xml>"
    answer = GUARD.seal(call, "<xml>答</xml>", MORNING)
    fields = flat(answer)
    opened = theirs.decrypt_message(answer, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
    assert opened == "<xml>答</xml>"


def test_signatures_with_any_characters_can_be_compared() -> None:
    assert same(signature("a", "b"), signature("b", "a"))
    assert not same("é\ud800" * 20, signature("a"))
