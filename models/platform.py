"""What a door needs of the running product: settings, the clock, the WeChat client, the outbox's handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.settings import Settings
from models.kernel.clock import Clock, SystemClock
from models.kernel.outbox import Handler


@dataclass(frozen=True)
class Platform:
    """Made once by the composition root. `wechat` is the client of `bot.wechat`, which `models` may not import.

    `errands` are works of one door that the timetable carries out for it, by the name of their job.
    """

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    wechat: Any = None
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    errands: Mapping[str, Callable[[datetime], object]] = field(default_factory=dict)
