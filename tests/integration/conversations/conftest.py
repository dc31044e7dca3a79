"""Followers who write to a product without WeChat: `tell("…")` gives the texts that come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.dialogues.engine import answer
from bot.wechat.messages import Inbound
from bot.wechat.replies import TextReply
from config.settings import Settings
from models.facilities.directory import directory
from models.indicators import usage
from models.kernel.clock import FixedClock
from models.kernel.ids import new_id
from models.platform import Platform

Tell = Callable[..., str]


@pytest.fixture
def platform(settings: Settings, clock: FixedClock) -> Platform:
    return Platform(settings, clock)


@pytest.fixture
def tell(platform: Platform) -> Iterator[Tell]:
    def run(
        content: str = "", *, openid: str = "oA", key: str | None = None, event: str = "", event_key: str = ""
    ) -> str:
        now = platform.clock.now()
        message = Inbound(
            key=key or new_id(), kind="event" if event else "text", openid=openid, account="gh", created_at=now,
            content=content, event=event, event_key=event_key,
        )  # fmt: skip
        replies = answer(message, now, platform)
        return "\n\n".join(reply.text for reply in replies if isinstance(reply, TextReply))

    yield run
    directory().close()
    usage.discard()
