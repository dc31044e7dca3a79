"""Servers and load for the benchmarks: processes started on free ports, requests counted and timed from outside.

The load comes from `wrk` where it is installed, else from a raw-socket client of our own; every figure of one run
comes from the same generator, which is named in the output.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
START_SECONDS = 120
# What the web runs with, for every server that is compared.
GRANIAN = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "warning")


@dataclass(frozen=True)
class Load:
    """What a closed-loop run measured."""

    rate: float
    p99_ms: float
    errors: int


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """A server process, from when its port answers to the end of the block. Its output is shown if it fails."""
    with tempfile.TemporaryFile() as output:
        running = subprocess.Popen(
            list(command), cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            end = time.monotonic() + START_SECONDS
            while not _answers(port):
                if running.poll() is not None or time.monotonic() > end:
                    output.seek(0)
                    raise SystemExit(f"{command[0]} did not start:\n{output.read().decode(errors='replace')}")
                time.sleep(0.05)
            yield
        finally:
            try:
                os.killpg(running.pid, signal.SIGTERM)
                running.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                running.kill()


@contextmanager
def granian(target: str, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """`module:app` served by granian; yields its port."""
    port = free_port()
    command = [str(BIN / "granian"), "--host", HOST, "--port", str(port), *GRANIAN, target]
    with process(command, port, environment):
        yield port


@contextmanager
def embedded_database(folder: Path) -> Iterator[str]:
    """The embedded database in a process of its own; yields its URI."""
    port = free_port()
    command = [
        str(BIN / "secantusd-py"), "--host", HOST, "--port", str(port), "--storage-path", str(folder / "database"),
        "--log-level", "ERROR",
    ]  # fmt: skip
    with process(command, port):
        yield f"mongodb://{HOST}:{port}/yixiang?directConnection=true"


def get(port: int, path: str) -> bytes:
    """The whole answer to one request."""
    with socket.create_connection((HOST, port), timeout=START_SECONDS) as connection:
        connection.sendall(_request(path, close=True))
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def generator() -> str:
    """The load generator of this run, for the output."""
    return "wrk" if shutil.which("wrk") else "raw-socket client (install wrk for a lighter one)"


def closed_loop(port: int, paths: Sequence[str], seconds: float = 6, connections: int = 16) -> Load:
    """As many requests as the server answers on so many connections, over these paths in turn."""
    if shutil.which("wrk"):
        return _wrk(port, paths, seconds, connections)
    return asyncio.run(_own(port, paths, seconds, connections))


def paced(port: int, paths: Sequence[str], per_second: float, seconds: float = 15) -> list[float]:
    """Milliseconds of each request of an open loop, from when it was due: a server that stalls is not spared."""
    return asyncio.run(_paced(port, paths, per_second, seconds))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _request(path: str, close: bool = False) -> bytes:
    end = "Connection: close\r\n" if close else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{end}\r\n".encode()


def _wrk(port: int, paths: Sequence[str], seconds: float, connections: int) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f'"{path}"' for path in paths)
        script.write(f"local paths={{{listed}}}\nlocal n=0\nrequest=function()\nn=n%#paths+1\n"
                     "return wrk.format(nil,paths[n])\nend\n")  # fmt: skip
        script.flush()
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--latency", "-s", script.name,
             f"http://{HOST}:{port}"], capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    if rate is None or tail is None:
        raise SystemExit(f"wrk said:\n{said}")
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[tail[2]]
    return Load(float(rate[1]), float(tail[1]) * unit, int(wrong[1]) if wrong else 0)


async def _own(port: int, paths: Sequence[str], seconds: float, connections: int) -> Load:
    end = time.perf_counter() + seconds
    taken: list[float] = []
    errors = 0

    async def one(first: int) -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(HOST, port)
        at = first
        while (started := time.perf_counter()) < end:
            writer.write(_request(paths[at % len(paths)]))
            errors += not await _read(reader)
            taken.append((time.perf_counter() - started) * 1000)
            at += connections
        writer.close()

    await asyncio.gather(*(one(n) for n in range(connections)))
    return Load(len(taken) / seconds, percentile(taken, 0.99), errors)


async def _paced(port: int, paths: Sequence[str], per_second: float, seconds: float) -> list[float]:
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    taken: list[float] = []

    async def one(path: str, due: float) -> None:
        reader, writer = idle.pop() if idle else await asyncio.open_connection(HOST, port)
        writer.write(_request(path))
        if not await _read(reader):
            raise SystemExit(f"{path} was refused")
        taken.append((time.perf_counter() - due) * 1000)
        idle.append((reader, writer))

    begun = time.perf_counter()
    waiting = []
    for number in range(int(per_second * seconds)):
        due = begun + number / per_second
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        waiting.append(asyncio.create_task(one(paths[number % len(paths)], due)))
    await asyncio.gather(*waiting)
    for _, writer in idle:
        writer.close()
    return taken


async def _read(reader: asyncio.StreamReader) -> bool:
    """Read one answer; True for a 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length is None:
        raise SystemExit(f"an answer without its length: {head!r}")
    await reader.readexactly(int(length[1]))
    return head.startswith(b"HTTP/1.1 200")
