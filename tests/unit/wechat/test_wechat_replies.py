"""Replies fit WeChat's form: one to a call, 2,048 bytes of text, any characters."""

from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wechat.messages import Inbound, read
from bot.wechat.replies import NewsReply, TextReply, TransferToHuman, cut, placed, pushable, render
from bot.wechat.values import fit, fitted
from config.text import say
from tests.factories.wechat import ACCOUNT, OPENID, message_xml, text_of

AT = datetime(2026, 11, 23, tzinfo=UTC)


def message(kind: str = "text", **fields: object) -> Inbound:
    return read(message_xml(kind, **fields), "xml", "wx1")


def said(text: str) -> str:
    return text_of(fromstring(render([TextReply(text)], message(), AT).xml))


def test_a_reply_goes_back_to_who_wrote() -> None:
    root = fromstring(render([TextReply("好")], message(), AT).xml)
    assert (root.findtext("ToUserName"), root.findtext("FromUserName")) == (OPENID, ACCOUNT)
    assert root.findtext("CreateTime") == str(int(AT.timestamp()))
    assert text_of(root) == "好"


def test_characters_xml_cannot_hold_are_removed_and_the_rest_survives() -> None:
    assert said("a]]>b]]]]>>c") == "a]]>b]]]]>>c"
    assert said("a\x00\x08b\x1f\ud800\uffffc\td\ne\r\nf") == "abc\td\ne\nf"
    assert said("<&>\"'") == "<&>\"'"


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(text=st.text(min_size=1, max_size=200).filter(lambda text: "\r" not in text and text.strip()))
def test_any_text_survives(text: str) -> None:
    kept = "".join(
        c for c in text if c in "\t\n" or (c >= " " and c not in "\x7f\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
    if kept.strip():
        assert said(text) == kept


@pytest.mark.parametrize("letter", ["a", "é", "中", "😀"])
def test_long_texts_are_cut_between_characters_and_nothing_is_lost(letter: str) -> None:
    hint = say("wechat.more_hint", word=say("wechat.more_word"))
    for length in range(2101):
        text = letter * (length // len(letter.encode()))
        shown, rest = cut(text)
        assert len(shown.encode()) <= 2048
        assert shown.removesuffix(hint) + rest == text
        assert bool(rest) == (len(text.encode()) > 2048)


def test_a_very_long_text_is_told_to_its_end_in_parts() -> None:
    told, rest, parts = "", "行一\n行二，很长。\n" * 900, 0
    whole = rest
    hint = say("wechat.more_hint", word=say("wechat.more_word"))
    while rest:
        shown, rest = cut(rest)
        told, parts = told + shown.removesuffix(hint), parts + 1
    assert told == whole
    assert parts < 20
    assert "".join(part.text for part in pushable([TextReply(whole)]) if isinstance(part, TextReply)) == whole


def test_one_call_gets_one_reply_and_what_follows_is_pushed() -> None:
    card = NewsReply("标题]]>", "说明", "https://example.org", "https://example.org/a.png")
    rendered = render([TextReply("一"), TextReply(""), TextReply("二"), card], message(), AT)
    assert text_of(fromstring(rendered.xml)) == "一\n\n二"
    assert rendered.told == 1
    assert placed([TextReply("一"), TextReply(""), TextReply("二"), card])[1:] == [("1", card)]
    root = fromstring(render([card], message(), AT).xml)
    assert root.findtext("ArticleCount") == "1"
    assert root.findtext("./Articles/item/Title") == "标题]]>"
    assert root.findtext("./Articles/item/Url") == "https://example.org"


def test_only_messages_are_handed_over_never_events() -> None:
    handed = render([TransferToHuman(), TextReply("请稍候")], message(), AT)
    assert fromstring(handed.xml).findtext("MsgType") == "transfer_customer_service"
    assert handed.told == 0
    click = message("event", Event="CLICK", EventKey="human")
    assert text_of(fromstring(render([TransferToHuman(), TextReply("请稍候")], click, AT).xml)) == "请稍候"
    assert render([TransferToHuman()], click, AT).xml == ""


@pytest.mark.parametrize("event", ["LOCATION", "unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH"])
def test_events_that_take_no_reply_get_none(event: str) -> None:
    fields = {"Latitude": "1", "Longitude": "1"} if event == "LOCATION" else {}
    assert render([TextReply("好")], message("event", Event=event, **fields), AT).xml == ""


def test_nothing_to_say_is_no_reply() -> None:
    assert render([], message(), AT).xml == ""
    assert render([TextReply("\x00 ")], message(), AT).xml == ""


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ("thing1", "中" * 20, "中" * 20),
        ("thing1", "中" * 21, "中" * 19 + "…"),
        ("name12", "欧阳" * 6, "欧阳" * 4 + "欧…"),
        ("phrase2", "已受理，请等待", "已受理请等"),
        ("phrase2", "OK", say("wechat.empty_phrase")),
        ("thing3", "", say("wechat.empty_value")),
        ("thing3", "两行\n一行\x00", "两行 一行"),
        ("time4", "2026年11月23日 09:30", "2026年11月23日 09:30"),
        ("character_string5", "A" * 40, "A" * 32),
        ("phone_number6", "0" * 20, "0" * 17),
    ],
)
def test_values_of_a_subscription_message_fit_wechats_limits(field: str, value: str, fits: str) -> None:
    assert fit(field, value) == fits
    assert fitted({field: value}) == {field: {"value": fits}}
