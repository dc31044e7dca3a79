"""Messages are read into our own values or refused with 400; nothing wechatpy raises gets through."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wechat.faults import GuardFault
from bot.wechat.messages import Inbound, SubscribeEntry, read
from tests.factories.wechat import OPENID, message_xml

SECONDS = 1_795_397_400


def read_xml(kind: str = "text", **fields: object) -> Inbound:
    return read(message_xml(kind, at=SECONDS, **fields), "xml", "wx1")


def test_a_text_is_known_by_its_message_id() -> None:
    message = read_xml(Content="附近的养老院]]> 好吗", MsgId=64)
    assert message.kind == "text"
    assert message.content == "附近的养老院]]> 好吗"
    assert (message.openid, message.key) == (OPENID, "wx1:64")
    assert message.created_at == datetime.fromtimestamp(SECONDS, UTC)
    assert message.takes_reply
    assert message.opens_window == "message"
    assert read_xml(Content="other", MsgId=64).id == message.id != read_xml(MsgId=65).id


def test_events_are_known_by_who_when_and_what() -> None:
    click = read_xml("event", Event="CLICK", EventKey="nearby")
    assert (click.event, click.event_key, click.opens_window) == ("click", "nearby", "event")
    assert read_xml("event", Event="CLICK", EventKey="nearby").id == click.id
    assert read_xml("event", Event="CLICK", EventKey="human").id != click.id
    assert read_xml("event", Event="CLICK", EventKey="nearby", openid="other").id != click.id
    assert read(message_xml("event", at=SECONDS + 1, Event="CLICK", EventKey="nearby"), "xml", "wx1").id != click.id


def test_subscribing_by_a_code_and_scanning_it_look_alike() -> None:
    subscribed = read_xml("event", Event="subscribe", EventKey="qrscene_town-1", Ticket="t")
    scanned = read_xml("event", Event="SCAN", EventKey="town-1", Ticket="t")
    assert (subscribed.event, subscribed.event_key) == ("subscribe", "town-1")
    assert (scanned.event, scanned.event_key) == ("scan", "town-1")
    assert read_xml("event", Event="subscribe", EventKey="").event_key == ""
    assert subscribed.takes_reply and scanned.takes_reply


def test_positions_carry_their_datum() -> None:
    sent = read_xml("location", Location_X="27.8", Location_Y="114.4", Label="袁州区", Scale=15)
    assert (sent.latitude, sent.longitude, sent.datum, sent.label) == (27.8, 114.4, "gcj02", "袁州区")
    reported = read_xml("event", Event="LOCATION", Latitude="27.8", Longitude="114.4", Precision="30")
    assert (reported.latitude, reported.longitude) == (27.8, 114.4)
    assert not reported.takes_reply
    assert reported.opens_window == ""


@pytest.mark.parametrize("odd", ["", "nan", "inf", "91", "x", "-1e400"])
def test_impossible_positions_are_refused(odd: str) -> None:
    with pytest.raises(GuardFault) as caught:
        read_xml("location", Location_X=odd, Location_Y="114.4")
    assert caught.value.status == 400


def test_voice_without_recognition_and_kinds_we_do_not_know() -> None:
    assert read_xml("voice", MediaId="m", Format="amr", Recognition="").recognition == ""
    assert read_xml("voice", Recognition="找人工").recognition == "找人工"
    assert read_xml("link", Title="t", Url="u").url == "u"
    assert read_xml("hologram").kind == "other"
    assert read_xml("event", Event="brand_new").event == "brand_new"


ACCEPT = {"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}
REJECT = {"TemplateId": "t2", "SubscribeStatusString": "reject", "PopupScene": "0"}


@pytest.mark.parametrize(
    ("listed", "entries"),
    [
        (ACCEPT, [("t1", "accept")]),
        ([ACCEPT], [("t1", "accept")]),
        ([ACCEPT, REJECT], [("t1", "accept"), ("t2", "reject")]),
    ],
)
def test_subscription_events_carry_one_entry_or_several_in_json_and_xml(listed: object, entries: object) -> None:
    body = {
        "ToUserName": "gh", "FromUserName": OPENID, "CreateTime": str(SECONDS), "MsgType": "event",
        "Event": "subscribe_msg_popup_event", "List": listed,
    }  # fmt: skip
    message = read(json.dumps(body), "json", "wx1")
    assert [(entry.template_id, entry.status) for entry in message.entries] == entries
    each = listed if isinstance(listed, list) else [listed]
    parts = "".join(f"<List>{''.join(f'<{k}>{v}</{k}>' for k, v in one.items())}</List>" for one in each)
    xml = message_xml("event", at=SECONDS, Event="subscribe_msg_popup_event").replace(
        "</xml>", f"<SubscribeMsgPopupEvent>{parts}</SubscribeMsgPopupEvent></xml>"
    )
    assert read(xml, "xml", "wx1").entries == message.entries
    assert not message.takes_reply


def test_sent_events_of_two_templates_in_one_second_are_two() -> None:
    def sent(message_id: str) -> Inbound:
        body = {
            "ToUserName": "gh", "FromUserName": OPENID, "CreateTime": SECONDS, "MsgType": "event",
            "Event": "subscribe_msg_sent_event",
            "List": {"TemplateId": "t", "MsgID": message_id, "ErrorCode": "0", "ErrorStatus": "success"},
        }  # fmt: skip
        return read(json.dumps(body), "json", "wx1")

    assert sent("1").entries == (SubscribeEntry("t", "success", "1", "0"),)
    assert sent("1").id != sent("2").id


def test_a_refusal_and_an_agreement_of_one_second_are_two_events() -> None:
    """WeChat gives events no id, only a second; somebody quick refuses and agrees within it."""

    def answered(status: str) -> Inbound:
        body = {"ToUserName": "g", "FromUserName": "o", "CreateTime": SECONDS, "MsgType": "event",
                "Event": "subscribe_msg_popup_event", "List": {**ACCEPT, "SubscribeStatusString": status}}  # fmt: skip
        return read(json.dumps(body), "json", "wx1")

    assert answered("reject").id != answered("accept").id == answered("accept").id


def test_a_message_survives_storage() -> None:
    for message in (
        read_xml("location", Location_X="27.8", Location_Y="114.4"),
        read(json.dumps({"ToUserName": "g", "FromUserName": "o", "CreateTime": 1, "MsgType": "event",
                         "Event": "subscribe_msg_popup_event", "List": ACCEPT}), "json", "wx1"),
    ):  # fmt: skip
        assert Inbound.restored(json.loads(json.dumps(message.stored()))) == message


NAMES = [
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "MsgId",
    "Event",
    "EventKey",
    "Content",
    "Location_X",
    "Location_Y",
    "Latitude",
    "Longitude",
    "List",
    "SubscribeMsgPopupEvent",
    "ScanCodeInfo",
    "Recognition",
]
TELLING = [
    "event",
    "text",
    "location",
    "voice",
    "LOCATION",
    "subscribe",
    "subscribe_msg_popup_event",
    "CLICK",
    "unsubscribe",
    "device_text",
    "1795397400",
    "0",
    "-1",
    "999999999999999999999999999999",
    "nan",
]
VALUES = st.one_of(st.sampled_from(TELLING), st.text(max_size=30), st.none(), st.booleans(), st.integers(), st.floats())
NESTED = st.recursive(
    VALUES, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=8), deeper, max_size=3)
)
FIELDS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), NESTED, max_size=12)
BASE = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1795397400", "MsgType": "text", "MsgId": "1"}


def read_or_refused(text: str, form: str) -> None:
    try:
        assert read(text, form, "wx1").openid
    except GuardFault as fault:
        assert fault.status == 400


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(fields=FIELDS, complete=st.booleans())
def test_any_json_is_read_or_refused(fields: dict[str, object], complete: bool) -> None:
    read_or_refused(json.dumps({**(BASE if complete else {}), **fields}), "json")


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(fields=FIELDS, complete=st.booleans(), cut=st.one_of(st.none(), st.integers(1, 40)))
def test_any_xml_is_read_or_refused(fields: dict[str, object], complete: bool, cut: int | None) -> None:
    def element(name: str, value: object) -> str:
        if isinstance(value, dict):
            inner = "".join(element(str(k), v) for k, v in value.items())
        elif isinstance(value, list):
            return "".join(element(name, v) for v in value)
        else:
            inner = f"<![CDATA[{value}]]>"
        return f"<{name}>{inner}</{name}>"

    values = {**(BASE if complete else {}), **fields}
    read_or_refused(f"<xml>{''.join(element(k, v) for k, v in values.items())}</xml>"[: cut and -cut], "xml")


@pytest.mark.parametrize("text", ["", "<xml/>", "<xml></xml>", "{}", "[]", "null", '"x"', "\x00", "<a/>", "x" * 70_000])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_empty_and_foreign_bodies_are_refused(text: str, form: str) -> None:
    with pytest.raises(GuardFault) as caught:
        read(text, form, "wx1")
    assert caught.value.status == 400
