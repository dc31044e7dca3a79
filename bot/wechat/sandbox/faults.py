"""Faults on demand: `POST /sandbox/faults {"fault": "late", "path": "/cgi-bin/", "times": 3}`."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any, Literal

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.loading import rule

# Never disturbed: the sandbox's own controls and pages.
OWN = ("/sandbox", "/phone")


class FaultBody(BaseModel):
    """`fault`: late, down, 500, or one of WeChat's error codes. `path`: where, by prefix. `times`: how often."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fault: Literal["late", "down", "500"] | str = Field(pattern=r"^(late|down|500|-1|\d{5,6})$")
    path: str = Field(default="/", pattern=r"^/", max_length=200)
    times: int = Field(default=1, ge=1, le=100_000)
    seconds: float | None = Field(default=None, gt=0, le=60)


@dataclass
class Fault:
    """A fault in force."""

    fault: str
    path: str
    times: int
    seconds: float | None


class Switch:
    """The faults in force; each is used up call by call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, body: FaultBody) -> None:
        with self._lock:
            self._faults.append(Fault(body.fault, body.path, body.times, body.seconds))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def answer(self, path: str) -> Response | None:
        """What a call gets instead of its answer; None lets it through (after a delay, where that is the fault)."""
        if path.startswith(OWN):
            return None
        fault = self._take(path)
        if fault is None:
            return None
        if fault.fault == "late":
            time.sleep(fault.seconds or rule("sandbox.late_seconds"))
            return None
        if fault.fault == "down":
            return Response(status=503)
        if fault.fault == "500":
            return Response(status=500)
        return jsonify({"errcode": int(fault.fault), "errmsg": "fault on demand"})

    def _take(self, path: str) -> Fault | None:
        with self._lock:
            found = next((fault for fault in self._faults if path.startswith(fault.path)), None)
            if found is not None:
                found.times -= 1
                if found.times == 0:
                    self._faults.remove(found)
            return found


def blueprint(switch: Switch) -> Blueprint:
    """The controls of the switch."""
    routes = Blueprint("faults", __name__)

    @routes.post("/sandbox/faults")
    def add() -> tuple[Response, int]:
        try:
            switch.add(FaultBody.model_validate(request.get_json(silent=True)))
        except ValidationError as fault:
            return jsonify({"errors": fault.errors(include_input=False, include_url=False, include_context=False)}), 422
        return jsonify(switch.listed()), 201

    @routes.get("/sandbox/faults")
    def listed() -> Response:
        return jsonify(switch.listed())

    @routes.delete("/sandbox/faults")
    def clear() -> Response:
        switch.clear()
        return jsonify([])

    return routes
