"""What the benchmarks share: servers to measure, clients to measure with, and how a figure is printed.

Every benchmark starts its own servers on free ports and ends them. Ratios are taken within one run, against a bare
Flask hello on the same server (granian, one worker) where nothing else is said.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from flask import Flask
from pymongo import monitoring

from config.settings import embedded_uri

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60
READ_BYTES = 1 << 20
# Places in /proc/PID/stat after the name of the program.
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12
# By port: the process that was started to serve it.
_serving: dict[int, int] = {}


def hello() -> Flask:
    """The baseline: a Flask app that says hello to GET and POST, nothing around it."""
    app = Flask("hello")

    @app.route("/", methods=["GET", "POST"])
    def say() -> str:
        return "hello"

    return app


def said(bench: str) -> list[str]:
    """What invented residents say in a benchmark, from `bench/said.yaml`."""
    written: dict[str, list[str]] = yaml.safe_load((ROOT / "bench" / "said.yaml").read_text(encoding="utf-8"))
    return written[bench]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(*command: str, ready: Callable[[], bool], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of the venv while the block runs; waits until it is ready."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]], cwd=ROOT, env={**os.environ, "LOG_LEVEL": "INFO", **environment},
            stdout=output, stderr=output,
        )  # fmt: skip
        try:
            _wait(process, ready, output)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                # Its data is thrown away with its folder: one that still works on a question need not finish it.
                process.kill()
                process.wait()


@contextlib.contextmanager
def serving(
    target: str, *, factory: bool = False, workers: int = 1, threads: int = 4, **environment: str
) -> Iterator[str]:
    """A granian server of `module:app`; gives its address."""
    port = free_port()
    more = ["--factory"] if factory else []
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
               "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", *more, target]  # fmt: skip
    with running(*command, ready=lambda: _listens(port), **environment) as process:
        _serving[port] = process.pid
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def embedded_database() -> Iterator[str]:
    """The embedded database with durable writes, in a folder of its own; gives its URI."""
    with embedded_server() as (uri, _):
        yield uri


@contextlib.contextmanager
def embedded_server() -> Iterator[tuple[str, Load]]:
    """The same, with what its process has used so far."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running("secantusd-py", "--port", str(port), "--storage-path", folder, "--sync-on-commit", "--log-level",
                "ERROR", ready=lambda: _listens(port)) as process,
    ):  # fmt: skip
        _serving[port] = process.pid
        yield embedded_uri(port, "bench"), Load(process.pid)


class Load:
    """What a process has used, by the kernel's count: on a shared machine its seconds say more than the clock's."""

    def __init__(self, pid: int | None = None) -> None:
        self._folder = Path("/proc") / (str(pid) if pid else "self")

    def seconds(self) -> float:
        """CPU seconds, its own and the system's for it."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The most memory it ever had."""
        status = dict(line.split(":", 1) for line in (self._folder / "status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) / 1024


class Commands(monitoring.CommandListener):
    """How many documents the database answered with, and how long its slowest command took, since `begin`."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self.documents, self.slowest, self.slowest_name = 0, 0.0, ""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing to count yet."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count what a find, an aggregation or a further batch brought."""
        cursor = event.reply.get("cursor", {})
        self.documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))
        self._took(event)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Brought nothing."""
        self._took(event)

    def _took(self, event: monitoring.CommandSucceededEvent | monitoring.CommandFailedEvent) -> None:
        seconds = event.duration_micros / 1e6
        if seconds > self.slowest:
            self.slowest, self.slowest_name = seconds, event.command_name


def processor_seconds(address: str) -> float:
    """CPU seconds so far of the server at an address of `serving` or `embedded_database`, its workers' included."""
    wanted, used = {_serving[urlsplit(address).port or 0]}, 0.0
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[PARENT])
    while wanted:
        process = wanted.pop()
        wanted |= {child for child, parent in parents.items() if parent == process}
        used += Load(process).seconds()
    return used


def requests_per_second(urls: Sequence[str], *, seconds: float = 5.0, clients: int = 2, each: int = 4) -> float:
    """Answers a second to GETs over kept connections: `clients` processes with `each` connections."""
    context = get_context("spawn")
    with context.Pool(clients) as pool:
        counts = pool.starmap(_hammer, [(list(urls[i::clients]), seconds, each) for i in range(clients)])
    return sum(counts) / seconds


def latencies_at(rate: float, call: Callable[[int], None], *, seconds: float = 10.0, threads: int = 32) -> list[float]:
    """Seconds that each call took from when it was due, at a fixed rate that does not wait for answers."""
    begin = time.perf_counter() + 0.2
    due = [begin + number / rate for number in range(int(rate * seconds))]

    def one(number: int) -> float:
        pause = due[number] - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        call(number)
        return time.perf_counter() - due[number]

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(len(due))))


class KeptConnections:
    """HTTP connections kept open, one a thread, for `latencies_at`."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._free: list[http.client.HTTPConnection] = []

    def get(self, path: str) -> int:
        """The status of a GET."""
        return self.send("GET", path, None, {})

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        """The status of one request."""
        connection = self._free.pop() if self._free else http.client.HTTPConnection(self._host, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            connection.close()  # the server had closed a connection that was idle; it asked nobody to wait
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
        answer.read()
        self._free.append(connection)
        return answer.status


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figure(name: str, value: str, want: str = "", met: bool | None = None) -> None:
    """Print one line: what was measured, the figure, what it should be."""
    mark = "" if met is None else ("  ok" if met else "  MISSED")
    print(f"{name:<64} {value:>18}  {want}{mark}", flush=True)


def _hammer(urls: list[str], seconds: float, connections: int) -> int:
    """Keep `connections` requests under way on as many sockets until the time is over; count the 200s."""
    parts = urlsplit(urls[0])
    requests = [
        f"GET {urlsplit(url).path}?{urlsplit(url).query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        for url in urls
    ]
    sockets = [socket.create_connection((parts.hostname or "", parts.port or 80)) for _ in range(connections)]
    end, count, number = time.perf_counter() + seconds, 0, 0
    for each in sockets:
        each.sendall(requests[number % len(requests)])
        number += 1
    while time.perf_counter() < end:
        for each in sockets:
            _whole_answer(each)
            count += 1
            each.sendall(requests[number % len(requests)])
            number += 1
    for each in sockets:
        each.close()
    return count


def _whole_answer(connection: socket.socket) -> None:
    data = connection.recv(READ_BYTES)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head[:200].decode(errors="replace"))
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(READ_BYTES))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], output: object) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            output.seek(0)  # type: ignore[attr-defined]
            raise RuntimeError(output.read().decode(errors="replace")[-2000:])  # type: ignore[attr-defined]
        time.sleep(0.05)
