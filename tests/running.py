"""Real processes for tests that kill them: the embedded database, the web, the jobs, the sandbox."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from config.settings import embedded_uri

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Only a failing test pays it; a machine with every core taken needs several times what a quiet one does.
PATIENCE_SECONDS = 120
DEMO_PASSWORD = "demo password 1"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as `true()` is; fail the test when it is not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except (requests.RequestException, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class Running:
    """A process of the product; its output goes to a file that a failing test can be read from."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Running:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(BIN / self.command[0]), *self.command[1:]], cwd=ROOT, env={**os.environ, **self.environment},
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return self

    def kill(self) -> None:
        """kill -9 of the whole process group, workers included."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=15)
        except ProcessLookupError:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=15)
        self.process = None


def database_process(port: int, folder: Path, *, durable: bool) -> Running:
    """Start the embedded database and wait for it; `durable` costs a disk write for each commit."""
    more = ["--sync-on-commit"] if durable else []
    command = ["secantusd-py", "--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder / "data"),
               "--log-level", "ERROR", "--cache-size", "256M", *more]  # fmt: skip
    running = Running(command, {}, folder / "database.log").start()
    wait_until(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, "database listening")
    return running


class House:
    """A running product in a folder of its own: `house.web()`, `house.jobs()`, `house.database` …

    `model`: the folder of a house that was closed, whose database this one begins with (`Models`); without one the
    database is new and is prepared.
    """

    def __init__(self, folder: Path, model: Path | None = None, **environment: str) -> None:
        self.folder = folder
        self.database_port = free_port()
        self.environment = {
            "MONGODB_URI": embedded_uri(self.database_port),
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
            "RATE_LIMIT_SCALE": "10000",
            "OMP_NUM_THREADS": "1",
            **environment,
        }
        self.reserved = 0
        self.started: list[Running] = []
        if model is not None:
            shutil.copytree(model / "data", folder / "data")
        self.database = database_process(self.database_port, folder, durable=True)
        self.started.append(self.database)
        if model is None:
            self.flask("prepare")

    def flask(self, *arguments: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of `flask --app wsgi` to its end."""
        return subprocess.run(
            [str(BIN / "flask"), "--app", "wsgi", *arguments], cwd=ROOT, env={**os.environ, **self.environment},
            input=stdin, check=check, text=True, capture_output=True, timeout=300,
        )  # fmt: skip

    def reserve_web(self) -> int:
        """The port of the next web host, for those that must know it before it runs."""
        self.reserved = self.reserved or free_port()
        return self.reserved

    def web(self, workers: int = 1) -> tuple[str, Running]:
        """Start a web host; returns its address once it answers."""
        port, self.reserved = self.reserved or free_port(), 0
        running = self._run(
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
            "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "wsgi:app",
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: requests.get(f"{address}/health/live", timeout=2).ok, "web alive")
        return address, running

    def jobs(self) -> Running:
        """Start a jobs host."""
        return self._run("flask", "--app", "wsgi", "jobs", "start")

    def sandbox(self, **environment: str) -> tuple[str, Running]:
        """Start the stand-in for WeChat and the planning office, and point the product's settings at it."""
        port = free_port()
        self.environment |= environment
        address = f"http://127.0.0.1:{port}"
        self.environment |= {
            "WECHAT_API_BASE": address,
            "INDICATOR_ENDPOINT": f"{address}/planning-office/observations",
            "SANDBOX_PORT": str(port),
        }
        running = self._run(
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
            "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "--factory",
            "bot.wechat.sandbox:create_app",
        )  # fmt: skip
        wait_until(lambda: requests.get(f"{address}/phone", timeout=2).ok, "sandbox alive")
        return address, running

    def close(self) -> None:
        """End everything that was started, the database last."""
        for running in reversed(self.started):
            running.stop()

    def _run(self, *command: str) -> Running:
        log = self.folder / f"{len(self.started)}-{command[0]}.log"
        running = Running(list(command), self.environment, log).start()
        self.started.append(running)
        return running


class Models:
    """Databases to begin with, each made once for all worker processes of a run, in the folder they share."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def prepared(self) -> Path:
        """As `flask prepare` leaves it."""
        return self._made_once("prepared", lambda folder: House(folder).close())

    def demo(self) -> Path:
        """With the demo data, whose staff sign in with DEMO_PASSWORD."""
        return self._made_once("demo", self._load_demo)

    def _load_demo(self, folder: Path) -> None:
        house = House(folder, self.prepared(), DEMO_STAFF_PASSWORD=DEMO_PASSWORD)
        try:
            house.flask("demo", "load")
        finally:
            house.close()

    def _made_once(self, name: str, make: Callable[[Path], None]) -> Path:
        folder = self._shared / f"model-{name}"
        try:
            folder.mkdir()
        except FileExistsError:
            wait_until((folder / "ready").exists, f"another worker's {name} database", seconds=120)
            return folder
        make(folder)
        (folder / "ready").touch()
        return folder
