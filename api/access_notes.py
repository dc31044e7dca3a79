"""What is noted of each request: counted for the metrics, and a line of the access log.

A request leaves a tuple and nothing else; a thread of the process counts and writes many at once. A write of its own
would let go of the interpreter in each request, which under load takes longer than finding what is near. A process that
ends in an orderly way writes all; one that is killed loses the lines of the last `WAIT_SECONDS`.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from typing import NamedTuple

import orjson
from prometheus_client import Counter, Histogram

WAIT_SECONDS = 0.25
STANDARD_ERROR = 2
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUESTS = Counter("yixiang_http_requests_total", "Requests answered", ("route", "method", "status"))
SECONDS = Histogram("yixiang_http_request_seconds", "Seconds to answer", ("route", "method"), buckets=BUCKETS)


class Note(NamedTuple):
    """One request: the rule it matched, never its path; `at` is POSIX time, None where it is not to be logged."""

    request_id: str
    method: str
    route: str
    status: str
    seconds: float
    at: float | None


class AccessNotes:
    """Notes waiting in memory, and the thread that counts and writes them; it begins with the first note."""

    def __init__(self) -> None:
        self._waiting: deque[Note]
        self._thread: threading.Thread | None
        self.reset()

    def add(self, note: Note) -> None:
        """Leave a note."""
        self._waiting.append(note)
        if self._thread is None:
            self._start()

    def settle(self) -> None:
        """Count and write what waits now."""
        with self._settling:
            lines = []
            while self._waiting:
                note = self._waiting.popleft()
                REQUESTS.labels(note.route, note.method, note.status).inc()
                SECONDS.labels(note.route, note.method).observe(note.seconds)
                if note.at is not None:
                    lines.append(_line(note))
            if lines:
                _write(b"".join(lines))

    def reset(self) -> None:
        """Begin anew: in a forked child the parent's notes are the parent's, and its thread is not here."""
        self._waiting = deque()
        self._settling = threading.Lock()
        self._thread = None

    def _start(self) -> None:
        with self._settling:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="access-notes", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        ended = threading.Event()
        while not ended.wait(WAIT_SECONDS):
            self.settle()


def _line(note: Note) -> bytes:
    assert note.at is not None  # noqa: S101  only those are written
    line = {
        "event": "request", "level": "info", "id": note.request_id, "method": note.method, "route": note.route,
        "status": int(note.status), "ms": round(note.seconds * 1000, 1), "timestamp": note.at,
    }  # fmt: skip
    return orjson.dumps(line) + b"\n"


def _write(lines: bytes) -> None:
    while lines:
        lines = lines[os.write(STANDARD_ERROR, lines) :]


access_notes = AccessNotes()
os.register_at_fork(after_in_child=access_notes.reset)
atexit.register(access_notes.settle)
