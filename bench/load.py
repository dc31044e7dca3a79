"""The load of the nearby benchmarks: `wrk` where it is installed, else the raw-socket clients of `common`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

from bench.common import KeptConnections, latencies_at, percentile, requests_per_second

CONNECTIONS = 16
PER_SECOND = 200


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
    """Milliseconds that 99% of the requests of an open loop take, from when each was due."""
    kept = KeptConnections(address)

    def ask(number: int) -> None:
        if kept.get(paths[number % len(paths)]) != 200:
            raise SystemExit(f"refused: {paths[number % len(paths)]}")

    return percentile(latencies_at(per_second, ask, seconds=seconds), 0.99) * 1000
