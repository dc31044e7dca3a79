"""The load of the nearby benchmarks: `wrk` where it is installed, else the raw-socket clients of `common`; and an open
loop of one thread, which costs the machine so little that a server may be asked as often as it can answer."""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from urllib.parse import urlsplit

from bench.common import READ_BYTES, percentile, requests_per_second

CONNECTIONS = 16
PER_SECOND = 200
# Of the open loop: more than the threads of any server measured.
OPEN_CONNECTIONS = 64


def generator() -> str:
    """Which one this run uses; every figure of a run comes from the same."""
    return f"wrk, {CONNECTIONS} connections" if shutil.which("wrk") else "raw-socket clients (wrk would be lighter)"


def rate(address: str, paths: Sequence[str], seconds: float = 6) -> float:
    """Answers a second over kept connections, the paths in turn. Stops the run where one is refused."""
    if not shutil.which("wrk"):
        return requests_per_second([address + path for path in paths], seconds=seconds)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f'"{path}"' for path in paths)
        script.write(
            f"local paths={{{listed}}}\nlocal n=0\n"
            "request=function()\nn=n%#paths+1\nreturn wrk.format(nil,paths[n])\nend\n"
        )
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "-s", script.name, address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or "Non-2xx" in said:
        raise SystemExit(f"wrk said:\n{said}")
    return float(found[1])


def p99_ms(address: str, paths: Sequence[str], per_second: float = PER_SECOND, seconds: float = 10) -> float:
    """Milliseconds within which 99% of the requests of an open loop are answered, from when each was due.

    Who is due while every connection waits for an answer queues here, and its waiting counts. Stops the run where one
    is refused.
    """
    return percentile(_open_loop(address, paths, per_second, seconds), 0.99) * 1000


def _open_loop(address: str, paths: Sequence[str], per_second: float, seconds: float) -> list[float]:
    """Seconds from due to answered, of `per_second * seconds` requests."""
    parts = urlsplit(address)
    requests = [f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode() for path in paths]
    ready = selectors.DefaultSelector()
    idle = [_Asker(ready, parts.hostname or "", parts.port or 80) for _ in range(OPEN_CONNECTIONS)]
    total, number = int(per_second * seconds), 0
    begin = time.perf_counter() + 0.2
    queue: deque[float] = deque()
    taken: list[float] = []
    while len(taken) < total:
        now = time.perf_counter()
        while number < total and begin + number / per_second <= now:
            queue.append(begin + number / per_second)
            number += 1
        while queue and idle:
            asker, due = idle.pop(), queue.popleft()
            asker.ask(requests[(number - len(queue) - 1) % len(requests)], due)
        pause = max(0.0, begin + number / per_second - now) if number < total else 1.0
        for key, _ in ready.select(0 if queue and idle else min(pause, 1.0)):
            asker = key.data
            if asker.answered():
                taken.append(time.perf_counter() - asker.due)
                idle.append(asker)
    for asker in idle:
        asker.socket.close()
    return taken


class _Asker:
    """One kept connection with at most one request under way."""

    def __init__(self, ready: selectors.BaseSelector, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready.register(self.socket, selectors.EVENT_READ, self)
        self.due, self._read = 0.0, b""

    def ask(self, request: bytes, due: float) -> None:
        """Send a request."""
        self.due, self._read = due, b""
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Read what has come; True once the answer is whole."""
        self._read += self.socket.recv(READ_BYTES)
        head, gap, body = self._read.partition(b"\r\n\r\n")
        if not gap:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"refused: {head[:200].decode(errors='replace')}")
        return len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
