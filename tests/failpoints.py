"""kill -9 at every write: a process that carries out a target and dies before or after its n-th write command.

    with Killable("models.indicators.rollups:roll_up", uri, at) as target:
        for point in target.points(): …the target was killed there…

One process imports the product once and forks a child for each point, before anything has connected. With `files` the
changes of the file system count as writes too (fsync, rename, unlink, mkdir), and TORN is to die at an fsync with half of
the file written.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from types import TracebackType
from typing import Any

from pymongo import monitoring

WRITES = frozenset({"insert", "update", "delete", "findAndModify", "bulkWrite"})
FILES = ("fsync", "rename", "unlink", "mkdir")
BEFORE, AFTER, TORN = "before", "after", "torn"
MOST_POINTS = 200


class Killable:
    """Carries out `target` (`module:function`, called with the moment) in processes that can be killed."""

    def __init__(self, target: str, uri: str, at: datetime, *, files: bool = False) -> None:
        self._order = json.dumps([target, uri, at.isoformat(), files])

    def __enter__(self) -> Killable:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.failpoints", self._order], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def run(self, number: int = 0, when: str = BEFORE) -> bool:
        """Carry it out; True where it was killed at that write, False where it ended by itself before."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{number} {when}\n")
        said = self._process.stdout.readline().strip()
        assert said in ("killed", "ended"), f"the target failed: {said}"
        return said == "killed"

    def points(self, every: int = 1, ways: Sequence[str] = (BEFORE, AFTER)) -> Iterator[str]:
        """Kill it at its writes in turn, before and after the write; ends when it ends by itself.

        `every`: only each so-manieth write, where many are alike.
        """
        for number in range(1, MOST_POINTS, every):
            for when in ways:
                if not self.run(number, when):
                    assert number > 1, "the target writes nothing"
                    return
                yield f"{when} write {number}"
        raise AssertionError("the target never ends")


class Killer(monitoring.CommandListener):
    """Kills its own process at the n-th write."""

    def __init__(self, number: int, when: str) -> None:
        self._number, self._when, self._seen = number, when, 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in WRITES:
            self._begins()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name in WRITES:
            self._ends()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """A write that failed is no point of its own."""

    def watch_files(self) -> None:
        """From now on the file system's changes count as well."""
        for name in FILES:
            setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def change(*given: Any, **more: Any) -> Any:
            half = given[0] if self._when == TORN and isinstance(given[0], int) else None
            self._begins(half)
            done = real(*given, **more)
            self._ends()
            return done

        return change

    def _begins(self, file: int | None = None) -> None:
        """A write begins; `file` is the open one that is to be torn."""
        self._seen += 1
        if file is not None and self._seen == self._number and stat.S_ISREG(os.fstat(file).st_mode):
            os.ftruncate(file, os.fstat(file).st_size // 2)
            self._die()
        if self._when == BEFORE:
            self._maybe_die()

    def _ends(self) -> None:
        if self._when != BEFORE:
            self._maybe_die()

    def _maybe_die(self) -> None:
        if self._seen == self._number:
            self._die()

    def _die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def _carry_out(target: str, uri: str, at: str, files: bool, number: int, when: str) -> None:
    from models.kernel.database import connect

    killer = Killer(number, when)
    monitoring.register(killer)
    connect(uri)
    if files:
        killer.watch_files()
    module, _, name = target.partition(":")
    getattr(import_module(module), name)(datetime.fromisoformat(at))


def main(order: list[Any]) -> None:
    """Fork a child for each line `NUMBER WHEN` on standard input; say what became of it."""
    from config.settings import DEVELOPMENT_DEFAULTS
    from models.kernel.encryption import install_keyring

    import_module(order[0].partition(":")[0])
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    for line in sys.stdin:
        number, when = line.split()
        child = os.fork()
        if child == 0:
            code = 1
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the target says is not the answer
            try:
                _carry_out(*order, int(number), when)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "ended" if status == 0 else f"exit {status}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
