"""What we say back: three kinds of reply, rendered to WeChat's XML by wechatpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from defusedxml.ElementTree import fromstring
from wechatpy.replies import ArticlesReply, TransferCustomerServiceReply
from wechatpy.replies import TextReply as WechatText

from bot.wechat.messages import Inbound
from bot.wechat.xml import clean, in_cdata
from config.loading import rule
from config.text import say

_ENCODING = "utf-8"
_PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class TextReply:
    """Text of any length; what does not fit is kept and told when the follower asks for more."""

    text: str


@dataclass(frozen=True)
class NewsReply:
    """One card: a reply to a message may hold a single article only."""

    title: str
    description: str = ""
    url: str = ""
    picture_url: str = ""


@dataclass(frozen=True)
class TransferToHuman:
    """Hand the chat to WeChat's customer-service desk; only a message can be handed over, never an event."""


Reply = TextReply | NewsReply | TransferToHuman


@dataclass(frozen=True)
class Rendered:
    """`xml` answers the call ("" means `success`); `rest` is text that did not fit.

    `told` of the joined replies are in `xml`; those that follow must be pushed.
    """

    xml: str
    rest: str = ""
    told: int = 0


def render(replies: Sequence[Reply], to: Inbound, at: datetime) -> Rendered:
    """WeChat takes one reply to a call: neighbouring texts become one, what follows is pushed."""
    if not to.takes_reply:
        return Rendered("")
    handed_over = any(isinstance(reply, TransferToHuman) for reply in replies)
    spoken = _joined([reply for reply in replies if not isinstance(reply, TransferToHuman)])
    if handed_over and to.kind != "event":
        return Rendered(_xml(TransferCustomerServiceReply, to, at))
    if not spoken:
        return Rendered("")
    first = spoken[0]
    if isinstance(first, NewsReply):
        article = {"title": first.title, "description": first.description, "url": first.url, "image": first.picture_url}
        articles = [{name: in_cdata(text) for name, text in article.items()}]
        return Rendered(_xml(ArticlesReply, to, at, articles=articles), told=1)
    shown, rest = cut(first.text)
    return Rendered(_xml(WechatText, to, at, content=in_cdata(shown)), rest, told=1)


def reread(xml: str) -> TextReply | NewsReply | None:
    """The reply in an answer that `render` made; None where it holds none that could be pushed."""
    root = fromstring(xml, forbid_dtd=True)
    if root.findtext("MsgType") == "text":
        return TextReply(root.findtext("Content") or "")
    item = root.find("./Articles/item")
    if item is None:
        return None
    return NewsReply(*(item.findtext(name) or "" for name in ("Title", "Description", "Url", "PicUrl")))


def cut(text: str) -> tuple[str, str]:
    """What of `text` fits in one message of 2,048 bytes, with how to ask for more, and what is left."""
    text = clean(text)
    most = rule("wechat.text_bytes")
    encoded = text.encode(_ENCODING)
    if len(encoded) <= most:
        return text, ""
    hint = say("wechat.more_hint", word=say("wechat.more_word"))
    shown = encoded[: most - len(hint.encode(_ENCODING))].decode(_ENCODING, "ignore")
    line = shown.rfind("\n")
    if line > len(shown) // 2:  # better at the end of a line, where that loses little
        shown = shown[: line + 1]
    return shown + hint, text[len(shown) :]


def pushable(replies: Sequence[Reply]) -> list[TextReply | NewsReply]:
    """The replies as they can be pushed: long texts in parts, a hand-over left out."""
    return [reply for _, reply in placed(replies)]


def placed(replies: Sequence[Reply]) -> list[tuple[str, TextReply | NewsReply]]:
    """What `pushable` gives, each with its place ("0", or "0.1" for the second part of a long text).

    A place names the same reply whether all are pushed or only those that follow the first. A chat cannot be handed
    over any more.
    """
    pushed: list[tuple[str, TextReply | NewsReply]] = []
    for place, reply in enumerate(_joined([each for each in replies if not isinstance(each, TransferToHuman)])):
        if isinstance(reply, NewsReply):
            pushed.append((str(place), reply))
        else:
            pushed.extend((f"{place}.{number}", TextReply(part)) for number, part in enumerate(_parts(reply.text)))
    return pushed


def _parts(text: str) -> list[str]:
    rest, parts, most = clean(text), [], rule("wechat.text_bytes")
    while rest:
        part = rest.encode(_ENCODING)[:most].decode(_ENCODING, "ignore")
        parts.append(part)
        rest = rest[len(part) :]
    return parts


def _joined(replies: Sequence[TextReply | NewsReply]) -> list[TextReply | NewsReply]:
    joined: list[TextReply | NewsReply] = []
    for reply in replies:
        if isinstance(reply, TextReply) and not clean(reply.text).strip():
            continue
        if joined and isinstance(reply, TextReply) and isinstance(joined[-1], TextReply):
            joined[-1] = TextReply(joined[-1].text + _PARAGRAPH + reply.text)
        else:
            joined.append(reply)
    return joined


def _xml(kind: type, to: Inbound, at: datetime, **content: object) -> str:
    reply = kind(source=in_cdata(to.account), target=in_cdata(to.openid), time=int(at.timestamp()), **content)
    rendered: str = reply.render()
    return rendered
