"""The planning office as a receiver over HTTP, and a push to it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from models.kernel.clock import FixedClock

KEY = "a key that only the office and we know"


@dataclass
class Office:
    """The receiver: checks each call as the planning office would, and answers as it is told."""

    clock: FixedClock
    answer: Callable[[int], Response] = lambda number: Response(status=200)
    calls: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def take(self, request: Request) -> Response:
        self.calls += 1
        body, stamp = request.get_data(), request.headers["X-Yixiang-Timestamp"]
        wanted = hmac.new(KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        if request.headers["X-Yixiang-Signature"] != f"sha256={wanted}":
            self.faults.append("signature")
        if abs(int(stamp) - self.clock.now().timestamp()) > 1:
            self.faults.append("timestamp")
        answer = self.answer(self.calls)
        key = request.headers["Idempotency-Key"]
        if answer.status_code < 300 or answer.headers.get("X-Accepted"):
            if self.keys.setdefault(key, body) != body:
                self.faults.append("another body under the same key")
            elif key not in {each["key"] for each in self.accepted}:
                self.accepted.append({"key": key, **json.loads(body)})
        return answer
