"""The outbox's channel `feedback_check`: WeChat's check of a text before everybody can read it.

WeChat checks a text in the name of a user of the mini-program. Where it does not know one (the piece came from the
chat, or its owner has not been in the mini-program for long), it refuses, and the text is held for a second person.
"""

from __future__ import annotations

from typing import Any, cast

from bot.wechat.outcomes import WechatRefused
from models.feedback.publishing import CHECK_CHANNEL, Verdict, settle_check, to_check
from models.kernel.outbox import Handler, Receipt
from models.platform import Platform

UNCHECKED: Verdict = "unchecked"
VERDICTS = ("pass", "review", "risky")


def handlers(platform: Platform) -> dict[str, Handler]:
    """The handler of `feedback_check`; asking WeChat twice does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        feedback_id, proposal = payload["feedback_id"], payload["key"]
        waiting = to_check(feedback_id, proposal)
        if waiting is None:
            return Receipt("delivered", "no_longer_wanted")
        text, openid = waiting
        verdict = _verdict(platform, openid, text) if openid else UNCHECKED
        settle_check(feedback_id, proposal, verdict, platform.clock.now())
        return Receipt("delivered", verdict)

    return {CHECK_CHANNEL: Handler(send, idempotent=True)}


def _verdict(platform: Platform, openid: str, text: str) -> Verdict:
    """What WeChat says. While it does not answer this raises, and the outbox tries again."""
    try:
        said = platform.wechat.msg_sec_check(openid, text).suggest
    except WechatRefused:
        return UNCHECKED
    return cast(Verdict, said) if said in VERDICTS else UNCHECKED
