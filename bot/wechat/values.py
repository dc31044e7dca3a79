"""Values of a subscription message, made to fit WeChat's limits: one that does not fit is refused with 47003."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.wechat.xml import clean
from config.loading import rule
from config.text import say

_FIELD = re.compile(r"([a-z_]+)\d*", re.ASCII)
_CHINESE = re.compile("[^\u4e00-\u9fff]")
# The kinds whose values are bounded; dates, times and amounts are given in their own forms.
_LIMITS = {
    "thing": "thing_chars", "name": "name_chars", "number": "number_chars", "letter": "number_chars",
    "character_string": "number_chars", "symbol": "symbol_chars", "phone_number": "phone_chars",
}  # fmt: skip


def fitted(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """`{"thing1": "…"}` as WeChat takes it: each value cut to the limit of its kind, none empty."""
    return {field: {"value": fit(field, value)} for field, value in data.items()}


def fit(field: str, value: str) -> str:
    """A value that fits its field (`thing1`, `phrase2`): one line; a cut one ends with an ellipsis where it may."""
    match = _FIELD.fullmatch(field)
    kind = match[1].rstrip("_") if match else field
    text = " ".join(clean(str(value)).split())
    if kind == "phrase":
        return _CHINESE.sub("", text)[: rule("wechat.phrase_chars")] or say("wechat.empty_phrase")
    limit = _LIMITS.get(kind)
    text = text or say("wechat.empty_value")
    if limit is None or len(text) <= rule(f"wechat.{limit}"):
        return text
    most = rule(f"wechat.{limit}")
    if kind in ("thing", "name"):
        ellipsis = say("wechat.truncated")
        return text[: most - len(ellipsis)] + ellipsis
    return text[:most]
