"""The mini-program as WeChat gets it: built, drawn by WeChat's own template compiler, against the whole product."""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
from datetime import date

import pytest

from bot.wechat.sandbox.mini import ROOT
from deploy.demo.people import id_number
from tests.factories.casework import jpeg
from tests.running import BIN, DEMO_PASSWORD

CLIENT = ROOT / "client"
SECONDS = 300
# A family that no other test knows.
MOTHER = {"name": "钟小雨", "number": id_number("360981", date(1994, 4, 7), 371, woman=True)}
CHILD = {"name": "钟乐乐", "number": id_number("360981", date(2024, 5, 21), 372, woman=True)}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def built_or_skip() -> None:
    """`make test` builds it beside the tests (`town` waits for it); elsewhere `make client-weapp` does."""
    if os.environ.get("CI") != "true":
        if platform.machine() != "x86_64":
            pytest.skip("THE MINI-PROGRAM WAS NOT TESTED: WeChat's compiler runs on x86-64 alone")
        if not (CLIENT / "dist" / "weapp" / "app.js").exists():
            pytest.skip("THE MINI-PROGRAM WAS NOT TESTED: build it with `make client-weapp`")


def test_the_mini_program_as_it_is_built(town: dict[str, str]) -> None:
    """Its own tests (client/tests/weapp), each file a phone: every screen, bad networks, and an application to its offer."""
    built_or_skip()
    given = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PRODUCT": town["web"],
        "STAFF_PASSWORD": DEMO_PASSWORD,
        "FAMILY": json.dumps({"family": MOTHER, "child": CHILD, "photo": base64.b64encode(jpeg()).decode()}),
    }
    command = ["npm", "--prefix", str(CLIENT), "run", "-s", "screens"]
    ran = subprocess.run(
        command, env={**os.environ, **given}, text=True, capture_output=True, timeout=SECONDS, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
