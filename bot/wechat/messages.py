"""What a follower sent, as a small typed value; read with wechatpy behind a guard against everything it raises.

wechatpy reads lazily and trusts what it reads: KeyError, TypeError, AttributeError, ValueError, OverflowError,
binascii.Error, ExpatError and more come from a body that is merely odd. Here each becomes a GuardFault (400).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from wechatpy import parse_message
from wechatpy.events import EVENT_TYPES, BaseEvent, register_event
from wechatpy.fields import BaseField
from wechatpy.messages import MESSAGE_TYPES, BaseMessage, UnknownMessage

from bot.wechat.faults import malformed
from bot.wechat.guard import json_object
from bot.wechat.xml import clean, flat
from models.kernel.ids import id_from_key

Kind = Literal["text", "image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage", "event", "other"]
KINDS = ("text", "image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage", "event")
# The convention for positions sent in China; WeChat does not document it, so it is kept with each coordinate.
DATUM = "gcj02"
SUBSCRIBE, UNSUBSCRIBE, SCAN, CLICK, LOCATION = "subscribe", "unsubscribe", "scan", "click", "location"
SUBSCRIBE_EVENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
# Events after which WeChat shows a reply; to every other it takes `success` only.
ANSWERED_EVENTS = frozenset({SUBSCRIBE, SCAN, CLICK, "scancode_waitmsg"})
_QRSCENE = "qrscene_"
_MAX_CHARS = 4096
_MAX_ENTRIES = 50


@dataclass(frozen=True)
class SubscribeEntry:
    """One template of a `subscribe_msg_*` event: `status` is accept, reject, or the outcome of a sending."""

    template_id: str
    status: str
    message_id: str = ""
    error_code: str = ""


@dataclass(frozen=True)
class Inbound:
    """A message or event. `key` is the same for every repeat of it; `id` is the 26-character form of the key.

    `latitude` and `longitude` are degrees in `datum`. `event` is lower case; `event_key` of a subscription by QR code
    comes without its `qrscene_`, so that subscribing and scanning look alike. `recognition` may be empty.
    """

    key: str
    kind: Kind
    openid: str
    account: str
    created_at: datetime
    content: str = ""
    event: str = ""
    event_key: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: str = DATUM
    label: str = ""
    recognition: str = ""
    media_id: str = ""
    title: str = ""
    url: str = ""
    entries: tuple[SubscribeEntry, ...] = field(default=())

    @property
    def id(self) -> str:
        """What this message creates takes an id derived from this one, so that a repeat finds it."""
        return id_from_key("wechat inbound", self.key)

    def stored(self) -> dict[str, Any]:
        """As JSON takes it; `restored` undoes it."""
        return {**asdict(self), "created_at": self.created_at.timestamp()}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Inbound:
        """A message from what `stored` returned."""
        created_at = datetime.fromtimestamp(stored["created_at"], UTC)
        entries = tuple(SubscribeEntry(**entry) for entry in stored["entries"])
        return cls(**{**stored, "created_at": created_at, "entries": entries})

    @property
    def takes_reply(self) -> bool:
        """Whether WeChat shows what we answer."""
        return self.kind != "event" or self.event in ANSWERED_EVENTS

    @property
    def opens_window(self) -> Literal["message", "event", ""]:
        """Which quota of customer-service messages this act of the follower opens."""
        if self.kind != "event":
            return "message"
        return "event" if self.event in ANSWERED_EVENTS else ""


def _declare(event: str, container: str) -> None:
    """Teach wechatpy an event it lacks; its entries come under a container in XML and under `List` in JSON."""
    attributes = {"event": event, "container": BaseField(container), "entries": BaseField("List")}
    metaclass: Any = type(BaseEvent)
    register_event(event)(metaclass(f"{container}Class", (BaseEvent,), attributes))


for _name, _container in SUBSCRIBE_EVENTS.items():
    _declare(_name, _container)


def read(text: str, form: str, appid: str) -> Inbound:
    """The message in a plain body of the form "xml" or "json". Raises GuardFault (400) and nothing else."""
    if form == "xml":
        flat(text)  # refuses DTDs, entities and deep nesting before wechatpy's parser sees them
    source = json_object(text) if form == "json" else text
    try:
        message = _from_json(source) if isinstance(source, dict) else parse_message(source)
        return _inbound(message, appid)
    except Exception as fault:
        if type(fault).__module__.startswith("bot."):
            raise
        raise malformed("message_malformed") from None


def _from_json(fields: Mapping[str, Any]) -> BaseMessage:
    """What `parse_message` does, for a JSON push."""
    kind = fields["MsgType"].lower()
    types = EVENT_TYPES if kind == "event" else MESSAGE_TYPES
    name = fields["Event"].lower() if kind == "event" else kind
    return types.get(name, UnknownMessage)(dict(fields))


def _inbound(message: BaseMessage, appid: str) -> Inbound:
    read_text = _Reader(message)
    openid, account = read_text.required("FromUserName"), read_text.required("ToUserName")
    seconds = int(read_text.required("CreateTime"))
    raw_kind = read_text.required("MsgType").lower()
    kind: Any = raw_kind if raw_kind in KINDS else "other"
    event = read_text("Event").lower() if kind == "event" else ""
    if kind == "event" and not event:
        raise malformed("message_malformed")
    event, event_key = _event(event.strip(), read_text("EventKey").strip())
    entries = _entries(message, event)
    latitude, longitude = _position(message, kind, event)
    subject = event_key or ",".join(entry.message_id or f"{entry.template_id}={entry.status}" for entry in entries)
    return Inbound(
        key=_key(read_text, appid, openid, seconds, raw_kind, event, subject), kind=kind, openid=openid,
        account=account, created_at=datetime.fromtimestamp(seconds, UTC), content=read_text("Content"), event=event,
        event_key=event_key, latitude=latitude, longitude=longitude, label=read_text("Label"),
        recognition=read_text("Recognition"), media_id=read_text("MediaId"), title=read_text("Title"),
        url=read_text("Url"), entries=entries,
    )  # fmt: skip


class _Reader:
    """Texts of a message by WeChat's field names: cleaned, bounded, and never anything but text."""

    def __init__(self, message: BaseMessage) -> None:
        self._fields = message._data

    def __call__(self, name: str) -> str:
        value = self._fields.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise malformed("message_malformed")
        return clean(str(value))[:_MAX_CHARS]

    def required(self, name: str) -> str:
        found = self(name).strip()
        if not found:
            raise malformed("message_incomplete")
        return found


