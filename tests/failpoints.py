"""kill -9 at every write: a process that carries out a target and dies before or after its n-th write command.

    with Killable("models.indicators.rollups:roll_up", uri, at) as target:
        for point in target.points(): …the target was killed there…

One process imports the product once and forks a child for each point, before anything has connected.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from types import TracebackType
from typing import Any

from pymongo import monitoring

WRITES = frozenset({"insert", "update", "delete", "findAndModify", "bulkWrite"})
BEFORE, AFTER = "before", "after"
MOST_POINTS = 200


class Killable:
    """Carries out `target` (`module:function`, called with the moment) in processes that can be killed."""

    def __init__(self, target: str, uri: str, at: datetime) -> None:
        self._order = json.dumps([target, uri, at.isoformat()])

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

    def points(self, every: int = 1) -> Iterator[str]:
        """Kill it at its writes in turn, before and after the write; ends when it ends by itself.

        `every`: only each so-manieth write, where many are alike.
        """
        for number in range(1, MOST_POINTS, every):
            for when in (BEFORE, AFTER):
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
            self._seen += 1
            if self._when == BEFORE:
                self._maybe_die()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name in WRITES and self._when == AFTER:
            self._maybe_die()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """A write that failed is no point of its own."""

    def _maybe_die(self) -> None:
        if self._seen == self._number:
            os.kill(os.getpid(), signal.SIGKILL)


def _carry_out(target: str, uri: str, at: str, number: int, when: str) -> None:
    from models.kernel.database import connect

    monitoring.register(Killer(number, when))
    connect(uri)
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
