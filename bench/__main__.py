"""`make bench`: every benchmark, or those named. Each prints ratios against a baseline measured in the same run."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import bench

HELPERS = {
    "__main__", "common", "facility_data", "load", "pages_rest", "pages_samples", "pages_town", "peers", "plans",
}  # fmt: skip


def main() -> int:
    """Run the benchmarks one after the other, each in a process of its own; returns the number that failed."""
    known = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in HELPERS]
    wanted = sys.argv[1:] or known
    failed = 0
    for name in wanted:
        if name not in known:
            print(f"no benchmark {name}; there are: {', '.join(known)}")
            return 2
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