def _key(read_text: _Reader, appid: str, openid: str, seconds: int, kind: str, event: str, subject: str) -> str:
    """MsgId, or for events (whose id is 0 or absent) FromUserName + CreateTime + Event with what it is about.

    A refusal and an agreement of the same second are two events: what was said belongs to what it is about.
    """
    number = read_text("MsgId")
    if kind != "event" and number not in ("", "0"):
        return f"{appid}:{number}"
    return f"{appid}:{openid}:{seconds}:{event or kind}:{subject}"


def _event(event: str, key: str) -> tuple[str, str]:
    """wechatpy renames a subscription by QR code; the follower subscribed, by whatever way."""
    if event in ("subscribe_scan", "subscribe_scan_product"):
        event = SUBSCRIBE
    return event, key.removeprefix(_QRSCENE)


def _position(message: BaseMessage, kind: str, event: str) -> tuple[float | None, float | None]:
    if kind == "location":
        latitude, longitude = float(message.location_x), float(message.location_y)
    elif kind == "event" and event == LOCATION:
        latitude, longitude = message.latitude, message.longitude
    else:
        return None, None
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise malformed("position_malformed")
    return latitude, longitude


def _entries(message: BaseMessage, event: str) -> tuple[SubscribeEntry, ...]:
    if event not in SUBSCRIBE_EVENTS:
        return ()
    found = message.entries
    if found is None and message.container is not None:
        found = message.container["List"]
    listed = found if isinstance(found, list) else [found]
    return tuple(_entry(each) for each in listed[:_MAX_ENTRIES])


def _entry(fields: Mapping[str, Any]) -> SubscribeEntry:
    def text(name: str) -> str:
        value = fields.get(name)
        return clean(str(value))[:_MAX_CHARS] if isinstance(value, str | int) else ""

    if not text("TemplateId"):
        raise malformed("message_incomplete")
    status = text("SubscribeStatusString") or text("ErrorStatus")
    return SubscribeEntry(text("TemplateId"), status, text("MsgID"), text("ErrorCode"))
