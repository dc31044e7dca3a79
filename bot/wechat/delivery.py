"""The outbox's WeChat channels.

One payload serves both channels, so that one can stand in for the other:
`{"resident_id" or "openid", "text" or "article", "template": our name of it, "data": {our field: text}, "page"}`;
with `quiet` it is not sent in the quiet hours.
WeChat knows no idempotency: both channels are declared so, and what may have been sent is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.wechat.outcomes import Delivered, Final, QuotaExhausted, Retryable, SendOutcome
from bot.wechat.replies import cut
from bot.wechat.service import Wechat
from bot.wechat.templates import Template, templates
from models.conversations import credits, inbound
from models.kernel.clock import Clock
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.outbox import Handler, Receipt
from models.people.documents import Resident
from models.people.quiet_hours import next_waking
from models.platform import Platform

CUSTOM, SUBSCRIBE = "wechat_custom", "wechat_subscribe"
# The user refused, or the consent was used already: our ledger was too optimistic.
NO_CONSENT = 43101
OPENID_FIELDS = {"official": "official_openid", "mini": "mini_openid"}


def handlers(platform: Platform) -> dict[str, Handler]:
    """The handlers of `wechat_custom` and `wechat_subscribe`; `platform.wechat` makes the calls."""
    sender = _Sender(platform.wechat, platform.clock)
    return {
        CUSTOM: Handler(sender.custom, idempotent=False),
        SUBSCRIBE: Handler(sender.subscribe, idempotent=False),
    }


class _Sender:
    def __init__(self, wechat: Wechat, clock: Clock) -> None:
        self._wechat = wechat
        self._clock = clock

    def custom(self, payload: dict[str, Any], key: str) -> Receipt:
        """A customer-service message, only while the follower's last act allows one."""
        waits = self._waits(payload)
        if waits is not None:
            return waits
        article, text = payload.get("article"), payload.get("text")
        if not article and not text:
            return Receipt("final", "nothing_to_say")
        openid = _openid(payload, "official")
        if openid is None:
            return Receipt("final", "no_follower")
        reservation = inbound.reserve_quota(openid, self._clock.now())
        if reservation is None:
            return Receipt("final", "outside_reply_window")
        if article:
            outcome = self._wechat.send_custom_article(openid, article)
        else:
            outcome = self._wechat.send_custom(openid, cut(str(text))[0])
        if isinstance(outcome, Retryable | QuotaExhausted):  # a refusal says that nothing is left
            inbound.return_quota(reservation)
        return _receipt(outcome)

    def subscribe(self, payload: dict[str, Any], key: str) -> Receipt:
        """A one-time subscription message, for one of the consents in the ledger."""
        waits = self._waits(payload)
        if waits is not None:
            return waits
        template = templates().get(str(payload.get("template")))
        if template is None:
            return Receipt("final", "no_template")
        openid = _openid(payload, template.account)
        if openid is None:
            return Receipt("final", "no_follower")
        if not credits.spend(openid, template.template_id, key, self._clock.now()):
            return Receipt("final", "no_consent")
        outcome = self._send(template, openid, payload)
        if isinstance(outcome, Final) and outcome.code == NO_CONSENT:
            credits.revoke(openid, template.template_id, self._clock.now())
        elif isinstance(outcome, Retryable | QuotaExhausted | Final):
            credits.give_back(openid, template.template_id, key, self._clock.now())
        return _receipt(outcome)

    def _waits(self, payload: Mapping[str, Any]) -> Receipt | None:
        """What is `quiet` is not sent in the quiet hours, however it came to be due in them."""
        now = self._clock.now()
        waking = next_waking(now) if payload.get("quiet") else now
        return Receipt("retry", "quiet_hours", after=(waking - now).total_seconds()) if waking > now else None

    def _send(self, template: Template, openid: str, payload: Mapping[str, Any]) -> SendOutcome:
        send = self._wechat.send_subscribe if template.account == "mini" else self._wechat.send_bizsend
        return send(
            openid, template.template_id, template.data(payload.get("data", {})), payload.get("page") or template.page
        )


def _openid(payload: Mapping[str, Any], account: str) -> str | None:
    """Whom it goes to: the openid as given, else the resident's in that account; None where none is known."""
    given = payload.get("openid") or payload.get(OPENID_FIELDS[account])
    if given:
        return str(given)
    resident_id = payload.get("resident_id")
    if not resident_id:
        return None
    field = OPENID_FIELDS[account]
    found = collection(Resident).find_one({"_id": resident_id, "erased_at": None}, {field: 1})
    return open_text(found[field], f"residents.{field}") if found and found.get(field) else None


def _receipt(outcome: SendOutcome) -> Receipt:
    if isinstance(outcome, Delivered):
        return Receipt("delivered", detail={"message_id": outcome.message_id})
    if isinstance(outcome, Retryable):
        return Receipt("retry", outcome.code, after=outcome.after)
    if isinstance(outcome, QuotaExhausted):
        return Receipt("quota", str(outcome.code), after=outcome.after)
    if isinstance(outcome, Final):
        return Receipt("final", str(outcome.code))
    return Receipt("uncertain", outcome.reason)
