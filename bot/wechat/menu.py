"""The account's custom menu as WeChat takes it, and what WeChat would refuse in it, named before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.loading import rule
from config.text import say

CLICK_TYPE = "click"
Json = dict[str, Any]


@dataclass(frozen=True)
class MenuLine:
    """A line of the menu: `key` comes back with a press on it; a button with lines `below` it has no key."""

    label: str
    key: str = ""
    below: Sequence[MenuLine] = ()


def payload(lines: Sequence[MenuLine]) -> Json:
    """The body of `menu/create`."""
    return {"button": [_button(line) for line in lines]}


def faults(lines: Sequence[MenuLine]) -> list[str]:
    """Each fault of the menu as a sentence with the name of its line; empty where WeChat takes it."""
    found = _count_faults(lines, "wechat.menu_buttons")
    for line in lines:
        found += _faults_of(line, "wechat.menu_name_bytes", keyed=not line.below)
        found += _count_faults(line.below, "wechat.menu_lines", line.label) if line.below else []
        for each in line.below:
            found += _faults_of(each, "wechat.menu_line_bytes", keyed=True)
            found += [say("wechat.menu.too_deep", label=each.label)] if each.below else []
    keys = [each.key for line in lines for each in (line, *line.below) if each.key]
    return found + [say("wechat.menu.key_twice", twice=key) for key in sorted({k for k in keys if keys.count(k) > 1})]


def read(answer: Json) -> list[MenuLine]:
    """The menu in an answer of `menu/get`."""
    buttons = answer.get("menu", {}).get("button", [])
    return [
        MenuLine(
            str(each.get("name", "")), str(each.get("key", "")),
            tuple(MenuLine(str(s.get("name", "")), str(s.get("key", ""))) for s in each.get("sub_button") or ()),
        )
        for each in buttons
    ]  # fmt: skip


def _button(line: MenuLine) -> Json:
    if line.below:
        return {"name": line.label, "sub_button": [_button(each) for each in line.below]}
    return {"type": CLICK_TYPE, "name": line.label, "key": line.key}


def _count_faults(lines: Sequence[MenuLine], limit: str, label: str = "") -> list[str]:
    if 1 <= len(lines) <= rule(limit):
        return []
    where = say("wechat.menu.below", label=label) if label else say("wechat.menu.top")
    return [say("wechat.menu.count", where=where, count=len(lines), most=rule(limit))]


def _faults_of(line: MenuLine, limit: str, *, keyed: bool) -> list[str]:
    found = []
    size, most = len(line.label.encode()), rule(limit)
    if not 1 <= size <= most:
        found.append(say("wechat.menu.name_size", label=line.label, bytes=size, most=most))
    if keyed and not 1 <= len(line.key.encode()) <= rule("wechat.menu_key_bytes"):
        found.append(say("wechat.menu.key_size", label=line.label, most=rule("wechat.menu_key_bytes")))
    return found
