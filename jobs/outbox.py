"""The outbox's jobs: relay what waits in its causes, deliver it, and watch what is stuck.

Receivers that may be slow have a job of their own, so that none waits for another's time-outs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import Gauge

from models.feedback.publishing import CHECK_CHANNEL
from models.indicators.observations import PUSH_CHANNEL
from models.kernel import outbox
from models.kernel.database import collection
from models.platform import Platform

WECHAT_CHANNELS = ("wechat_custom", "wechat_subscribe", CHECK_CHANNEL)
INDICATOR_CHANNELS = (PUSH_CHANNEL,)
WATCHED = (outbox.PENDING, outbox.DEAD, outbox.UNCERTAIN)
STUCK = Gauge("yixiang_outbox_messages", "Messages in the outbox by state", ("state",), multiprocess_mode="mostrecent")


def relay(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Move entries from their causes into the outbox."""
    return {"moved": outbox.relay(at)}


def deliver_wechat(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Messages through WeChat."""
    return _deliver(platform, at, WECHAT_CHANNELS)


def push_indicators(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Observations to the planning office."""
    return _deliver(platform, at, INDICATOR_CHANNELS)


def deliver_others(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Every other channel: what stays inside the product and is quick."""
    return _deliver(platform, at, sorted(set(platform.handlers) - {*WECHAT_CHANNELS, *INDICATOR_CHANNELS}))


def watch(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count the messages that wait or are stuck, for the metrics."""
    counts = {state: collection(outbox.OutboxMessage).count_documents({"state": state}) for state in WATCHED}
    for state, count in counts.items():
        STUCK.labels(state).set(count)
    return counts


def _deliver(platform: Platform, at: datetime, channels: Iterable[str]) -> Mapping[str, Any]:
    handlers = {name: platform.handlers[name] for name in channels if name in platform.handlers}
    return outbox.deliver(at, handlers, platform.clock.now)
