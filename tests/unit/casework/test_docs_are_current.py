"""The page of lifecycles says what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_of_lifecycles_is_current() -> None:
    # In a process of its own: other tests declare lifecycles that are no part of the product.
    script = "import sys; from models.kernel.diagrams import lifecycles_page; sys.stdout.write(lifecycles_page())"
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    assert "stateDiagram-v2" in made
    written = (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    assert written == made, "run `make docs`"
