"""Codes of the mini-program: what WeChat refuses, its quota, and a picture that leads to the phone."""

from __future__ import annotations

import io
import re
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno
from PIL import Image

from config.loading import rule

SCREENS = Path(__file__).resolve().parents[3] / "client" / "src" / "app.config.ts"
SIGNS = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+", re.ASCII)
RESERVED = "scancode_time"
VERSIONS = ("release", "trial", "develop")
SECONDS_PER_MINUTE = 60
_PACKAGE = re.compile(r'root: "([^"]+)", pages: \[([^\]]*)\]')
_MAIN = re.compile(r"^  pages: \[([^\]]*)\]", re.MULTILINE)
_NAME = re.compile(r'"([^"]+)"')
Body = dict[str, Any]


class Minute:
    """The quota of a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute, self._count = 0, 0

    def take(self, at: datetime) -> bool:
        """Take one call; False where this minute's are used up."""
        with self._lock:
            minute = int(at.timestamp()) // SECONDS_PER_MINUTE
            if minute != self._minute:
                self._minute, self._count = minute, 0
            self._count += 1
            return self._count <= int(rule("sandbox.mini_codes_per_minute"))


def fault_of(body: Body) -> int:
    """0, or WeChat's code for the first fault of a call."""
    scene, page = body.get("scene"), page_of(body)
    if not isinstance(scene, str) or not 1 <= len(scene) <= rule("sandbox.mini_code_scene_chars"):
        return 40169
    if RESERVED in scene:
        return 85096
    if not SIGNS.fullmatch(scene):
        return 40129
    width = width_of(body)
    fits = isinstance(width, int) and rule("sandbox.mini_code_width_least") <= width <= rule(
        "sandbox.mini_code_width_most"
    )
    if not fits or not isinstance(page, str) or body.get("env_version", "release") not in VERSIONS:
        return 40097
    return 41030 if body.get("check_path", True) and page not in screens() else 0


def page_of(body: Body) -> Any:
    """The page that is asked for, without a slash before it; the home page where none is."""
    return body.get("page") or "pages/index/index"


def width_of(body: Body) -> Any:
    """The width that is asked for, in pixels."""
    return body.get("width", rule("sandbox.mini_code_width"))


@cache
def screens() -> frozenset[str]:
    """The screens of the published mini-program: those of the client's source; none where it is not there."""
    text = SCREENS.read_text(encoding="utf-8") if SCREENS.is_file() else ""
    main = [name for listed in _MAIN.findall(text) for name in _NAME.findall(listed)]
    return frozenset(
        main + [f"{root}/{name}" for root, listed in _PACKAGE.findall(text) for name in _NAME.findall(listed)]
    )


def link(origin: str, page: str, scene: str) -> str:
    """What stands in the picture: the sandbox's phone, opened at that page with that scene."""
    return f"{origin.rstrip('/')}/phone?page={quote(page)}&scene={quote(scene, safe='')}"


def drawn(content: str, width: int) -> bytes:
    """A QR code of exactly this width, JPEG."""
    plain = io.BytesIO()
    segno.make(content, error="m").save(plain, kind="png", scale=1)
    picture = io.BytesIO()
    with Image.open(plain) as small:
        large = small.convert("L").resize((width, width), Image.Resampling.NEAREST)
        large.save(picture, format="JPEG", quality=90)
    return picture.getvalue()
